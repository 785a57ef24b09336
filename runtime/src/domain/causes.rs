//! Errors as one line, for logs.

use std::error::Error;

/// An error and its causes, e.g. `cannot read Users: service error: ThrottlingException`.
pub fn causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        next = cause.source();
    }
    line
}
