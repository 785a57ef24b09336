//! How the views look: in both schemes, on a phone and on a desktop. axe-core looks for what keeps
//! people out; nothing moves while it loads; pictures are kept where a folder is named for them.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use contract::local;
use platform_tests::browser::Tab;
use platform_tests::page::Page;
use platform_tests::platform::Platform;
use serde_json::{Value, json};

use super::{chat, enter, open, view};
use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("browser::axe_finds_nothing_serious", accessible),
    ("browser::nothing_moves_while_it_loads", still),
];

const SCHEMES: [&str; 2] = ["light", "dark"];

/// Name, width, height; the phone's is of a small one.
const SCREENS: [(&str, u32, u32); 2] = [("desktop", 1120, 860), ("phone", 375, 740)];

/// Whether axe-core is there; `cargo xtask test` says where it is not.
pub fn has_axe() -> bool {
    env::var(local::AXE_ENV).as_deref() != Ok(local::LEFT_OUT)
}

fn accessible(platform: &Platform) -> Result<()> {
    let axe = env::var(local::AXE_ENV)
        .with_context(|| format!("{} is not set; run: cargo xtask test", local::AXE_ENV))?;
    let axe = fs::read_to_string(&axe).with_context(|| axe.clone())?;
    let (page, tab) = open(platform)?;
    for (screen, width, height) in SCREENS {
        resize(&tab, width, height, screen == "phone")?;
        tab.goto(&page.url)?;
        each_scheme(&tab, &axe, &format!("welcome-{screen}"))?;
        walk(&tab, &axe, screen)?;
    }
    Ok(())
}

/// Every view, as it is when something is in it.
fn walk(tab: &Tab, axe: &str, screen: &str) -> Result<()> {
    enter(tab, "user-000001")?;
    each_scheme(tab, axe, &format!("profile-{screen}"))?;
    view(tab, "/giving")?;
    tab.shows("h1", "What you have made possible")?;
    each_scheme(tab, axe, &format!("giving-{screen}"))?;
    view(tab, "/search")?;
    tab.shows(".empty", "Search in your own words")?;
    tab.type_into("#query", "screening\n")?;
    tab.shows(".count", "results")?;
    each_scheme(tab, axe, &format!("search-{screen}"))?;
    view(tab, "/chat")?;
    chat(tab, "How does bowel screening at home work?")?;
    tab.until("document.querySelector('.recommended a')?.target === '_blank'")?;
    each_scheme(tab, axe, &format!("chat-{screen}"))?;
    tab.click("#leave")?;
    tab.type_into("#supporter", "nobody-here\n")?;
    tab.shows(".problem", "We do not know this supporter number")?;
    each_scheme(tab, axe, &format!("problem-{screen}"))?;
    tab.click("#leave")
}

fn each_scheme(tab: &Tab, axe: &str, name: &str) -> Result<()> {
    for scheme in SCHEMES {
        emulate(tab, scheme)?;
        picture(tab, &format!("{name}-{scheme}"))?;
        let found = serious(tab, axe)?;
        ensure!(found.is_empty(), "{name}, {scheme}: {found:#?}");
    }
    let wide = "return document.documentElement.scrollWidth > innerWidth;";
    ensure!(
        tab.script(wide, vec![])? == false,
        "{name} is wider than its screen"
    );
    Ok(())
}

fn emulate(tab: &Tab, scheme: &str) -> Result<()> {
    let features = json!([{ "name": "prefers-color-scheme", "value": scheme },
        { "name": "prefers-reduced-motion", "value": "reduce" }]);
    let media = json!({ "features": features });
    tab.command("Emulation.setEmulatedMedia", &media)?;
    Ok(())
}

/// As on a small phone, dark.
pub fn on_a_phone(tab: &Tab) -> Result<()> {
    let (_, width, height) = SCREENS[1];
    emulate(tab, "dark")?;
    resize(tab, width, height, true)
}

/// What axe-core finds, of any impact: rule, help, and the elements.
fn serious(tab: &Tab, axe: &str) -> Result<Vec<Value>> {
    tab.script(axe, vec![])?;
    let found = tab.script_later(
        "const done = arguments[arguments.length - 1];
         axe.run(document, { resultTypes: ['violations'] }).then(
           ({ violations, passes }) => done({ violations: violations.map(({ id, impact, help, nodes }) =>
             ({ id, impact, help, nodes: nodes.map((node) => node.html + ' ' + node.failureSummary) })), passes: passes.length }),
           (error) => done({ error: String(error) }));",
        vec![],
    )?;
    ensure!(
        found["passes"].as_u64() > Some(10),
        "axe looked at nothing: {found}"
    );
    let found: Vec<Value> = serde_json::from_value(found["violations"].clone())?;
    Ok(found)
}

fn resize(tab: &Tab, width: u32, height: u32, mobile: bool) -> Result<()> {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
    tab.command("Emulation.setDeviceMetricsOverride", &metrics)?;
    Ok(())
}

/// Keeps a picture, where a folder is named for it.
pub fn picture(tab: &Tab, name: &str) -> Result<()> {
    let Some(dir) = env::var_os(local::PICTURES_ENV).map(PathBuf::from) else {
        return Ok(());
    };
    fs::create_dir_all(&dir)?;
    fs::write(dir.join(format!("{name}.png")), tab.screenshot()?)?;
    Ok(())
}

/// Layout shift and first contentful paint, as the browser itself counts them.
const MEASURE: &str = "
    const done = arguments[arguments.length - 1];
    const entries = { shift: [], paint: [] };
    new PerformanceObserver((list) => entries.shift.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => entries.paint.push(...list.getEntries())).observe({ type: 'paint', buffered: true });
    requestAnimationFrame(() => setTimeout(() => done({
      shift: entries.shift.reduce((sum, { value }) => sum + value, 0),
      moved: entries.shift.flatMap(({ sources }) => sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? '')),
      paint: entries.paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? -1,
    }), 100));";

fn still(platform: &Platform) -> Result<()> {
    let (page, tab) = open(platform)?;
    enter(&tab, "user-000001")?;
    for (screen, width, height) in SCREENS {
        resize(&tab, width, height, screen == "phone")?;
        for (path, shown) in [
            ("", ".cards"),
            ("giving", ".gifts"),
            ("search?q=screening", ".found"),
            ("chat", ".note[data-state=open]"),
        ] {
            measured(&tab, &page, screen, path, shown)?;
        }
    }
    Ok(())
}

fn measured(tab: &Tab, page: &Page, screen: &str, path: &str, shown: &str) -> Result<()> {
    tab.goto(&format!("{}{path}", page.url))?;
    tab.until(&format!("document.querySelector('{shown}')"))?;
    let measured = tab.script_later(MEASURE, vec![])?;
    let [shift, paint] = ["shift", "paint"].map(|key| measured[key].as_f64().unwrap_or(f64::MAX));
    eprintln!(
        "page: /{path} on a {screen}: first contentful paint {paint:.0} ms, layout shift {shift:.4}"
    );
    ensure!(shift < 0.001, "/{path} moves: {measured}");
    ensure!(
        paint.is_finite() && paint >= 0.0,
        "nothing is painted: {measured}"
    );
    Ok(())
}
