//! `provision destroy`: deletes the stack. The tables stay, with their data.

use anyhow::Context;
use contract::{Exit, Failure, Table, naming, parameters};
use deploy_target::{OrExplain, Target, TargetArgs, confirm};
use futures::{StreamExt, TryStreamExt, stream};

use crate::apply::change_set;
use crate::apply::client::Client;
use crate::apply::gates;
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::stack::Stack;
use crate::clients::Clients;
use crate::output::print;

/// Delete the stack; its tables stay, with their data
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Deletes the stack and lists the tables that stay.
///
/// # Errors
/// Where it is refused (exit 3), or the deletion fails, with its first cause.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::default();
    let name = &clients.target.stack;
    let identity = client.identity().await?;
    let Some(stack) = client.stack(name).await? else {
        return Err(Failure::new(format!("there is no stack {name}"))
            .hint(format!(
                "is it elsewhere? looked in {}",
                clients.target.region()
            ))
            .into());
    };
    gates::may_start(&clients.target, name, Some(&stack))?;
    let place = format!("account {}, {}", identity.account, clients.target.region());
    let question =
        format!("Delete {name} ({place})? The APIs, their keys and the page go; the tables stay.");
    guarded(client, &journal, async {
        let yes = args.yes;
        tokio::task::spawn_blocking(move || confirm(&question, yes))
            .await
            .context("the question was cut short")??;
        if stack.protected {
            client.protect(name, false).await?;
        }
        change_set::delete(client, &journal, &stack.id).await?;
        Ok(())
    })
    .await?;
    let kept = kept(&clients, &prefix(&clients.target, &stack)).await?;
    print(&text(&clients.target, &kept))?;
    Ok(Exit::Done)
}

fn prefix(target: &Target, stack: &Stack) -> String {
    let live = stack.parameters.get(parameters::PREFIX).cloned();
    live.unwrap_or_else(|| naming::prefix_of(&target.stack).to_owned())
}

/// A table that stays.
struct Kept {
    name: String,
    arn: String,
    items: usize,
    protected: bool,
}

async fn kept(clients: &Clients, prefix: &str) -> Result<Vec<Kept>, Failure> {
    stream::iter(Table::ALL)
        .map(|table| kept_table(clients, table.physical_name(prefix)))
        .buffered(Table::ALL.len())
        .try_filter_map(|kept| async move { Ok(kept) })
        .try_collect()
        .await
}

async fn kept_table(clients: &Clients, name: String) -> Result<Option<Kept>, Failure> {
    let call = clients
        .dynamodb
        .describe_table()
        .table_name(&name)
        .send()
        .await;
    let what = format!("cannot read the table {name}");
    let answer = call.found_or_explain(&clients.target, what)?;
    Ok(answer.and_then(|answer| answer.table).map(|live| Kept {
        arn: live.table_arn.unwrap_or_default(),
        items: usize::try_from(live.item_count.unwrap_or_default()).unwrap_or_default(),
        protected: live.deletion_protection_enabled.unwrap_or_default(),
        name,
    }))
}

fn text(target: &Target, kept: &[Kept]) -> String {
    if kept.is_empty() {
        return format!("{} is deleted; no tables were left to keep", target.stack);
    }
    let mut lines = vec![format!("{} is deleted; these tables stay:", target.stack)];
    for Kept {
        name,
        arn,
        items,
        protected,
    } in kept
    {
        let lock = if *protected {
            ", protected from deletion"
        } else {
            ""
        };
        lines.push(format!("  {name}  about {items} items{lock}\n    {arn}"));
    }
    lines.push(format!(
        "deploy on them again: cargo provision apply {} --adopt\n\
         to delete one for good, first switch off its deletion protection",
        target.flags()
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use deploy_target::Place;

    use super::*;

    #[test]
    fn the_tables_that_stay_are_listed_with_the_way_back() {
        let place = Place::Aws {
            region: "us-west-2".into(),
            profile: None,
        };
        let target = Target {
            place,
            stack: "Blue".into(),
        };
        let kept = Kept {
            name: "Blue-Users".into(),
            arn: "arn:aws:dynamodb:us-west-2:1:table/Blue-Users".into(),
            items: 100,
            protected: true,
        };
        insta::assert_snapshot!(text(&target, &[kept]), @r"
        Blue is deleted; these tables stay:
          Blue-Users  about 100 items, protected from deletion
            arn:aws:dynamodb:us-west-2:1:table/Blue-Users
        deploy on them again: cargo provision apply --region us-west-2 --stack-name Blue --adopt
        to delete one for good, first switch off its deletion protection
        ");
        assert!(text(&target, &[]).contains("no tables"));
    }
}
