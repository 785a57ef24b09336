//! FN-1: profile, giving and newest context of a supporter.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{System, Tables};
use runtime::handlers::GetProfile;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::GetProfile, |function| {
        Ok(GetProfile {
            tables: Tables::of(function)?,
            clock: System,
        })
    })
}
