//! What the object says that holds a place in S3.

use anyhow::Context;
use contract::Failure;
use deploy_target::Origin;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The program whose processes hold places.
const PROGRAM: &str = "ops";

/// A hold that was not renewed for so long is nobody's any more.
pub(super) const LAPSE: SignedDuration = SignedDuration::from_mins(2);

/// Who holds a place, and how long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Of this hold, and of no other.
    pub id: String,
    /// Whose it is.
    pub holder: Origin,
    /// When it was taken.
    pub since: Timestamp,
    /// When it lapses, unless it is renewed; by the holder's clock.
    pub until: Timestamp,
}

impl Note {
    /// This process's, from now on.
    pub fn new(now: Timestamp) -> Self {
        Self {
            id: uuid::Uuid::new_v4().simple().to_string(),
            holder: Origin::here(),
            since: now,
            until: now + LAPSE,
        }
    }

    /// Whether nobody is at work any more. Clocks that differ by minutes end a hold too early: its
    /// holder learns that when it is renewed.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until < now || self.holder.is_left_behind(PROGRAM)
    }

    /// What somebody else learns who wants the place.
    pub fn refusal(&self, place: &str) -> Failure {
        let Self {
            holder,
            since,
            until,
            ..
        } = self;
        Failure::refused(format!(
            "another backup or restore works in {place}: {}, since {since:.0}",
            holder.shown()
        ))
        .hint(format!(
            "wait until it has ended; if it was killed, until {until:.0}"
        ))
    }

    /// The same hold, renewed.
    pub fn renewed(&self, now: Timestamp) -> Self {
        Self {
            until: now + LAPSE,
            ..self.clone()
        }
    }

    pub fn render(&self) -> anyhow::Result<Vec<u8>> {
        serde_json::to_vec(self).context("cannot render a hold")
    }

    /// Reads the object at `path`.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(bytes).map_err(|error| {
            Failure::new(format!("{path} is no hold of ours"))
                .because(error)
                .hint("look what it is, and delete it where nobody works there")
        })
    }
}
