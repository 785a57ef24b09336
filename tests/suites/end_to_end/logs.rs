//! `ops logs`: one request is followed through all functions, and nobody is named.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use contract::metrics::field;
use platform_tests::platform::{Platform, USERS};
use platform_tests::poll;
use platform_tests::rest::{Answer, Call};
use platform_tests::socket::{Key, Socket};
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    (
        "logs::one_request_is_followed_from_its_answer",
        from_the_answer,
    ),
    (
        "logs::a_chat_message_is_followed_through_both_functions",
        through_both,
    ),
    ("logs::no_line_names_anybody", nobody_is_named),
    ("logs::errors_are_told_from_the_rest", errors),
    ("logs::follow_goes_on_until_it_is_interrupted", follow),
    ("logs::a_wrong_question_is_a_wrong_command_line", wrong),
];

fn lines(platform: &Platform, arguments: &[&str]) -> Result<Vec<Value>> {
    let all = [&["logs", "--json", "--since", "1h"], arguments].concat();
    let ended = platform.run("ops", &all)?.success()?;
    let lines = ended.stdout.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().context(ended.stdout)
}

fn request_id(answer: &Answer) -> Result<String> {
    let id = answer.body["error"]["requestId"].as_str();
    id.map(str::to_owned)
        .with_context(|| format!("no id: {answer:?}"))
}

/// The lines, once there are so many.
fn wait_for(platform: &Platform, arguments: &[&str], count: usize) -> Result<Vec<Value>> {
    let mut found = Ok(Vec::new());
    poll::until(poll::PATIENCE, || {
        found = lines(platform, arguments);
        found.as_ref().map_or(true, |lines| lines.len() >= count)
    });
    found
}

fn from_the_answer(platform: &Platform) -> Result<()> {
    let profile = Call::get(platform, "/profile/nobody-whom-logs-know").send()?;
    profile.is_error(404, "user_not_found")?;
    let body = json!({"userId": "nobody-whom-logs-know", "message": "hello"});
    let agent = Call::post(platform, "/agent", &body).send()?;
    agent.is_error(404, "user_not_found")?;
    for (answer, function, route) in [
        (profile, "get-profile", "GET /profile/{userId}"),
        (agent, "personalization-agent", "POST /agent"),
    ] {
        let id = request_id(&answer)?;
        let lines = wait_for(platform, &["--request", &id], 1)?;
        ensure!(lines.len() == 1, "{lines:?}");
        let line = &lines[0];
        ensure!(
            line["requestId"] == id.as_str() && line["function"] == function,
            "{line}"
        );
        let fields = &line["fields"];
        let told = fields["Route"] == route
            && fields["status"] == 404
            && fields["Code"] == "user_not_found"
            && fields["Latency"].is_u64()
            && fields["coldStart"].is_boolean()
            && fields["user"].as_str().is_some_and(|hash| hash.len() == 16);
        ensure!(told, "{line}");
        // Lambda's own id leads to the same line.
        let lambda = fields[field::LAMBDA_REQUEST_ID].as_str().context("no id")?;
        let same = lines_of(platform, lambda)?;
        ensure!(same == lines, "{same:?}");
    }
    Ok(())
}

fn lines_of(platform: &Platform, id: &str) -> Result<Vec<Value>> {
    lines(platform, &["--request", id])
}

fn through_both(platform: &Platform) -> Result<()> {
    let user = "followed-through-both";
    platform.put_supporter(user)?;
    let mut socket = Socket::connect(platform, Some(user), Key::Header(platform.key()))?;
    socket.chat(&json!({"message": "hello", "id": "m-1"}).to_string())?;
    socket.close()?;
    let chats = [
        "--function",
        "ws-message",
        "--function",
        "personalization-agent",
    ];
    let mut followed = None;
    poll::until(poll::PATIENCE, || {
        followed = lines(platform, &chats).ok().and_then(|lines| both(&lines));
        followed.is_some()
    });
    let id = followed.context("no request is in the logs of both functions")?;
    let lines = lines_of(platform, &id)?;
    let functions: Vec<&str> = lines
        .iter()
        .filter_map(|it| it["function"].as_str())
        .collect();
    // The agent has answered before ws-message has.
    ensure!(
        functions == ["personalization-agent", "ws-message"],
        "{lines:?}"
    );
    let users: BTreeSet<&str> = lines
        .iter()
        .filter_map(|it| it["fields"]["user"].as_str())
        .collect();
    ensure!(users.len() == 1, "one supporter has one hash: {lines:?}");
    let tokens = lines[0]["fields"]["OutputTokens"].as_u64();
    ensure!(tokens.is_some_and(|tokens| tokens > 0), "{lines:?}");
    Ok(())
}

/// The id of a request that both functions have a line of.
fn both(lines: &[Value]) -> Option<String> {
    let mut functions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let well =
        |line: &&Value| line["fields"]["status"] == 200 && line["fields"]["user"].is_string();
    for line in lines.iter().filter(well) {
        let (id, function) = (line["requestId"].as_str()?, line["function"].as_str()?);
        functions.entry(id).or_default().insert(function);
    }
    let mut both = functions
        .into_iter()
        .filter(|(_, functions)| functions.len() == 2);
    both.next().map(|(id, _)| id.to_owned())
}

