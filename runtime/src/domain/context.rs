//! What is known of a supporter for personalisation, in versions: each turn adds one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::topics::{is_same, push_new, spoken_of};

/// Interests that are kept, heaviest first.
const INTERESTS_MAX: usize = 20;

/// The weight of a topic that was just spoken of, before what is left of an earlier mention.
const SPOKEN: u32 = 1000;

/// The weight of a topic that was chosen and not yet spoken of.
const CHOSEN: u32 = 300;

/// The weight of the first interest of a version that was stored without weights, and how much
/// less each further one has.
const UNWEIGHED: (u32, u32) = (800, 30);

/// What a turn about other topics leaves of a weight: 4/5. With [`again`], a fresh mention weighs
/// more than any older one, however often that was made.
const fn faded(weight: u32) -> u32 {
    weight * 4 / 5
}

/// The weight of a topic that is spoken of again.
const fn again(faded: u32) -> u32 {
    SPOKEN + faded / 5
}

/// A lighter interest is forgotten: some ten turns after it was last spoken of.
const FORGOTTEN: u32 = 100;

/// Longest summary, in Unicode scalar values; the oldest sentences go first.
const SUMMARY_MAX: usize = 600;

/// Chosen topics that the first summary names.
const NAMED_MAX: usize = 5;

/// A version of a supporter's context, as the table Context keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// Counts from 1 without a gap.
    pub version: u64,
    /// A few sentences.
    pub summary: String,
    /// Topics, heaviest first; of equal weight, newest evidence first.
    pub interests: Vec<String>,
    /// What each interest weighs: the more, the newer and the more often it was spoken of.
    #[serde(skip)]
    pub interest_weights: BTreeMap<String, u32>,
    /// Topics of the last turn that had any.
    #[serde(skip)]
    pub last_topics: Vec<String>,
    /// ISO 8601.
    pub updated_at: Option<String>,
}

/// The version after `previous`, once the supporter has said `message` at `now` (ISO 8601).
///
/// `preferences` are the topics that the supporter chose. What they said goes in as topics only,
/// never in their own words.
pub fn next(
    previous: Option<&Context>,
    preferences: &[String],
    message: &str,
    now: &str,
) -> Context {
    let known = previous.map_or(&[][..], |context| &context.interests);
    let own: Vec<String> = known.iter().chain(preferences).cloned().collect();
    let topics = spoken_of(message, &own);
    let weighed = weighed(previous, preferences, &topics);
    let interests = weighed.iter().map(|(topic, _)| topic.clone()).collect();
    Context {
        version: previous.map_or(0, |context| context.version) + 1,
        summary: summary(previous, preferences, &topics, now),
        interests,
        interest_weights: weighed.into_iter().collect(),
        last_topics: match previous {
            Some(previous) if topics.is_empty() => previous.last_topics.clone(),
            _ => topics,
        },
        updated_at: Some(now.to_owned()),
    }
}

/// The interests after a turn about `topics`, heaviest first. Older ones fade with each turn that
/// has topics, and those that are chosen no further than to what being chosen weighs.
fn weighed(
    previous: Option<&Context>,
    preferences: &[String],
    topics: &[String],
) -> Vec<(String, u32)> {
    let fade = |weight| {
        if topics.is_empty() {
            weight
        } else {
            faded(weight)
        }
    };
    let known = previous.map(Context::weighed_interests).unwrap_or_default();
    let before = |topic: &String| {
        let same = known.iter().find(|(other, _)| is_same(other, topic));
        same.map_or(0, |&(_, weight)| fade(weight))
    };
    let spoken = topics
        .iter()
        .map(|topic| (topic.clone(), again(before(topic))));
    let older = known
        .iter()
        .map(|(topic, weight)| (topic.clone(), fade(*weight)));
    let older = older.filter(|&(_, weight)| weight >= FORGOTTEN);
    let chosen = preferences
        .iter()
        .map(|topic| (topic.clone(), before(topic).max(CHOSEN)));
    let mut names = Vec::new();
    let mut weighed: Vec<(String, u32)> = spoken
        .chain(chosen)
        .chain(older)
        .filter_map(|(topic, weight)| {
            push_new(&mut names, &topic).then(|| (topic.trim().to_owned(), weight))
        })
        .collect();
    // Stable: of equal weight, the newest evidence stays first.
    weighed.sort_by_key(|&(_, weight)| Reverse(weight));
    weighed.truncate(INTERESTS_MAX);
    weighed
}

impl Context {
    /// The interests with their weights; where none were stored, by their order.
    fn weighed_interests(&self) -> Vec<(String, u32)> {
        let (first, step) = UNWEIGHED;
        let by_order = (0..).map(|at: u32| first.saturating_sub(at * step).max(FORGOTTEN));
        let weight = |(topic, by_order): (&String, u32)| {
            let stored = self.interest_weights.get(topic).copied();
            // No weight of ours is above a mention made again and again.
            (topic.clone(), stored.unwrap_or(by_order).min(again(SPOKEN)))
        };
        self.interests.iter().zip(by_order).map(weight).collect()
    }

