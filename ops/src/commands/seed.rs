//! `ops seed`: sample supporters.

use contract::{Exit, Failure, Table, outputs};
use deploy_target::{Target, TargetArgs, confirm, connect};
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::output;
use crate::progress::Progress;
use crate::seed::backoff::Backoff;
use crate::seed::writer::{Summary, There, Writer};
use crate::seed::{DEFAULT_SEED, Tables};
use crate::stack::Stack;

/// Write sample supporters, with donations, contexts and interactions
///
/// The same seed gives the same data on any machine. Only what is missing is written: running it
/// again changes nothing, and nothing that was written since is lost.
#[derive(clap::Args, Debug)]
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
/// Where the platform is not there, cannot be written to, or the person says no.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let clients = Clients::new(&connect(&target).await);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let prefix = stack.output(outputs::PREFIX)?;
    ask(&target, &stack, args)?;
    let tables = Tables::new(clients.dynamodb, target.clone(), prefix);
    let progress = Progress::new("supporters", u64::from(args.users));
    let there = if args.resume {
        There::Trust
    } else {
        There::Complete
    };
    let writer = Writer::new(&tables, Backoff::default(), args.seed, there);
    let result = tokio::select! {
        result = writer.write(args.users, &progress) => result,
        _ = tokio::signal::ctrl_c() => Err(interrupted().into()),
    };
    if result.is_ok() {
        progress.finish();
    } else {
        progress.stop();
    }
    let summary = result?;
    if args.json {
        output::json(&to_json(&summary, &stack.name, args))?;
    } else {
        output::data(&to_text(&summary, &stack.name, args))?;
    }
    Ok(Exit::Done)
}

fn ask(target: &Target, stack: &Stack, args: &Args) -> anyhow::Result<()> {
    if target.is_local() {
        return Ok(());
    }
    let environment = stack.output(outputs::ENVIRONMENT)?;
    let question = format!(
        "Write {} sample supporters into stack `{}` ({environment}, {})?",
        args.users,
        stack.name,
        target.region()
    );
    confirm(&question, args.yes)?;
    Ok(())
}

fn interrupted() -> Failure {
    Failure::new("interrupted")
        .hint("what was written stays; the same command with --resume goes on there")
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
    json!({
        "stack": stack,
        "seed": args.seed,
        "users": args.users,
        "tables": tables,
        "leftAlone": summary.left_alone,
    })
}

fn to_text(summary: &Summary, stack: &str, args: &Args) -> String {
    let written: u64 = summary.tables.values().map(|count| count.written).sum();
    let mut lines = vec![format!(
        "{} supporters (seed {}) in stack {}: {}",
        args.users,
        args.seed,
        stack,
        if written == 0 {
            "nothing changes"
        } else {
            "written"
        }
    )];
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
            yes: false,
            json: true,
        };
        let json = serde_json::to_string(&to_json(&summary, "Stack", &args)).unwrap();
        insta::assert_snapshot!(json, @r#"{"stack":"Stack","seed":17,"users":4,"tables":{"Users":{"written":2,"alreadyThere":1}},"leftAlone":1}"#);
    }
}
