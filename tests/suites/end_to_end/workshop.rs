//! `cargo xtask` from source to live answer: deployments, code alone, and a saved file.

use anyhow::{Result, ensure};
use contract::Function;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::program::{self, Ended};
use platform_tests::rest::Call;
use platform_tests::watched::Watched;
use platform_tests::workshop::{ERROR, MISTAKE, Workshop};
use serde_json::json;

use crate::{Alone, Break};

pub const ALONE: &[(&str, Alone)] = &[(
    "workshop::a_first_deployment_shows_all_that_it_would_make_before_it_asks",
    first,
)];

pub const TESTS: &[(&str, Break)] = &[
    (
        "workshop::a_deployment_without_changes_asks_cargo_thrice_and_changes_nothing",
        unchanged,
    ),
    (
        "workshop::a_hotswap_exchanges_new_code_and_the_next_deployment_corrects_it",
        hotswap,
    ),
    (
        "workshop::a_saved_file_is_live_and_a_mistake_is_shown_and_watching_goes_on",
        watch,
    ),
    (
        "workshop::a_deployment_that_smoke_refuses_is_taken_back",
        smoke_refuses,
    ),
];

/// Another function's program stands for new code: it answers search with another status.
const OTHER: Function = Function::WsDisconnect;

fn search(platform: &Platform) -> Result<u16> {
    let query = json!({ "query": "help" });
    Ok(Call::post(platform, "/search", &query).send()?.status)
}

fn deploy(workshop: &Workshop, more: &[&str]) -> Result<Ended> {
    workshop.xtask(&[&["deploy", "--local"], more].concat())
}

/// The bootstrap stack is asked for first; by then the platform's plan was shown, and nothing made.
fn first() -> Result<()> {
    let engine = Engine::start()?;
    let workshop = Workshop::open(&engine, "First")?;
    let asked = deploy(&workshop, &[])?;
    let question = asked.stderr.find("Make SupporterEngagementBootstrap first");
    let shown = asked.stderr.find(" to add");
    ensure!(
        asked.code == Some(3) && shown.is_some() && shown < question,
        "{asked:?}"
    );
    let platform = Platform::at(&engine, "First")?;
    let stacks = platform.aws.cloudformation.list_stacks().send();
    let stacks = platform.aws.wait(stacks)?;
    ensure!(stacks.stack_summaries().is_empty(), "{stacks:?}");
    Ok(())
}

fn unchanged(engine: &Engine) -> Result<()> {
    let workshop = Workshop::open(engine, "Steady")?;
    // Beside the platform of the other tests.
    let first = deploy(&workshop, &["--yes", "--allow-second"])?.success()?;
    for words in ["cost: about", " to add", "0 differ", "/profile/user-000001"] {
        let said = first.stdout.contains(words) || first.stderr.contains(words);
        ensure!(said, "no `{words}`: {first:?}");
    }
    let asked = workshop.calls("")?;
    // Without --yes: nothing changes, so nobody is asked.
    let second = deploy(&workshop, &[])?.success()?;
    ensure!(second.stderr.contains("nothing to change"), "{second:?}");
    // Where the workspace is, and two builds; where the sources are is known.
    ensure!(workshop.calls("")? == asked + 3, "{second:?}");
    ensure!(workshop.calls("metadata --locked")? == 1, "{second:?}");

    workshop.save(Function::Search, MISTAKE)?;
    let refused = deploy(&workshop, &["--yes"])?;
    let said = &refused.stderr;
    ensure!(
        refused.code == Some(1) && said.contains(ERROR) && said.contains("`package` failed"),
        "{refused:?}"
    );
    Ok(())
}

fn hotswap(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Swift")?;
    let workshop = Workshop::open(engine, "Swift")?;
    let same = deploy(&workshop, &["--hotswap"])?.success()?;
    ensure!(
        same.stdout.is_empty() && same.stderr.contains("run this code already"),
        "{same:?}"
    );
    workshop.save(Function::Search, OTHER.name())?;
    let swapped = deploy(&workshop, &["--hotswap"])?.success()?;
    ensure!(
        swapped.stdout.starts_with("Swift-search: ") && swapped.stdout.lines().count() == 1,
        "{swapped:?}"
    );
    ensure!(search(&platform)? != 200, "the old code answers");

    workshop.save(Function::Search, Function::Search.name())?;
    let corrected = deploy(&workshop, &["--yes"])?.success()?;
    ensure!(
        corrected.stderr.contains("its package runs again"),
        "{corrected:?}"
    );
    ensure!(
        search(&platform)? == 200,
        "the packages' code does not answer"
    );
    platform.verify()?.success()?;

    let packages = program::packages()?;
    let prod = [
        "apply",
        "--yes",
        "--environment",
        "prod",
        "--package",
        &packages,
    ];
    platform.run("provision", &prod)?.success()?;
    workshop.save(Function::Search, OTHER.name())?;
    let refused = deploy(&workshop, &["--hotswap"])?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("production"),
        "{refused:?}"
    );
    ensure!(search(&platform)? == 200, "it was exchanged all the same");
    Ok(())
}

fn watch(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Watched")?;
    let workshop = Workshop::open(engine, "Watched")?;
    // What cannot be compiled when it begins may be saved later.
    workshop.save(Function::Search, MISTAKE)?;
    let watching = workshop.watch(&["watch"])?;
    watching.until(ERROR, poll::PATIENCE)?;
    watching.until("Ctrl-C ends it", poll::PATIENCE)?;
    let saved = |source: &str, said: &[&str]| follows(&workshop, &watching, source, said);

    saved(OTHER.name(), &["saved: building search", "live after"])?;
    ensure!(search(&platform)? != 200, "the old code answers");
    saved(MISTAKE, &["saved: building search", ERROR, "watching on"])?;
    // What the mistake kept from compiling is live with the next that compiles.
    workshop.save(Function::GetProfile, OTHER.name())?;
    watching.until("watching on", poll::PATIENCE)?;
    let both = "saved: building get-profile, search";
    saved(Function::Search.name(), &[both, "live after"])?;
    ensure!(search(&platform)? == 200, "the saved code does not answer");
    let profile = Call::get(&platform, "/profile/user-000001").send()?;
    ensure!(profile.status != 200, "the old code answers: {profile:?}");

    let ended = watching.interrupt()?;
    ensure!(ended == Some(0), "Ctrl-C ended it with {ended:?}");
    // What was exchanged was packed quickly: no package's bytes, and seen as such.
    let seen = platform.verify()?;
    ensure!(seen.code == Some(4), "{seen:?}");
    Ok(())
}

/// Saves search's source, and reads on until all of this was said.
fn follows(workshop: &Workshop, watching: &Watched, source: &str, said: &[&str]) -> Result<()> {
    workshop.save(Function::Search, source)?;
    said.iter()
        .try_for_each(|words| watching.until(words, poll::PATIENCE))
}

fn smoke_refuses(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Refused")?;
    let workshop = Workshop::open(engine, "Refused")?;
    workshop.save(Function::GetProfile, OTHER.name())?;
    let refused = deploy(&workshop, &["--yes", "--rollback-on-smoke-failure"])?;
    ensure!(
        refused.code == Some(1)
            && refused
                .stderr
                .contains("the template and the code before it run again"),
        "{refused:?}"
    );
    let profile = Call::get(&platform, "/profile/user-000001").send()?;
    ensure!(profile.status == 200, "{profile:?}");
    platform.verify()?.success().map(drop)
}
