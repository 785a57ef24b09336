//! What is measured with the tests' harness: the packaged functions, alone and in chats.

use std::process::Command;

use anyhow::Context;
use contract::local;

use super::figures::Figure;
use crate::engine::venv;
use crate::host::{HOST, Purpose, recipe};
use crate::package::{self, runtime_example};
use crate::steps::say;
use crate::workspace::Workspace;
use crate::{cargo, child, siblings};

/// The program that measures, in the crate of the whole-system suites.
const PROGRAM: &str = "platform-bench";

/// The program that the functions are compared with, an example of the runtime crate.
const BARE: &str = "bare";

/// Measure streaming: from the model's first token to the client's first words
#[derive(clap::Args)]
pub struct Stream {
    /// How many messages
    #[arg(long, default_value_t = MESSAGES)]
    messages: u32,
}

/// Hold many chats at once on a local platform of its own
#[derive(clap::Args)]
pub struct Chats {
    /// How many
    #[arg(long, default_value_t = COUNT)]
    count: u32,
}

/// Hold one chat whose reply takes long
#[derive(clap::Args)]
pub struct Long {
    /// How long the model speaks, in seconds
    #[arg(long, default_value_t = SECONDS, value_parser = clap::value_parser!(u32).range(1..=55))]
    seconds: u32,
}

const MESSAGES: u32 = 30;
const COUNT: u32 = 200;
const SECONDS: u32 = 55;

impl Default for Stream {
    fn default() -> Self {
        Self { messages: MESSAGES }
    }
}

impl Default for Chats {
    fn default() -> Self {
        Self { count: COUNT }
    }
}

impl Default for Long {
    fn default() -> Self {
        Self { seconds: SECONDS }
    }
}

/// Measures each function alone.
pub fn functions(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    make_packages(workspace)?;
    say!("compiling the {BARE} program as the functions are");
    let bare = runtime_example(workspace, BARE)?;
    measure(workspace, &["functions", &bare.to_string_lossy()])
}

/// Measures commands on a platform that is up to date.
pub fn commands(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    on_a_platform(workspace, &["commands"])
}

impl Stream {
    /// Measures.
    pub fn measure(&self, workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
        on_a_platform(workspace, &["stream", &self.messages.to_string()])
    }
}

impl Chats {
    /// Measures.
    pub fn measure(&self, workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
        on_a_platform(workspace, &["chats", &self.count.to_string()])
    }
}

impl Long {
    /// Measures.
    pub fn measure(&self, workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
        on_a_platform(workspace, &["long", &self.seconds.to_string()])
    }
}

fn on_a_platform(workspace: &Workspace, words: &[&str]) -> anyhow::Result<Vec<Figure>> {
    make_packages(workspace)?;
    say!("{}", siblings::DOING);
    siblings::build(workspace)?;
    measure(workspace, words)
}

fn make_packages(workspace: &Workspace) -> anyhow::Result<()> {
    let recipe = recipe(HOST, Purpose::Local)?;
    say!("{}", package::doing(&recipe));
    package::make(workspace, &recipe, &package::Content::default()).map(drop)
}

/// Runs the program that measures.
pub fn measure(workspace: &Workspace, words: &[&str]) -> anyhow::Result<Vec<Figure>> {
    let engine = venv::ENGINE.install(&workspace.local)?;
    // The features of the whole workspace: nothing is compiled again that the tests had compiled.
    let build = ["build", "--locked", "--workspace", "--bin", PROGRAM];
    let what = format!("cargo build --workspace --bin {PROGRAM}");
    child::run(&mut cargo::command(workspace, &build), &what)?;
    say!("measuring: {}", words.first().unwrap_or(&PROGRAM));
    let mut command = Command::new(workspace.target.join("debug").join(PROGRAM));
    command
        .args(words)
        .current_dir(&workspace.root)
        .env(local::PACKAGE_DIR_ENV, workspace.package())
        .env(local::ENGINE_PYTHON_ENV, engine);
    let printed = child::stdout(&mut command, &format!("{PROGRAM} {}", words.join(" ")))?;
    serde_json::from_slice(&printed).context("cannot read its figures")
}
