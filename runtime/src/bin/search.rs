//! FN-3: searches knowledge articles and research papers.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{Knowledge, System, Tables};
use runtime::handlers::Search;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::Search, |function| {
        Ok(Search {
            tables: Tables::rarely(function)?,
            index: Knowledge::packaged(),
            clock: System,
        })
    })
}
