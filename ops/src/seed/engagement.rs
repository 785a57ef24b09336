//! What a sample supporter did, and what the agent learned from their chats.

use contract::model::DEFAULT_MODEL;

use super::donations::campaign;
use super::names::{EVENTS, PLACES, SUBJECTS};
use super::person::{Kind, Person};
use super::random::{Part, Random, ZIPF_MAX};
use super::shapes::{Context, Event, Interaction};
use super::time::{END, date, millis, seconds, year};
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
                    contexts.extend(contexts.last().map(|last| next_context(last, topic, at)));
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

/// When each interaction was (seconds and milliseconds), not yet in order. How many there are follows
/// Zipf's law: most people do little, a few do very much.
fn moments(random: &mut Random, person: &Person) -> Vec<(i64, u32, What)> {
    let [emails, events, pages, chats] = match person.kind {
        Kind::RegularGiver => [14, 2, 6, 3],
        Kind::OneOffGiver => [8, 2, 5, 2],
        Kind::Fundraiser => [12, 6, 8, 4],
        Kind::Volunteer => [12, 5, 6, 4],
        Kind::Newcomer => [3, 1, 6, 2],
        Kind::MajorDonor => [10, 5, 4, 5],
    };
    let kinds = [
        (What::Email, emails),
        (What::Event, events),
        (What::Page, pages),
        (What::Chat, chats),
    ];
    let most = match person.kind {
        Kind::Newcomer => 12,
        _ => ZIPF_MAX,
    };
    let span = u32::try_from(END - person.joined).unwrap_or(1);
    (0..random.zipf(most))
        .map(|_| {
            let what = random.weighted(&kinds);
            let at = person.joined + i64::from(random.below(span));
            (at, random.below(1000), what)
        })
        .collect()
}

fn email(random: &mut Random, at: i64) -> Event {
    Event::EmailOpened {
        subject: random.pick(&SUBJECTS),
        campaign: campaign(random, at),
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
        path: format!("/about-cancer/{}", slug(topic)),
        topic: topic.name,
    }
}

fn chat(user_id: &str, topic: Topic, versions: usize) -> Event {
    Event::ChatTurn {
        conversation_id: format!("{user_id}-{}", slug(topic)),
        message: topic.question,
        reply: topic.answer,
        model: DEFAULT_MODEL,
        context_version: u32::try_from(versions).unwrap_or(u32::MAX),
    }
}

fn slug(topic: Topic) -> String {
    topic.name.replace(' ', "-")
}

/// What is known at sign-up: the answers of the form.
fn first_context(user_id: &str, person: &Person) -> Context {
    let interests: Vec<_> = person.interests.iter().map(|topic| topic.name).collect();
    Context {
        user_id: user_id.to_owned(),
        version: 1,
        summary: format!("Chose to hear about {}.", list(&interests)),
        last_topics: interests.iter().copied().take(1).collect(),
        interests,
        updated_at: seconds(person.joined),
    }
}

/// Questions that a summary still names; the agent's own stays short too.
const NAMED: usize = 5;

/// What one more turn about `topic` adds: the topic moves to the front of the interests. As with
/// the agent's own, the supporter's words are not in it.
fn next_context(previous: &Context, topic: Topic, at: i64) -> Context {
    let others = previous
        .interests
        .iter()
        .copied()
        .filter(|&name| name != topic.name);
    Context {
        version: previous.version + 1,
        summary: summary(&previous.summary, topic, at),
        interests: std::iter::once(topic.name).chain(others).collect(),
        last_topics: vec![topic.name],
        updated_at: seconds(at),
        user_id: previous.user_id.clone(),
    }
}

/// The first sentence, and the newest questions.
fn summary(previous: &str, topic: Topic, at: i64) -> String {
    const ASKED: &str = " Asked about ";
    let (first, asked) = previous.split_once(ASKED).unwrap_or((previous, ""));
    let asked: Vec<&str> = asked.split(ASKED).filter(|part| !part.is_empty()).collect();
    let kept = asked.len().saturating_sub(NAMED - 1);
    let mut text = first.to_owned();
    for part in &asked[kept..] {
        text.push_str(ASKED);
        text.push_str(part);
    }
    format!("{text}{ASKED}{} on {}.", topic.name, date(at))
}

/// `a, b and c`.
fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
