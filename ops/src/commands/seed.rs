//! `ops seed`: sample supporters.

use std::path::{Path, PathBuf};

use contract::{Exit, Failure, Table, outputs};
use deploy_target::{Target, TargetArgs, confirm, connect};
use serde_json::{Value, json};

use super::schema::table;
use crate::clients::Clients;
use crate::erasure::Shared;
use crate::output;
use crate::progress::{Progress, grouped};
use crate::seed::backoff::Backoff;
use crate::seed::file::validate::validate;
use crate::seed::writer::{Summary, There, Writer};
use crate::seed::{DEFAULT_SEED, Tables, file};
use crate::stack::Stack;
use crate::wire::Wire;

/// Write sample supporters, or a team's own data with --from
///
/// The same seed gives the same data on any machine. Only what is missing is written: running it
/// again changes nothing, and nothing that was written since is lost. A file is checked whole before
/// anything is written; what a line may hold is printed by `ops schema`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    cargo ops seed --users 1000000 --local\n  \
    cargo ops seed --from donations.csv --table Donations --local")]
pub struct Args {
    /// How many supporters, user-000001 onward
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    users: u32,

    /// Which data: another number gives other people
    #[arg(long, value_name = "S", default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Go on with a seed that was cut off: supporters who are there are taken as whole
    #[arg(long)]
    resume: bool,

    /// Load this file instead: JSON Lines, or CSV where its name ends in .csv
    #[arg(long, value_name = "FILE", conflicts_with_all = ["users", "seed", "resume"])]
    from: Option<PathBuf>,

    /// The table of lines that name none
    #[arg(long, value_name = "TABLE", value_parser = table, requires = "from", default_value = "Users")]
    table: Table,

    /// Do not ask before writing to a stack on AWS
    #[arg(long)]
    yes: bool,

    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the platform is not there, cannot be written to, or the person says no; and where a file
/// has a mistake.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let config = connect(&target).await;
    let clients = Clients::new(&config);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let prefix = stack.output(outputs::PREFIX)?;
    let tables = Tables::new(
        clients.dynamodb.clone(),
        Wire::new(&config)?,
        target.clone(),
        prefix,
    );
    let writer = Writer::new(&tables, Backoff::default(), args.seed, there(args));
    let (what, result) = if let Some(path) = &args.from {
        let records = checked(path, args.table, &clients, &target).await?;
        let what = format!("{} records of {}", grouped(records), path.display());
        ask(&target, &stack, args.yes, &what)?;
        let progress = Progress::new("records", records);
        let write = file::write::write(&writer, path, args.table, &progress);
        (what, until_interrupted(write, &progress).await)
    } else {
        let what = format!("{} sample supporters", grouped(args.users.into()));
        ask(&target, &stack, args.yes, &what)?;
        let progress = Progress::new("supporters", args.users.into());
        let write = writer.write(args.users, &progress);
        (what, until_interrupted(write, &progress).await)
    };
    let summary = result?;
    if args.json {
        output::json(&to_json(&summary, &stack.name, args))?;
    } else {
        output::data(&to_text(&summary, &stack.name, &what))?;
    }
    Ok(Exit::Done)
}

fn there(args: &Args) -> There {
    if args.resume {
        There::Trust
    } else {
        There::Complete
    }
}

/// Checks the whole file, also against the list of erased supporters.
async fn checked(
    path: &Path,
    table: Table,
    clients: &Clients,
    target: &Target,
) -> anyhow::Result<u64> {
    let list = Shared::open(&clients.cloudformation, clients.s3.clone(), target).await?;
    let erased = list.read(&target.stack).await?;
    Ok(validate(path, table, &erased, output::note)?.records)
}

async fn until_interrupted(
    write: impl Future<Output = anyhow::Result<Summary>>,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let result = tokio::select! {
        result = write => result,
        _ = tokio::signal::ctrl_c() => Err(interrupted().into()),
    };
    match &result {
        Ok(_) => progress.finish(),
        Err(_) => progress.stop(),
    }
    result
}

fn ask(target: &Target, stack: &Stack, yes: bool, what: &str) -> anyhow::Result<()> {
    if target.is_local() {
        return Ok(());
    }
    let environment = stack.output(outputs::ENVIRONMENT)?;
    let question = format!(
        "Write {what} into stack `{}` ({environment}, {})?",
        stack.name,
        target.region()
    );
    confirm(&question, yes)?;
    Ok(())
}

fn interrupted() -> Failure {
    Failure::new("interrupted")
        .hint("what was written stays; the same command goes on there (--resume: without looking at each item)")
}

fn to_json(summary: &Summary, stack: &str, args: &Args) -> Value {
    let tables: serde_json::Map<String, Value> = summary
        .tables
        .iter()
        .map(|(table, count)| {
            let count = json!({"written": count.written, "alreadyThere": count.already_there});
            (table.name().to_owned(), count)
        })
        .collect();
    match &args.from {
        Some(path) => json!({
            "stack": stack,
            "file": path.display().to_string(),
            "tables": tables,
        }),
        None => json!({
            "stack": stack,
            "seed": args.seed,
            "users": args.users,
            "tables": tables,
            "leftAlone": summary.left_alone,
        }),
    }
}

fn to_text(summary: &Summary, stack: &str, what: &str) -> String {
    let written: u64 = summary.tables.values().map(|count| count.written).sum();
    let outcome = if written == 0 {
        "nothing changes"
    } else {
        "written"
    };
    let mut lines = vec![format!("{what} in stack {stack}: {outcome}")];
    let mut table = output::table(["table", "written", "already there"]);
    for (name, count) in summary
        .tables
        .iter()
        .map(|(table, count)| (Table::name(*table), count))
    {
        table.add_row([
            name.to_owned(),
            count.written.to_string(),
            count.already_there.to_string(),
        ]);
    }
    lines.push(table.to_string());
    if summary.left_alone > 0 {
        lines.push(format!(
            "{} left alone: somebody else is there under the same id; was it another --seed?",
            summary.left_alone
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::seed::writer::Count;

    /// Scripts read these keys: renaming one breaks them.
    #[test]
    fn the_json_keys_are_frozen() {
        let summary = Summary {
            tables: BTreeMap::from([(
                Table::Users,
                Count {
                    written: 2,
                    already_there: 1,
                },
            )]),
            left_alone: 1,
        };
        let args = Args {
            users: 4,
            seed: 17,
            resume: false,
            from: None,
            table: Table::Users,
            yes: false,
            json: true,
        };
        let json = serde_json::to_string(&to_json(&summary, "Stack", &args)).unwrap();
        insta::assert_snapshot!(json, @r#"{"stack":"Stack","seed":17,"users":4,"tables":{"Users":{"written":2,"alreadyThere":1}},"leftAlone":1}"#);
    }
}
