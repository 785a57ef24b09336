//! Code exchanged past CloudFormation: only code, never in production, and seen afterwards.

use std::path::Path;

use anyhow::{Result, ensure};
use contract::{Function, artifact};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::program;
use platform_tests::rest::Call;

use crate::{Break, mutations_by_hand as by_hand};

pub const TESTS: &[(&str, Break)] = &[(
    "hotswap::code_alone_is_exchanged_and_seen_and_a_deployment_corrects_it",
    exchanged,
)];

fn exchanged(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Swapper")?;
    let packages = program::packages()?;
    let whole = ["hotswap", "--package", &packages];
    let same = platform.run("provision", &whole)?.success()?;
    ensure!(
        same.stdout.is_empty() && same.stderr.contains("already"),
        "{same:?}"
    );

    // Another function's code stands for new code: it answers differently.
    let zip = Path::new(&packages).join(artifact::file_name(Function::WsDisconnect));
    let code = format!("search={}", zip.display());
    let swapped = platform
        .run("provision", &["hotswap", "--code", &code])?
        .success()?;
    ensure!(swapped.stdout.contains("Swapper-search: "), "{swapped:?}");
    ensure!(swapped.stdout.lines().count() == 1, "{swapped:?}");
    let search = || {
        Call::post(
            &platform,
            "/search",
            &serde_json::json!({ "query": "help" }),
        )
        .send()
    };
    ensure!(search()?.status != 200, "the old code answers");

    // `verify` and `drift` see it, and a deployment of the packages corrects it.
    let seen = platform.verify()?;
    ensure!(
        seen.code == Some(4) && seen.stdout.contains("code (SHA-256)"),
        "{seen:?}"
    );
    let drifted = platform.run("provision", &["drift"])?;
    ensure!(drifted.code == Some(4), "{drifted:?}");
    platform.apply()?.success()?;
    platform.verify()?.success()?;
    ensure!(
        search()?.status == 200,
        "the packages' code does not answer"
    );

    let wrong = platform.run("provision", &["hotswap", "--code", "no-such=x.zip"])?;
    ensure!(wrong.code == Some(2), "{wrong:?}");
    // More than code: the stack was deployed with another template.
    by_hand::update_without_alarms_and_tag(&platform)?;
    let refused = platform.run("provision", &whole)?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("not only code"),
        "{refused:?}"
    );
    Ok(())
}
