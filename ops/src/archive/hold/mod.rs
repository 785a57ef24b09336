//! One program at a time writes into a place: in a folder by a lock of the system's, in S3 by an
//! object that says who, written on condition that there is none, and renewed while the work goes
//! on.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use contract::Failure;
use deploy_target::Origin;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::bucket::{Bucket, Only};
use super::storage::Storage;

const LOCK: &str = ".lock";

/// The program whose processes hold places.
const PROGRAM: &str = "ops";

/// A hold that was not renewed for so long is nobody's any more.
const LAPSE: SignedDuration = SignedDuration::from_mins(2);

/// Time between two renewals: some may fail before a hold lapses.
const RENEWAL: Duration = Duration::from_secs(30);

/// A place that nobody else writes into.
#[derive(Debug)]
pub struct Hold(How);

#[derive(Debug)]
enum How {
    /// Unlocked by the system when it is closed.
    Folder(File),
    Bucket(Box<Held>),
}

#[derive(Debug)]
struct Held {
    bucket: Bucket,
    note: Note,
    etag: String,
}

/// What the object says.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    /// Of this hold, and of no other.
    id: String,
    holder: Origin,
    since: Timestamp,
    until: Timestamp,
}

impl Hold {
    /// Takes the place, or what somebody who is gone has left of a hold on it.
    ///
    /// # Errors
    /// Exit 3 where another program is at it.
    pub async fn take(place: &Storage) -> anyhow::Result<Self> {
        Ok(Self(match place {
            Storage::Folder(path) => How::Folder(lock(path)?),
            Storage::Bucket(bucket) => How::Bucket(Box::new(Held::take(bucket).await?)),
        }))
    }

    /// Does `work` as long as the place is held, and leaves the place.
    ///
    /// # Errors
    /// The work's, or where somebody else took the place meanwhile.
    pub async fn during<T>(
        self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        match self.0 {
            How::Folder(file) => {
                let ended = work.await;
                drop(file);
                ended
            }
            How::Bucket(mut held) => {
                let ended = tokio::select! {
                    ended = work => ended,
                    lost = held.renew() => return Err(lost.into()),
                };
                let left = held.leave().await;
                let ended = ended?;
                left.map(|()| ended)
            }
        }
    }
}

fn lock(path: &Path) -> Result<File, Failure> {
    let what = format!("cannot write to {}", path.display());
    let file = fs::create_dir_all(path).and_then(|()| {
        let mut options = fs::OpenOptions::new();
        options
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
    });
    let file = file.map_err(|error| Failure::new(&what).because(error))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Failure::refused(format!(
            "another backup or restore works in {}",
            path.display()
        ))
        .hint("wait until it has ended"),
        TryLockError::Error(error) => Failure::new(&what).because(error),
    })?;
    Ok(file)
}

impl Note {
    fn new(now: Timestamp) -> Self {
        Self {
            id: uuid::Uuid::new_v4().simple().to_string(),
            holder: Origin::here(),
            since: now,
            until: now + LAPSE,
        }
    }

    /// Whether nobody is at work any more. Clocks that differ by minutes end a hold too early: its
    /// holder learns that when it is renewed.
    fn is_over(&self, now: Timestamp) -> bool {
        self.until < now || self.holder.is_left_behind(PROGRAM)
    }

    fn refusal(&self, place: &str) -> Failure {
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
}

impl Held {
    async fn take(bucket: &Bucket) -> anyhow::Result<Self> {
        let note = Note::new(Timestamp::now());
        let held = |etag| Self {
            bucket: bucket.clone(),
            note: note.clone(),
            etag,
        };
        let mut found = None;
        // Twice: somebody may leave between the two calls.
        for _ in 0..2 {
            if let Some(etag) = write(bucket, &note, Only::New).await? {
                return Ok(held(etag));
            }
            found = read(bucket).await?;
            if found.is_some() {
                break;
            }
        }
        let (found, etag) = found.ok_or_else(|| taken(bucket))?;
        // The answer to our own write was lost, and it was sent again.
        if found.id == note.id {
            return Ok(held(etag));
        }
        if !found.is_over(Timestamp::now()) {
            return Err(found.refusal(&bucket.describe()).into());
        }
        match write(bucket, &note, Only::Unchanged(&etag)).await? {
            Some(etag) => Ok(held(etag)),
            None => Err(taken(bucket).into()),
        }
    }

    /// Renews the hold again and again; ends where it is somebody else's.
    async fn renew(&mut self) -> Failure {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let now = Timestamp::now();
            if self.again(now).await.is_ok_and(|ours| !ours) {
                return taken(&self.bucket);
            }
        }
    }

    /// Whether the hold is still ours. What cannot be asked now is asked again later: the work fails
    /// by itself where S3 stays out of reach.
    async fn again(&mut self, now: Timestamp) -> anyhow::Result<bool> {
        self.note.until = now + LAPSE;
        let only = Only::Unchanged(&self.etag);
        if let Some(etag) = write(&self.bucket, &self.note, only).await? {
            self.etag = etag;
            return Ok(true);
        }
        let found = read(&self.bucket).await?;
        match found.filter(|(found, _)| found.id == self.note.id) {
            Some((_, etag)) => {
                self.etag = etag;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn leave(&self) -> anyhow::Result<()> {
        let what = format!("cannot delete {}", self.bucket.child(LOCK).describe());
        Ok(self.bucket.delete(LOCK, &what).await?)
    }
}

fn taken(bucket: &Bucket) -> Failure {
    Failure::refused(format!(
        "another backup or restore has just begun in {}",
        bucket.describe()
    ))
    .hint("wait until it has ended, then run the same command again")
}

async fn write(bucket: &Bucket, note: &Note, only: Only<'_>) -> anyhow::Result<Option<String>> {
    let bytes = serde_json::to_vec(note).context("cannot render a hold")?;
    let what = format!("cannot write {}", bucket.child(LOCK).describe());
    Ok(bucket.put_only(LOCK, bytes, only, &what).await?)
}

/// What the object says, and its `ETag`.
async fn read(bucket: &Bucket) -> anyhow::Result<Option<(Note, String)>> {
    let path = bucket.child(LOCK).describe();
    let what = format!("cannot read {path}");
    let Some(object) = bucket.open(LOCK, &what).await? else {
        return Ok(None);
    };
    let etag = object.e_tag.unwrap_or_default();
    let bytes = object.body.collect().await.context(what)?.to_vec();
    let note = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(format!("{path} is no hold of ours"))
            .because(error)
            .hint("look what it is, and delete it where nobody works there")
    })?;
    Ok(Some((note, etag)))
}

#[cfg(test)]
#[path = "hold_tests.rs"]
mod tests;
