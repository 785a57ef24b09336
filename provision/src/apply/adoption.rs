//! Tables that exist outside the stack: refused, or taken over with their data. Never overwritten.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Failure, Table, naming};
use deploy_target::Target;
use serde_yaml::{Mapping, Value};

/// A table that exists and that the stack does not own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which of ours it would be.
    pub table: Table,
    /// Its name in the account.
    pub name: String,
    /// Its key: attribute, role (`HASH`, `RANGE`) and type, in order.
    pub key: Vec<(String, String, String)>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How many items it holds, by DynamoDB's last count.
    pub items: i64,
}

/// Which of the tables found the stack takes over.
///
/// `adopt` is the person's word for it; `made` are the tables that this stack's own failed create
/// left behind, which need no word.
///
/// # Errors
/// Exit 3 where a table is not to be adopted, is not this stack's, or has another key.
pub fn decide(
    target: &Target,
    found: &[Found],
    adopt: bool,
    made: &BTreeSet<String>,
) -> Result<Vec<Table>, Failure> {
    for found in found {
        is_ours(target, found)?;
    }
    let unasked: Vec<&Found> = found
        .iter()
        .filter(|found| !adopt && !made.contains(&found.name))
        .collect();
    if !unasked.is_empty() {
        let names: Vec<String> = unasked
            .iter()
            .map(|found| format!("{} ({} items)", found.name, found.items))
            .collect();
        return Err(Failure::refused(format!(
            "tables exist outside the stack {}: {}",
            target.stack,
            names.join(", ")
        ))
        .hint(format!(
            "to take them over with their data: cargo provision apply {} --adopt",
            target.flags()
        )));
    }
    Ok(found.iter().map(|found| found.table).collect())
}

fn is_ours(target: &Target, found: &Found) -> Result<(), Failure> {
    let wanted = [
        (naming::PROJECT_TAG, naming::PROJECT),
        (naming::STACK_TAG, &target.stack),
    ];
    for (tag, value) in wanted {
        let live = found.tags.get(tag).map(String::as_str);
        if live != Some(value) {
            return Err(
                Failure::refused(format!("{} is not this stack's table", found.name))
                    .because(format!("its tag {tag} is {}, not `{value}`", quoted(live)))
                    .hint("if it is ours, set that tag on it; else deploy with another --prefix"),
            );
        }
    }
    let key = expected_key(found.table);
    if found.key == key {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{} has another key than the platform's",
        found.name
    ))
    .because(format!(
        "its key is {}, not {}",
        shown(&found.key),
        shown(&key)
    ))
    .hint("move its data to a table with that key, or deploy with another --prefix"))
}

fn expected_key(table: Table) -> Vec<(String, String, String)> {
    table
        .key()
        .attributes()
        .zip(["HASH", "RANGE"])
        .map(|(attribute, role)| {
            (
                attribute.name.to_owned(),
                role.to_owned(),
                attribute.kind.code().to_owned(),
            )
        })
        .collect()
}

fn shown(key: &[(String, String, String)]) -> String {
    let parts: Vec<String> = key
        .iter()
        .map(|(name, role, kind)| format!("{name} {role} {kind}"))
        .collect();
    parts.join(", ")
}

fn quoted(value: Option<&str>) -> String {
    value.map_or_else(|| "missing".to_owned(), |value| format!("`{value}`"))
}

/// Writes the adopted tables' names out in the template: CloudFormation imports an existing
/// resource only where its name is a literal, no function.
pub fn with_literal_names(mut document: Mapping, tables: &[Table], prefix: &str) -> Mapping {
    for table in tables {
        let properties = document
            .get_mut("Resources")
            .and_then(|resources| resources.get_mut(format!("{}Table", table.name())))
            .and_then(|resource| resource.get_mut("Properties"))
            .and_then(Value::as_mapping_mut);
        if let Some(properties) = properties {
            properties.insert("TableName".into(), table.physical_name(prefix).into());
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use contract::failure::{exit_of, report};
    use contract::{Exit, naming::DEFAULT_STACK};

    use super::*;

    fn target() -> Target {
        Target::on_aws("us-west-2", DEFAULT_STACK)
    }

    fn ours(table: Table) -> Found {
        Found {
            table,
            name: table.physical_name("SupporterEngagement"),
            key: expected_key(table),
            tags: BTreeMap::from([
                (naming::PROJECT_TAG.into(), naming::PROJECT.into()),
                (naming::STACK_TAG.into(), DEFAULT_STACK.into()),
            ]),
            items: 7,
        }
    }

    fn refusal(found: Found, adopt: bool) -> String {
        let failure = decide(&target(), &[found], adopt, &BTreeSet::new()).unwrap_err();
        assert_eq!(exit_of(&failure), Exit::Refused);
        report(&failure)
    }

    #[test]
    fn a_table_outside_the_stack_is_refused_by_name_with_the_flag_that_takes_it() {
        insta::assert_snapshot!(refusal(ours(Table::Users), false), @r"
        error: tables exist outside the stack SupporterEngagementStack: SupporterEngagement-Users (7 items)
        hint: to take them over with their data: cargo provision apply --region us-west-2 --adopt
        ");
    }

    #[test]
    fn a_table_of_ours_is_adopted_when_asked() {
        let found = [ours(Table::Users), ours(Table::Context)];
        let adopted = decide(&target(), &found, true, &BTreeSet::new()).unwrap();
        assert_eq!(adopted, [Table::Users, Table::Context]);
    }

    #[test]
    fn a_table_that_our_failed_create_left_needs_no_asking() {
        let made = BTreeSet::from(["SupporterEngagement-Users".to_owned()]);
        let adopted = decide(&target(), &[ours(Table::Users)], false, &made).unwrap();
        assert_eq!(adopted, [Table::Users]);
    }

    #[test]
    fn a_table_of_another_stack_is_refused_even_when_asked() {
        let mut found = ours(Table::Users);
        found.tags.insert(naming::STACK_TAG.into(), "Other".into());
        insta::assert_snapshot!(refusal(found, true), @r"
        error: SupporterEngagement-Users is not this stack's table
          cause: its tag SupporterEngagementStack is `Other`, not `SupporterEngagementStack`
        hint: if it is ours, set that tag on it; else deploy with another --prefix
        ");
    }

    #[test]
    fn a_table_with_another_key_is_refused_even_when_asked() {
        let mut found = ours(Table::Context);
        found.key[1].2 = "S".into();
        insta::assert_snapshot!(refusal(found, true), @r"
        error: SupporterEngagement-Context has another key than the platform's
          cause: its key is userId HASH S, version RANGE S, not userId HASH S, version RANGE N
        hint: move its data to a table with that key, or deploy with another --prefix
        ");
    }
}
