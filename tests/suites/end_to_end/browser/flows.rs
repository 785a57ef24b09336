//! FLOW-1 to FLOW-3 as a supporter walks them.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use platform_tests::platform::Platform;
use platform_tests::rest::Call;
use serde_json::json;

use super::{chat, enter, open, view};
use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("browser::a_supporter_sees_profile_and_giving", profile),
    ("browser::search_links_to_what_exists", search),
    ("browser::chat_answers_and_links_what_it_recommends", talk),
    ("browser::all_of_it_goes_by_keyboard", keyboard),
    ("browser::two_tabs_are_two_supporters", two_tabs),
];

const USER: &str = "user-000001";

fn profile(platform: &Platform) -> Result<()> {
    let (_page, tab) = open(platform)?;
    enter(&tab, USER)?;
    let answer = Call::get(platform, &format!("/profile/{USER}"))
        .send()?
        .body;
    let profile = &answer["profile"];
    let text = tab.text("main")?;
    for fact in ["name", "email", "userId"] {
        let fact = profile[fact].as_str().context("no fact")?;
        ensure!(text.contains(fact), "{fact} is not shown: {text}");
    }
    for topic in profile["preferences"]["topics"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let topic = topic.as_str().unwrap_or_default().to_lowercase();
        ensure!(text.to_lowercase().contains(&topic), "{topic}: {text}");
    }
    ensure!(text.contains("emails read"), "no engagement: {text}");

    view(&tab, "/giving")?;
    tab.shows("h1", "What you have made possible")?;
    let donations = answer["donations"].as_array().map_or(0, Vec::len);
    ensure!(
        tab.count(".gifts li")? == donations,
        "not every gift is listed"
    );
    tab.click("summary")?;
    tab.until("document.querySelector('details').open")?;
    ensure!(tab.count("table tbody tr")? == 12, "not twelve months");
    // The picture and the table say the same: a bar a month with gifts.
    let given = "[...document.querySelectorAll('tbody tr')].filter((row) => row.cells[1].innerText !== '0').length";
    tab.until(&format!(
        "document.querySelectorAll('svg.bars .bar').length === {given} && {given} > 0"
    ))?;
    ensure!(tab.logged()?.is_empty(), "{:?}", tab.logged());
    Ok(())
}

fn search(platform: &Platform) -> Result<()> {
    let (_page, tab) = open(platform)?;
    // Whose interests no chat changes between the two searches.
    let user = "browser-search";
    platform.put_supporter(user)?;
    enter(&tab, user)?;
    view(&tab, "/search")?;
    tab.type_into("#query", "bowel screening at home")?;
    tab.press(Key::Enter)?;
    tab.shows(".count", "results")?;
    let body = json!({ "query": "bowel screening at home", "userId": user });
    let found = Call::post(platform, "/search", &body).send()?.body;
    let results = found["results"].as_array().context("no results")?;
    let links = tab.script(
        "return [...document.querySelectorAll('.found h3 a')].map((link) => link.href);",
        Vec::new(),
    )?;
    let urls: Vec<_> = results.iter().map(|result| result["url"].clone()).collect();
    ensure!(links == json!(urls), "{links} {urls:?}");
    let marked = results.iter().flat_map(|result| {
        let letters: Vec<char> = result["summary"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .collect();
        let spans = result["highlights"].as_array().cloned().unwrap_or_default();
        spans.into_iter().filter_map(move |span| {
            let at = |index: usize| usize::try_from(span[index].as_u64()?).ok();
            Some(letters.get(at(0)?..at(1)?)?.iter().collect::<String>())
        })
    });
    let marked: Vec<String> = marked.collect();
    ensure!(
        !marked.is_empty() && tab.texts("mark")? == marked,
        "{marked:?}"
    );

    tab.click("input[name=kind][value=paper]")?;
    tab.until("new URLSearchParams(location.search).get('kind') === 'paper'")?;
    tab.shows(".label", "Research paper")?;
    ensure!(
        !tab.texts(".label")?.contains(&"Article".to_owned()),
        "not filtered"
    );
    tab.click(".topics .chip")?;
    tab.until("new URLSearchParams(location.search).get('q').length > 23")?;
    tab.shows(".count", "result")
}

fn talk(platform: &Platform) -> Result<()> {
    let (_page, tab) = open(platform)?;
    enter(&tab, USER)?;
    view(&tab, "/chat")?;
    chat(&tab, "How does bowel screening at home work?")?;
    ensure!(!tab.text(".ours .words")?.is_empty(), "no reply");
    tab.shows(".recommended", "You may like to read")?;
    tab.until(
        "document.querySelector('.recommended a')?.href.startsWith('https://www.example.org/')",
    )?;
    // The chat goes on while the person looks elsewhere.
    view(&tab, "/")?;
    view(&tab, "/chat")?;
    ensure!(tab.count(".yours")? == 1, "what was said is gone");
    chat(&tab, "And what about the results?")?;
    ensure!(tab.logged()?.is_empty(), "{:?}", tab.logged());
    Ok(())
}

fn keyboard(platform: &Platform) -> Result<()> {
    let (_page, tab) = open(platform)?;
    tab.shows("h1", "You make this possible.")?;
    tab.press(Key::Tab)?;
    tab.until("document.activeElement.className === 'skip'")?;
    tab.type_into("#supporter", USER)?;
    tab.press(Key::Enter)?;
    tab.shows("h1", "Hello")?;
    let focused = "document.activeElement.matches";
    for path in ["/", "/giving", "/search", "/chat"] {
        tab.script("document.querySelector('.brand').focus();", Vec::new())?;
        let link = format!("{focused}('#nav a[href=\"{path}\"]')");
        for _ in 0..5 {
            if tab.script(&format!("return {link};"), Vec::new())? == true {
                break;
            }
            tab.press(Key::Tab)?;
        }
        tab.until(&link)?;
        tab.press(Key::Enter)?;
        // The focus goes to where the person went.
        tab.until(&format!(
            "location.pathname === '{path}' && ({focused}('h1, main'))"
        ))?;
    }
    tab.shows(".note", "onnected.")?;
    tab.type_into("#message", "Hello")?;
    tab.press(Key::Enter)?;
    tab.until("document.querySelectorAll('.ours:not([aria-busy])').length === 1")?;
    tab.until("document.querySelector('#status').textContent.startsWith('We said')")
}

fn two_tabs(platform: &Platform) -> Result<()> {
    let (page, tab) = open(platform)?;
    let others = ["user-000002", "user-000003"];
    enter(&tab, others[0])?;
    view(&tab, "/chat")?;
    let tabs = tab.beside()?;
    tab.goto(&page.url)?;
    enter(&tab, others[1])?;
    view(&tab, "/chat")?;
    chat(&tab, "The word of the second is marmalade.")?;
    tab.switch(&tabs[0])?;
    chat(&tab, "The word of the first is lighthouse.")?;
    let first = tab.text("body")?;
    tab.switch(&tabs[1])?;
    chat(&tab, "What did I say?")?;
    let second = tab.text("body")?;
    ensure!(
        first.contains("lighthouse") && !first.contains("marmalade"),
        "{first}"
    );
    ensure!(
        second.contains("marmalade") && !second.contains("lighthouse"),
        "{second}"
    );
    // Signing out forgets what was said.
    tab.click("#leave")?;
    tab.shows("h1", "You make this possible.")?;
    enter(&tab, "user-000004")?;
    view(&tab, "/chat")?;
    tab.shows(".note", "onnected.")?;
    ensure!(
        tab.count(".said > li")? == 0,
        "another supporter's words are shown"
    );
    Ok(())
}
