//! `templates/examples.md`: what clients meet, as the local platform answers it. What differs from
//! one run to the next is written the same each time; everything else stands as it came.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use contract::answers::{AGENT_ANSWER, Answer as Shape, ERROR, PROFILE_ANSWER, SEARCH_ANSWER};
use platform_tests::committed;
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::rest::{Answer, Call};
use platform_tests::shape::{frame_mistakes, mistakes};
use platform_tests::socket::{Key, Socket};
use serde_json::{Value, json};

const AGAIN: &str = "cargo xtask templates --examples";

const USER: &str = "user-000001";

/// Another, for the chat: a turn leaves its date in the supporter's context, and that in the
/// prompt, by which the stand-in for the model answers.
const OTHER: &str = "user-000002";

/// What is written for parts that differ each time.
const DIFFERS: [(&str, &str); 4] = [
    ("requestId", "\"6a0e2a6e-35a5-4c93-9a6c-1f1f5a3c7b10\""),
    ("latencyMs", "12"),
    ("tookMs", "1"),
    ("updatedAt", "\"2026-01-31T09:30:00.000Z\""),
];

const HEAD: &str = "\
# Examples

Real answers of the local platform, captured by the test suite and compared with each run; never edited. What differs
each time (ids of requests, times) is written the same here. `$REST_API_URL`, `$WEB_SOCKET_URL` and `$API_KEY` are what
`cargo provision outputs --local --with-key` prints. Replies are the local engine's stand-in for the model. The shapes
are in [openapi.yaml](openapi.yaml) and [asyncapi.yaml](asyncapi.yaml).
";

/// Captures every example, holds it against the contract's shapes, and compares the page.
pub fn check(platform: &Platform) -> Result<()> {
    let mut page = Page(HEAD.to_owned());
    profiles(platform, &mut page)?;
    posts(platform, &mut page)?;
    refusals(platform, &mut page)?;
    chat(platform, &mut page)?;
    committed::check("examples.md", &page.0, AGAIN)
}

fn profiles(platform: &Platform, page: &mut Page) -> Result<()> {
    let call = Call::get(platform, &format!("/profile/{USER}"));
    let mut answer = call.send()?;
    holds(&answer, 200, &PROFILE_ANSWER)?;
    let kept = answer.body["donations"]
        .as_array_mut()
        .context("no donations")?;
    kept.truncate(2);
    page.rest(
        "A profile (of the donations, two are shown)",
        "GET",
        &format!("/profile/{USER}"),
        None,
        &answer,
    )?;
    let answer = Call::get(platform, "/profile?userId=nobody").send()?;
    holds(&answer, 404, &ERROR)?;
    page.rest("Nobody", "GET", "/profile?userId=nobody", None, &answer)
}

fn posts(platform: &Platform, page: &mut Page) -> Result<()> {
    let body = json!({ "query": "screening", "userId": USER, "limit": 2 });
    let mut answer = Call::post(platform, "/search", &body).send()?;
    // Where the tables are slow, a search does without them.
    poll::until(poll::PATIENCE, || {
        let personalised = answer.body.to_string().contains(r#""personalised":true"#);
        if !personalised && let Ok(again) = Call::post(platform, "/search", &body).send() {
            answer = again;
        }
        personalised
    });
    holds(&answer, 200, &SEARCH_ANSWER)?;
    page.rest("A search", "POST", "/search", Some(&body), &answer)?;
    let body = json!({ "userId": USER, "message": "What is screening?", "conversationId": "c-1" });
    let answer = Call::post(platform, "/agent", &body).send()?;
    holds(&answer, 200, &AGENT_ANSWER)?;
    page.rest(
        "A question to the agent",
        "POST",
        "/agent",
        Some(&body),
        &answer,
    )
}

fn refusals(platform: &Platform, page: &mut Page) -> Result<()> {
    let body = json!({ "query": "screening", "limit": 51 });
    let answer = Call::post(platform, "/search", &body).send()?;
    holds(&answer, 400, &ERROR)?;
    page.rest(
        "A body that does not fit (refused by the gateway)",
        "POST",
        "/search",
        Some(&body),
        &answer,
    )?;
    let answer = Call::get(platform, "/profile/-bad").send()?;
    holds(&answer, 400, &ERROR)?;
    page.rest(
        "An id that is none (refused by the function)",
        "GET",
        "/profile/-bad",
        None,
        &answer,
    )?;
    let answer = Call::get(platform, "/profile/x").key(None).send()?;
    holds(&answer, 403, &ERROR)?;
    page.rest(
        "No key (the call without its `x-api-key`)",
        "GET",
        "/profile/x",
        None,
        &answer,
    )?;
    let answer = Call::get(platform, "/nowhere").send()?;
    holds(&answer, 404, &ERROR)?;
    page.rest("No such path", "GET", "/nowhere", None, &answer)
}

fn chat(platform: &Platform, page: &mut Page) -> Result<()> {
    let mut socket = Socket::connect(platform, Some(OTHER), Key::Header(platform.key()))?;
    write!(
        page.0,
        "\n## A chat\n\nConnect to `$WEB_SOCKET_URL?userId={OTHER}` with the header `x-api-key`. \
         `>` is sent, `<` comes.\n\n```text\n"
    )?;
    let sent = [
        r#"{"type":"ping"}"#,
        r#"{"message":"How can I help?","conversationId":"c-2","id":"m-1"}"#,
        r#"{"message":"","id":"m-2"}"#,
    ];
    for frame in sent {
        writeln!(page.0, "> {frame}")?;
        socket.send(frame)?;
        loop {
            let frame = socket.read()?;
            let mistakes = frame_mistakes(&frame);
            ensure!(mistakes.is_empty(), "{mistakes:#?}: {frame}");
            writeln!(page.0, "< {frame}")?;
            if !["start", "delta"].iter().any(|kind| frame["type"] == *kind) {
                break;
            }
        }
    }
    page.0.push_str("```\n");
    socket.close()
}

fn holds(answer: &Answer, status: u16, shape: &Shape) -> Result<()> {
    let mistakes = mistakes(shape, &answer.body);
    ensure!(
        answer.status == status && mistakes.is_empty(),
        "{mistakes:#?}: {answer:?}"
    );
    Ok(())
}

/// The page as it grows.
struct Page(String);

impl Page {
    fn rest(
        &mut self,
        title: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        answer: &Answer,
    ) -> Result<()> {
        let mut shown = answer.body.clone();
        same_each_time(&mut shown)?;
        let call = match (method, body) {
            (_, Some(body)) => format!(
                "curl -s \"$REST_API_URL{path}\" -H \"x-api-key: $API_KEY\" \\\n  \
                 -H 'content-type: application/json' -d '{body}'"
            ),
            _ => format!("curl -s \"$REST_API_URL{path}\" -H \"x-api-key: $API_KEY\""),
        };
        write!(
            self.0,
            "\n## {title}\n\n```sh\n{call}\n```\n\n{}\n\n```json\n{}\n```\n",
            answer.status,
            serde_json::to_string_pretty(&shown)?
        )?;
        Ok(())
    }
}

/// Writes parts that differ each time as they always stand on the page.
fn same_each_time(value: &mut Value) -> Result<()> {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                let known = DIFFERS.iter().find(|(name, _)| name == key);
                match known {
                    Some((_, shown)) if !value.is_null() => *value = serde_json::from_str(shown)?,
                    _ => same_each_time(value)?,
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                same_each_time(item)?;
            }
        }
        _ => {}
    }
    Ok(())
}
