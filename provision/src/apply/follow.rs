//! Watching an operation to its end.

use std::time::Duration;

use contract::Failure;

use super::client::Client;
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
    let mut last: Option<String> = None;
    let mut own = Vec::new();
    loop {
        // The status first: events that come between the two reads are then not missed.
        let status = client.stack(stack_id).await?.map(|stack| stack.status);
        let new = client.events_after(stack_id, last.as_deref()).await?;
        last = new.last().map(|event| event.id.clone()).or(last);
        let new: Vec<Event> = new
            .into_iter()
            .filter(|event| belongs(event, token))
            .collect();
        progress.events(&new, stack_id);
        own.extend(new);
        match status {
            Some(status) if is_running(&status) || !begun(&own, token) => {}
            Some(status) => {
                return Ok(Outcome {
                    status,
                    events: own,
                });
            }
            // Engines may forget a deleted stack, even by its ARN.
            None => {
                return Ok(Outcome {
                    status: "DELETE_COMPLETE".to_owned(),
                    events: own,
                });
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(longest);
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

fn belongs(event: &Event, token: Option<&str>) -> bool {
    token.is_none() || event.token.as_deref() == token
}

/// Before its first event, a status is still that of the operation before.
fn begun(own: &[Event], token: Option<&str>) -> bool {
    token.is_none() || !own.is_empty()
}
