//! Ctrl-C: what goes on without us, what is put away, and how to come back.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::Failure;
use deploy_target::Target;

use super::change_set;
use super::client::Client;
use crate::output::note;

/// What a command has under way at CloudFormation.
#[derive(Clone, Debug, Default)]
pub enum Stage {
    /// Nothing.
    #[default]
    Idle,
    /// A change set waits for its execution.
    Proposed {
        /// Its stack.
        stack: String,
        /// Its name.
        name: String,
        /// Whether it would make the stack.
        create: bool,
    },
    /// CloudFormation is at work.
    Running {
        /// On this stack.
        stack: String,
    },
}

/// Where a command notes how far it has got.
#[derive(Debug)]
pub struct Journal(Mutex<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    stage: Stage,
    done: Option<String>,
    command: String,
}

impl Journal {
    /// Of the command that goes on where this one was: its name and flags, without the target's.
    pub fn of(command: impl Into<String>) -> Self {
        Self(Mutex::new(Entry {
            stage: Stage::Idle,
            done: None,
            command: command.into(),
        }))
    }

    /// Notes that a stage begins.
    pub fn enter(&self, stage: Stage) {
        self.entry().stage = stage;
    }

    /// Notes the last thing that was changed, in a person's words: `Blue is deleted`. What cannot be
    /// told from half done is noted before it begins.
    pub fn did(&self, what: impl Into<String>) {
        self.entry().done = Some(what.into());
    }

    /// Notes that other flags go on from here.
    pub fn goes_on_with(&self, command: impl Into<String>) {
        self.entry().command = command.into();
    }

    fn entry(&self) -> MutexGuard<'_, Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work` until it ends or is interrupted.
///
/// # Errors
/// `work`'s own, or a failure that says what goes on and how to come back.
pub async fn guarded<T>(
    client: Client<'_>,
    journal: &Journal,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        ended = work => ended,
        signal = tokio::signal::ctrl_c() => {
            signal?;
            // The terminal has shown `^C` on the line.
            note(&"");
            let entry = journal.entry().clone();
            Err(leave(client, &entry).await.into())
        }
    }
}

async fn leave(client: Client<'_>, entry: &Entry) -> Failure {
    let put_away = match &entry.stage {
        Stage::Proposed {
            stack,
            name,
            create,
        } => change_set::discard(client, stack, name, *create).await,
        Stage::Idle | Stage::Running { .. } => Ok(()),
    };
    told(client.target(), entry, put_away.err())
}

/// What a person reads; `left` is why a change set could not be put away.
fn told(target: &Target, entry: &Entry, left: Option<Failure>) -> Failure {
    let flags = target.flags();
    let again = format!(
        "cargo provision {} {flags} (with the options it had)",
        entry.command
    );
    if let Stage::Running { stack } = &entry.stage {
        let watch = if *stack == target.stack {
            format!("; or only watch: cargo provision watch {flags}")
        } else {
            String::new()
        };
        let hint = format!("the same command goes on where this one was: {again}{watch}");
        let goes_on = format!("interrupted; CloudFormation goes on with {stack} without us");
        return Failure::new(goes_on).hint(hint);
    }
    let done = entry.done.as_deref().unwrap_or("nothing was changed");
    match left {
        Some(error) => Failure::new(format!("interrupted; {done}; a change set is left behind"))
            .because(error)
            .hint("it does nothing unless executed; it can be deleted in the console"),
        None if entry.done.is_none() => Failure::new(format!("interrupted; {done}")),
        None => Failure::new(format!("interrupted; {done}"))
            .hint(format!("the same command does what is left: {again}")),
    }
}

#[cfg(test)]
mod tests {
    use contract::failure::report;

    use super::*;

    fn said(journal: &Journal, left: Option<Failure>) -> String {
        let target = Target::on_aws("us-west-2", "Blue");
        report(&told(&target, &journal.entry(), left))
    }

    fn running(stack: &str) -> Stage {
        Stage::Running {
            stack: stack.to_owned(),
        }
    }

    #[test]
    fn what_runs_goes_on_and_the_same_command_with_it() {
        let journal = Journal::of("rollback --previous");
        journal.enter(running("Blue"));
        insta::assert_snapshot!(said(&journal, None), @r"
        error: interrupted; CloudFormation goes on with Blue without us
        hint: the same command goes on where this one was: cargo provision rollback --previous --region us-west-2 --stack-name Blue (with the options it had); or only watch: cargo provision watch --region us-west-2 --stack-name Blue
        ");
        journal.enter(running("SupporterEngagementBootstrap"));
        assert!(!said(&journal, None).contains("watch"), "it watches Blue");
    }

    #[test]
    fn what_was_done_is_said_whatever_was_about_to_follow() {
        let journal = Journal::of("destroy --delete-data");
        assert_eq!(
            said(&journal, None),
            "error: interrupted; nothing was changed"
        );
        journal.did("Blue is deleted");
        journal.did("deleting its tables has begun");
        journal.goes_on_with("destroy --delete-data --no-backup");
        insta::assert_snapshot!(said(&journal, None), @r"
        error: interrupted; deleting its tables has begun
        hint: the same command does what is left: cargo provision destroy --delete-data --no-backup --region us-west-2 --stack-name Blue (with the options it had)
        ");
    }

    #[test]
    fn a_change_set_that_stays_is_said_beside_what_was_done() {
        let journal = Journal::of("apply");
        journal.did("SupporterEngagementBootstrap is up to date");
        insta::assert_snapshot!(said(&journal, Some(Failure::new("denied"))), @r"
        error: interrupted; SupporterEngagementBootstrap is up to date; a change set is left behind
          cause: denied
        hint: it does nothing unless executed; it can be deleted in the console
        ");
    }
}
