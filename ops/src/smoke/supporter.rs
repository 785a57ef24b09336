//! Throw-away supporters: written for one check, removed after all of them.

use contract::Table;
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};

use super::check::Finding;
use super::ctx::Ctx;
use crate::item::{key_of, to_item};

/// A supporter of a check's own, with two donations and context version 1.
#[derive(Debug)]
pub struct Supporter {
    /// `smoke-{run}-{n}`.
    pub user_id: String,
    /// The item of the Users table.
    pub user: Value,
    /// The sum of the donations, in pence.
    pub total: u64,
}

/// Supporters removed at once.
const CONCURRENT: usize = 8;

/// What the supporter of a check gave: minor units, and when.
const GIFTS: [(u64, &str); 2] = [
    (1500, "2026-01-05T09:00:00Z"),
    (2500, "2026-02-05T09:00:00Z"),
];

impl Ctx {
    /// Writes a new supporter.
    pub(super) async fn supporter(&self) -> Result<Supporter, Finding> {
        let user_id = self.new_supporter();
        let user = user(&user_id);
        for (index, (amount, donated_at)) in GIFTS.iter().enumerate() {
            let donation = json!({
                "userId": user_id, "donationId": format!("smoke-{index}"), "amount": amount,
                "currency": "GBP", "donatedAt": donated_at, "campaign": null, "recurring": false,
            });
            self.write(Table::Donations, &donation).await?;
        }
        let context = json!({
            "userId": user_id, "version": 1, "summary": "Asked how screening works.",
            "interests": ["screening"], "lastTopics": ["screening"],
            "updatedAt": "2026-02-05T09:00:00Z",
        });
        self.write(Table::Context, &context).await?;
        self.write(Table::Users, &user).await?;
        Ok(Supporter {
            user_id,
            user,
            total: GIFTS.iter().map(|(amount, _)| amount).sum(),
        })
    }

    async fn write(&self, table: Table, value: &Value) -> Result<(), Finding> {
        let item = to_item(value).map_err(|error| Finding::new(format!("{error:#}")))?;
        self.put(table, item).await
    }

    /// Removes all that this run's supporters have in any table.
    ///
    /// # Errors
    /// What could not be removed; the rest is removed all the same.
    pub async fn clean_up(&self) -> Result<(), Finding> {
        let supporters = self.supporters();
        if supporters.is_empty() {
            return Ok(());
        }
        let sessions = self.remove_sessions().await;
        let removed: Vec<Result<(), Finding>> = stream::iter(&supporters)
            .map(|user_id| async move {
                let left = |finding: Finding| finding.at(&format!("`{user_id}` is left behind"));
                self.remove(user_id).await.map_err(left)
            })
            .buffer_unordered(CONCURRENT)
            .collect()
            .await;
        removed.into_iter().fold(sessions, Result::and)
    }

    /// The Users item first: after it the agent writes nothing more for this supporter.
    async fn remove(&self, user_id: &str) -> Result<(), Finding> {
        for table in [
            Table::Users,
            Table::Donations,
            Table::Context,
            Table::Interactions,
        ] {
            for item in self.items(table, user_id).await? {
                self.delete(table, key_of(table, &item)).await?;
            }
        }
        Ok(())
    }

    async fn remove_sessions(&self) -> Result<(), Finding> {
        for item in self.sessions(&self.supporter_prefix()).await? {
            self.delete(Table::Sessions, key_of(Table::Sessions, &item))
                .await?;
        }
        Ok(())
    }
}

fn user(user_id: &str) -> Value {
    json!({
        "userId": user_id,
        "name": "Smoke Check",
        "email": format!("{user_id}@example.org"),
        "joinedAt": "2026-01-01T09:00:00Z",
        "preferences": {"topics": ["screening"], "channel": "email", "language": "en-GB"},
        "engagement": {
            "eventsAttended": 1,
            "emailsOpened": 2,
            "lastSeenAt": null,
            "segments": ["smoke"],
        },
    })
}
