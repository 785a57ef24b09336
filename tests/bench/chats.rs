//! Many chats at once, through processes of both functions: none may be lost, none crossed.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use contract::naming::DEFAULT_STACK;
use platform_tests::engine::Engine;
use platform_tests::harness::{Chats, Script};
use platform_tests::platform::Platform;
use serde_json::{Value, json};

use crate::figure::Figure;
use crate::stats::Samples;

const LASTS: i64 = 3600;

/// What the ids of the supporters begin with; three digits follow.
const CROWD: &str = "crowd-";

/// Words of a reply, and the time between them: long enough for all to be under way at once.
const WORDS: usize = 80;
const PAUSE: Duration = Duration::from_millis(250);

/// Between two messages; the last comes before the first reply is over.
const APART: Duration = Duration::from_millis(60);

/// `count` supporters say one thing each, so that all are under way at once;
/// each has to hear what the model said to them.
pub fn measure(count: usize) -> Result<Vec<Figure>> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, DEFAULT_STACK)?;
    let script = Script::answering(|prompt| words(&named(prompt))).every(PAUSE);
    let chats = Chats::start(&platform, script, count)?;
    let names: Vec<String> = (0..count)
        .map(|number| format!("{CROWD}{number:03}"))
        .collect();
    for name in &names {
        chats.supporter(name)?;
        chats.open(name, name, LASTS)?;
    }
    let mut begun = Vec::new();
    for name in &names {
        let message = json!({ "message": format!("I am {name}."), "id": name });
        begun.push((Instant::now(), chats.begin(name, &message)?));
        // The replies overlap all the same; the engine's tables, one process in Python, keep up.
        thread::sleep(APART);
    }
    let mut starts = Vec::new();
    for (start, answer) in begun {
        chats.wait(answer)?;
        starts.push(start);
    }
    let (mut firsts, mut lasts) = (Samples::default(), Samples::default());
    for (name, start) in names.iter().zip(starts) {
        let (first, last) = heard(&chats, name).with_context(|| failures(&chats, name))?;
        firsts.add(first.saturating_duration_since(start));
        lasts.add(last.saturating_duration_since(start));
    }
    let at_once = f64::from(u32::try_from(at_once(&chats))?);
    let of = |what: &str| format!("{count} chats at once: {what}");
    Ok(vec![
        Figure::of(of("replies under way at one time"), at_once, "replies"),
        Figure::ms(of("first words, p50"), firsts.median()),
        Figure::ms(of("first words, p95"), firsts.percentile(95)),
        Figure::ms(of("whole, p50"), lasts.median()),
        Figure::ms(of("whole, p95"), lasts.percentile(95)),
    ])
}

/// When the first and the last frame came, where all between them is this supporter's own.
fn heard(chats: &Chats, name: &str) -> Result<(Instant, Instant)> {
    let heard = chats.connections.heard(name);
    let first = heard
        .iter()
        .find(|heard| heard.frame["type"] == "delta")
        .with_context(|| format!("no delta: {heard:?}"))?;
    let last = heard.last().context("nothing")?;
    ensure!(
        last.frame["reply"] == words(name).concat(),
        "{}",
        last.frame
    );
    ensure!(
        heard.iter().all(|heard| heard.frame["id"] == name),
        "{heard:?}"
    );
    Ok((first.at, last.at))
}

/// What the functions say went wrong, the first of it.
fn failures(chats: &Chats, name: &str) -> String {
    let logged = chats.logged();
    let failures: Vec<&str> = logged
        .lines()
        .filter(|line| line.contains("ERROR"))
        .take(5)
        .collect();
    format!("{name}\n{}", failures.join("\n"))
}

/// The most replies that the model was giving at one time.
fn at_once(chats: &Chats) -> usize {
    let spans: Vec<(Instant, Instant)> = chats
        .bedrock
        .turns()
        .iter()
        .filter_map(|turn| Some((*turn.words.first()?, turn.end?.1)))
        .collect();
    let under_way = |at: Instant| {
        spans
            .iter()
            .filter(|(from, to)| (*from..=*to).contains(&at))
            .count()
    };
    spans
        .iter()
        .map(|(from, _)| under_way(*from))
        .max()
        .unwrap_or(0)
}

/// Who the prompt is about.
fn named(prompt: &Value) -> String {
    let text = prompt.to_string();
    let length = CROWD.len() + 3;
    text.rfind(CROWD)
        .and_then(|at| text.get(at..at + length))
        .unwrap_or_default()
        .to_owned()
}

fn words(name: &str) -> Vec<String> {
    (0..WORDS)
        .map(|number| format!("{name} {number} "))
        .collect()
}
