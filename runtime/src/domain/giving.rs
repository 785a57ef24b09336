//! What a supporter gave: every donation counts, the newest are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use contract::limits::DONATIONS_SHOWN;
use serde::Serialize;

/// A donation, as the table Donations keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Donation {
    /// Its id.
    pub donation_id: String,
    /// In minor units of the currency, e.g. pence.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// ISO 8601.
    pub donated_at: Option<String>,
    /// The campaign it belongs to.
    pub campaign: Option<String>,
    /// Whether it comes every month.
    pub recurring: bool,
}

/// Figures over all donations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DonationSummary {
    /// How many.
    pub count: usize,
    /// How much, by currency, in minor units.
    pub total: BTreeMap<String, i64>,
    /// When the newest was given.
    pub last_donated_at: Option<String>,
}

/// All that a supporter gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Giving {
    /// The newest, newest first.
    pub donations: Vec<Donation>,
    /// Over all of them.
    pub donation_summary: DonationSummary,
}

impl Giving {
    /// Sums up `donations` and keeps the newest [`DONATIONS_SHOWN`] of them.
    pub fn of(mut donations: Vec<Donation>) -> Self {
        // The id decides between donations of one moment, so that answers do not waver.
        donations.sort_by_cached_key(|donation| {
            Reverse((donation.donated_at.clone(), donation.donation_id.clone()))
        });
        let mut total = BTreeMap::<String, i64>::new();
        for donation in &donations {
            let sum = total.entry(donation.currency.clone()).or_default();
            *sum = sum.saturating_add(donation.amount);
        }
        let donation_summary = DonationSummary {
            count: donations.len(),
            total,
            last_donated_at: donations
                .first()
                .and_then(|newest| newest.donated_at.clone()),
        };
        donations.truncate(DONATIONS_SHOWN);
        Self {
            donations,
            donation_summary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn donation(number: usize, amount: i64, currency: &str) -> Donation {
        Donation {
            donation_id: format!("d-{number:03}"),
            amount,
            currency: currency.into(),
            donated_at: Some(format!("2026-01-01T00:00:00.{number:03}Z")),
            ..Donation::default()
        }
    }

    #[test]
    fn the_newest_hundred_are_shown_and_all_are_summed() {
        let donations: Vec<_> = (0..150).map(|n| donation(n, 10, "GBP")).collect();
        let giving = Giving::of(donations);
        assert_eq!(giving.donations.len(), 100);
        assert_eq!(giving.donations[0].donation_id, "d-149");
        assert_eq!(giving.donations[99].donation_id, "d-050");
        assert_eq!(giving.donation_summary.count, 150);
        assert_eq!(giving.donation_summary.total["GBP"], 1500);
    }

    #[test]
    fn totals_are_kept_apart_by_currency() {
        let giving = Giving::of(vec![donation(1, 5, "GBP"), donation(2, 7, "EUR")]);
        assert_eq!(
            serde_json::to_string(&giving.donation_summary).unwrap(),
            r#"{"count":2,"total":{"EUR":7,"GBP":5},"lastDonatedAt":"2026-01-01T00:00:00.002Z"}"#
        );
    }

    #[test]
    fn nothing_given_is_a_summary_too() {
        assert_eq!(
            serde_json::to_string(&Giving::of(Vec::new())).unwrap(),
            r#"{"donations":[],"donationSummary":{"count":0,"total":{},"lastDonatedAt":null}}"#
        );
    }
}
