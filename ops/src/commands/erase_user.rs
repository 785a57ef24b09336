//! `ops erase-user`: nothing is kept about one supporter.

use std::collections::BTreeMap;
use std::path::PathBuf;

use contract::tables::RECOVERY_PERIOD_DAYS;
use contract::{Exit, Table, outputs, parameters};
use deploy_target::{Target, TargetArgs, connect};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::erasure::{self, Shared, fingerprint};
use crate::output;
use crate::rights::erase::{confirm_by_typing, erase};
use crate::rights::person::{Found, People, counts, in_words};
use crate::stack::Stack;

/// Erase everything about one supporter, in all five tables
///
/// Asks for the id to be typed. First the supporter is put on the stack's erasure list, which
/// `ops restore` honours; then every item is removed, and all tables are read again until they hold
/// nothing. Prints one line for the audit, without personal data.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    cargo ops erase-user user-000001 --local --dry-run\n  \
    cargo ops erase-user user-000001 --local")]
pub struct Args {
    /// The supporter's id
    #[arg(value_name = "ID")]
    user: String,

    /// Only say what would be erased
    #[arg(long)]
    dry_run: bool,

    /// Do not ask for the id to be typed
    #[arg(long)]
    yes: bool,

    /// Keep the erasure list in this file as well, for restores without the artifact bucket
    #[arg(long, value_name = "FILE")]
    erasure_list: Option<PathBuf>,

    /// Print the audit line as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Exit 3 where it is not confirmed; exit 1 where a table or the list cannot be written, or
/// something is still there in the end.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let clients = Clients::new(&connect(&target).await);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let prefix = stack.output(outputs::PREFIX)?;
    let people = People::new(clients.dynamodb.clone(), target.clone(), prefix);
    let found = people.find(&args.user).await?;
    let question = question(&found, &stack, &target);
    if args.dry_run {
        output::data(&question)?;
        return Ok(Exit::Done);
    }
    let list = Shared::open(&clients.cloudformation, clients.s3.clone(), &target).await?;
    if args.yes {
        output::note(&question);
    } else {
        confirm_by_typing(&question, &args.user)?;
    }
    let now = Timestamp::now();
    let at = second(now);
    // The list first: from here on no restore brings them back, even if what follows is cut off.
    list.add(&args.user, &at).await?;
    if let Some(path) = &args.erasure_list {
        let mut copy = erasure::read_file(&stack.name, path)?;
        copy.merge(list.read(&stack.name).await?);
        erasure::write_file(&copy, path)?;
    }
    let erased = erase(&people, &args.user, found).await?;
    let person = fingerprint(&stack.name, &args.user);
    if args.json {
        output::json(&to_json(&person, &stack.name, &at, &erased, now))?;
    } else {
        output::data(&audit(&person, &stack.name, &at, &erased))?;
    }
    output::note(&remains(&stack, &list.address(), now));
    Ok(Exit::Done)
}

fn question(found: &Found, stack: &Stack, target: &Target) -> String {
    let words = in_words(&counts(found));
    let name = &stack.name;
    let place = target.region();
    if words.is_empty() {
        return format!(
            "No table of stack `{name}` ({place}) has this id. It goes on the erasure list, so that \
             no restore brings it back."
        );
    }
    format!("This erases for good, from stack `{name}` ({place}): {words}.")
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Until when point-in-time recovery can bring back what was there at `now`.
fn recoverable_until(now: Timestamp) -> String {
    let days = SignedDuration::from_hours(24 * i64::from(RECOVERY_PERIOD_DAYS));
    now.checked_add(days)
        .unwrap_or(Timestamp::MAX)
        .strftime("%Y-%m-%d")
        .to_string()
}

fn audit(person: &str, stack: &str, at: &str, erased: &BTreeMap<Table, usize>) -> String {
    let words = match in_words(erased) {
        words if words.is_empty() => "nothing was there".to_owned(),
        words => words,
    };
    format!("{at} erased {person} from {stack}: {words}; read again: nothing left")
}

fn to_json(
    person: &str,
    stack: &str,
    at: &str,
    erased: &BTreeMap<Table, usize>,
    now: Timestamp,
) -> Value {
    let items: serde_json::Map<String, Value> = erased
        .iter()
        .map(|(table, count)| (table.name().to_owned(), (*count).into()))
        .collect();
    json!({
        "person": person,
        "stack": stack,
        "erasedAt": at,
        "items": items,
        "left": 0,
        "recoverableUntil": recoverable_until(now),
    })
}

/// What still holds the person, and until when: said every time, since nobody else says it.
fn remains(stack: &Stack, list: &str, now: Timestamp) -> String {
    let days = stack.parameters.get(parameters::LOG_RETENTION_DAYS);
    let logs = days.map_or("their retention".to_owned(), |days| format!("{days} days"));
    format!(
        "note: still held elsewhere, until it expires:\n  \
         point-in-time copies of the tables, until {}\n  \
         archives made by `ops backup`, until they are pruned; a restore leaves this supporter out ({list})\n  \
         logs of whole requests, where they are switched on, for {logs}",
        recoverable_until(now)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erased() -> BTreeMap<Table, usize> {
        BTreeMap::from([
            (Table::Users, 1),
            (Table::Donations, 12),
            (Table::Sessions, 0),
        ])
    }

    #[test]
    fn the_audit_line_names_nobody() {
        let person = fingerprint("Blue", "user-000001");
        let line = audit(&person, "Blue", "2026-11-23T22:00:00Z", &erased());
        insta::assert_snapshot!(line, @"2026-11-23T22:00:00Z erased 5ae9553ef53583fb78a0bc23cecc5707b388e5a788c587a640ff5a4bde4cf2aa from Blue: 1 in Users, 12 in Donations; read again: nothing left");
        assert!(audit("p", "Blue", "t", &BTreeMap::new()).contains("nothing was there"));
    }

    /// Scripts read these keys: renaming one breaks them.
    #[test]
    fn the_json_keys_are_frozen() {
        let now: Timestamp = "2026-11-23T22:00:00Z".parse().unwrap();
        let text = to_json("p", "Blue", &second(now), &erased(), now).to_string();
        insta::assert_snapshot!(text, @r#"{"person":"p","stack":"Blue","erasedAt":"2026-11-23T22:00:00Z","items":{"Users":1,"Donations":12,"Sessions":0},"left":0,"recoverableUntil":"2026-12-28"}"#);
    }
}
