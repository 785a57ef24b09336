//! The HTTP contract, as a client meets it.

use anyhow::{Result, ensure};
use platform_tests::platform::Platform;
use platform_tests::rest::{Answer, Call};
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    (
        "rest::profile_by_query_and_by_path_are_the_same",
        profile_by_query_and_by_path,
    ),
    (
        "rest::profile_has_every_field_of_the_contract",
        profile_has_every_field,
    ),
    ("rest::unknown_supporter_is_404", unknown_supporter),
    ("rest::a_missing_key_and_a_wrong_key_are_403", keys),
    ("rest::preflight_needs_no_key", preflight),
    ("rest::bad_input_is_refused_with_its_field", bad_input),
    ("rest::an_unknown_path_is_route_not_found", unknown_path),
    ("rest::the_agent_answers_and_remembers", agent_remembers),
    ("rest::search_finds_and_personalises", search),
    ("rest::every_string_is_a_query", every_string_is_a_query),
];

const USER: &str = "user-000001";

fn profile_by_query_and_by_path(platform: &Platform) -> Result<()> {
    let by_query = Call::get(platform, &format!("/profile?userId={USER}")).send()?;
    let by_path = Call::get(platform, &format!("/profile/{USER}")).send()?;
    ensure!(by_query.status == 200, "{by_query:?}");
    ensure!(by_query.body == by_path.body, "{by_query:?}\n{by_path:?}");
    has_cors(&by_query)
}

fn profile_has_every_field(platform: &Platform) -> Result<()> {
    let answer = Call::get(platform, &format!("/profile/{USER}")).send()?;
    let body = &answer.body;
    let missing = |at: &Value, names: &[&str]| -> Vec<String> {
        names
            .iter()
            .filter(|name| at.get(name).is_none())
            .map(|name| (*name).into())
            .collect()
    };
    let mut absent = missing(
        body,
        &["profile", "donations", "donationSummary", "context"],
    );
    absent.extend(missing(
        &body["profile"],
        &[
            "userId",
            "name",
            "email",
            "joinedAt",
            "preferences",
            "engagement",
        ],
    ));
    absent.extend(missing(
        &body["profile"]["preferences"],
        &["topics", "channel", "language"],
    ));
    absent.extend(missing(
        &body["profile"]["engagement"],
        &["eventsAttended", "emailsOpened", "lastSeenAt", "segments"],
    ));
    absent.extend(missing(
        &body["donationSummary"],
        &["count", "total", "lastDonatedAt"],
    ));
    absent.extend(missing(
        &body["context"],
        &["version", "summary", "interests", "updatedAt"],
    ));
    ensure!(absent.is_empty(), "{absent:?} in {body}");
    let dates: Vec<_> = body["donations"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|donation| donation["donatedAt"].as_str())
        .collect();
    ensure!(
        dates.is_sorted_by(|newer, older| newer >= older),
        "newest first: {dates:?}"
    );
    Ok(())
}

fn unknown_supporter(platform: &Platform) -> Result<()> {
    let answer = Call::get(platform, "/profile/nobody").send()?;
    answer.is_error(404, "user_not_found")?;
    has_cors(&answer)
}

fn keys(platform: &Platform) -> Result<()> {
    for (method, path) in [
        ("GET", "/profile?userId=x"),
        ("GET", "/profile/x"),
        ("POST", "/agent"),
        ("POST", "/search"),
    ] {
        for key in [None, Some("wrong")] {
            let answer = Call::new(platform, method, path).key(key).send()?;
            answer.is_error(403, "invalid_api_key")?;
            has_cors(&answer)?;
        }
    }
    Ok(())
}

fn preflight(platform: &Platform) -> Result<()> {
    for path in ["/profile", "/profile/x", "/agent", "/search"] {
        let answer = Call::new(platform, "OPTIONS", path).key(None).send()?;
        ensure!(answer.status / 100 == 2, "{path}: {answer:?}");
        has_cors(&answer)?;
        let allowed = answer.header("access-control-allow-headers").to_lowercase();
        ensure!(allowed.contains("x-api-key"), "{path}: {answer:?}");
    }
    Ok(())
}

