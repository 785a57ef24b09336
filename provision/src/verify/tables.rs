//! Tables: DB-1 to DB-7.

use contract::Table;
use contract::tables::RECOVERY_PERIOD_DAYS;

use super::report::{Check, Comparisons};
use crate::live::LiveTable;

/// Compares a table.
pub fn checks(table: Table, prefix: &str, live: Option<&LiveTable>) -> Vec<Check> {
    let id = table.requirement();
    let mut of = Comparisons::of(table.physical_name(prefix));
    let Some(live) = of.exists(id, live) else {
        return of.done();
    };
    let expiry = |attribute: Option<&str>| attribute.unwrap_or("no attribute").to_owned();
    let encryption = live.encryption.as_deref().unwrap_or("a key of AWS's own");
    of.add(id, "key", key(table).join(", "), live.key.join(", "));
    of.add(id, "billing", "PAY_PER_REQUEST", &live.billing);
    of.add(id, "protected from deletion", true, live.protected);
    of.add(
        id,
        "expires by",
        expiry(table.ttl_attribute()),
        expiry(live.expires_by.as_deref()),
    );
    of.add("DB-6", "encrypted with", "KMS", encryption);
    of.add("DB-7", "point-in-time recovery", true, live.recoverable);
    // The local engine does not tell the period.
    if let Some(days) = live.recovery_days {
        of.add("DB-7", "recovery period (days)", RECOVERY_PERIOD_DAYS, days);
    }
    of.done()
}

fn key(table: Table) -> Vec<String> {
    table
        .key()
        .attributes()
        .zip(["HASH", "RANGE"])
        .map(|(attribute, role)| format!("{} {role} {}", attribute.name, attribute.kind.code()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> LiveTable {
        LiveTable {
            key: vec!["sessionId HASH S".into()],
            billing: "PAY_PER_REQUEST".into(),
            encryption: Some("KMS".into()),
            expires_by: Some("expiresAt".into()),
            recoverable: true,
            recovery_days: None,
            protected: true,
        }
    }

    fn findings(live: Option<&LiveTable>) -> Vec<(&'static str, String)> {
        let checks = checks(Table::Sessions, "Blue", live);
        checks
            .into_iter()
            .filter(Check::differs)
            .map(|check| (check.requirement, check.what))
            .collect()
    }

    #[test]
    fn a_sound_table_has_no_findings() {
        assert_eq!(findings(Some(&sound())), []);
    }

    #[test]
    fn a_missing_table_is_one_finding() {
        assert_eq!(findings(None), [("DB-4", "existence".to_owned())]);
    }

    #[test]
    fn each_property_of_a_table_is_compared() {
        let bare = LiveTable {
            key: vec!["id HASH S".into()],
            billing: "PROVISIONED".into(),
            recovery_days: Some(1),
            ..LiveTable::default()
        };
        let found: Vec<_> = findings(Some(&bare))
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(
            found,
            ["DB-4", "DB-4", "DB-4", "DB-4", "DB-6", "DB-7", "DB-7"]
        );
    }
}
