//! Commands as a person runs them: whole processes, on a platform that is up to date.

use std::time::{Duration, Instant};

use anyhow::Result;
use contract::naming::DEFAULT_STACK;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::program;

use crate::figure::Figure;
use crate::stats::Samples;

const RUNS: usize = 7;

/// What a deployment that changes nothing, and a plan, may take, in milliseconds.
const WITHIN_MS: f64 = 1000.0;

/// Measures `synth`, `plan`, an apply that changes nothing, and `verify`.
pub fn measure() -> Result<Vec<Figure>> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, DEFAULT_STACK)?;
    let packages = program::packages()?;
    let plan = ["plan", "--package", &packages];
    Ok(vec![
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
    ])
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
