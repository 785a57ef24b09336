//! Everything about one sample supporter.

use contract::Table;

use super::donations::donations;
use super::engagement::{Engaged, engaged};
use super::person::{Kind, Person};
use super::shapes::{Context, Donation, Engagement, Event, Interaction, Supporter};
use super::time::{DAY, END, seconds};
use crate::item::{Item, to_item};

/// The seed where none is given; it makes user-000001 a supporter who is good to look at.
pub const DEFAULT_SEED: u64 = 17;

/// The id of the supporter with this number (from 1).
pub fn user_id(number: u32) -> String {
    format!("user-{number:06}")
}

/// One sample supporter, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Users.
    pub supporter: Supporter,
    /// Donations, oldest first.
    pub donations: Vec<Donation>,
    /// Context, from version 1.
    pub contexts: Vec<Context>,
    /// Interactions, oldest first.
    pub interactions: Vec<Interaction>,
}

impl Record {
    /// The supporter with this number (from 1) under this seed; the same however many are made.
    pub fn new(seed: u64, number: u32) -> Self {
        let user_id = user_id(number);
        let person = Person::new(seed, number);
        let donations = donations(seed, number, &user_id, &person);
        let Engaged {
            interactions,
            contexts,
        } = engaged(seed, number, &user_id, &person);
        let supporter = Supporter {
            engagement: engagement(&person, &donations, &interactions),
            name: person.name,
            email: person.email,
            joined_at: seconds(person.joined),
            preferences: person.preferences,
            user_id,
        };
        Self {
            supporter,
            donations,
            contexts,
            interactions,
        }
    }

    /// How many items there are for each table.
    pub fn counts(&self) -> [(Table, usize); 4] {
        [
            (Table::Users, 1),
            (Table::Donations, self.donations.len()),
            (Table::Context, self.contexts.len()),
            (Table::Interactions, self.interactions.len()),
        ]
    }

    /// The items that belong into `table`. Sessions are never made up.
    ///
    /// # Errors
    /// Where a shape is no JSON object: a mistake in the code.
    pub fn items(&self, table: Table) -> anyhow::Result<Vec<Item>> {
        match table {
            Table::Users => Ok(vec![to_item(&self.supporter)?]),
            Table::Donations => self.donations.iter().map(to_item).collect(),
            Table::Context => self.contexts.iter().map(to_item).collect(),
            Table::Interactions => self.interactions.iter().map(to_item).collect(),
            Table::Sessions => Ok(Vec::new()),
        }
    }
}

fn engagement(person: &Person, donations: &[Donation], interactions: &[Interaction]) -> Engagement {
    let count = |matches: fn(&Event) -> bool| {
        interactions
            .iter()
            .filter(|interaction| matches(&interaction.event))
            .count()
    };
    let last = interactions
        .last()
        .and_then(|last| last.timestamp.split('#').next());
    Engagement {
        events_attended: count(|event| matches!(event, Event::EventAttended { .. })),
        emails_opened: count(|event| matches!(event, Event::EmailOpened { .. })),
        last_seen_at: last.map(str::to_owned),
        segments: segments(person, donations),
    }
}

fn segments(person: &Person, donations: &[Donation]) -> Vec<&'static str> {
    let year_ago = seconds(END - 365 * DAY);
    let given_lately = donations
        .last()
        .is_some_and(|last| last.donated_at > year_ago);
    let kind = match person.kind {
        Kind::RegularGiver => "regular-giver",
        Kind::OneOffGiver => "one-off-giver",
        Kind::Fundraiser => "fundraiser",
        Kind::Volunteer => "volunteer",
        Kind::Newcomer => "newcomer",
        Kind::MajorDonor => "major-donor",
    };
    let lapsed = (!donations.is_empty() && !given_lately).then_some("lapsed");
    std::iter::once(kind).chain(lapsed).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::item::{key_of, to_json};

    fn sorted(mut value: serde_json::Value) -> serde_json::Value {
        value.sort_all_objects();
        value
    }

    #[test]
    fn the_first_supporter_is_always_the_same() {
        let record = Record::new(DEFAULT_SEED, 1);
        let view = serde_json::json!({
            "Users": record.supporter,
            "Donations": record.donations.iter().take(2).collect::<Vec<_>>(),
            "Context": record.contexts,
            "Interactions": record.interactions,
        });
        insta::assert_yaml_snapshot!(view);
    }

    /// Every byte of the default data: a change here changes what `ops seed` writes.
    #[test]
    fn a_hundred_supporters_have_a_known_digest() {
        let mut digest = Sha256::new();
        for record in (1..=100).map(|number| Record::new(DEFAULT_SEED, number)) {
            for table in Table::ALL {
                for item in record.items(table).unwrap() {
                    digest.update(sorted(to_json(&item)).to_string());
                }
            }
        }
        let text = BASE64.encode(digest.finalize());
        insta::assert_snapshot!(text, @"TYNRKuBXZJmST+YH8JY5y7mMPwtYqMLLVIFWNjwA+7Q=");
    }

    #[test]
    fn another_seed_gives_other_people() {
        assert_ne!(Record::new(1, 1), Record::new(2, 1));
    }

    #[test]
    fn context_versions_count_from_one_and_chats_name_them() {
        for record in (1..=50).map(|number| Record::new(3, number)) {
            let versions: Vec<u32> = record
                .contexts
                .iter()
                .map(|context| context.version)
                .collect();
            let expected: Vec<u32> = (1..).take(versions.len()).collect();
            assert_eq!(versions, expected);
            let chats: Vec<u32> = record
                .interactions
                .iter()
                .filter_map(|interaction| match &interaction.event {
                    Event::ChatTurn {
                        context_version, ..
                    } => Some(*context_version),
                    _ => None,
                })
                .collect();
            assert_eq!(chats, expected[1..]);
        }
    }

    #[test]
    fn no_key_occurs_twice_and_addresses_differ() {
        let mut addresses = BTreeSet::new();
        for record in (1..=200).map(|number| Record::new(1, number)) {
            assert!(addresses.insert(record.supporter.email.clone()));
            for table in Table::ALL {
                let items = record.items(table).unwrap();
                let keys: HashSet<String> = items
                    .iter()
                    .map(|item| sorted(to_json(&key_of(table, item))).to_string())
                    .collect();
                assert_eq!(
                    keys.len(),
                    items.len(),
                    "{table:?} of {}",
                    record.supporter.user_id
                );
            }
        }
    }

    #[test]
    fn most_gifts_are_in_pounds_and_some_supporters_have_over_a_hundred() {
        let records: Vec<Record> = (1..=300).map(|number| Record::new(1, number)).collect();
        let gifts = || records.iter().flat_map(|record| &record.donations);
        let pounds = gifts().filter(|gift| gift.currency == "GBP").count();
        assert!(
            pounds * 10 > gifts().count() * 8,
            "{pounds} of {}",
            gifts().count()
        );
        assert!(
            records
                .iter()
                .any(|r| r.donations.len() > contract::limits::DONATIONS_SHOWN)
        );
    }
}
