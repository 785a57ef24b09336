//! Ranking over the content that is in the repository, and over small made-up content.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Query, Results, SearchIndex};
use crate::ContentKind;
use crate::content::{Document, parse, read_folder};
use crate::index::{build, replace_folder};

/// The repository's content; its folder may go once the files are mapped.
static REAL: LazyLock<SearchIndex> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    index(&read_folder(&folder).unwrap_or_else(|errors| panic!("{errors}")))
});

fn index(documents: &[Document]) -> SearchIndex {
    let folder = tempfile::tempdir().unwrap();
    replace_folder(folder.path(), &build(documents).unwrap()).unwrap();
    SearchIndex::open(folder.path()).unwrap()
}

fn document(id: &str, title: &str, topic: &str, summary: &str, body: &str) -> Document {
    let source = format!(
        "---\nid: {id}\nkind: article\ntitle: {title}\nsummary: {summary}\ntopics: [{topic}]\n\
         audience: [everyone]\npublished: 2026-01-31\nurl: https://www.example.org/{id}\n---\n{body}\n"
    );
    parse(Path::new("made-up.md"), &source).unwrap().0
}

fn query(text: &str) -> Query<'_> {
    Query {
        text,
        kind: None,
        limit: 10,
        interests: &[],
    }
}

fn real(text: &str) -> Results {
    REAL.search(&query(text)).unwrap()
}

fn ids(results: &Results) -> Vec<&str> {
    results.results.iter().map(|hit| hit.id.as_str()).collect()
}

#[test]
fn stems_find_other_forms_of_a_word() {
    let (one, other) = (real("volunteer"), real("volunteering"));
    assert_eq!(ids(&one), ids(&other));
    assert_eq!(one.results[0].id, "volunteering-that-fits");
    assert_eq!(
        real("how do I stop smoking?").results[0].id,
        "stop-smoking-plan"
    );
}

#[test]
fn title_beats_topic_beats_summary_beats_body() {
    let other = |id| document(id, "Other", "other", "Other words.", "Other words.");
    let index = index(&[
        document("a", "Other", "other", "Other words.", "About wigs."),
        document("b", "Other", "other", "About wigs.", "Other words."),
        document("c", "Other", "wigs", "Other words.", "Other words."),
        document("d", "Wigs", "other", "Other words.", "Other words."),
        other("e"),
        other("f"),
    ]);
    assert_eq!(
        ids(&index.search(&query("wig")).unwrap()),
        ["d", "c", "b", "a"]
    );
}

#[test]
fn equal_scores_come_by_id() {
    let same = |id| document(id, "Same", "same", "Same.", "Same.");
    let index = index(&[same("c"), same("a"), same("b")]);
    let results = index.search(&query("same")).unwrap();
    assert_eq!(ids(&results), ["a", "b", "c"]);
    assert!(
        results
            .results
            .windows(2)
            .all(|pair| pair[0].score.to_bits() == pair[1].score.to_bits())
    );
}

#[test]
fn total_and_facets_count_all_matches_whatever_the_limit() {
    let all = real("cancer");
    assert!(all.total > 20, "{}", all.total);
    let two = REAL
        .search(&Query {
            limit: 2,
            ..query("cancer")
        })
        .unwrap();
    assert_eq!((two.total, &two.facets), (all.total, &all.facets));
    assert_eq!(ids(&two), ids(&all)[..2]);
    assert_eq!(two.facets.kind.values().sum::<usize>(), two.total);
    assert!(two.facets.topic["screening"] > 1);
    let none = REAL
        .search(&Query {
            limit: 0,
            ..query("cancer")
        })
        .unwrap();
    assert_eq!((none.results.len(), none.total), (0, all.total));
}

#[test]
fn kind_filters_results_and_counts() {
    let all = real("screening");
    for kind in ContentKind::ALL {
        let some = REAL
            .search(&Query {
                kind: Some(kind),
                limit: 50,
                ..query("screening")
            })
            .unwrap();
        assert!(some.results.iter().all(|hit| hit.kind == kind));
        assert_eq!(some.total, all.facets.kind[kind.as_str()]);
        assert_eq!(some.results.len(), some.total);
        assert_eq!(some.facets.kind.len(), 1);
    }
}

