//! Text is text, whoever wrote it: what looks like HTML or script is shown, never run.

use anyhow::{Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use platform_tests::browser::Tab;
use platform_tests::platform::Platform;
use serde_json::json;

use super::site::{Answer, Site, supporter};
use super::{chat, enter, open, view, window};
use crate::{Alone, Look};

pub const LOOKS: &[(&str, Look)] = &[("browser::a_table_cannot_write_markup", table)];

pub const ALONE: &[(&str, Alone)] = &[
    ("browser::no_answer_can_write_markup", answers),
    ("browser::highlights_count_characters", highlights),
];

const SCRIPT: &str = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>";

fn unharmed(tab: &Tab, css: &str) -> Result<()> {
    tab.shows(css, SCRIPT)?;
    let harmed =
        "return window.harmed === undefined && !document.querySelector('main img, main script');";
    ensure!(
        tab.script(harmed, vec![])? == true,
        "{css}: it was taken as markup"
    );
    Ok(())
}

fn table(platform: &Platform) -> Result<()> {
    let user = "browser-markup";
    let put = platform.aws.dynamodb.put_item();
    let put = put
        .table_name(platform.table(Table::Users))
        .item("userId", AttributeValue::S(user.into()))
        .item("name", AttributeValue::S(SCRIPT.into()));
    platform.aws.wait(put.send())?;
    let (_page, tab) = open(platform)?;
    enter(&tab, user)?;
    unharmed(&tab, "dd")?;
    view(&tab, "/chat")?;
    chat(&tab, SCRIPT)?;
    unharmed(&tab, ".yours")
}

fn answers() -> Result<()> {
    let site = Site::start()?;
    let mut body = supporter(SCRIPT);
    body["profile"]["preferences"]["topics"] = json!([SCRIPT]);
    body["context"] =
        json!({ "version": 1, "summary": SCRIPT, "interests": [SCRIPT], "updatedAt": null });
    body["donations"] = json!([{ "donationId": "d", "amount": 500, "currency": "GBP",
        "donatedAt": "2026-01-02T00:00:00Z", "campaign": SCRIPT, "recurring": false }]);
    body["donationSummary"] = json!({ "count": 1, "total": { "GBP": 500 }, "lastDonatedAt": null });
    site.answers("/v1/profile", Answer(200, vec![], body));
    let found = json!({ "results": [{ "id": "a", "kind": "article", "title": SCRIPT,
        "summary": SCRIPT, "highlights": [[0, 4]], "url": "javascript:window.harmed=1", "score": 1,
        "personalised": false }], "total": 1, "facets": { "kind": {}, "topic": { SCRIPT: 1 } }, "tookMs": 1 });
    site.answers("/v1/search", Answer(200, vec![], found));
    let tab = window()?;
    tab.goto(&site.url())?;
    enter(&tab, "u1")?;
    unharmed(&tab, ".card")?;
    view(&tab, "/giving")?;
    tab.shows(".gift-for", "onerror")?;
    view(&tab, "/search")?;
    tab.type_into("#query", "a\n")?;
    unharmed(&tab, ".found h3")?;
    ensure!(
        tab.count(".found h3 a")? == 0,
        "an address that runs is linked"
    );

    view(&tab, "/chat")?;
    let mut there = site.frames.next()?;
    tab.shows(".note", "Connected.")?;
    tab.type_into("#message", "Hello")?;
    tab.click(".compose .primary")?;
    let id = there.read()?["id"].clone();
    there.start(&id)?;
    there.delta(&id, SCRIPT)?;
    unharmed(&tab, ".ours .words")?;
    there.done(
        &id,
        SCRIPT,
        &json!([{ "id": "a", "kind": "article", "title": SCRIPT }]),
    )?;
    unharmed(&tab, ".recommended")
}

/// Offsets are in Unicode scalar values; a browser's strings are UTF-16.
fn highlights() -> Result<()> {
    let site = Site::start()?;
    let tab = window()?;
    tab.goto(&site.url())?;
    tab.shows("h1", "You make this possible.")?;
    let marked = tab.script_later(
        "const done = arguments[arguments.length - 1];
         import('/search.js').then(({ marked }) => {
           const parts = marked('🎗🎗 with e\\u0301clair 👩‍🔬 lab', [[3, 7], [18, 21]]);
           done(parts.filter((part) => part.nodeName === 'MARK').map((part) => part.textContent));
         });",
        vec![],
    )?;
    let letters: Vec<char> = "🎗🎗 with e\u{301}clair 👩‍🔬 lab".chars().collect();
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    ensure!(marked == json!([part(3, 7), part(18, 21)]), "{marked}");
    Ok(())
}
