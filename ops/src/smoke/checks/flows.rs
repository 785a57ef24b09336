//! FLOW-1 to FLOW-3: the three journeys, end to end: what goes in at the client is read back from
//! the tables, and the other way round.

use contract::Table;
use serde_json::{Value, json};

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{present, same};
use crate::smoke::ctx::Ctx;
use crate::smoke::http::Key;
use crate::smoke::supporter::Supporter;

pub(super) const CHECKS: &[Check] = &[
    check("FLOW-1", "Users to response", |ctx| Box::pin(profile(ctx))),
    check("FLOW-2", "a turn is remembered", |ctx| Box::pin(turn(ctx))),
    check("FLOW-3", "a chat is remembered", |ctx| Box::pin(chat(ctx))),
];

async fn profile(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let answer = ctx
        .get("/profile", &[("userId", &supporter.user_id)], Key::Valid)
        .await?;
    let shown = answer.ok()?["profile"].clone();
    let stored = ctx.stored(Table::Users, &supporter.user_id).await?;
    same("the profile", &Some(&shown), &stored.first())?;
    Ok(Evidence::new(format!(
        "what Users holds of {} is what the client gets",
        supporter.user_id
    )))
}

const MESSAGE: &str = "How can I help with fundraising?";

async fn turn(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let body = json!({"userId": supporter.user_id, "message": MESSAGE});
    let answer = ctx.post("/agent", &body, Key::Valid).await?;
    remembered(ctx, &supporter, answer.ok()?).await
}

async fn chat(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let mut socket = ctx.socket(&supporter.user_id).await?;
    let chat = socket.chat("smoke", MESSAGE).await?;
    ctx.took("WebSocket message", chat.took);
    socket.close().await?;
    remembered(ctx, &supporter, &chat.done).await
}

/// That the turn left one interaction and the next context version, both as answered.
async fn remembered(ctx: &Ctx, supporter: &Supporter, answer: &Value) -> Outcome {
    let version = present("contextVersion", answer["contextVersion"].as_u64())?;
    same("contextVersion after version 1", &version, &2)?;
    let contexts = ctx.stored(Table::Context, &supporter.user_id).await?;
    let versions: Vec<Option<u64>> = contexts
        .iter()
        .map(|item| item["version"].as_u64())
        .collect();
    same(
        "the versions in Context",
        &versions,
        &vec![Some(1), Some(2)],
    )?;
    let interactions = ctx.stored(Table::Interactions, &supporter.user_id).await?;
    same("the number of interactions", &interactions.len(), &1)?;
    let interaction = &interactions[0];
    same(
        "the stored message",
        &interaction["message"].as_str(),
        &Some(MESSAGE),
    )?;
    for name in ["reply", "conversationId", "contextVersion"] {
        same(
            &format!("the stored {name}"),
            &interaction[name],
            &answer[name],
        )?;
    }
    let timestamp = present("timestamp", interaction["timestamp"].as_str())?;
    instant(timestamp)?;
    Ok(Evidence::new(format!(
        "one interaction at {timestamp} with message and reply, and context version {version}"
    )))
}

/// ISO 8601 UTC with milliseconds, and a suffix.
fn instant(timestamp: &str) -> Result<(), Finding> {
    let wrong = || {
        Finding::new(format!(
            "`{timestamp}` is no time with milliseconds and suffix"
        ))
    };
    let (time, suffix) = timestamp.split_at_checked(24).ok_or_else(wrong)?;
    let parsed: Result<jiff::Timestamp, _> = time.parse();
    if parsed.is_ok() && time.ends_with('Z') && time.as_bytes()[19] == b'.' && !suffix.is_empty() {
        Ok(())
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_milliseconds_and_a_suffix() {
        assert!(instant("2026-10-01T10:11:12.123Z#000001").is_ok());
        assert!(instant("2026-10-01T10:11:12.123Z").is_err());
        assert!(instant("2026-10-01T10:11:12Z#1234567").is_err());
        assert!(instant("yesterday").is_err());
    }
}
