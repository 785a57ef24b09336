//! What is known of a supporter for personalisation, in versions: each turn adds one.

use serde::Serialize;

use super::topics::{push_new, spoken_of};

/// Interests that are kept, newest evidence first.
const INTERESTS_MAX: usize = 20;

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
    /// Topics, newest evidence first.
    pub interests: Vec<String>,
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
    let mut interests = Vec::new();
    for topic in topics.iter().chain(&own) {
        push_new(&mut interests, topic);
    }
    interests.truncate(INTERESTS_MAX);
    Context {
        version: previous.map_or(0, |context| context.version) + 1,
        summary: summary(previous, preferences, &topics, now),
        interests,
        last_topics: match previous {
            Some(previous) if topics.is_empty() => previous.last_topics.clone(),
            _ => topics,
        },
        updated_at: Some(now.to_owned()),
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
    shorten(&summary)
}

/// The newest sentences of `text` that fit.
fn shorten(text: &str) -> String {
    let mut rest = text;
    let mut length = rest.chars().count();
    while length > SUMMARY_MAX {
        match rest.split_once(". ") {
            Some((_, newer)) => rest = newer,
            None => return rest.chars().skip(length - SUMMARY_MAX).collect(),
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
    fn a_turn_without_topics_keeps_what_is_known() {
        let first = next(None, &[], "screening", NOW);
        let second = next(Some(&first), &[], "thank you", NOW);
        assert_eq!(second.summary, first.summary);
        assert_eq!(second.last_topics, ["screening"]);
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
