//! A key is rotated while clients go on asking: none is ever refused.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use contract::outputs;
use contract::rest::API_KEY_HEADER;
use platform_tests::engine::Engine;
use platform_tests::page::Page;
use platform_tests::platform::Platform;
use platform_tests::poll;
use serde_json::Value;

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    (
        "rotation::a_key_is_rotated_while_clients_go_on_asking",
        rotated,
    ),
    (
        "rotation::the_pages_key_is_rotated_while_the_page_goes_on_asking",
        page_rotated,
    ),
];

fn status(platform: &Platform, key: &str) -> Result<u16> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let call = agent.get(platform.rest("/profile/user-000001"));
    Ok(call.header(API_KEY_HEADER, key).call()?.status().as_u16())
}

fn rotate(platform: &Platform, arguments: &[&str]) -> Result<String> {
    let said = platform.run("provision", &[&["rotate-key", "--yes"], arguments].concat())?;
    Ok(said.success()?.stdout)
}

fn rotated(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Rotor")?;
    let first = platform.key().to_owned();
    let nothing = platform.run("provision", &["rotate-key", "--finish", "--yes"])?;
    ensure!(nothing.code == Some(3), "{nothing:?}");
    let unasked = platform.run("provision", &["rotate-key"])?;
    ensure!(unasked.code == Some(3), "{unasked:?}");

    let second = while_asking(&platform, &first, |platform, moved| {
        let printed: Value = serde_json::from_str(&rotate(platform, &["--json"])?)?;
        let second = printed[outputs::API_KEY]
            .as_str()
            .context("no key")?
            .to_owned();
        ensure!(second != first, "the key is the old one");
        // Both work at once.
        ensure!(status(platform, &first)? == 200 && status(platform, &second)? == 200);
        let known = platform
            .run("provision", &["outputs", "--with-key"])?
            .success()?;
        ensure!(known.stdout.contains(&second), "outputs give the old key");
        // Printed once, and the rotation stays where it is.
        let again = rotate(platform, &[])?;
        ensure!(again.is_empty(), "printed again: {again}");
        agrees(platform)?;
        moved(&second);
        rotate(platform, &["--finish"])?;
        Ok(second)
    })?;
    ensure!(status(&platform, &first)? == 403, "the old key still works");
    ensure!(status(&platform, &second)? == 200);
    agrees(&platform)?;

    // And back to the first place, with a third key.
    let third = while_asking(&platform, &second, |platform, moved| {
        let printed = rotate(platform, &[])?;
        let named = format!("{}=", outputs::API_KEY);
        let third = printed.lines().find_map(|line| line.strip_prefix(&named));
        let third = third.context("no key")?.to_owned();
        moved(&third);
        rotate(platform, &["--finish"])?;
        Ok(third)
    })?;
    ensure!(third != first && status(&platform, &third)? == 200);
    ensure!(
        status(&platform, &second)? == 403,
        "the old key still works"
    );
    agrees(&platform)
}

/// The key that a browser is told which loads the page now.
fn told(page: &Page) -> Result<String> {
    let url = format!("{}{}", page.url, contract::page::CONFIG);
    let text = ureq::get(url).call()?.body_mut().read_to_string()?;
    let config: Value = serde_json::from_str(&text)?;
    let key = config["apiKey"].as_str().context("no key")?;
    Ok(key.to_owned())
}

/// Only the page is told the key: what is printed names keys, and gives none.
fn only_named(printed: &str, key: &str) -> Result<()> {
    let named: Value = serde_json::from_str(printed)?;
    for (output, id) in [
        (outputs::PAGE_API_KEY_ID, true),
        (outputs::PREVIOUS_PAGE_API_KEY_ID, true),
        (outputs::API_KEY, false),
    ] {
        ensure!(named[output].is_string() == id, "{output}: {named}");
    }
    ensure!(!printed.contains(key), "the key is printed");
    Ok(())
}

/// A page that is open goes on with the key it was loaded with; loaded again, it has the new one.
/// Nobody else's key changes.
fn page_rotated(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "PageRotor")?;
    let page = Page::serve(&platform)?;
    let first = told(&page)?;
    let none = platform.run("provision", &["rotate-key", "--page", "--finish", "--yes"])?;
    ensure!(
        none.code == Some(3)
            && none
                .stderr
                .contains("rotate-key --local --stack-name PageRotor --page"),
        "{none:?}"
    );
    let second = while_asking(&platform, &first, |platform, moved| {
        let printed = rotate(platform, &["--page", "--json"])?;
        // A slow look-up tells what was known before.
        let moves = || told(&page).is_ok_and(|told| told != first);
        ensure!(
            poll::until(poll::PATIENCE, moves),
            "the page is told the old key"
        );
        let second = told(&page)?;
        only_named(&printed, &second)?;
        for key in [first.as_str(), &second, platform.key()] {
            ensure!(status(platform, key)? == 200);
        }
        let again = rotate(platform, &["--page"])?;
        ensure!(again.is_empty() && told(&page)? == second, "{again}");
        agrees(platform)?;
        moved(&second);
        rotate(platform, &["--page", "--finish"])?;
        Ok(second)
    })?;
    ensure!(status(&platform, &first)? == 403, "the old key still works");
    ensure!(told(&page)? == second && status(&platform, &second)? == 200);
    ensure!(
        status(&platform, platform.key())? == 200,
        "the operators' key went too"
    );
    agrees(&platform)
}

/// What lives is what is declared, and a deployment leaves the keys alone.
fn agrees(platform: &Platform) -> Result<()> {
    platform.verify()?.success()?;
    let applied = platform.apply()?.success()?;
    ensure!(applied.stderr.contains("nothing to change"), "{applied:?}");
    Ok(())
}

/// Runs `work` while a client asks all the time, with `key` until `work` gives it another. With
/// each of the two it has asked before the work goes on.
fn while_asking<T>(
    platform: &Platform,
    key: &str,
    work: impl FnOnce(&Platform, &dyn Fn(&str)) -> Result<T>,
) -> Result<T> {
    let key = Mutex::new(key.to_owned());
    let (over, asked, refused) = (AtomicBool::new(false), AtomicU32::new(0), AtomicU32::new(0));
    let lock = || {
        key.lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    let asks_on = || {
        let before = asked.load(Ordering::SeqCst);
        poll::until(poll::PATIENCE, || asked.load(Ordering::SeqCst) > before + 2)
    };
    let done = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                // The lock is held while asking: a key that is moved away from is in no call.
                let key = lock();
                let well = status(platform, &key).is_ok_and(|status| status == 200);
                drop(key);
                asked.fetch_add(1, Ordering::SeqCst);
                refused.fetch_add(u32::from(!well), Ordering::SeqCst);
                thread::yield_now();
            }
        });
        let begun = asks_on();
        let done = work(platform, &|other| {
            other.clone_into(&mut lock());
            asks_on();
        });
        let goes_on = asks_on();
        over.store(true, Ordering::SeqCst);
        ensure!(begun && goes_on, "the client does not ask");
        done
    })?;
    let (asked, refused) = (asked.into_inner(), refused.into_inner());
    ensure!(refused == 0, "{refused} of {asked} requests failed");
    Ok(done)
}
