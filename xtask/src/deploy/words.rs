//! What `deploy` says when it is left, and what comes next.

use crate::target::Target;

/// Hint where a step fails without one of its own.
pub(super) fn again(target: &Target) -> String {
    let line = target.line("cargo xtask deploy");
    format!("mend what the message says, then again (data are kept): {line}")
}

/// Hint after Ctrl-C, before CloudFormation was asked for anything.
pub(super) fn untouched(target: &Target) -> String {
    let line = target.line("cargo xtask deploy");
    format!("the stack was not touched, and what is compiled is kept; go on: {line}")
}

/// Hint after Ctrl-C, once it was.
pub(super) fn left(target: &Target) -> String {
    format!(
        "what CloudFormation has begun, if anything, goes on without us; look: {}; go on: {}",
        target.line("cargo provision verify"),
        target.line("cargo xtask deploy")
    )
}

/// The commands that come next.
pub(super) fn next(target: &Target) -> [(String, &'static str); 3] {
    [
        (
            target.line("cargo ops seed"),
            "writes sample supporters (the request above asks for one)",
        ),
        (target.line("cargo ops smoke"), "checks every requirement"),
        (
            target.line("cargo provision destroy"),
            "removes the stack and keeps the tables",
        ),
    ]
}
