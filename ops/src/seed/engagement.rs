//! What a sample supporter did, and what the agent learned from their chats.

use contract::model::DEFAULT_MODEL;

use super::names::{CAMPAIGNS, EVENTS, PLACES, SUBJECTS};
use super::person::{Kind, Person};
use super::random::{Part, Random};
use super::shapes::{Context, Event, Interaction};
use super::time::{END, millis, seconds, year};
use super::topics::Topic;

/// Interactions oldest first, and context versions from 1.
#[derive(Debug)]
pub struct Engaged {
    pub interactions: Vec<Interaction>,
    pub contexts: Vec<Context>,
}

/// Everything one supporter did.
pub fn engaged(seed: u64, number: u32, user_id: &str, person: &Person) -> Engaged {
    let random = &mut Random::new(seed, number, Part::Engagement);
    let mut moments = moments(random, person);
    moments.sort_unstable();
    let mut contexts = vec![first_context(user_id, person)];
    let interactions = (1..)
        .zip(moments)
        .map(|(count, (at, thousandth, what))| {
            let topic = person.interests[random.below(2) as usize];
            let event = match what {
                What::Email => email(random, at),
                What::Event => event(random, at),
                What::Page => page(topic),
                What::Chat => {
                    contexts.push(next_context(user_id, person, &contexts, topic, at));
                    chat(user_id, topic, contexts.len())
                }
            };
            let timestamp = format!("{}#{count:06}", millis(at, thousandth));
            Interaction {
                user_id: user_id.to_owned(),
                timestamp,
                event,
            }
        })
        .collect();
    Engaged {
        interactions,
        contexts,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Email,
    Event,
    Page,
    Chat,
}

/// When each interaction was (seconds and milliseconds), not yet in order.
fn moments(random: &mut Random, person: &Person) -> Vec<(i64, u32, What)> {
    let most = match person.kind {
        Kind::RegularGiver => [14, 2, 6, 3],
        Kind::OneOffGiver => [8, 2, 5, 2],
        Kind::Fundraiser => [12, 6, 8, 4],
        Kind::Volunteer => [12, 5, 6, 4],
        Kind::Newcomer => [3, 1, 6, 2],
        Kind::MajorDonor => [10, 5, 4, 5],
    };
    let span = u32::try_from(END - person.joined).unwrap_or(1);
    let mut moments = Vec::new();
    for (what, most) in [What::Email, What::Event, What::Page, What::Chat]
        .into_iter()
        .zip(most)
    {
        for _ in 0..random.between(most / 3, most) {
            let at = person.joined + i64::from(random.below(span));
            moments.push((at, random.below(1000), what));
        }
    }
    moments
}

fn email(random: &mut Random, at: i64) -> Event {
    Event::EmailOpened {
        subject: random.pick(&SUBJECTS),
        campaign: format!("{}-{}", random.pick(&CAMPAIGNS), year(at)),
    }
}

fn event(random: &mut Random, at: i64) -> Event {
    Event::EventAttended {
        event: format!("{} {}", random.pick(&EVENTS), year(at)),
        place: random.pick(&PLACES),
    }
}

fn page(topic: Topic) -> Event {
    Event::PageViewed {
        path: format!("/about-cancer/{}", topic.id),
        topic: topic.id,
    }
}

fn chat(user_id: &str, topic: Topic, versions: usize) -> Event {
    Event::ChatTurn {
        conversation_id: format!("{user_id}-{}", topic.id),
        message: topic.question,
        reply: topic.answer,
        model: DEFAULT_MODEL,
        context_version: u32::try_from(versions).unwrap_or(u32::MAX),
    }
}

/// What is known at sign-up: the answers of the form.
fn first_context(user_id: &str, person: &Person) -> Context {
    let interests: Vec<_> = person.interests.iter().map(|topic| topic.id).collect();
    let words: Vec<_> = person.interests.iter().map(|topic| topic.words).collect();
    Context {
        user_id: user_id.to_owned(),
        version: 1,
        summary: format!("Signed up with an interest in {}.", list(&words)),
        last_topics: interests.iter().copied().take(1).collect(),
        interests,
        updated_at: seconds(person.joined),
    }
}

/// What one more turn about `topic` adds: the topic moves to the front of the interests.
fn next_context(
    user_id: &str,
    person: &Person,
    earlier: &[Context],
    topic: Topic,
    at: i64,
) -> Context {
    let words: Vec<_> = person.interests.iter().map(|topic| topic.words).collect();
    let others = person
        .interests
        .iter()
        .map(|topic| topic.id)
        .filter(|&id| id != topic.id);
    Context {
        user_id: user_id.to_owned(),
        version: u32::try_from(earlier.len() + 1).unwrap_or(u32::MAX),
        summary: format!(
            "Interested in {}. Last asked about {}: \"{}\"",
            list(&words),
            topic.words,
            topic.question
        ),
        interests: std::iter::once(topic.id).chain(others).collect(),
        last_topics: vec![topic.id],
        updated_at: seconds(at),
    }
}

/// `a, b and c`.
fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
