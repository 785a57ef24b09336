//! Interactions: `userId` S, `timestamp` S (ISO 8601 and a suffix), `type` S; a `chat_turn` and a
//! `blocked_turn` also
//! `conversationId` S, `message` S, `reply` S, `model` S, `contextVersion` N, `inputTokens` N,
//! `outputTokens` N, `latencyMs` N, `channel` S (`rest` or `websocket`); an `abandoned` message also
//! `conversationId` S and `requestId` S.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use contract::Table;
use contract::limits::MEMORY_TURNS;
use futures::FutureExt;
use jiff::Timestamp;

use super::attributes::{Item, Reader, item, n, s};
use super::{Tables, failed};
use crate::domain::abandoned::{ABANDONED, Abandoned};
use crate::domain::interaction::{BLOCKED_TURN, CHAT_TURN, iso};
use crate::domain::{ConversationId, Interaction, Turn, UserId};
use crate::ports::{KeepAbandoned, RecallTurns, RecordError, Unavailable};

const READ: &str = "read Interactions";

/// Items that a page looks at, and pages at most: how far back the memory of one conversation goes
/// among a supporter's other interactions.
const PAGE_ITEMS: i32 = 100;
const PAGES_MAX: usize = 5;

impl RecallTurns for Tables {
    async fn turns(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Vec<Turn>, Unavailable> {
        let mut newest_first = Vec::new();
        let mut start = None;
        for _ in 0..PAGES_MAX {
            let page = self
                .newest_turns(user, conversation)
                .set_exclusive_start_key(start)
                .send()
                .boxed()
                .await
                .map_err(failed(READ))?;
            newest_first.extend(page.items().iter().filter_map(turn));
            start = page.last_evaluated_key;
            if newest_first.len() >= MEMORY_TURNS || start.is_none() {
                break;
            }
        }
        newest_first.truncate(MEMORY_TURNS);
        newest_first.reverse();
        Ok(newest_first)
    }
}

impl KeepAbandoned for Tables {
    async fn abandon(&self, abandoned: &Abandoned, timestamp: &str) -> Result<(), RecordError> {
        let noted = item([
            ("userId", s(abandoned.user_id.as_str())),
            ("timestamp", s(timestamp)),
            ("type", s(ABANDONED)),
            ("conversationId", s(abandoned.conversation_id.as_str())),
            ("requestId", s(&abandoned.request_id)),
        ]);
        self.write(&abandoned.user_id, vec![(Table::Interactions, noted)])
            .await
    }

    async fn is_abandoned(
        &self,
        abandoned: &Abandoned,
        since: Timestamp,
    ) -> Result<bool, Unavailable> {
        let page = self
            .client
            .query()
            .table_name(self.name(Table::Interactions))
            .key_condition_expression("userId = :user AND #timestamp >= :since")
            .filter_expression("#type = :abandoned AND requestId = :request")
            .expression_attribute_names("#timestamp", "timestamp")
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":user", s(abandoned.user_id.as_str()))
            .expression_attribute_values(":since", s(iso(since)))
            .expression_attribute_values(":abandoned", s(ABANDONED))
            .expression_attribute_values(":request", s(&abandoned.request_id))
            .consistent_read(true)
            .send()
            .boxed()
            .await
            .map_err(failed(READ))?;
        Ok(page.count() > 0)
    }
}

impl Tables {
    fn newest_turns(&self, user: &UserId, conversation: &ConversationId) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(self.name(Table::Interactions))
            .key_condition_expression("userId = :user")
            .filter_expression("#type = :turn AND conversationId = :conversation")
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":user", s(user.as_str()))
            .expression_attribute_values(":turn", s(CHAT_TURN))
            .expression_attribute_values(":conversation", s(conversation.as_str()))
            .scan_index_forward(false)
            .limit(PAGE_ITEMS)
            .consistent_read(true)
    }
}

fn turn(item: &Item) -> Option<Turn> {
    let read = Reader::new(item);
    Some(Turn {
        message: read.text("message")?,
        reply: read.text("reply")?,
    })
}

pub(super) fn to_item(interaction: &Interaction) -> Item {
    let kind = if interaction.blocked {
        BLOCKED_TURN
    } else {
        CHAT_TURN
    };
    item([
        ("userId", s(interaction.user_id.as_str())),
        ("timestamp", s(&interaction.timestamp)),
        ("type", s(kind)),
        ("conversationId", s(interaction.conversation_id.as_str())),
        ("message", s(&interaction.turn.message)),
        ("reply", s(&interaction.turn.reply)),
        ("model", s(&interaction.model)),
        ("contextVersion", n(interaction.context_version)),
        ("inputTokens", n(interaction.input_tokens)),
        ("outputTokens", n(interaction.output_tokens)),
        ("latencyMs", n(interaction.latency_ms)),
        ("channel", s(interaction.channel.as_str())),
    ])
}
