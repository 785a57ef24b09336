//! The WebSocket contract, as a client meets it.

use anyhow::{Result, ensure};
use platform_tests::platform::Platform;
use platform_tests::socket::{Key, Socket};
use serde_json::json;

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("sockets::a_chat_arrives_in_order_and_whole", chat),
    ("sockets::the_key_may_stand_in_the_query", key_in_query),
    (
        "sockets::a_handshake_without_key_or_user_is_refused",
        refused,
    ),
    (
        "sockets::bad_frames_get_an_error_and_the_connection_stays",
        bad_frames,
    ),
    ("sockets::ping_gets_pong", ping),
    (
        "sockets::an_unknown_supporter_hears_it_on_the_first_message",
        unknown_supporter,
    ),
    (
        "sockets::two_supporters_do_not_hear_each_other",
        two_supporters,
    ),
];

const USER: &str = "user-000003";

fn open(platform: &Platform) -> Result<Socket> {
    Socket::connect(platform, Some(USER), Key::Header(platform.key()))
}

fn chat(platform: &Platform) -> Result<()> {
    let mut socket = open(platform)?;
    let message = json!({ "message": "What can I do this month?", "id": "m-1" });
    let first = socket.chat(&message.to_string())?;
    ensure!(first["id"] == "m-1", "{first}");
    for name in [
        "reply",
        "conversationId",
        "contextVersion",
        "recommendations",
    ] {
        ensure!(first.get(name).is_some(), "no {name}: {first}");
    }
    let second = socket.chat(&json!({ "message": "And next month?" }).to_string())?;
    ensure!(
        second["conversationId"] == first["conversationId"],
        "{second}"
    );
    ensure!(
        second["id"].is_string() && second["id"] != first["id"],
        "{second}"
    );
    socket.close()
}

fn key_in_query(platform: &Platform) -> Result<()> {
    let mut socket = Socket::connect(platform, Some(USER), Key::Query(platform.key()))?;
    socket.send(r#"{"type":"ping"}"#)?;
    let pong = socket.read()?;
    ensure!(pong["type"] == "pong", "{pong}");
    socket.close()
}

fn refused(platform: &Platform) -> Result<()> {
    for (user, key) in [
        (Some(USER), Key::None),
        (Some(USER), Key::Query("")),
        (None, Key::Header(platform.key())),
        (Some("-bad"), Key::Header(platform.key())),
    ] {
        let opened = Socket::connect(platform, user, key).is_ok();
        ensure!(!opened, "opened for user {user:?}, {key:?}");
    }
    Ok(())
}

fn bad_frames(platform: &Platform) -> Result<()> {
    let mut socket = open(platform)?;
    let long = json!({ "message": "x".repeat(4001), "id": "long" }).to_string();
    for (frame, id) in [
        ("not json", json!(null)),
        ("[]", json!(null)),
        ("{}", json!(null)),
        (r#"{"message":""}"#, json!(null)),
        (r#"{"message":"hello","more":1,"id":"more"}"#, json!("more")),
        (r#"{"type":"dance"}"#, json!(null)),
        (long.as_str(), json!("long")),
    ] {
        socket.send(frame)?;
        let answer = socket.read()?;
        ensure!(
            answer["type"] == "error" && answer["code"] == "invalid_message",
            "{answer}"
        );
        ensure!(answer["id"] == id, "{frame}: {answer}");
    }
    socket.chat(r#"{"message":"still here"}"#)?;
    socket.close()
}

fn ping(platform: &Platform) -> Result<()> {
    let mut socket = open(platform)?;
    socket.send(r#"{"type":"ping"}"#)?;
    let pong = socket.read()?;
    ensure!(pong == json!({ "type": "pong" }), "{pong}");
    socket.close()
}

fn unknown_supporter(platform: &Platform) -> Result<()> {
    let mut socket = Socket::connect(platform, Some("nobody"), Key::Header(platform.key()))?;
    socket.send(r#"{"message":"hello","id":"x"}"#)?;
    let mut frame = socket.read()?;
    if frame["type"] == "start" {
        frame = socket.read()?;
    }
    ensure!(
        frame["type"] == "error" && frame["code"] == "user_not_found",
        "{frame}"
    );
    ensure!(frame["id"] == "x", "{frame}");
    socket.close()
}

fn two_supporters(platform: &Platform) -> Result<()> {
    let mut one = Socket::connect(platform, Some("user-000004"), Key::Header(platform.key()))?;
    let mut two = Socket::connect(platform, Some("user-000005"), Key::Header(platform.key()))?;
    one.send(r#"{"message":"I am one","id":"one"}"#)?;
    let heard = two.chat(r#"{"message":"I am two","id":"two"}"#)?;
    ensure!(heard["id"] == "two", "{heard}");
    loop {
        let frame = one.read()?;
        ensure!(frame["id"] == "one", "{frame}");
        if frame["type"] == "done" {
            return one.close();
        }
    }
}
