//! How good the ranking is on the judged set, printed, and held from falling.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use frostem::{Algorithm, Stemmer};
use search::SearchIndex;
use search::content::{Document, read_folder};
use search::index::{build, replace_folder};
use search::quality::{JudgedSet, Measure, measure, read_judged};
use serde::Deserialize;

#[derive(Deserialize)]
struct Floor {
    ndcg: f64,
    recall: f64,
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn content() -> Vec<Document> {
    read_folder(&here("../content")).unwrap_or_else(|errors| panic!("{errors}"))
}

fn judged() -> JudgedSet {
    read_judged(&fs::read_to_string(here("quality/judged.yaml")).unwrap()).unwrap()
}

fn stems(text: &str) -> BTreeSet<String> {
    let stemmer = Stemmer::new(Algorithm::English);
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(|word| stemmer.stem(&word.to_lowercase()).into_owned())
        .collect()
}

#[test]
fn the_ranking_is_as_good_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    replace_folder(folder.path(), &build(&content()).unwrap()).unwrap();
    let report = measure(&SearchIndex::open(folder.path()).unwrap(), &judged()).unwrap();
    // Past the test harness, which hides what is printed.
    writeln!(io::stderr(), "\n{report}").unwrap();
    let floors: BTreeMap<String, Floor> =
        serde_yaml::from_str(&fs::read_to_string(here("quality/floors.yaml")).unwrap()).unwrap();
    let mut measured: BTreeMap<&str, Measure> = report
        .groups
        .iter()
        .map(|(group, (_, mean))| (group.as_str(), *mean))
        .collect();
    measured.insert("all", report.all);
    let names: Vec<&str> = measured.keys().copied().collect();
    assert_eq!(names, floors.keys().collect::<Vec<_>>(), "a floor a group");
    for (group, floor) in &floors {
        let mean = measured[group.as_str()];
        // Floors have four decimals.
        let fell = mean.ndcg + 0.000_05 < floor.ndcg || mean.recall + 0.000_05 < floor.recall;
        let (was, now) = (floor.ndcg, mean.ndcg);
        assert!(
            !fell,
            "{group}: nDCG@10 {was} before, {now:.4} now; recall@10 {} before, {:.4} now",
            floor.recall, mean.recall
        );
    }
}

#[test]
fn the_set_asks_enough_of_every_kind() {
    let judged = judged();
    let count = |group: &str| judged[group].len();
    assert!(judged.values().map(Vec::len).sum::<usize>() >= 80);
    assert!(count("other-words") >= 20);
    assert!(count("typos") >= 10);
    assert!(count("two-topics") >= 10);
    assert!(count("nothing") >= 5);
    assert!(count("phrase") >= 4 && count("as-you-type") >= 4);
    let mut seen = BTreeSet::new();
    for one in judged.values().flatten() {
        assert!(seen.insert(&one.query), "{} is there twice", one.query);
    }
}

#[test]
fn judgements_are_of_content_that_is_there() {
    let content = content();
    let ids: BTreeSet<&str> = content.iter().map(|found| found.id.as_str()).collect();
    for (group, queries) in judged() {
        for one in queries {
            assert_eq!(one.grades.is_empty(), group == "nothing", "{}", one.query);
            assert!(
                one.grades.len() <= 10,
                "recall@10 could not be 1: {}",
                one.query
            );
            for (id, grade) in &one.grades {
                assert!(ids.contains(id.as_str()), "{}: no {id}", one.query);
                assert!((1..=3).contains(grade), "{}: {id} {grade}", one.query);
            }
        }
    }
}

#[test]
fn other_words_are_not_in_the_best_answers_title() {
    let content = content();
    let mut shared = Vec::new();
    for one in &judged()["other-words"] {
        for best in one.best() {
            let document = content
                .iter()
                .find(|found| found.id.as_str() == best)
                .unwrap();
            let (asked, title) = (stems(&one.query), stems(&document.title));
            let words = asked.intersection(&title);
            shared.extend(words.map(|word| format!("{}: {word} of {best}", one.query)));
        }
    }
    assert!(shared.is_empty(), "{shared:#?}");
}
