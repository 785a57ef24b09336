//! What a sample supporter gave.

use super::names::CAMPAIGNS;
use super::person::{Kind, Person};
use super::random::{Part, Random};
use super::shapes::Donation;
use super::time::{DAY, END, seconds, year};

/// Gifts of one supporter, oldest first.
pub fn donations(seed: u64, number: u32, user_id: &str, person: &Person) -> Vec<Donation> {
    let random = &mut Random::new(seed, number, Part::Donations);
    let currency = random.weighted(&[("GBP", 92), ("EUR", 5), ("USD", 3)]);
    let mut gifts = one_off(random, person);
    if person.kind == Kind::RegularGiver || random.percent(8) {
        gifts.extend(regular(random, person));
    }
    gifts.sort_by_key(|gift| gift.at);
    (1..)
        .zip(gifts)
        .map(|(count, gift)| gift.item(user_id, count, currency))
        .collect()
}

struct Gift {
    at: i64,
    amount: u32,
    campaign: Option<String>,
    recurring: bool,
}

impl Gift {
    fn item(self, user_id: &str, count: u32, currency: &'static str) -> Donation {
        Donation {
            user_id: user_id.to_owned(),
            donation_id: format!("donation-{count:05}"),
            amount: self.amount,
            currency,
            donated_at: seconds(self.at),
            campaign: self.campaign,
            recurring: self.recurring,
        }
    }
}

fn one_off(random: &mut Random, person: &Person) -> Vec<Gift> {
    let (most, typical) = match person.kind {
        Kind::RegularGiver => (3, 2_000),
        Kind::OneOffGiver => (9, 2_500),
        Kind::Fundraiser => (12, 4_000),
        Kind::Volunteer => (3, 1_500),
        Kind::Newcomer => (1, 1_500),
        Kind::MajorDonor => (6, 150_000),
    };
    let count = random.between(0, most);
    (0..count)
        .map(|_| {
            let at = moment(random, person.joined);
            let campaign = random
                .percent(75)
                .then(|| format!("{}-{}", random.pick(&CAMPAIGNS), year(at)));
            Gift {
                at,
                amount: amount(random, typical),
                campaign,
                recurring: false,
            }
        })
        .collect()
}

/// A gift every 30 days, from the day it was set up until today or until it was stopped.
fn regular(random: &mut Random, person: &Person) -> Vec<Gift> {
    let amount = amount(random, 1_000);
    let start = moment(random, person.joined);
    let months = if random.percent(20) {
        random.between(1, 36)
    } else {
        u32::MAX
    };
    (0..months)
        .map(|month| start + i64::from(month) * 30 * DAY)
        .take_while(|&at| at < END)
        .map(|at| Gift {
            at,
            amount,
            campaign: None,
            recurring: true,
        })
        .collect()
}

/// Some moment between joining and the end of the data.
fn moment(random: &mut Random, joined: i64) -> i64 {
    let span = u32::try_from(END - joined).unwrap_or(1);
    joined + i64::from(random.below(span))
}

/// An amount in minor units around `typical`: the product of many small factors is log-normal,
/// and integers give the same everywhere. Rounded as people give.
fn amount(random: &mut Random, typical: u32) -> u32 {
    let exact = (0..12).fold(typical, |amount, _| {
        if random.percent(50) {
            amount * 13 / 10
        } else {
            amount * 10 / 13
        }
    });
    let step = match exact {
        0..2_000 => 100,
        2_000..10_000 => 500,
        10_000..100_000 => 2_500,
        _ => 10_000,
    };
    (exact / step * step).max(200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_spread_around_the_typical_one() {
        let random = &mut Random::new(1, 1, Part::Donations);
        let mut amounts: Vec<u32> = (0..999).map(|_| amount(random, 2_000)).collect();
        amounts.sort_unstable();
        assert!(
            (1_500..=2_500).contains(&amounts[499]),
            "median {}",
            amounts[499]
        );
        assert!(
            amounts[0] >= 200 && amounts[0] < 800,
            "least {}",
            amounts[0]
        );
        assert!(amounts[998] > 8_000, "most {}", amounts[998]);
        assert!(amounts.iter().all(|amount| amount % 100 == 0));
    }
}