fn bad_input(platform: &Platform) -> Result<()> {
    let long = "x".repeat(4001);
    for (path, body) in [
        ("/agent", json!({})),
        ("/agent", json!({ "userId": USER })),
        ("/agent", json!({ "userId": USER, "message": "" })),
        ("/agent", json!({ "userId": USER, "message": long })),
        ("/agent", json!({ "userId": "-bad", "message": "hello" })),
        (
            "/agent",
            json!({ "userId": USER, "message": "hello", "more": 1 }),
        ),
        ("/search", json!({ "query": 7 })),
        ("/search", json!({ "query": "hope", "limit": 51 })),
        ("/search", json!({ "query": "hope", "kind": "poem" })),
    ] {
        let answer = Call::post(platform, path, &body).send()?;
        answer.is_error(400, "invalid_request")?;
        has_cors(&answer)?;
    }
    // The gateway asks for a value; that it is an id is the function's to say.
    let answer = Call::get(platform, "/profile/-bad").send()?;
    answer.is_error(400, "invalid_request")?;
    ensure!(
        answer.body["error"]["message"]
            .to_string()
            .contains("userId"),
        "{answer:?}"
    );
    Call::get(platform, "/profile")
        .send()?
        .is_error(400, "invalid_request")
}

fn unknown_path(platform: &Platform) -> Result<()> {
    let answer = Call::get(platform, "/nothing/here").send()?;
    answer.is_error(404, "route_not_found")?;
    has_cors(&answer)
}

fn agent_remembers(platform: &Platform) -> Result<()> {
    let ask = |message: &str, conversation: Option<&Value>| {
        let mut body = json!({ "userId": "user-000002", "message": message });
        if let Some(conversation) = conversation {
            body["conversationId"] = conversation.clone();
        }
        Call::post(platform, "/agent", &body).send()
    };
    let first = ask("How can I help with fundraising?", None)?;
    ensure!(first.status == 200, "{first:?}");
    let second = ask("And for volunteering?", Some(&first.body["conversationId"]))?;
    ensure!(second.status == 200, "{second:?}");
    ensure!(
        second.body["conversationId"] == first.body["conversationId"],
        "{second:?}"
    );
    for answer in [&first, &second] {
        ensure!(
            answer.body["reply"]
                .as_str()
                .is_some_and(|reply| !reply.is_empty()),
            "{answer:?}"
        );
        ensure!(
            answer.body["model"]
                .as_str()
                .is_some_and(|m| m.contains("claude")),
            "{answer:?}"
        );
    }
    let version = |answer: &Answer| answer.body["contextVersion"].as_u64().unwrap_or_default();
    ensure!(
        version(&second) == version(&first) + 1,
        "{first:?}\n{second:?}"
    );
    let profile = Call::get(platform, "/profile/user-000002").send()?;
    ensure!(
        profile.body["context"]["version"] == second.body["contextVersion"],
        "{profile:?}"
    );
    Ok(())
}

fn search(platform: &Platform) -> Result<()> {
    let plain = Call::post(platform, "/search", &json!({ "query": "screening" })).send()?;
    ensure!(plain.status == 200, "{plain:?}");
    ensure!(plain.body["total"].as_u64() > Some(0), "{plain:?}");
    let results = plain.body["results"].as_array().map_or(0, Vec::len);
    ensure!((1..=10).contains(&results), "{plain:?}");
    let none = Call::post(platform, "/search", &json!({ "query": "   " })).send()?;
    ensure!(none.status == 200 && none.body["total"] == 0, "{none:?}");
    let stranger = json!({ "query": "screening", "userId": "nobody" });
    let stranger = Call::post(platform, "/search", &stranger).send()?;
    ensure!(
        stranger.body["results"] == plain.body["results"],
        "{stranger:?}"
    );
    Ok(())
}

fn every_string_is_a_query(platform: &Platform) -> Result<()> {
    for query in [
        "\"",
        "AND OR NOT (",
        "title:x^9 ~2 [a TO b]",
        "🎗️🎗️",
        "\\",
        "a\u{0}b",
    ] {
        let answer = Call::post(platform, "/search", &json!({ "query": query })).send()?;
        ensure!(answer.status == 200, "{query:?}: {answer:?}");
    }
    Ok(())
}

fn has_cors(answer: &Answer) -> Result<()> {
    let origin = answer.header("access-control-allow-origin");
    ensure!(origin == "*", "no CORS: {answer:?}");
    Ok(())
}
