//! Streaming chats: from the model's first token to the client's first words, and a long reply.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use contract::naming::DEFAULT_STACK;
use platform_tests::engine::Engine;
use platform_tests::harness::{Chats, Heard, Script};
use platform_tests::platform::Platform;
use serde_json::{Value, json};

use crate::figure::Figure;
use crate::process::peak_memory_kib;
use crate::stats::Samples;

const SUPPORTER: &str = "bench-stream";
const LASTS: i64 = 3600;

/// What the first delta may take after the model's first token, in milliseconds.
const FIRST_DELTA_MS: f64 = 30.0;

/// Measures the time from the model's first token to the first delta, over so many messages after
/// one that opens the connections.
pub fn measure(messages: u32) -> Result<Vec<Figure>> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, DEFAULT_STACK)?;
    let script = Script::counting(10).every(Duration::from_millis(40));
    let chats = open(&platform, script)?;
    let mut samples = Samples::default();
    for number in 0..=messages {
        let id = format!("m-{number}");
        let heard = say(&chats, &id)?;
        let first = heard
            .iter()
            .find(|heard| heard.frame["type"] == "delta")
            .context("no delta")?;
        let turns = chats.bedrock.turns();
        let token = turns.last().and_then(|turn| turn.words.first());
        let token = *token.context("the model said nothing")?;
        if number > 0 {
            samples.add(first.at.saturating_duration_since(token));
        }
    }
    let (sockets, agent) = chats.pids();
    let memory = |name: &str, pid| -> Result<Figure> {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand KiB")]
        let mib = peak_memory_kib(pid)? as f64 / 1024.0;
        Ok(Figure::of(format!("{name} in a chat: memory"), mib, "MiB"))
    };
    let after = "first delta after the model's first token";
    Ok(vec![
        Figure::ms(format!("{after}, p50"), samples.median()).most(FIRST_DELTA_MS),
        Figure::ms(format!("{after}, p95"), samples.percentile(95)),
        memory("ws-message", sockets)?.most(15.0),
        memory("personalization-agent", agent)?.most(30.0),
    ])
}

/// A reply that takes so many seconds has to arrive whole.
pub fn long(seconds: u32) -> Result<Vec<Figure>> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, DEFAULT_STACK)?;
    let words = usize::try_from(seconds)? * 5;
    let script = Script::counting(words).every(Duration::from_millis(200));
    let reply = script.words(&Value::Null).concat();
    let chats = open(&platform, script)?;
    let heard = say(&chats, "long")?;
    let last = heard.last().context("no frame")?;
    ensure!(last.frame["reply"] == reply, "{}", last.frame);
    let took = last.at.saturating_duration_since(heard[0].at);
    let frames = f64::from(u32::try_from(heard.len())?);
    Ok(vec![
        Figure::of("a long reply, whole", took.as_secs_f64(), "s"),
        Figure::of("a long reply, frames", frames, "frames"),
    ])
}

fn open<'a>(platform: &'a Platform<'a>, script: Script) -> Result<Chats<'a>> {
    let chats = Chats::start(platform, script, 1)?;
    chats.supporter(SUPPORTER)?;
    chats.open(SUPPORTER, SUPPORTER, LASTS)?;
    Ok(chats)
}

/// The frames about the message.
fn say(chats: &Chats, id: &str) -> Result<Vec<Heard>> {
    let mut heard = chats.say(SUPPORTER, &json!({ "message": "Tell me more.", "id": id }))?;
    heard.retain(|heard| heard.frame["id"] == id);
    let done = heard
        .last()
        .is_some_and(|last| last.frame["type"] == "done");
    ensure!(done, "{heard:?}\n{}", chats.logged());
    Ok(heard)
}
