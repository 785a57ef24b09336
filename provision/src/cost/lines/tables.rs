//! DynamoDB, and KMS for its keys.

use contract::Function;

use super::line::{GB, Line, MILLION, line};
use crate::cost::Prices;
use crate::cost::load::Load;
use crate::cost::operations::units;
use crate::plan::document::plain;

impl Load<'_> {
    pub fn tables(&self, prices: &Prices) -> Vec<Line> {
        let (reads, writes, calls) = self.used();
        let (stored, recoverable, encrypted) = self.stored();
        let price = &prices.dynamodb;
        // DynamoDB asks for a table's key again after five minutes of use: at most so often.
        let asked = encrypted * (30.0 * 24.0 * 12.0_f64).min(calls);
        vec![
            line(
                ("DynamoDB", "reads"),
                reads,
                "read units",
                price.per_million_read_units / MILLION,
            ),
            line(
                ("DynamoDB", "writes"),
                writes,
                "write units",
                price.per_million_write_units / MILLION,
            ),
            line(("DynamoDB", "storage"), stored, "GB", price.per_gb_month),
            line(
                ("DynamoDB", "point-in-time recovery"),
                recoverable,
                "GB",
                price.recovery_per_gb_month,
            ),
            line(
                ("KMS", "requests for tables' keys"),
                asked,
                "requests",
                prices.kms.per_10000_requests / 10_000.0,
            ),
        ]
    }

    /// Read units, write units, and calls that touch tables.
    fn used(&self) -> (f64, f64, f64) {
        let (mut reads, mut writes, mut calls) = (0.0, 0.0, 0.0);
        for function in Function::ALL {
            let each = units(function, self.traffic);
            // The authorizer's half of ws-connect's calls, and searches for nobody, touch no table.
            let share = match function {
                Function::Search => self.traffic.personalised_searches,
                Function::WsConnect => 0.5,
                _ => 1.0,
            };
            let count = self.calls(function).0 * share;
            reads += count * each.reads;
            writes += count * each.writes;
            calls += count;
        }
        // A ping touches its session.
        writes += self.pings();
        (reads, writes, calls)
    }

    /// GB in tables, GB of them recoverable, and tables with a key of the account.
    fn stored(&self) -> (f64, f64, f64) {
        let traffic = self.traffic;
        let (mut stored, mut recoverable, mut encrypted) = (0.0, 0.0, 0.0);
        for (id, resource) in self.resources {
            if resource.kind != "AWS::DynamoDB::Table" {
                continue;
            }
            let bytes = traffic.supporters
                * match id.as_str() {
                    "UsersTable" => traffic.user_bytes,
                    "DonationsTable" => traffic.donations_per_supporter * traffic.donation_bytes,
                    "ContextTable" => traffic.contexts_per_supporter * traffic.context_bytes,
                    "InteractionsTable" => {
                        traffic.interactions_per_supporter * traffic.interaction_bytes
                    }
                    _ => 0.0,
                };
            let on = |path: &str| {
                resource.properties.pointer(path).map(plain).as_deref() == Some("true")
            };
            stored += bytes / GB;
            if on("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled") {
                recoverable += bytes / GB;
            }
            if on("/SSESpecification/SSEEnabled") {
                encrypted += 1.0;
            }
        }
        (stored, recoverable, encrypted)
    }
}