    /// The same, with the newest of its summary that fits into `most` characters.
    #[must_use]
    pub fn shortened(&self, most: usize) -> Self {
        Self {
            summary: shorten(&self.summary, most),
            ..self.clone()
        }
    }
}

fn summary(
    previous: Option<&Context>,
    preferences: &[String],
    topics: &[String],
    now: &str,
) -> String {
    let date = now.get(..10).unwrap_or(now);
    let mut summary = match previous {
        Some(context) => context.summary.clone(),
        None if preferences.is_empty() => format!("First talked to us on {date}."),
        None => {
            let named = preferences.len().min(NAMED_MAX);
            format!("Chose to hear about {}.", list(&preferences[..named]))
        }
    };
    if !topics.is_empty() {
        let sentence = format!("Asked about {} on {date}.", list(topics));
        if !summary.ends_with(&sentence) {
            if !summary.is_empty() {
                summary.push(' ');
            }
            summary.push_str(&sentence);
        }
    }
    shorten(&summary, SUMMARY_MAX)
}

/// The newest sentences of `text` that fit into `most` characters.
fn shorten(text: &str, most: usize) -> String {
    let mut rest = text;
    let mut length = rest.chars().count();
    while length > most {
        match rest.split_once(". ") {
            Some((_, newer)) => rest = newer,
            None => return rest.chars().skip(length - most).collect(),
        }
        length = rest.chars().count();
    }
    rest.to_owned()
}

/// `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-04T05:06:07.008Z";

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn the_first_version_is_one() {
        let first = next(None, &strings(&["diet"]), "How does screening work?", NOW);
        assert_eq!(first.version, 1);
        assert_eq!(first.interests, ["screening", "diet"]);
        assert_eq!(first.last_topics, ["screening"]);
        assert_eq!(
            first.summary,
            "Chose to hear about diet. Asked about screening on 2026-03-04."
        );
        assert_eq!(
            next(None, &[], "hello", NOW).summary,
            "First talked to us on 2026-03-04."
        );
    }

    #[test]
    fn the_newest_evidence_comes_first() {
        let first = next(None, &strings(&["diet", "events"]), "screening", NOW);
        let second = next(Some(&first), &[], "and events near me", NOW);
        assert_eq!(second.version, 2);
        assert_eq!(second.interests, ["events", "screening", "diet"]);
    }

    #[test]
    fn interests_fade_and_are_forgotten_unless_chosen() {
        let mut context = next(None, &strings(&["diet"]), "screening", NOW);
        assert_eq!(context.interest_weights["screening"], 1000);
        context = next(Some(&context), &[], "screening again", NOW);
        assert_eq!(context.interest_weights["screening"], 1160);
        context = next(Some(&context), &[], "sleep", NOW);
        assert_eq!(context.interests, ["sleep", "screening", "diet"]);
        assert_eq!(context.interest_weights["screening"], 928);
        for _ in 0..12 {
            context = next(Some(&context), &strings(&["diet"]), "sleep", NOW);
        }
        assert_eq!(context.interests, ["sleep", "diet"]);
    }

    #[test]
    fn what_was_spoken_of_often_outlasts_what_was_once() {
        let mut context = next(None, &[], "sleep", NOW);
        for message in ["diet", "diet", "events", "shops"] {
            context = next(Some(&context), &[], message, NOW);
        }
        assert_eq!(context.interests, ["shops", "events", "diet", "sleep"]);
        let (diet, sleep) = (
            context.interest_weights["diet"],
            context.interest_weights["sleep"],
        );
        assert!(diet > sleep * 3 / 2, "{diet} {sleep}");
    }

    #[test]
    fn stored_weights_that_make_no_sense_are_bounded() {
        let stored = Context {
            interests: strings(&["diet", "events"]),
            interest_weights: [("diet".to_owned(), u32::MAX)].into(),
            ..Context::default()
        };
        let context = next(Some(&stored), &[], "screening", NOW);
        assert_eq!(context.interests, ["screening", "diet", "events"]);
    }

    #[test]
    fn a_turn_without_topics_keeps_what_is_known() {
        let first = next(None, &[], "screening", NOW);
        let second = next(Some(&first), &[], "thank you", NOW);
        assert_eq!(second.summary, first.summary);
        assert_eq!(second.last_topics, ["screening"]);
        assert_eq!(second.interest_weights, first.interest_weights);
    }

    #[test]
    fn summary_and_interests_stay_bounded() {
        let many: Vec<String> = (0..100).map(|n| format!("topic {n}")).collect();
        let mut context = next(None, &many, "hello", NOW);
        for n in 0..100 {
            context = next(Some(&context), &many, &format!("topic {n}, diet"), NOW);
            assert!(context.summary.chars().count() <= SUMMARY_MAX);
            assert!(context.interests.len() <= INTERESTS_MAX);
        }
        assert_eq!(context.version, 101);
        assert!(
            context
                .summary
                .ends_with("Asked about topic 99 and diet on 2026-03-04.")
        );
    }

    #[test]
    fn the_summary_never_holds_their_words() {
        let context = next(None, &[], "My PIN is 1234, is smoking bad?", NOW);
        assert!(!context.summary.contains("1234"));
        assert!(context.summary.contains("smoking"));
    }
}
