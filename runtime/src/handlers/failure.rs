//! Failures of ours: logged once with all their causes, told to the client as `internal`.

use std::error::Error;

use contract::ErrorCode;

use crate::domain::Problem;
use crate::domain::causes::causes;

/// Logs `error` and gives what the client is told.
pub(super) fn internal(error: &dyn Error) -> Problem {
    tracing::error!(cause = causes(error), "failed");
    Problem::of(ErrorCode::Internal)
}
