//! Chats seen from both ends: what the model was asked and said, what the client heard, under
//! failure and at the same time.

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use contract::Table;
use platform_tests::harness::{Chats, Ending, Gate, Heard, Script};
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::socket::{Key, Socket};
use serde_json::{Value, json};

use crate::{Look, in_turn};

pub const TESTS: &[(&str, Look)] = &[
    ("chats::a_second_message_during_the_first_gets_busy", busy),
    ("chats::an_expired_session_gets_its_frame", expired),
    (
        "chats::a_stream_that_breaks_gets_an_error_and_writes_nothing",
        broken,
    ),
    (
        "chats::a_model_that_falls_silent_gets_model_timeout",
        silent,
    ),
    (
        "chats::fifty_chats_at_once_are_neither_lost_nor_crossed",
        fifty,
    ),
];

/// Longer than any test.
pub const LASTS: i64 = 3600;

/// Less than Lambda gives, so that a test of what comes at the end of it is over soon.
const SHORT: Duration = Duration::from_secs(8);

/// A supporter of the test's own, with an open session of the same name.
pub fn chats<'a>(platform: &'a Platform<'a>, name: &str, script: Script) -> Result<Chats<'a>> {
    let chats = Chats::start(platform, script, 2)?;
    chats.supporter(name)?;
    chats.open(name, name, LASTS)?;
    Ok(chats)
}

pub fn message(id: &str) -> Value {
    json!({ "message": format!("This is {id}."), "id": id })
}

/// The frames about the message `id`.
fn about(heard: &[Heard], id: &str) -> Vec<Heard> {
    heard
        .iter()
        .filter(|heard| heard.frame["id"] == id)
        .cloned()
        .collect()
}

pub fn of_kind<'a>(heard: &'a [Heard], kind: &str) -> Vec<&'a Heard> {
    heard
        .iter()
        .filter(|heard| heard.frame["type"] == kind)
        .collect()
}

/// Holds that `heard` is start, deltas, done, and that the deltas joined are `reply`.
pub fn whole(heard: &[Heard], reply: &str) -> Result<()> {
    let kinds: Vec<&str> = heard
        .iter()
        .filter_map(|heard| heard.frame["type"].as_str())
        .collect();
    let (first, last) = (kinds.first(), kinds.last());
    ensure!(
        (first, last) == (Some(&"start"), Some(&"done")),
        "{kinds:?}"
    );
    let deltas = of_kind(heard, "delta");
    ensure!(deltas.len() + 2 == heard.len(), "{kinds:?}");
    let joined: String = deltas
        .iter()
        .filter_map(|delta| delta.frame["text"].as_str())
        .collect();
    ensure!(joined == reply, "{joined:?} is not {reply:?}");
    let done = &heard.last().context("no frame")?.frame;
    ensure!(done["reply"] == reply, "{done}");
    for frame in heard {
        let most = contract::limits::FRAME_MAX_BYTES;
        ensure!(frame.bytes <= most, "a frame of {} bytes", frame.bytes);
    }
    Ok(())
}

/// Holds that the last frame is an error with one of `codes`, and that nothing is written.
fn failed(platform: &Platform, user: &str, heard: &[Heard], codes: &[&str]) -> Result<()> {
    let last = &heard.last().context("no frame")?.frame;
    let code = last["code"].as_str().unwrap_or_default();
    ensure!(last["type"] == "error" && codes.contains(&code), "{last}");
    nothing_written(platform, user)
}

pub fn nothing_written(platform: &Platform, user: &str) -> Result<()> {
    for table in [Table::Context, Table::Interactions] {
        let items = platform.items_of(table, user)?;
        ensure!(items == 0, "{items} items of {user} in {table:?}");
    }
    Ok(())
}

fn busy(platform: &Platform) -> Result<()> {
    let name = "stream-busy";
    let gate = Gate::default();
    let script = Script::counting(20).held_after(5, &gate);
    let reply = script.words(&Value::Null).concat();
    let chats = chats(platform, name, script)?;
    let first = chats.begin(name, &message("first"))?;
    let speaks = || chats.bedrock.turns().len() == 1;
    ensure!(poll::until(poll::PATIENCE, speaks), "{}", chats.logged());
    let heard = chats.say(name, &message("second"))?;
    gate.open();
    let second = about(&heard, "second");
    ensure!(second.len() == 1, "{second:?}");
    ensure!(second[0].frame["code"] == "busy", "{second:?}");
    chats.wait(first)?;
    let first = about(&chats.connections.heard(name), "first");
    whole(&first, &reply)?;
    let done = first.last().context("no frame")?;
    ensure!(second[0].at < done.at, "the first was over already");
    chats.bedrock.play(Script::saying(&["Now."]));
    let heard = chats.say(name, &message("third"))?;
    whole(&about(&heard, "third"), "Now.")
}

