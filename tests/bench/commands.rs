//! Commands as a person runs them: whole processes, on a platform that is up to date; and new code
//! past CloudFormation, until it answers.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use contract::naming::DEFAULT_STACK;
use contract::{Function, artifact, local};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::rest::Call;
use platform_tests::template::workspace;
use platform_tests::{poll, program};
use serde_json::json;

use crate::ended;
use crate::figure::Figure;
use crate::stats::Samples;

const RUNS: usize = 7;

/// What a deployment that changes nothing, and a plan, may take, in milliseconds.
const WITHIN_MS: f64 = 1000.0;

/// What exchanged code may take until it answers, in milliseconds.
const LIVE_WITHIN_MS: f64 = 3000.0;

/// Variables by which `cargo run` tells a program of itself: with them, cargo would compile some of
/// what asks for them again.
const OF_CARGO: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];

/// Measures `synth`, `plan`, an apply that changes nothing, `verify`, and a whole deployment that
/// changes nothing.
pub fn measure() -> Result<Vec<Figure>> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, DEFAULT_STACK)?;
    let packages = program::packages()?;
    let plan = ["plan", "--package", &packages];
    let mut figures = vec![
        Figure::ms(
            "synth, whole process",
            median(|| {
                program::run(&engine, "provision", &["synth"])?.success()?;
                Ok(())
            })?,
        ),
        Figure::ms(
            "plan, whole process",
            median(|| {
                platform.run("provision", &plan)?.success()?;
                Ok(())
            })?,
        )
        .most(WITHIN_MS),
        Figure::ms(
            "apply without changes, whole process",
            median(|| {
                platform.apply()?.success()?;
                Ok(())
            })?,
        )
        .most(WITHIN_MS),
        Figure::ms(
            "verify, whole process",
            median(|| {
                platform.verify()?.success()?;
                Ok(())
            })?,
        ),
    ];
    figures.push(hotswap(&platform, &packages)?);
    let deployed = deployment(&engine);
    engine.end_page(DEFAULT_STACK);
    figures.extend(deployed?);
    Ok(figures)
}

/// One function's code exchanged, until the other code answers; another function's stands for new code,
/// and in the end all is as it was.
fn hotswap(platform: &Platform, packages: &str) -> Result<Figure> {
    let answers = || {
        let search = Call::post(platform, "/search", &json!({ "query": "help" }));
        search.send().map(|answer| answer.status)
    };
    let mut samples = Samples::default();
    let codes = [(Function::WsDisconnect, false), (Function::Search, true)];
    for (other, searches) in codes.into_iter().cycle().take(2 * RUNS) {
        let zip = Path::new(packages).join(artifact::file_name(other));
        let code = format!("{}={}", Function::Search.name(), zip.display());
        let start = Instant::now();
        let swap = ["hotswap", "--code", &code];
        platform.run("provision", &swap)?.success()?;
        let live = poll::until(poll::PATIENCE, || {
            answers().is_ok_and(|status| (status == 200) == searches)
        });
        ensure!(live, "the new code does not answer");
        samples.add(start.elapsed());
    }
    Ok(Figure::ms("hotswap until live", samples.median()).most(LIVE_WITHIN_MS))
}

/// `cargo xtask deploy --local` with everything built: cargo, xtask, and all that it runs.
fn deployment(engine: &Engine) -> Result<[Figure; 2]> {
    engine.lend()?;
    // The first takes note of what is compiled, and says why where it fails.
    program::ended(&mut deploy(engine))?.success()?;
    let (mut wall, mut cpu) = (Samples::default(), Samples::default());
    for _ in 0..RUNS {
        let mut command = deploy(engine);
        let took = ended::run(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        wall.add(took.wall);
        cpu.add(took.cpu);
    }
    Ok([
        Figure::ms("deploy without changes, whole process", wall.median()).most(WITHIN_MS),
        Figure::ms("deploy without changes, cpu", cpu.median()).most(WITHIN_MS),
    ])
}

fn deploy(engine: &Engine) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["xtask", "deploy", "--local", "--yes"])
        .current_dir(workspace())
        .env(local::DIR_ENV, engine.dir())
        .stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OF_CARGO.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

fn median(run: impl Fn() -> Result<()>) -> Result<Duration> {
    let mut samples = Samples::default();
    for _ in 0..RUNS {
        let start = Instant::now();
        run()?;
        samples.add(start.elapsed());
    }
    Ok(samples.median())
}
