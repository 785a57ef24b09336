//! What a sample supporter gave.

use super::names::{CAMPAIGNS, GIVING};
use super::person::{Kind, Person};
use super::random::{Part, Random};
use super::shapes::Donation;
use super::time::{DAY, END, month, seconds, year};

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
    // The most gifts, how many of them are none at all, and the median in minor units.
    let (most, none, median) = match person.kind {
        Kind::RegularGiver => (4, 1, 2_000),
        Kind::OneOffGiver => (12, 0, 2_500),
        Kind::Fundraiser => (20, 0, 4_000),
        Kind::Volunteer => (4, 1, 1_500),
        Kind::Newcomer => (2, 1, 1_500),
        Kind::MajorDonor => (8, 0, 150_000),
    };
    let count = random.zipf(most) - none;
    (0..count)
        .map(|_| {
            let at = in_season(random, person.joined);
            let asked = random.percent(75);
            Gift {
                at,
                amount: amount(random, median),
                campaign: asked.then(|| campaign(random, at)),
                recurring: false,
            }
        })
        .collect()
}

/// One of the campaigns of that month, with its year.
pub fn campaign(random: &mut Random, at: i64) -> String {
    let season = CAMPAIGNS.map(|campaign| (campaign.name, campaign.months[month(at)]));
    format!("{}-{}", random.weighted(&season), year(at))
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

/// The same, more often in months in which more is given.
fn in_season(random: &mut Random, joined: i64) -> i64 {
    let mut at = moment(random, joined);
    // Whoever joined lately has no December yet: a few tries, then any month will do.
    for _ in 0..12 {
        if random.below(GIVING[11]) < GIVING[month(at)] {
            break;
        }
        at = moment(random, joined);
    }
    at
}

/// How far gifts spread: two thirds are between 2/5 and 5/2 of the median. A standard deviation of
/// 0.9 of the natural logarithm, as a binary one, in 1/65536.
const DEVIATION: i64 = 85_093;

/// An amount in minor units, log-normal around `median`, rounded as people give.
fn amount(random: &mut Random, median: u32) -> u32 {
    let exact = u32::try_from(random.log_normal(median, DEVIATION)).unwrap_or(u32::MAX);
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

    #[test]
    fn more_is_given_before_christmas_and_by_campaigns_of_the_season() {
        let random = &mut Random::new(1, 1, Part::Donations);
        let mut months = [0; 12];
        for _ in 0..6000 {
            months[month(in_season(random, END - 3650 * DAY))] += 1;
        }
        assert!(months[11] > months[7] * 3, "{months:?}");
        assert!((0..50).all(|_| !campaign(random, END - 240 * DAY).contains("christmas")));
    }
}
