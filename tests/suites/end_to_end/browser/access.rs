//! What the page says when the platform refuses it, or is gone.

use anyhow::{Result, ensure};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use contract::{naming, outputs};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;

use super::{chat, enter, open, view};
use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    (
        "browser::a_revoked_key_and_too_many_requests_are_explained",
        refused,
    ),
    (
        "browser::a_stopped_engine_is_explained_and_the_chat_waits",
        stopped,
    ),
];

fn refused(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Browsed")?;
    let (page, tab) = open(&platform)?;
    enter(&tab, "user-000001")?;

    throttle(&platform, "0")?;
    tab.goto(&format!("{}giving", page.url))?;
    tab.shows(".problem", "Many people are here right now")?;
    tab.until("document.querySelector('.problem').dataset.problem === 'rate_limited'")?;
    throttle(&platform, "100")?;
    // The engine's bucket fills again within moments.
    tab.until(
        "(document.querySelector('.problem button')?.click(), document.querySelector('.gifts'))",
    )?;

    revoke(&platform)?;
    tab.goto(&format!("{}giving", page.url))?;
    tab.shows(".problem", "This page has lost its access")?;
    tab.until("document.querySelector('.problem').dataset.problem === 'invalid_api_key'")?;
    // Only the page's: the operators' own key goes on.
    let operators = platform_tests::rest::Call::get(&platform, "/profile/user-000001").send()?;
    ensure!(operators.status == 200, "{operators:?}");
    Ok(())
}

/// Takes the page's key, and it alone, out of both usage plans.
fn revoke(platform: &Platform) -> Result<()> {
    for plan in [
        outputs::REST_USAGE_PLAN_ID,
        outputs::WEB_SOCKET_USAGE_PLAN_ID,
    ] {
        let delete = platform.aws.apigateway.delete_usage_plan_key();
        let delete = delete
            .usage_plan_id(platform.output(plan))
            .key_id(platform.output(outputs::PAGE_API_KEY_ID));
        platform.aws.wait(delete.send())?;
    }
    Ok(())
}

fn throttle(platform: &Platform, rate: &str) -> Result<()> {
    let replace = |path: &str| {
        let patch = PatchOperation::builder().op(Op::Replace);
        patch.path(path).value(rate).build()
    };
    let update = platform.aws.apigateway.update_stage();
    let update = update
        .rest_api_id(platform.output(outputs::REST_API_ID))
        .stage_name(naming::STAGE)
        .patch_operations(replace("/*/*/throttling/rateLimit"))
        .patch_operations(replace("/*/*/throttling/burstLimit"));
    platform.aws.wait(update.send())?;
    Ok(())
}

/// Brings an engine of its own: nobody else's may stop.
fn stopped(_: &Engine) -> Result<()> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, naming::DEFAULT_STACK)?;
    let (_page, tab) = open(&platform)?;
    enter(&tab, "user-000001")?;
    view(&tab, "/chat")?;
    chat(&tab, "Hello")?;
    engine.stop();
    tab.shows(".note", "The connection is lost. Trying again in")?;
    ensure!(tab.count(".ours")? == 1, "something was sent again");
    view(&tab, "/search")?;
    tab.type_into("#query", "screening\n")?;
    tab.shows(".problem", "We cannot be reached just now")?;
    Ok(())
}