#[test]
fn interests_lift_whatever_their_case() {
    let plain = REAL
        .search(&Query {
            limit: 50,
            ..query("support")
        })
        .unwrap();
    assert!(plain.results.iter().all(|hit| !hit.personalised));
    let interests = ["Data-SCIENCE".to_owned(), "no such topic".to_owned()];
    let lifted = Query {
        interests: &interests,
        limit: 50,
        ..query("screening")
    };
    let lifted = REAL.search(&lifted).unwrap();
    let personalised: Vec<&str> = lifted
        .results
        .iter()
        .filter(|hit| hit.personalised)
        .map(|hit| hit.id.as_str())
        .collect();
    assert_eq!(
        personalised,
        ["reading-mammograms-with-ai", "video-follow-up-rural"]
    );
    let rank = |results: &Results| {
        results
            .results
            .iter()
            .position(|hit| hit.id == "reading-mammograms-with-ai")
            .unwrap()
    };
    let before = REAL
        .search(&Query {
            limit: 50,
            ..query("screening")
        })
        .unwrap();
    assert!(
        rank(&lifted) < rank(&before),
        "{:?} {:?}",
        ids(&before),
        ids(&lifted)
    );
    assert_eq!(lifted.total, before.total);
}

#[test]
fn an_exact_title_comes_first_whatever_is_lifted() {
    let strong = "cancer cancer cancer care";
    let index = index(&[
        document("a", strong, "lifted", strong, strong),
        document("b", "Care", "other", "Other words.", "Other words."),
        document(
            "c",
            "Care and cancer care",
            "lifted",
            "Care care.",
            "Care care care.",
        ),
    ]);
    let interests = ["lifted".to_owned()];
    let asked = Query {
        interests: &interests,
        ..query("  CARE! ")
    };
    let results = index.search(&asked).unwrap();
    assert_eq!(results.results[0].id, "b");
    assert!(!results.results[0].personalised);
    assert!(
        results
            .results
            .windows(2)
            .all(|pair| pair[0].score >= pair[1].score)
    );
    let first = index.search(&Query { limit: 1, ..asked }).unwrap();
    assert_eq!(
        first.results[0], results.results[0],
        "the limit does not change a score"
    );
}

#[test]
fn every_real_title_finds_its_own_piece_first() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let documents = read_folder(&folder).unwrap();
    assert!(
        documents
            .iter()
            .filter(|found| found.kind == ContentKind::Article)
            .count()
            >= 15
    );
    assert!(
        documents
            .iter()
            .filter(|found| found.kind == ContentKind::Paper)
            .count()
            >= 15
    );
    for document in documents {
        assert!(document.sample, "{}", document.id);
        assert_eq!(real(&document.title).results[0].id, document.id.as_str());
    }
}

#[test]
fn highlights_are_places_in_the_summary() {
    let results = real("bowel screening kit");
    let hit = &results.results[0];
    assert_eq!(hit.id, "bowel-screening-at-home");
    let marked: Vec<String> = hit
        .highlights
        .iter()
        .map(|[start, end]| hit.summary.chars().skip(*start).take(end - start).collect())
        .collect();
    assert_eq!(marked, ["bowel", "screening", "kit"]);
}

fn made_up(texts: &[(&str, &str)]) -> SearchIndex {
    let document = |(id, title): &(&str, &str)| document(id, title, "other", "Other.", "Other.");
    index(&texts.iter().map(document).collect::<Vec<_>>())
}

#[test]
fn a_phrase_in_quotes_is_in_every_match() {
    let index = made_up(&[("a", "Kit at home"), ("b", "Home kit"), ("c", "A home kit")]);
    let found = |text: &str| {
        let results = index.search(&query(text)).unwrap();
        ids(&results)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("home kit").len(), 3);
    assert_eq!(found("\"home kits\""), ["b", "c"]);
    assert_eq!(found("\u{201c}home kit\u{201d} at"), ["b", "c"]);
    assert!(found("\"kit home\" home").is_empty());
    assert_eq!(found("\"at\""), ["a"]);
    assert_eq!(found("\"home kit").len(), 3, "one quote alone is a blank");
}

