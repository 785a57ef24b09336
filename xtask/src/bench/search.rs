//! `bench search`: the index at scale, in a program built as the functions are.

use std::process::Command;

use contract::Exit;

use crate::child;
use crate::package::search_program;
use crate::steps::say;
use crate::workspace::Workspace;

/// The search crate's measuring program.
const PROGRAM: &str = "bench-search";

/// Measure indexing, opening and searching generated documents
#[derive(clap::Args)]
pub struct Args {
    /// How many documents
    #[arg(long, default_value_t = 100_000)]
    documents: u32,

    /// How many queries
    #[arg(long, default_value_t = 2_000)]
    queries: u32,

    /// Print JSON
    #[arg(long, conflicts_with = "weights")]
    json: bool,

    /// Print the quality on the judged set for each ranking weight around the chosen one instead
    #[arg(long)]
    weights: bool,
}

/// Runs the task.
pub fn run(workspace: &Workspace, args: &Args) -> anyhow::Result<Exit> {
    say!("compiling {PROGRAM} as the functions are (minutes the first time)");
    let program = search_program(workspace, PROGRAM)?;
    let mut command = Command::new(program);
    command.args(args.words()).current_dir(&workspace.root);
    child::run(&mut command, PROGRAM)?;
    Ok(Exit::Done)
}

impl Args {
    fn words(&self) -> Vec<String> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        if self.weights {
            return words(
                "weights --content runtime/content --judged runtime/search/quality/judged.yaml",
            );
        }
        let (documents, queries) = (self.documents, self.queries);
        let mut scale: Vec<String> = words(&format!(
            "scale --documents {documents} --queries {queries}"
        ));
        scale.extend(self.json.then(|| "--json".to_owned()));
        scale
    }
}
