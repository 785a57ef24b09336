//! The judged set with each weight above and below the chosen one: what they were chosen by.

use std::fs;
use std::path::Path;

use anyhow::Context;
use search::SearchIndex;
use search::content::read_folder;
use search::index::{build, replace_folder};
use search::quality::{JudgedSet, measure, read_judged};
use search::ranking::Weights;

/// A weight: its name, and where it is.
type Knob = (&'static str, fn(&mut Weights) -> &mut f32);

const KNOBS: [Knob; 9] = [
    ("title", |weights| &mut weights.title),
    ("topics", |weights| &mut weights.topics),
    ("summary", |weights| &mut weights.summary),
    ("body", |weights| &mut weights.body),
    ("length", |weights| &mut weights.length),
    ("saturation", |weights| &mut weights.saturation),
    ("prefix", |weights| &mut weights.prefix),
    ("typo", |weights| &mut weights.typo),
    ("phrase", |weights| &mut weights.phrase),
];

const FACTORS: [f32; 6] = [0.25, 0.5, 0.75, 1.5, 2.0, 4.0];

/// Prints nDCG@10 and recall@10 for the chosen weights and for each with one changed.
pub fn run(content: &Path, judged: &Path) -> anyhow::Result<()> {
    let set =
        fs::read_to_string(judged).with_context(|| format!("cannot read {}", judged.display()))?;
    let set = read_judged(&set).context("the judged set is damaged")?;
    let folder = std::env::temp_dir().join(format!("bench-weights.{}", std::process::id()));
    replace_folder(&folder, &build(&read_folder(content)?)?)?;
    let shown = show(&folder, &set);
    // Best effort: what was measured has been said.
    let _ = fs::remove_dir_all(&folder);
    shown
}

fn show(folder: &Path, set: &JudgedSet) -> anyhow::Result<()> {
    let worth = |weights: Weights| -> anyhow::Result<String> {
        let all = measure(&SearchIndex::open_weighted(folder, weights)?, set)?.all;
        Ok(format!("{:.4} {:.4}", all.ndcg, all.recall))
    };
    println!("chosen {:>22}", worth(Weights::CHOSEN)?);
    for (name, knob) in KNOBS {
        for factor in FACTORS {
            let mut weights = Weights::CHOSEN;
            *knob(&mut weights) *= factor;
            let value = *knob(&mut weights);
            println!("{name:<12}{value:>6.2} {}", worth(weights)?);
        }
    }
    Ok(())
}
