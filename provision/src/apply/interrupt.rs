//! Ctrl-C: what goes on without us, what is put away, and how to come back.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use contract::Failure;

use super::change_set;
use super::client::Client;
use crate::output::note;

/// How far a command has got.
#[derive(Clone, Debug, Default)]
pub enum Stage {
    /// Nothing was changed yet.
    #[default]
    Before,
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
    /// CloudFormation is done; what is left can be done again.
    After,
}

/// Where a command notes its stage.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Stage>);

impl Journal {
    /// Notes that a stage begins.
    pub fn enter(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn stage(&self) -> Stage {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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
            Err(leave(client, journal.stage()).await.into())
        }
    }
}

async fn leave(client: Client<'_>, stage: Stage) -> Failure {
    let flags = client.target().flags();
    match stage {
        Stage::Before => Failure::new("interrupted; nothing was changed"),
        Stage::Proposed {
            stack,
            name,
            create,
        } => match change_set::discard(client, &stack, &name, create).await {
            Ok(()) => Failure::new("interrupted; nothing was changed"),
            Err(error) => Failure::new("interrupted; a change set is left behind")
                .because(error)
                .hint("it does nothing unless executed; it can be deleted in the console"),
        },
        Stage::Running { stack } => Failure::new(format!(
            "interrupted; CloudFormation goes on with {stack} without us"
        ))
        .hint(format!(
            "the same command goes on where this one was: cargo provision apply {flags}; or \
             only watch: cargo provision watch {flags}"
        )),
        Stage::After => Failure::new("interrupted; the stack itself is up to date")
            .hint(format!("finish the rest: cargo provision apply {flags}")),
    }
}
