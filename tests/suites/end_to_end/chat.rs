//! `ops chat`, as a script uses it: piped in and out.

use anyhow::{Result, ensure};
use platform_tests::platform::Platform;
use serde_json::Value;

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("chat::a_piped_message_gets_its_reply", piped),
    ("chat::frames_are_lines_of_json", frames),
    ("chat::an_unknown_supporter_is_told_what_to_do", unknown),
    (
        "chat::a_wrong_id_is_refused_before_anything_is_sent",
        wrong_id,
    ),
];

const USER: &str = "user-000002";

fn piped(platform: &Platform) -> Result<()> {
    let input = "What can I do this month?\n\nAnd next month?\n";
    let ended = platform
        .pipe("ops", &["chat", "--user", USER], input)?
        .success()?;
    let replies: Vec<&str> = ended
        .stdout
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("  see also:"))
        .collect();
    ensure!(replies.len() >= 2, "{ended:?}");
    ensure!(ended.stderr.contains(USER), "{ended:?}");
    ensure!(!ended.stderr.contains(platform.key()), "the key is printed");
    Ok(())
}

fn frames(platform: &Platform) -> Result<()> {
    let ended = platform
        .pipe("ops", &["chat", "--json", "--user", USER], "Hello\n")?
        .success()?;
    let frames: Vec<Value> = ended
        .stdout
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let kinds: Vec<&str> = frames
        .iter()
        .filter_map(|frame| frame["type"].as_str())
        .collect();
    ensure!(kinds.first() == Some(&"start"), "{kinds:?}");
    ensure!(kinds.last() == Some(&"done"), "{kinds:?}");
    let joined: String = frames
        .iter()
        .filter_map(|frame| frame["text"].as_str())
        .collect();
    let done = frames.last().map(|done| &done["reply"]);
    ensure!(done == Some(&Value::from(joined)), "{frames:?}");
    Ok(())
}

fn unknown(platform: &Platform) -> Result<()> {
    let ended = platform.pipe("ops", &["chat", "--user", "nobody"], "Hello\n")?;
    ensure!(ended.code == Some(1), "{ended:?}");
    ensure!(ended.stderr.contains("user_not_found"), "{ended:?}");
    ensure!(ended.stderr.contains("hint: "), "{ended:?}");
    Ok(())
}

fn wrong_id(platform: &Platform) -> Result<()> {
    let ended = platform.pipe("ops", &["chat", "--user", "-no way"], "")?;
    ensure!(ended.code == Some(2), "{ended:?}");
    Ok(())
}
