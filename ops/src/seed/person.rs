//! Who a sample supporter is: name, preferences, and the kind of supporter.

use super::names::{FIRST, LAST};
use super::random::{Part, Random};
use super::shapes::Preferences;
use super::time::{DAY, END};
use super::topics::{TOPICS, Topic};

/// What kind of supporter it is; decides how much of everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gives every month.
    RegularGiver,
    /// Gives when asked.
    OneOffGiver,
    /// Collects, and comes to events.
    Fundraiser,
    /// Gives time.
    Volunteer,
    /// Signed up lately.
    Newcomer,
    /// Gives rarely and a lot.
    MajorDonor,
}

/// A sample supporter, before what they did.
#[derive(Debug)]
pub struct Person {
    pub name: String,
    pub email: String,
    /// Epoch seconds.
    pub joined: i64,
    pub kind: Kind,
    pub interests: Vec<Topic>,
    pub preferences: Preferences,
}

impl Person {
    /// The supporter with this number.
    pub fn new(seed: u64, number: u32) -> Self {
        let random = &mut Random::new(seed, number, Part::Person);
        let (first, last) = (random.pick(&FIRST), random.pick(&LAST));
        let kind = random.weighted(&[
            (Kind::RegularGiver, 34),
            (Kind::OneOffGiver, 30),
            (Kind::Fundraiser, 14),
            (Kind::Volunteer, 10),
            (Kind::Newcomer, 10),
            (Kind::MajorDonor, 2),
        ]);
        let days = match kind {
            Kind::Newcomer => random.between(2, 60),
            _ => random.between(90, 3650),
        };
        let second = random.between(6 * 3600, 22 * 3600);
        let count = random.between(2, 4);
        let interests = random.sample(&TOPICS, count);
        Self {
            name: format!("{first} {last}"),
            email: format!("{}.{}.{number}@example.org", plain(first), plain(last)),
            joined: END - i64::from(days) * DAY + i64::from(second),
            kind,
            preferences: preferences(random, &interests),
            interests,
        }
    }
}

fn preferences(random: &mut Random, interests: &[Topic]) -> Preferences {
    Preferences {
        topics: interests.iter().map(|topic| topic.name).collect(),
        channel: random.weighted(&[("email", 70), ("post", 14), ("sms", 10), ("phone", 6)]),
        language: random.weighted(&[("en-GB", 93), ("cy-GB", 4), ("pl-PL", 2), ("es-ES", 1)]),
    }
}

/// The ASCII letters of a name, for an address.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'a'..='z' => Some(letter),
            'á' | 'â' | 'à' => Some('a'),
            'é' | 'ë' => Some('e'),
            'ü' => Some('u'),
            _ => None,
        })
        .collect()
}
