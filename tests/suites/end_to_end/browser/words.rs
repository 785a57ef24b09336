//! Words as they arrive, and connections that come and go, against frames that a test sends.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use platform_tests::browser::Tab;
use serde_json::{Value, json};

use super::frames::Conversation;
use super::site::{Answer, Site};
use super::views::{on_a_phone, picture};
use super::{enter, view, window};
use crate::Alone;

pub const TESTS: &[(&str, Alone)] = &[
    ("browser::words_are_shown_as_they_arrive", one_by_one),
    (
        "browser::a_dropped_socket_is_said_and_nothing_is_sent_again",
        dropped,
    ),
    ("browser::errors_of_a_message_say_what_to_do", errors),
    (
        "browser::a_word_is_on_the_screen_within_a_few_frames",
        frame_to_screen,
    ),
];

/// A site, a window on its chat, and the chat's other side.
fn chatting() -> Result<(Site, Tab<'static>, Conversation)> {
    let site = Site::start()?;
    let tab = window()?;
    tab.goto(&site.url())?;
    enter(&tab, "u1")?;
    view(&tab, "/chat")?;
    let conversation = site.frames.next()?;
    tab.shows(".note", "Connected.")?;
    Ok((site, tab, conversation))
}

fn say(tab: &Tab, conversation: &mut Conversation, message: &str) -> Result<Value> {
    tab.type_into("#message", message)?;
    tab.click(".compose .primary")?;
    let frame = conversation.read()?;
    ensure!(frame["message"] == message, "{frame}");
    Ok(frame["id"].clone())
}

fn one_by_one() -> Result<()> {
    let (site, tab, mut there) = chatting()?;
    on_a_phone(&tab)?;
    let id = say(&tab, &mut there, "What can I do this month?")?;
    there.start(&id)?;
    // Frames that are none of the contract's, or of no message of ours, change nothing.
    there.send(&json!({ "message": "Endpoint request timed out", "connectionId": "x" }))?;
    there.delta(&json!("other"), "not for us")?;
    let reply = "Thank you for asking, Ada. Our spring walk is on the 14th, and the shop in your town \
                 looks for people on Saturdays.";
    let mut so_far = String::new();
    for word in reply.split_inclusive(' ') {
        there.delta(&id, word)?;
        so_far.push_str(word);
        let shown = json!(so_far.trim());
        tab.until(&format!(
            "document.querySelector('.ours .words').innerText.trim() === {shown}"
        ))?;
    }
    ensure!(tab.count(".ours[aria-busy]")? == 1, "it is not done yet");
    let disabled = "return document.querySelector('.compose .primary').ariaDisabled;";
    ensure!(
        tab.script(disabled, vec![])? == "true",
        "a second message could be sent"
    );
    let piece = json!({ "id": "walk", "kind": "article", "title": "Volunteering that fits" });
    let mut found = piece.clone();
    found["url"] = json!("https://www.example.org/articles/volunteering-that-fits");
    site.answers(
        "/v1/search",
        Answer(200, vec![], json!({ "results": [found] })),
    );
    there.done(&id, reply, &json!([piece]))?;
    tab.until("document.querySelector('.recommended a')?.target === '_blank'")?;
    picture(&tab, "words-phone-dark")?;
    let second = say(&tab, &mut there, "And you?")?;
    ensure!(second != id, "the id is used twice");
    Ok(())
}

fn dropped() -> Result<()> {
    let (site, tab, mut there) = chatting()?;
    let id = say(&tab, &mut there, "Will this arrive?")?;
    there.start(&id)?;
    there.delta(&id, "It ")?;
    tab.shows(".ours .words", "It")?;
    drop(there);
    tab.shows(".regret", "it is not sent again by itself")?;
    let mut there = site.frames.next()?;
    tab.shows(".note", "Connected again.")?;
    ensure!(
        !there.hears_within(Duration::from_millis(700))?,
        "it was sent again"
    );
    // The person decides; and the conversation's memory goes on where there is one.
    tab.click(".lost button")?;
    let again = there.read()?;
    ensure!(again["message"] == "Will this arrive?", "{again}");
    there.start(&again["id"])?;
    there.done(&again["id"], "Yes.", &json!([]))?;
    tab.shows(".ours:last-child .words", "Yes.")?;

    // While nobody answers, the page waits longer each time, and says so.
    let frames = site.frames;
    drop(there);
    let tries: Vec<(Instant, Instant)> = (0..3)
        .map(|_| frames.turn_away().context("no try"))
        .collect::<Result<_>>()?;
    // At least: from just before a try is turned away to the moment when the next is there.
    let gaps = [tries[1].1 - tries[0].0, tries[2].1 - tries[1].0];
    ensure!(
        gaps[0] > Duration::from_millis(450) && gaps[1] > Duration::from_millis(900),
        "no back-off: {gaps:?}"
    );
    tab.shows(".note", "Trying again in")
}

fn errors() -> Result<()> {
    let (site, tab, mut there) = chatting()?;
    for (code, advice) in [
        ("busy", "Wait for it, then send this again"),
        ("model_throttled", "Wait a few seconds"),
        ("model_timeout", "ask for less at a time"),
        ("internal", "Try again in a minute"),
    ] {
        let id = say(&tab, &mut there, "Hello")?;
        there.start(&id)?;
        there.error(&id, code)?;
        tab.shows(&format!(".ours[data-problem={code}] .regret"), advice)?;
    }
    let id = say(&tab, &mut there, "Hello")?;
    there.error(&id, "session_expired")?;
    let mut there = site.frames.next()?;
    tab.shows(
        ".ours[data-problem=session_expired] .regret",
        "It is open again now",
    )?;
    tab.shows(".note", "Connected")?;
    // An error without an id is about what was sent last.
    say(&tab, &mut there, "x")?;
    there.error(&Value::Null, "invalid_message")?;
    tab.shows(".ours[data-problem=invalid_message] .regret", "Change it")?;
    // What is too long is not sent.
    tab.script(
        "const box = document.querySelector('#message'); box.value = '🎗'.repeat(4001); box.dispatchEvent(new Event('input'));",
        vec![],
    )?;
    tab.shows(".help", "1 characters too many")?;
    tab.click(".compose .primary")?;
    ensure!(
        !there.hears_within(Duration::from_millis(300))?,
        "it was sent"
    );
    Ok(())
}

/// Each word is in a picture before the next is sent. How long that takes, from a frame's sending to
/// the first moment after the picture was made, is told.
fn frame_to_screen() -> Result<()> {
    let (_site, tab, mut there) = chatting()?;
    let id = say(&tab, &mut there, "Hello")?;
    there.start(&id)?;
    tab.script(
        "window.seen = [];
         new MutationObserver(() => requestAnimationFrame(() => {
           const channel = new MessageChannel();
           channel.port1.onmessage = () => seen.push(performance.timeOrigin + performance.now());
           channel.port2.postMessage(0);
         })).observe(document.querySelector('.ours .words'), { characterData: true, subtree: true });",
        vec![],
    )?;
    let mut sent = Vec::new();
    for word in 0..20 {
        sent.push(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1000.0);
        there.delta(&id, &format!("word {word} "))?;
        tab.until(&format!("seen.length > {word}"))?;
    }
    let seen: Vec<f64> = serde_json::from_value(tab.script("return seen;", vec![])?)?;
    let mut took: Vec<f64> = seen
        .iter()
        .zip(&sent)
        .map(|(seen, sent)| seen - sent)
        .collect();
    took.sort_by(f64::total_cmp);
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    eprintln!("page: from frame to screen {median:.1} ms (median of 20), {worst:.1} ms at most");
    Ok(())
}
