//! The committed templates: what they grant, what a reviewer reads, and what must hold.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

mod arrows;
mod invariants;
mod least_privilege;
mod metrics;
mod views;