fn expired(platform: &Platform) -> Result<()> {
    let name = "stream-expired";
    let chats = chats(platform, name, Script::saying(&["Hello."]))?;
    chats.open(name, name, -10)?;
    let heard = chats.say(name, &message("m-1"))?;
    ensure!(heard.len() == 1, "{heard:?}");
    failed(platform, name, &heard, &["session_expired"])?;
    ensure!(heard[0].frame["id"] == "m-1", "{heard:?}");
    ensure!(chats.bedrock.asked().is_empty(), "the model was asked");
    Ok(())
}

fn broken(platform: &Platform) -> Result<()> {
    for (name, ending) in [
        ("stream-cut", Ending::Cut(5)),
        (
            "stream-exception",
            Ending::Exception(5, "modelStreamErrorException"),
        ),
    ] {
        let script = Script::counting(20)
            .every(Duration::from_millis(50))
            .ending(ending);
        let chats = chats(platform, name, script)?;
        let answer = chats.begin_within(name, &message("m-1"), SHORT)?;
        chats.wait(answer)?;
        let heard = chats.connections.heard(name);
        ensure!(heard[0].frame["type"] == "start", "{heard:?}");
        failed(platform, name, &heard, &["internal", "model_timeout"])
            .with_context(|| chats.logged())?;
    }
    Ok(())
}

fn silent(platform: &Platform) -> Result<()> {
    let name = "stream-stalled";
    let script = Script::counting(20).ending(Ending::Stall(5));
    let chats = chats(platform, name, script)?;
    let answer = chats.begin_within(name, &message("m-1"), SHORT)?;
    chats.wait(answer)?;
    let heard = chats.connections.heard(name);
    failed(platform, name, &heard, &["model_timeout"]).with_context(|| chats.logged())
}

/// Fifty clients of the engine's own APIs, each a supporter of its own: their chats are all under way
/// at once. They come a few at a time, since that many functions that start at once are slow alone.
fn fifty(platform: &Platform) -> Result<()> {
    let _turn = in_turn();
    let names: Vec<String> = (0..50).map(|number| format!("crowd-{number:02}")).collect();
    for name in &names {
        platform.put_supporter(name)?;
    }
    let crowd = Crowd {
        door: Mutex::default(),
        all: Barrier::new(names.len()),
    };
    let answers = thread::scope(|scope| {
        let clients: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(|| one_of_many(platform, name, &crowd)))
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().map_err(|_| anyhow!("a client panicked"))?)
            .collect::<Result<Vec<Value>>>()
    })?;
    let distinct = |field: &str| {
        let texts: BTreeSet<&str> = answers
            .iter()
            .filter_map(|answer| answer[field].as_str())
            .collect();
        texts.len()
    };
    for field in ["id", "conversationId", "reply"] {
        let number = distinct(field);
        ensure!(number == names.len(), "{number} different {field}");
    }
    for (name, answer) in names.iter().zip(&answers) {
        let contexts = platform.items_of(Table::Context, name)?;
        ensure!(contexts == 1, "{contexts} contexts of {name}");
        let turns = platform.partition(Table::Interactions, name)?;
        let replies: Vec<_> = turns
            .iter()
            .filter_map(|turn| turn.get("reply")?.as_s().ok())
            .collect();
        let heard = answer["reply"].as_str().unwrap_or_default();
        ensure!(
            replies == [heard],
            "{name} heard {heard:?}, and its turn is {replies:?}"
        );
    }
    Ok(())
}

/// Clients that come one after the other, and then all speak at once.
struct Crowd {
    door: Mutex<()>,
    all: Barrier,
}

fn one_of_many(platform: &Platform, name: &str, crowd: &Crowd) -> Result<Value> {
    let asked = || -> Result<Value> {
        let door = crowd.door.lock().unwrap_or_else(PoisonError::into_inner);
        let socket = Socket::connect(platform, Some(name), Key::Header(platform.key()));
        drop(door);
        // Who could not come holds up nobody.
        crowd.all.wait();
        let mut socket = socket?;
        let done = socket.chat(&message(name).to_string())?;
        socket.close()?;
        Ok(done)
    };
    let done = asked().with_context(|| name.to_owned())?;
    ensure!(done["id"] == name, "{name} heard {done}");
    Ok(done)
}
