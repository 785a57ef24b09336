//! What comes of a model that did not answer: another attempt, or what the client is told.

use std::time::Duration;

use contract::ErrorCode;

use super::failure::internal;
use crate::domain::causes::causes;
use crate::domain::{Problem, retry};
use crate::ports::ConverseError;

/// A failure that may pass.
pub(super) struct Passing {
    /// What the client is told where it does not.
    pub problem: Problem,
    /// When the service says to come back.
    pub retry_after: Option<Duration>,
}

/// The failure, where another attempt may help; else what the client is told.
pub(super) fn passing(error: &ConverseError) -> Result<Passing, Problem> {
    let (problem, retry_after) = match error {
        ConverseError::Throttled { retry_after, .. } => {
            let seconds = retry_after.unwrap_or(retry::MODEL.most).as_secs().max(1);
            let problem = Problem::of(ErrorCode::ModelThrottled).retry_after(Some(seconds));
            (problem, *retry_after)
        }
        ConverseError::TimedOut(_) => (too_slow(), None),
        ConverseError::Failed(_) => (Problem::of(ErrorCode::Internal), None),
        ConverseError::Unavailable(error) => return Err(internal(error)),
    };
    tracing::warn!(cause = causes(error), "the model did not answer");
    Ok(Passing {
        problem,
        retry_after,
    })
}

/// Nobody hears this: the sender has left, and the turn is not written.
pub(super) fn left() -> Problem {
    tracing::info!("the sender has left; the model is not asked further");
    Problem::of(ErrorCode::Internal)
}

/// The model did not answer in time.
pub(super) fn too_slow() -> Problem {
    Problem::of(ErrorCode::ModelTimeout)
}
