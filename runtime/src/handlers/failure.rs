//! Failures of ours: logged once with all their causes, told to the client as `internal`.

use std::error::Error;

use contract::ErrorCode;

use crate::domain::Problem;

/// Logs `error` and gives what the client is told.
pub(super) fn internal(error: &dyn Error) -> Problem {
    tracing::error!(cause = causes(error), "failed");
    Problem::of(ErrorCode::Internal)
}

/// An error and its causes as one line.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        next = cause.source();
    }
    line
}
