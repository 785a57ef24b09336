//! The page in a real browser: on the platform itself, and on stand-ins for what the platform
//! cannot be made to do at will.

mod access;
mod errors;
mod flows;
mod frames;
mod site;
mod text;
mod views;
mod words;

use std::env;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use contract::local;
use platform_tests::browser::{Browser, Tab};
use platform_tests::page::Page;
use platform_tests::platform::Platform;

use crate::{Alone, Break, Look};

static BROWSER: OnceLock<Result<Browser, String>> = OnceLock::new();

/// Whether this machine's run has a browser; `cargo xtask test` says where it has not.
pub fn is_there() -> bool {
    env::var(local::BROWSER_ENV).as_deref() != Ok(local::LEFT_OUT)
}

/// Tests of the shared platform.
pub fn looks() -> impl Iterator<Item = &'static (&'static str, Look)> {
    flows::TESTS
        .iter()
        .chain(text::LOOKS)
        .chain(views::TESTS)
        .filter(|(name, _)| is_there() && (views::has_axe() || !name.contains("axe")))
}

/// Tests that break a platform of their own.
pub fn breaks() -> impl Iterator<Item = &'static (&'static str, Break)> {
    access::TESTS.iter().filter(|_| is_there())
}

/// Tests that bring what they need.
pub fn alone() -> impl Iterator<Item = &'static (&'static str, Alone)> {
    words::TESTS
        .iter()
        .chain(errors::TESTS)
        .chain(text::ALONE)
        .filter(|_| is_there())
}

/// Ends the run's browser. A static is never dropped.
pub fn stop() {
    if let Some(Ok(browser)) = BROWSER.get() {
        browser.stop();
    }
}

/// A window of the run's browser, started by the first test that needs it.
fn window() -> Result<Tab<'static>> {
    let browser = BROWSER.get_or_init(|| Browser::start().map_err(|error| format!("{error:?}")));
    browser
        .as_ref()
        .map_err(|error| anyhow!("no browser: {error}"))?
        .open()
}

/// Serves the platform's page and opens it.
fn open(platform: &Platform) -> Result<(Page, Tab<'static>)> {
    let page = Page::serve(platform)?;
    let tab = window()?;
    tab.goto(&page.url)?;
    Ok((page, tab))
}

/// Enters a supporter's number, as they would.
fn enter(tab: &Tab, user: &str) -> Result<()> {
    tab.shows("h1", "You make this possible.")?;
    tab.type_into("#supporter", user)?;
    tab.click(".door-form .primary")?;
    tab.shows("h1", "Hello")
}

/// Goes to a view by its link.
fn view(tab: &Tab, path: &str) -> Result<()> {
    tab.click(&format!("#nav a[href='{path}']"))?;
    tab.until(&format!("location.pathname === '{path}'"))
}

/// Says something in the chat and waits until the answer is whole.
fn chat(tab: &Tab, message: &str) -> Result<()> {
    let answers = tab.count(".ours")?;
    tab.shows(".note", "onnected.")?;
    tab.type_into("#message", message)?;
    tab.click(".compose .primary")?;
    tab.until(&format!(
        "document.querySelectorAll('.ours:not([aria-busy])').length > {answers}"
    ))
}
