//! Users: `userId` S, `name` S, `email` S, `joinedAt` S, `preferences` M {`topics` L of S,
//! `channel` S, `language` S}, `engagement` M {`eventsAttended` N, `emailsOpened` N, `lastSeenAt` S
//! or NULL, `segments` L of S}.

use contract::Table;
use futures::FutureExt;

use super::attributes::{Item, Reader, s};
use super::{Tables, failed};
use crate::domain::UserId;
use crate::domain::supporter::{Engagement, Preferences, Supporter};
use crate::ports::{FindSupporter, Unavailable};

impl FindSupporter for Tables {
    async fn supporter(&self, user: &UserId) -> Result<Option<Supporter>, Unavailable> {
        let found = self
            .client
            .get_item()
            .table_name(self.name(Table::Users))
            .key("userId", s(user.as_str()))
            .consistent_read(true)
            .send()
            .boxed()
            .await
            .map_err(failed("read Users"))?;
        Ok(found.item().map(|item| supporter(user, item)))
    }
}

fn supporter(user: &UserId, item: &Item) -> Supporter {
    let read = Reader::new(item);
    let preferences = read.map("preferences");
    let engagement = read.map("engagement");
    Supporter {
        user_id: user.to_string(),
        name: read.text("name"),
        email: read.text("email"),
        joined_at: read.text("joinedAt"),
        preferences: Preferences {
            topics: preferences.texts("topics"),
            channel: preferences.text("channel"),
            language: preferences.text("language"),
        },
        engagement: Engagement {
            events_attended: engagement.number("eventsAttended"),
            emails_opened: engagement.number("emailsOpened"),
            last_seen_at: engagement.text("lastSeenAt"),
            segments: engagement.texts("segments"),
        },
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::super::attributes::{item, l, n};
    use super::*;

    #[test]
    fn a_whole_item_reads_whole() {
        let preferences = item([
            ("topics", l(&["diet".into()])),
            ("channel", s("email")),
            ("language", s("en-GB")),
        ]);
        let engagement = item([
            ("eventsAttended", n(2)),
            ("emailsOpened", n(31)),
            ("lastSeenAt", AttributeValue::Null(true)),
            ("segments", l(&["runner".into()])),
        ]);
        let item = item([
            ("userId", s("user-1")),
            ("name", s("Ada Byron")),
            ("email", s("ada@example.org")),
            ("joinedAt", s("2024-01-02T00:00:00.000Z")),
            ("preferences", AttributeValue::M(preferences)),
            ("engagement", AttributeValue::M(engagement)),
        ]);
        let user = UserId::parse("user-1").unwrap();
        assert_eq!(
            serde_json::to_string(&supporter(&user, &item)).unwrap(),
            r#"{"userId":"user-1","name":"Ada Byron","email":"ada@example.org","joinedAt":"2024-01-02T00:00:00.000Z","preferences":{"topics":["diet"],"channel":"email","language":"en-GB"},"engagement":{"eventsAttended":2,"emailsOpened":31,"lastSeenAt":null,"segments":["runner"]}}"#
        );
    }

    #[test]
    fn what_is_absent_or_of_another_type_reads_as_null() {
        let item = item([
            ("userId", s("user-1")),
            ("name", n(7)),
            ("preferences", s("x")),
        ]);
        let user = UserId::parse("user-1").unwrap();
        assert_eq!(
            supporter(&user, &item),
            Supporter {
                user_id: "user-1".into(),
                ..Supporter::default()
            }
        );
    }
}
