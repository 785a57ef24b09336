//! WS-1 to WS-3: a connection's life, with a real client.

use std::time::Duration;

use contract::rest::API_KEY_HEADER;
use contract::websocket::API_KEY_PARAMETER;
use contract::{ErrorCode, Table, limits};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::check;
use crate::item::to_json;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;
use crate::smoke::socket::{Handshake, SocketKey};

pub(super) const CHECKS: &[Check] = &[
    check("WS-1", "a session opens", |ctx| Box::pin(opens(ctx))),
    check("WS-1", "a browser's handshake", |ctx| {
        Box::pin(browser(ctx))
    }),
    check("WS-1", "refused without key or userId", |ctx| {
        Box::pin(refused(ctx))
    }),
    check("WS-2", "the session closes", |ctx| Box::pin(closes(ctx))),
    check("WS-3", "a message is answered", |ctx| {
        Box::pin(answers(ctx))
    }),
    check("WS-3", "ping", |ctx| Box::pin(ping(ctx))),
    check("WS-3", "bad frames keep the connection", |ctx| {
        Box::pin(bad_frames(ctx))
    }),
    check("WS-3", "unknown supporter", |ctx| Box::pin(unknown(ctx))),
];

/// How far a session's expiry may be from one hour after its last use: clocks and a slow call.
const SLACK: i64 = 120;

/// How long a session may take to come or go.
const SETTLE: Duration = Duration::from_secs(30);

async fn opens(ctx: &Ctx) -> Outcome {
    let user_id = ctx.new_supporter();
    let socket = ctx.socket(&user_id).await?;
    let session = session(ctx, &user_id).await?;
    socket.close().await?;
    let expires_at = Table::Sessions.ttl_attribute().unwrap_or_default();
    let expiry = present(expires_at, session[expires_at].as_i64())?;
    let left = expiry - Timestamp::now().as_second();
    let ttl = i64::try_from(limits::SESSION_TTL.as_secs()).unwrap_or(i64::MAX);
    ensure((left - ttl).abs() <= SLACK, || {
        format!("the session expires in {left} s, not in about {ttl} s")
    })?;
    for name in ["connectedAt", "lastSeenAt"] {
        present(&format!("the session's {name}"), session[name].as_str())?;
    }
    Ok(Evidence::new(format!(
        "session of {user_id} in the table, {expires_at} in {left} s"
    )))
}

/// The one session of a supporter, waited for.
async fn session(ctx: &Ctx, user_id: &str) -> Result<Value, Finding> {
    let deadline = Instant::now() + SETTLE;
    loop {
        let sessions = ctx.sessions(user_id).await?;
        if let Some(session) = sessions
            .iter()
            .map(to_json)
            .find(|item| item["userId"] == user_id)
        {
            return Ok(session);
        }
        ensure(Instant::now() < deadline, || {
            format!(
                "no session of {user_id} in the table after {} s",
                SETTLE.as_secs()
            )
        })?;
        sleep(Duration::from_millis(100)).await;
    }
}

async fn browser(ctx: &Ctx) -> Outcome {
    let user_id = ctx.new_supporter();
    match ctx.handshake(Some(&user_id), SocketKey::Query).await? {
        Handshake::Open(mut socket) => {
            socket.ping().await?;
            socket.close().await?;
            Ok(Evidence::new(format!(
                "opens with ?{API_KEY_PARAMETER}= and no header"
            )))
        }
        Handshake::Refused(status) => Err(Finding::new(format!("refused with {status}"))),
    }
}

async fn refused(ctx: &Ctx) -> Outcome {
    let user_id = ctx.new_supporter();
    let mut said = Vec::new();
    let cases = [
        (
            format!("without {API_KEY_HEADER}"),
            Some(user_id.as_str()),
            SocketKey::Absent,
        ),
        ("without userId".to_owned(), None, SocketKey::Header),
        (
            "with a userId that is none".to_owned(),
            Some("-"),
            SocketKey::Header,
        ),
    ];
    for (name, user_id, key) in cases {
        match ctx.handshake(user_id, key).await? {
            Handshake::Open(_) => return Err(Finding::new(format!("opens {name}"))),
            Handshake::Refused(status) => said.push(format!("{name}: {status}")),
        }
    }
    ensure(ctx.sessions(&user_id).await?.is_empty(), || {
        "a refused handshake left a session".to_owned()
    })?;
    Ok(Evidence::new(format!("refused {}", said.join(", "))))
}

async fn closes(ctx: &Ctx) -> Outcome {
    let user_id = ctx.new_supporter();
    let socket = ctx.socket(&user_id).await?;
    session(ctx, &user_id).await?;
    let start = Instant::now();
    socket.close().await?;
    while !ctx.sessions(&user_id).await?.is_empty() {
        ensure(start.elapsed() < SETTLE, || {
            format!(
                "the session is still there {} s after the close",
                SETTLE.as_secs()
            )
        })?;
        sleep(Duration::from_millis(100)).await;
    }
    let took = start.elapsed().as_millis();
    Ok(Evidence::new(format!(
        "the session was there and is gone {took} ms after the close"
    )))
}

async fn answers(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let mut socket = ctx.socket(&supporter.user_id).await?;
    let first = socket.chat("smoke-1", "What is screening for?").await?;
    let second = socket.chat("smoke-2", "And who is invited?").await?;
    socket.close().await?;
    for chat in [&first, &second] {
        ctx.took("WebSocket message", chat.took);
    }
    let conversations = [&first.done, &second.done].map(|done| done["conversationId"].clone());
    same(
        "the second message's conversation",
        &conversations[1],
        &conversations[0],
    )?;
    Ok(Evidence::new(format!(
        "two messages, each start, {} and {} deltas that join to the reply, done; context \
         versions {} and {}; one conversation",
        first.deltas, second.deltas, first.done["contextVersion"], second.done["contextVersion"]
    )))
}

async fn ping(ctx: &Ctx) -> Outcome {
    let mut socket = ctx.socket(&ctx.new_supporter()).await?;
    socket.ping().await?;
    socket.close().await?;
    Ok(Evidence::new("pong"))
}

async fn bad_frames(ctx: &Ctx) -> Outcome {
    let mut socket = ctx.socket(&ctx.new_supporter()).await?;
    let long = json!({"message": "x".repeat(limits::MESSAGE_MAX + 1)}).to_string();
    let frames = [
        "not JSON",
        "{}",
        r#"{"message":""}"#,
        r#"{"message":"x","unknown":1}"#,
        &long,
    ];
    for text in frames {
        socket.send_text(text).await?;
        socket.error(ErrorCode::InvalidMessage).await?;
    }
    socket.ping().await?;
    socket.close().await?;
    Ok(Evidence::new(format!(
        "invalid_message for {} bad frames, then a ping is still answered",
        frames.len()
    )))
}

async fn unknown(ctx: &Ctx) -> Outcome {
    let mut socket = ctx.socket(&ctx.new_supporter()).await?;
    socket
        .send_text(&json!({"message": "Hello"}).to_string())
        .await?;
    let mut answer = socket.next().await?;
    // The reply may have begun before the agent finds that there is nobody.
    while answer["type"] == contract::websocket::frame::START {
        answer = socket.next().await?;
    }
    same(
        "code",
        &answer["code"].as_str(),
        &Some(ErrorCode::UserNotFound.code()),
    )?;
    socket.close().await?;
    Ok(Evidence::new("user_not_found on the first message"))
}
