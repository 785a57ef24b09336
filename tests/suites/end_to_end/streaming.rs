//! Streaming, from the model's first word to the client's. Order is told by recorded times, never by
//! how long something took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use contract::Table;
use platform_tests::harness::{End, Ending, Gate, Script};
use platform_tests::platform::{Item, Platform};
use platform_tests::poll;
use serde_json::Value;

use crate::Look;
use crate::chats::{chats, message, of_kind, whole};

pub const TESTS: &[(&str, Look)] = &[
    (
        "streaming::deltas_arrive_in_order_while_the_model_still_speaks",
        while_it_speaks,
    ),
    (
        "streaming::quick_words_are_joined_into_fewer_frames",
        joined_frames,
    ),
    ("streaming::a_client_that_has_gone_stops_the_model", gone),
    (
        "streaming::a_client_that_has_gone_is_noticed_while_the_model_is_silent",
        gone_in_silence,
    ),
];

fn while_it_speaks(platform: &Platform) -> Result<()> {
    let name = "stream-order";
    let gate = Gate::default();
    let script = Script::counting(20).every(Duration::from_millis(100));
    let script = script.held_after(19, &gate);
    let reply = script.words(&Value::Null).concat();
    let chats = chats(platform, name, script)?;
    let answer = chats.begin(name, &message("m-1"))?;
    let two_came = || of_kind(&chats.connections.heard(name), "delta").len() >= 2;
    let meanwhile = poll::until(poll::PATIENCE, two_came);
    gate.open();
    ensure!(meanwhile, "{}", chats.logged());
    chats.wait(answer)?;
    let heard = chats.connections.heard(name);
    whole(&heard, &reply).with_context(|| chats.logged())?;
    let turns = chats.bedrock.turns();
    ensure!(turns.len() == 1, "{} prompts", turns.len());
    let last_word = *turns[0].words.last().context("no word")?;
    let deltas = of_kind(&heard, "delta");
    let before = deltas.iter().filter(|delta| delta.at < last_word).count();
    ensure!(
        before >= 2,
        "{before} of {} deltas before the model's last word",
        deltas.len()
    );
    for pair in heard.windows(2) {
        ensure!(pair[0].at <= pair[1].at, "{pair:?}");
    }
    Ok(())
}

fn joined_frames(platform: &Platform) -> Result<()> {
    let name = "stream-joined";
    let script = Script::counting(300).every(Duration::from_millis(2));
    let reply = script.words(&Value::Null).concat();
    let chats = chats(platform, name, script)?;
    let begun = Instant::now();
    let heard = chats.say(name, &message("m-1"))?;
    whole(&heard, &reply).with_context(|| chats.logged())?;
    let deltas = of_kind(&heard, "delta").len();
    let took = heard.last().context("no frame")?.at - begun;
    // The first goes at once, and the last with the end.
    let most = 2 + took.as_millis() / 50;
    ensure!(
        deltas >= 2 && deltas as u128 <= most,
        "{deltas} deltas of 300 words within {took:?}"
    );
    Ok(())
}

fn gone(platform: &Platform) -> Result<()> {
    let script = Script::counting(200).every(Duration::from_millis(50));
    stops(platform, "stream-gone", script)
}

/// After two words nothing more comes, so that the agent has nothing to do but wait.
fn gone_in_silence(platform: &Platform) -> Result<()> {
    let script = Script::counting(200).every(Duration::from_millis(100));
    stops(platform, "stream-silent", script.ending(Ending::Stall(2)))
}

fn stops(platform: &Platform, name: &str, script: Script) -> Result<()> {
    let chats = chats(platform, name, script)?;
    // The start and one delta.
    chats.connections.leaves_after(name, 2);
    chats.say(name, &message("m-1"))?;
    ensure!(chats.connections.refused(name) > 0, "nothing was refused");
    let hung_up = || {
        let turns = chats.bedrock.turns();
        matches!(turns.as_slice(), [turn] if matches!(turn.end, Some((End::HungUp, _))))
    };
    let stopped = poll::until(poll::PATIENCE, hung_up);
    let turns = chats.bedrock.turns();
    ensure!(
        stopped,
        "{} words\n{}",
        turns.iter().map(|turn| turn.words.len()).sum::<usize>(),
        chats.logged()
    );
    ensure!(turns[0].words.len() < 200, "the model said everything");
    let kinds = kinds_of_interactions(platform, name)?;
    ensure!(kinds == ["abandoned"], "{kinds:?}");
    let contexts = platform.items_of(Table::Context, name)?;
    ensure!(contexts == 0, "{contexts} contexts");
    Ok(())
}

fn kinds_of_interactions(platform: &Platform, user: &str) -> Result<Vec<String>> {
    let items = platform.partition(Table::Interactions, user)?;
    let kind = |item: &Item| item.get("type")?.as_s().ok().cloned();
    Ok(items.iter().filter_map(kind).collect())
}