#[test]
fn the_last_word_may_be_unfinished_and_whole_words_come_first() {
    let index = made_up(&[("a", "Screening"), ("b", "Scree"), ("c", "Kit")]);
    let found = |text: &str| {
        let results = index.search(&query(text)).unwrap();
        ids(&results).join(" ")
    };
    assert_eq!(found("scree"), "b a");
    assert_eq!(found("screeni"), "a");
    assert_eq!(found("scree "), "b");
    assert_eq!(found("scree kit"), "b c");
}

#[test]
fn a_slip_never_outranks_what_is_there_as_typed() {
    let index = made_up(&[
        ("a", "Aspirin aspirin"),
        (
            "b",
            "Something that mentions much else besides and kits at the end",
        ),
        ("c", "Asprins"),
    ]);
    let found = |text: &str| {
        let results = index.search(&query(text)).unwrap();
        let scores = results.results.windows(2);
        assert!(
            scores
                .into_iter()
                .all(|pair| pair[0].score >= pair[1].score)
        );
        ids(&results).join(" ")
    };
    assert_eq!(found("asprin "), "c", "a word that is there is no slip");
    assert_eq!(found("apsirin"), "a");
    assert_eq!(found("apsirin kit"), "b a");
    assert_eq!(found("kti"), "", "short words are taken as typed");
    assert_eq!(found("mentoins"), "b");
}

#[test]
fn blanks_find_nothing() {
    for text in ["", " ", "\t\n\u{3000}"] {
        assert_eq!(real(text), Results::default());
    }
}

#[test]
fn operators_are_words_and_never_syntax() {
    for text in [
        "\"",
        "title:",
        "NOT",
        "AND OR",
        "(((",
        "cancer~2^",
        "[a TO z]",
        "*",
        "🎗️",
        "\\",
        "\0",
    ] {
        real(text);
    }
    assert_eq!(ids(&real("+cancer -smoking")), ids(&real("cancer smoking")));
    assert_eq!(ids(&real("title:screening")), ids(&real("title screening")));
    let long: String = "ab "
        .chars()
        .cycle()
        .take(contract::limits::QUERY_MAX)
        .collect();
    assert_eq!(real(&long).total, 0);
    let numbers: String = (0..200).fold(String::new(), |text, number| text + &format!("{number} "));
    assert!(real(&numbers[..contract::limits::QUERY_MAX]).total > 0);
    real(&"é".repeat(contract::limits::QUERY_MAX));
}

#[test]
fn json_is_as_in_the_contract() {
    let json = serde_json::to_value(
        REAL.search(&Query {
            limit: 1,
            ..query("stop smoking plan")
        })
        .unwrap(),
    )
    .unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&json), ["results", "total", "facets"]);
    assert_eq!(keys(&json["facets"]), ["kind", "topic"]);
    assert_eq!(
        keys(&json["results"][0]),
        [
            "id",
            "kind",
            "title",
            "summary",
            "highlights",
            "url",
            "score",
            "personalised"
        ]
    );
    assert_eq!(json["results"][0]["kind"], "article");
    assert!(json["results"][0]["highlights"][0][0].is_u64());
}

#[test]
fn the_same_content_in_another_folder_gives_the_same_bytes() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let mut sources: Vec<String> = ["articles", "papers"]
        .iter()
        .flat_map(|kind| fs::read_dir(real.join(kind)).unwrap())
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    sources.sort();
    let built = |sources: &[String], ending: &str| {
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join(ending);
        fs::create_dir(&content).unwrap();
        for (number, source) in sources.iter().enumerate() {
            fs::write(content.join(format!("{number}-{ending}.md")), source).unwrap();
        }
        let out = folder.path().join("out");
        replace_folder(&out, &build(&read_folder(&content).unwrap()).unwrap()).unwrap();
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let first = built(&sources, "one");
    sources.reverse();
    assert!(first == built(&sources, "another"), "bytes differ");
    assert!(
        first.iter().all(|(name, _)| !name.starts_with('.')),
        "no locks, no lists of files"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_a_query(text in any::<String>(), words in "[ a-z0-9\"'+:*~()^-]{1,512}") {
        for text in [text, words] {
            let results = real(&text);
            prop_assert!(results.results.len() <= 10);
            prop_assert!(results.total >= results.results.len());
            for hit in results.results {
                let length = hit.summary.chars().count();
                prop_assert!(hit.score.is_finite());
                prop_assert!(hit.highlights.iter().all(|[start, end]| start < end && *end <= length));
            }
        }
    }
}
