//! The contract documents are true: real answers and frames have their shapes, and a public fuzzer
//! finds no answer outside them and no 5xx.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use contract::answers::OPENAPI_FILE;
use contract::{local, outputs, rest};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::program::{Ended, ended};
use platform_tests::template::workspace;
use serde_yaml::Value;

use crate::Break;
use crate::examples;

pub const TESTS: &[(&str, Break)] = &[
    (
        "contract_documents::the_examples_are_real_answers",
        |engine| examples::check(&Platform::deploy(engine, "Examples")?),
    ),
    (
        "contract_documents::the_fuzzer_finds_no_answer_outside_the_document",
        fuzz,
    ),
];

/// Cases that the fuzzer makes up for each operation, besides those it derives from the document.
const CASES: &str = "40";

/// Below the platform's own limit: what the fuzzer is to find are answers, not refusals.
const RATE: &str = "90/s";

fn fuzz(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Fuzzed")?;
    let folder = tempfile::tempdir()?;
    let document = workspace().join("templates").join(OPENAPI_FILE);
    let found = fuzzer(
        &platform,
        &document,
        folder.path(),
        "examples,coverage,fuzzing",
    )?;
    ensure!(
        found.code == Some(0),
        "the fuzzer found: {}\n{}",
        found.stdout,
        found.stderr
    );
    ensure!(tested_all(&found.stdout), "{}", found.stdout);
    sees_a_false_document(&platform, &document, folder.path())
}

/// The same fuzzer, given a document that promises a part which no answer has, has to say so.
fn sees_a_false_document(platform: &Platform, document: &Path, folder: &Path) -> Result<()> {
    let text = std::fs::read_to_string(document)?;
    let mut value: Value = serde_yaml::from_str(&text)?;
    let required = &mut value["components"]["schemas"]["ProfileAnswer"]["required"];
    let required = required.as_sequence_mut().context("nothing is required")?;
    required.push("nothing".into());
    let false_document = folder.join("false.yaml");
    std::fs::write(&false_document, serde_yaml::to_string(&value)?)?;
    let found = fuzzer(platform, &false_document, folder, "examples")?;
    ensure!(
        found.code == Some(1) && found.stdout.contains("\"nothing\" is a required property"),
        "it does not see a false document: {}",
        found.stdout
    );
    Ok(())
}

/// Whether every operation of the document was tested: a method of a route, or a preflight.
fn tested_all(stdout: &str) -> bool {
    let paths: BTreeSet<_> = rest::ROUTES.iter().map(|route| route.path).collect();
    let all = rest::ROUTES.len() + paths.len();
    stdout.contains(&format!("Selected: {all}/{all}")) && stdout.contains(&format!("Tested: {all}"))
}

fn fuzzer(platform: &Platform, document: &Path, folder: &Path, phases: &str) -> Result<Ended> {
    let python = env::var(local::FUZZER_PYTHON_ENV).with_context(|| {
        format!(
            "{} is not set; run the suites with: cargo xtask test",
            local::FUZZER_PYTHON_ENV
        )
    })?;
    let mut command = Command::new(python);
    command
        .args(["-m", "schemathesis.cli", "run", "--no-color", "--seed", "1"])
        .args(["--phases", phases, "--max-examples", CASES])
        .args(["--rate-limit", RATE, "--continue-on-failure"])
        // A method that a path does not have is an unknown route here, 404: API Gateway has no 405.
        .args(["--exclude-checks", "unsupported_method"])
        .args(["--url", platform.output(outputs::REST_API_URL)])
        .arg("--header")
        .arg(format!("{}: {}", rest::API_KEY_HEADER, platform.key()))
        .arg(document)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", workspace().join("tests/fuzzer"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder);
    ended(&mut command)
}
