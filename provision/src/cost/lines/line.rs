//! One line.

use serde::Serialize;

/// What prices count by.
pub(super) const MILLION: f64 = 1_000_000.0;
/// Bytes.
pub(super) const GB: f64 = 1_073_741_824.0;

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The service.
    pub service: &'static str,
    /// What of it.
    pub what: &'static str,
    /// How much.
    pub quantity: f64,
    /// Of what.
    pub unit: &'static str,
    /// USD a month.
    pub usd: f64,
}

/// So much of a service, at USD each.
pub(super) fn line(
    (service, what): (&'static str, &'static str),
    quantity: f64,
    unit: &'static str,
    usd_each: f64,
) -> Line {
    Line {
        service,
        what,
        quantity,
        unit,
        usd: quantity * usd_each,
    }
}
