//! Donations: `userId` S, `donationId` S, `amount` N (minor units), `currency` S, `donatedAt` S,
//! `campaign` S or NULL, `recurring` BOOL.

use contract::Table;

use super::attributes::{Item, Malformed, Reader, s};
use super::{Tables, failed};
use crate::domain::{Donation, UserId};
use crate::ports::{ListDonations, Unavailable};

const WHAT: &str = "read Donations";

impl ListDonations for Tables {
    async fn donations(&self, user: &UserId) -> Result<Vec<Donation>, Unavailable> {
        let mut donations = Vec::new();
        let mut pages = self
            .client
            .query()
            .table_name(self.name(Table::Donations))
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", s(user.as_str()))
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed(WHAT))?;
            for item in page.items() {
                donations.push(donation(item).map_err(failed(WHAT))?);
            }
        }
        Ok(donations)
    }
}

/// Sums must be right: a donation without an amount or a currency is an error, never a zero.
fn donation(item: &Item) -> Result<Donation, Malformed> {
    let read = Reader::new(item);
    Ok(Donation {
        donation_id: read.required("donationId", Reader::text)?,
        amount: read.required("amount", Reader::number)?,
        currency: read.required("currency", Reader::text)?,
        donated_at: read.text("donatedAt"),
        campaign: read.text("campaign"),
        recurring: read.flag("recurring").unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use super::super::attributes::{item, n};
    use super::*;

    #[test]
    fn what_is_optional_may_be_absent() {
        let item = item([
            ("donationId", s("d-1")),
            ("amount", n(1500)),
            ("currency", s("GBP")),
        ]);
        assert_eq!(
            donation(&item).unwrap(),
            Donation {
                donation_id: "d-1".into(),
                amount: 1500,
                currency: "GBP".into(),
                ..Donation::default()
            }
        );
    }

    #[test]
    fn an_amount_must_be_whole() {
        let item = item([
            ("donationId", s("d-1")),
            ("amount", n(1.5)),
            ("currency", s("GBP")),
        ]);
        assert_eq!(
            donation(&item).unwrap_err().to_string(),
            "an item has no valid `amount`"
        );
    }
}
