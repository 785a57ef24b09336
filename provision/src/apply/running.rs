//! An operation that is already running on a stack: whose it is, and whether it is taken up again.

use contract::Failure;
use deploy_target::{Origin, Target};
use jiff::Timestamp;

use super::client::Client;
use super::follow::Outcome;
use super::interrupt::{Journal, Stage};
use super::progress::Progress;
use super::stack::{Event, Stack, is_running};
use super::{change_set, follow, token};
use crate::output::note;

/// An operation that runs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The stack's status.
    pub status: String,
    /// What its events carry.
    pub token: Option<String>,
    /// Who began it, where a program of ours did.
    pub origin: Option<Origin>,
    /// When, in seconds since 1970.
    pub since: Option<i64>,
}

impl Operation {
    /// What runs on `stack`; `None` where nothing does.
    ///
    /// # Errors
    /// Where its events cannot be read.
    pub async fn on(client: Client<'_>, stack: &Stack) -> Result<Option<Self>, Failure> {
        if !is_running(&stack.status) {
            return Ok(None);
        }
        let events = client.events_after(&stack.id, None).await?;
        Ok(Some(Self::of(&stack.status, &events)))
    }

    /// The newest event tells whose it is, the oldest with the same token since when.
    fn of(status: &str, events: &[Event]) -> Self {
        let token = events.last().and_then(|event| event.token.clone());
        let first = events.iter().find(|event| event.token == token);
        Self {
            status: status.to_owned(),
            origin: token.as_deref().and_then(token::origin),
            since: first.and_then(|event| event.at),
            token,
        }
    }

    /// The refusal that a second deployment reads.
    pub fn refusal(&self, target: &Target, name: &str) -> Failure {
        let who = self.origin.as_ref().map_or_else(
            || "another program (the console, another tool)".to_owned(),
            Origin::shown,
        );
        let since = self
            .since
            .map(|since| format!(" {}", when(since, Timestamp::now().as_second())))
            .unwrap_or_default();
        Failure::refused(format!(
            "another operation is running on {name}: {}",
            self.status
        ))
        .because(format!("{who} began it{since}"))
        .hint(format!(
            "watch it to its end: cargo provision watch {}; then run the same command again",
            target.flags()
        ))
    }
}

/// `at 2026-11-23 10:41:03 UTC, 3 min ago`
fn when(since: i64, now: i64) -> String {
    let at = Timestamp::from_second(since)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_default();
    let ago = match (now - since).max(0) {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    };
    format!("at {at}, {ago} ago")
}

/// Refuses where an operation is running on the stack, whosever it is.
///
/// # Errors
/// Exit 3, naming who began it, when, and what to run.
pub async fn refuse(client: Client<'_>, name: &str, stack: Option<&Stack>) -> Result<(), Failure> {
    let Some(stack) = stack else { return Ok(()) };
    match Operation::on(client, stack).await? {
        Some(operation) => Err(operation.refusal(client.target(), name)),
        None => Ok(()),
    }
}

/// An operation of ours that was taken up again, at its end.
#[derive(Clone, Debug)]
pub struct TakenUp {
    /// The stack's ARN.
    pub stack_id: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// Refuses where somebody's operation is running on the stack. Where it is one of ours that nobody
/// watches any more (interrupted, or its process killed), watches that to its end, whatever that is.
///
/// # Errors
/// Exit 3 where it is somebody else's.
pub async fn take_up(
    client: Client<'_>,
    journal: &Journal,
    name: &str,
) -> Result<Option<TakenUp>, Failure> {
    let Some(stack) = client.stack(name).await? else {
        return Ok(None);
    };
    let Some(operation) = Operation::on(client, &stack).await? else {
        return Ok(None);
    };
    let ours = operation
        .origin
        .as_ref()
        .is_some_and(|origin| origin.is_left_behind(token::MARK));
    if !ours {
        return Err(operation.refusal(client.target(), name));
    }
    note(&format_args!(
        "{name}: {}, from an earlier call of yours that was interrupted; watching it to its end",
        operation.status
    ));
    journal.enter(Stage::Running {
        stack: name.to_owned(),
    });
    let token = operation.token.as_deref();
    let outcome = follow::to_end(client, &stack.id, token, Progress::new(0)).await?;
    journal.enter(Stage::Idle);
    Ok(Some(TakenUp {
        stack_id: stack.id,
        outcome,
    }))
}

/// As [`take_up`], for who goes on only from a success. Returns whether there was one.
///
/// # Errors
/// Exit 3 where the operation is somebody else's; exit 1 with the first cause where ours fails.
pub async fn settle(client: Client<'_>, journal: &Journal, name: &str) -> Result<bool, Failure> {
    let Some(taken) = take_up(client, journal, name).await? else {
        return Ok(false);
    };
    change_set::judge(client, &taken.stack_id, &taken.outcome).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use contract::failure::report;

    use super::*;

    fn event(token: &str, at: i64) -> Event {
        Event {
            token: Some(token.into()),
            at: Some(at),
            ..Event::default()
        }
    }

    #[test]
    fn an_operation_began_with_the_first_event_of_its_token() {
        let ours = "provision-7-00c0ffee-0123456789ab-alice-at-laptop";
        let events = [event("before", 1), event(ours, 5), event(ours, 9)];
        let operation = Operation::of("UPDATE_IN_PROGRESS", &events);
        assert_eq!(operation.since, Some(5));
        assert_eq!(operation.origin.unwrap().shown(), "alice at laptop");
    }

    #[test]
    fn a_second_deployment_learns_who_since_when_and_what_to_run() {
        let target = Target::on_aws("us-west-2", "Blue");
        let events = [event(
            "provision-7-00c0ffee-0123456789ab-alice-at-laptop",
            0,
        )];
        let mut operation = Operation::of("UPDATE_IN_PROGRESS", &events);
        operation.since = None;
        insta::assert_snapshot!(report(&operation.refusal(&target, "Blue")), @r"
        error: another operation is running on Blue: UPDATE_IN_PROGRESS
          cause: alice at laptop began it
        hint: watch it to its end: cargo provision watch --region us-west-2 --stack-name Blue; then run the same command again
        ");
        assert_eq!(
            when(1_800_000_000, 1_800_000_061),
            "at 2027-01-15 08:00:00 UTC, 61 s ago"
        );
        assert_eq!(when(0, 600), "at 1970-01-01 00:00:00 UTC, 10 min ago");
    }
}