/// Words that go in at every place where people can put some.
const WORDS: &str = "xylophone-quagmire";

fn nobody_is_named(platform: &Platform) -> Result<()> {
    let mut secrets = vec![WORDS.to_owned(), platform.key().to_owned()];
    for number in 1..=USERS {
        let user = format!("user-{number:06}");
        let body = Call::get(platform, &format!("/profile/{user}"))
            .send()?
            .body;
        let text = |place: &str| body.pointer(place).and_then(Value::as_str);
        for place in ["/profile/name", "/profile/email", "/context/summary"] {
            secrets.extend(text(place).map(str::to_owned));
        }
        secrets.push(user);
    }
    ensure!(secrets.len() >= 3 * USERS as usize, "{secrets:?}");
    say_words_everywhere(platform)?;
    let everything = ["logs", "--json", "--platform", "--since", "1d"];
    let log = platform.run("ops", &everything)?.success()?.stdout;
    ensure!(log.lines().count() > 20, "nothing is logged:\n{log}");
    secrets.extend(["userId=", "apiKey"].map(str::to_owned));
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        ensure!(line.is_none(), "{secret:?} is in the logs: {line:?}");
    }
    Ok(())
}

fn say_words_everywhere(platform: &Platform) -> Result<()> {
    let user = "user-000003";
    let post = |path: &str, body: Value| Call::post(platform, path, &body).send();
    Call::get(platform, &format!("/profile/-{WORDS}")).send()?;
    Call::get(platform, &format!("/profile?userId={WORDS}&other={WORDS}")).send()?;
    post("/search", json!({"query": WORDS, "userId": user}))?;
    post(
        "/agent",
        json!({"userId": user, "message": WORDS, "conversationId": WORDS}),
    )?;
    post(
        "/agent",
        json!({"userId": user, "message": "hello", WORDS: WORDS}),
    )?;
    let mut socket = Socket::connect(platform, Some(user), Key::Query(platform.key()))?;
    for frame in [
        WORDS.to_owned(),
        json!({"message": "hello", WORDS: WORDS}).to_string(),
        json!({"message": "hello", "id": WORDS.repeat(9)}).to_string(),
    ] {
        socket.send(&frame)?;
        let answer = socket.read()?;
        ensure!(answer["code"] == "invalid_message", "{answer}");
    }
    socket.chat(&json!({"message": WORDS, "id": WORDS}).to_string())?;
    socket.close()
}

fn errors(platform: &Platform) -> Result<()> {
    Call::get(platform, "/profile/user-000001").send()?;
    let missing = Call::get(platform, "/profile/nobody-at-all").send()?;
    let id = request_id(&missing)?;
    wait_for(platform, &["--request", &id], 1)?;
    let lines = lines(platform, &["--errors", "--function", "get-profile"])?;
    ensure!(
        lines.iter().any(|line| line["requestId"] == id.as_str()),
        "{lines:?}"
    );
    let well = lines.iter().find(|line| line["fields"]["status"] == 200);
    ensure!(well.is_none(), "{well:?}");
    let other = lines.iter().find(|line| line["function"] != "get-profile");
    ensure!(other.is_none(), "{other:?}");
    Ok(())
}

fn follow(platform: &Platform) -> Result<()> {
    let following = platform.watch("ops", &["logs", "--follow", "--json", "--since", "1s"])?;
    let deadline = Instant::now() + poll::PATIENCE;
    let (mut asked, mut seen) = (Vec::new(), false);
    while !seen && Instant::now() < deadline {
        // It may not look yet: each round asks anew, and any of them is shown sooner or later.
        let answer = Call::get(platform, "/profile/nobody-to-follow").send()?;
        asked.push(request_id(&answer)?);
        while let Some(line) = following.line(Duration::from_secs(2)).filter(|_| !seen) {
            seen = asked.iter().any(|id| line.contains(id));
        }
    }
    ensure!(seen, "a request was not shown while following");
    let code = following.interrupt()?;
    ensure!(code == Some(0), "it ended with {code:?}");
    Ok(())
}

fn wrong(platform: &Platform) -> Result<()> {
    for (arguments, says) in [
        (["--function", "profiles"], "get-profile"),
        (["--since", "soon"], "10m"),
        (["--request", "a b"], "letters"),
    ] {
        let ended = platform.run("ops", &[&["logs"], &arguments[..]].concat())?;
        ensure!(
            ended.code == Some(2) && ended.stderr.contains(says),
            "{ended:?}"
        );
    }
    let none = platform
        .run("ops", &["logs", "--request", "no-such-request"])?
        .success()?;
    ensure!(
        none.stdout.is_empty() && none.stderr.contains("no lines"),
        "{none:?}"
    );
    Ok(())
}
