//! `ops content`: what search finds, checked and searched without a deployment.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use contract::{Exit, Failure, limits};
use search::content::{Document, read_folder};
use search::index::{build, replace_folder};
use search::{ContentKind, Query, Results, SearchIndex};

use crate::output;

/// Check and search the content, without a deployment
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  cargo ops content check\n  \
    cargo ops content search \"gift aid\"")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// List every mistake with its file and line
    Check(From),
    /// Search the content as the platform would
    Search {
        /// What to search for
        query: String,

        #[command(flatten)]
        from: From,

        /// Only `article` or `paper`
        #[arg(long, value_parser = kind)]
        kind: Option<ContentKind>,

        /// How many results at most
        #[arg(long, value_name = "N", default_value_t = limits::RESULTS_DEFAULT)]
        limit: usize,

        /// A topic that a supporter cares for (may be repeated)
        #[arg(long, value_name = "TOPIC")]
        interest: Vec<String>,
    },
}

#[derive(clap::Args, Debug)]
struct From {
    /// Folder with the content, or one `.md` or `.jsonl` file
    #[arg(long, value_name = "DIR", default_value = "runtime/content")]
    content: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the content has mistakes, each of which is listed.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.what {
        What::Check(from) => check(from),
        What::Search {
            query,
            from,
            kind,
            limit,
            interest,
        } => {
            let results = search(
                &read(&from.content)?,
                &Query {
                    text: query,
                    kind: *kind,
                    limit: *limit,
                    interests: interest,
                },
            )?;
            if from.json {
                output::json(&results)?;
            } else {
                show(&results)?;
            }
            Ok(Exit::Done)
        }
    }
}

fn check(from: &From) -> anyhow::Result<Exit> {
    let documents = read(&from.content)?;
    let count = |kind| {
        let of_kind = documents
            .iter()
            .filter(|found: &&Document| found.kind == kind);
        of_kind.count()
    };
    let (articles, papers) = (count(ContentKind::Article), count(ContentKind::Paper));
    if from.json {
        output::json(&serde_json::json!({"articles": articles, "papers": papers}))?;
    } else {
        output::data(&format!(
            "{articles} articles and {papers} papers, no mistake"
        ))?;
    }
    Ok(Exit::Done)
}

fn read(content: &Path) -> anyhow::Result<Vec<Document>> {
    read_folder(content).map_err(|errors| {
        // One a line, as editors and terminals link them.
        output::note(&errors.to_string());
        let count = errors.errors().len();
        let plural = if count == 1 { "" } else { "s" };
        Failure::new(format!("{count} mistake{plural} in the content"))
            .hint("mend the lines above; the format is in runtime/content/README.md")
            .into()
    })
}

fn search(documents: &[Document], query: &Query<'_>) -> anyhow::Result<Results> {
    let folder = Folder::new();
    replace_folder(&folder.0, &build(documents)?)?;
    Ok(SearchIndex::open(&folder.0)?.search(query)?)
}

fn show(results: &Results) -> anyhow::Result<()> {
    let mut table = output::table(["score", "kind", "id", "title"]);
    for hit in &results.results {
        let score = format!("{:.2}", hit.score);
        table.add_row([&*score, hit.kind.as_str(), &hit.id, &hit.title]);
    }
    if !results.results.is_empty() {
        output::data(&table.to_string())?;
    }
    output::note(&format!("{} found", results.total));
    Ok(())
}

fn kind(word: &str) -> Result<ContentKind, String> {
    ContentKind::from_word(word).ok_or_else(|| "must be `article` or `paper`".to_owned())
}

/// A folder for an index that is thrown away.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("ops-content-{}", uuid::Uuid::new_v4())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Best effort: the results have been read.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/content")
    }

    #[test]
    fn the_content_is_searched_as_it_is() {
        let documents = read(&content()).unwrap();
        let query = Query {
            text: "gift aid",
            kind: Some(ContentKind::Article),
            limit: 1,
            interests: &[],
        };
        let results = search(&documents, &query).unwrap();
        assert_eq!(results.results[0].id, "gift-aid-explained");
    }

    #[test]
    fn mistakes_are_a_failure_with_the_next_step() {
        let error = read(Path::new("/nowhere/at-all")).unwrap_err();
        let shown = contract::failure::report(error.as_ref());
        assert!(shown.starts_with("error: 1 mistake in the content"));
        assert!(shown.contains("runtime/content/README.md"));
    }
}
