//! Watching an operation to its end.

use std::time::Duration;

use contract::Failure;

use super::client::{Client, Look};
use super::progress::Progress;
use super::stack::{Event, is_running};

/// How an operation ended.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The stack's last status.
    pub status: String,
    /// The operation's own events, oldest first.
    pub events: Vec<Event>,
}

/// Follows the operation with this client request token (or whichever runs, where there is none)
/// until the stack rests, showing its events as they come.
///
/// # Errors
/// Where the stack can no longer be read; the operation itself goes on then.
pub async fn to_end(
    client: Client<'_>,
    stack_id: &str,
    token: Option<&str>,
    mut progress: Progress,
) -> Result<Outcome, Failure> {
    let (mut pause, longest) = pauses(client.target().is_local());
    let mut watch = Watch {
        token: token.map(str::to_owned),
        ..Watch::default()
    };
    loop {
        // The status first: events that come between the two reads are then not missed.
        let status = match client.look(stack_id).await? {
            Look::There(stack) => Some(stack.status),
            Look::Gone => None,
            // The SDK has waited and tried again before it says so; the operation goes on anyway.
            Look::Throttled(_) => {
                tokio::time::sleep(longest).await;
                continue;
            }
        };
        let events = match &status {
            Some(_) => client.events_after(stack_id, watch.last.as_deref()).await?,
            None => Vec::new(),
        };
        let before = watch.own.len();
        let ended = watch.look(status, events);
        progress.events(watch.own.get(before..).unwrap_or_default(), stack_id);
        if let Some(status) = ended {
            return Ok(Outcome {
                status,
                events: watch.own,
            });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(longest);
    }
}

/// What was seen of an operation so far.
#[derive(Debug, Default)]
struct Watch {
    token: Option<String>,
    last: Option<String>,
    own: Vec<Event>,
}

impl Watch {
    /// Takes in one look: a status, then the events since the look before. Gives the status when
    /// the operation has ended.
    fn look(&mut self, status: Option<String>, events: Vec<Event>) -> Option<String> {
        // A status read before the operation's first event is that of the operation before.
        let begun = self.token.is_none() || !self.own.is_empty();
        self.last = events
            .last()
            .map(|event| event.id.clone())
            .or(self.last.take());
        let token = self.token.clone();
        self.own.extend(
            events
                .into_iter()
                .filter(|event| token.is_none() || event.token == token),
        );
        match status {
            Some(status) => (begun && !is_running(&status)).then_some(status),
            // Engines may forget a deleted stack, even by its ARN.
            None => Some("DELETE_COMPLETE".to_owned()),
        }
    }
}

/// The first pause and the longest one.
fn pauses(local: bool) -> (Duration, Duration) {
    if local {
        (Duration::from_millis(10), Duration::from_millis(200))
    } else {
        (Duration::from_secs(1), Duration::from_secs(5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, token: &str) -> Event {
        Event {
            id: id.into(),
            token: Some(token.into()),
            ..Event::default()
        }
    }

    fn watch() -> Watch {
        Watch {
            token: Some("ours".into()),
            ..Watch::default()
        }
    }

    #[test]
    fn the_status_of_the_operation_before_is_not_taken_for_the_end() {
        let mut watch = watch();
        assert_eq!(
            watch.look(
                Some("CREATE_COMPLETE".to_owned()),
                vec![event("1", "theirs")]
            ),
            None
        );
        assert_eq!(
            watch.look(Some("CREATE_COMPLETE".to_owned()), vec![event("2", "ours")]),
            None
        );
        assert_eq!(
            watch.look(Some("UPDATE_IN_PROGRESS".to_owned()), vec![]),
            None
        );
        let ended = watch.look(Some("UPDATE_COMPLETE".to_owned()), vec![event("3", "ours")]);
        assert_eq!(ended, Some("UPDATE_COMPLETE".to_owned()));
        let own: Vec<&str> = watch.own.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(own, ["2", "3"], "only our own events");
        assert_eq!(watch.last.as_deref(), Some("3"));
    }

    #[test]
    fn a_stack_that_is_forgotten_was_deleted() {
        assert_eq!(
            watch().look(None, vec![]),
            Some("DELETE_COMPLETE".to_owned())
        );
    }

    #[test]
    fn without_a_token_a_resting_stack_is_at_its_end() {
        let ended = Watch::default().look(
            Some("ROLLBACK_COMPLETE".to_owned()),
            vec![event("1", "any")],
        );
        assert_eq!(ended, Some("ROLLBACK_COMPLETE".to_owned()));
    }
}
