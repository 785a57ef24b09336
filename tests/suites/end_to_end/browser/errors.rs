//! Every answer that is no result, against a REST API that says so.

use anyhow::{Result, ensure};
use platform_tests::browser::Tab;
use serde_json::json;

use super::site::{Answer, Site, refusal, supporter};
use super::{enter, view, window};
use crate::Alone;

pub const TESTS: &[(&str, Alone)] = &[
    ("browser::every_error_says_what_to_do", every_error),
    (
        "browser::nothing_found_and_nothing_given_say_what_to_do",
        nothing,
    ),
    (
        "browser::being_offline_is_said_and_what_is_shown_stays",
        offline,
    ),
];

fn opened() -> Result<(Site, Tab<'static>)> {
    let site = Site::start()?;
    let tab = window()?;
    tab.goto(&site.url())?;
    enter(&tab, "u1")?;
    Ok((site, tab))
}

fn every_error() -> Result<()> {
    let (site, tab) = opened()?;
    for (status, code, advice) in [
        (403, "invalid_api_key", "tell the team that runs the page"),
        (404, "user_not_found", "sign out, and enter it again"),
        (429, "quota_exceeded", "come back tomorrow"),
        (500, "internal", "Try again in a minute"),
        (503, "model_throttled", "Wait a few seconds"),
        (502, "never_heard_of", "Something went wrong on our side"),
    ] {
        site.answers("/v1/profile", refusal(status, code));
        tab.goto(&format!("{}/giving", site.url()))?;
        tab.shows(".problem", advice)?;
        ensure!(tab.count(".loading")? == 0, "it goes on loading");
    }
    let Answer(status, _, body) = refusal(429, "rate_limited");
    site.answers(
        "/v1/profile",
        Answer(status, vec![("retry-after", "7")], body),
    );
    tab.goto(&format!("{}/giving", site.url()))?;
    tab.shows(".problem", "in about 7 seconds")?;
    tab.until("document.querySelector('#status').textContent.includes('Many people')")?;
    // It is tried again when the person says so.
    site.answers("/v1/profile", Answer(200, vec![], supporter("Ada Fern")));
    tab.click(".problem button")?;
    tab.shows(".empty", "No gifts yet")
}

fn nothing() -> Result<()> {
    let (site, tab) = opened()?;
    let none =
        json!({ "results": [], "total": 0, "facets": { "kind": {}, "topic": {} }, "tookMs": 1 });
    site.answers("/v1/search", Answer(200, vec![], none));
    view(&tab, "/search")?;
    tab.shows(".empty", "Search in your own words")?;
    tab.type_into("#query", "xyzzy\n")?;
    tab.shows(".empty", "Try fewer or other words")?;
    tab.goto(&format!("{}/nowhere", site.url()))?;
    tab.shows(".empty", "There is nothing here")?;
    tab.click(".empty a")?;
    tab.shows("h1", "Hello")?;
    tab.shows(".card", "You have not chosen any topics yet")?;
    tab.shows(".card", "Nothing yet.")?;
    tab.click("#leave")?;
    tab.type_into("#supporter", "no way\n")?;
    tab.shows("#wrong", "That is no supporter number")
}

fn offline() -> Result<()> {
    let (_site, tab) = opened()?;
    let network = |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    tab.command("Network.enable", &json!({}))?;
    tab.command("Network.emulateNetworkConditions", &network(true))?;
    tab.shows("#offline", "You are offline")?;
    tab.shows("h1", "Hello")?;
    view(&tab, "/search")?;
    tab.type_into("#query", "screening\n")?;
    tab.shows(".problem", "Check your connection")?;
    tab.command("Network.emulateNetworkConditions", &network(false))?;
    tab.until("document.querySelector('#offline').hidden")
}
