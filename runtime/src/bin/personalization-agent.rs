//! FN-2: answers a supporter's message through Amazon Bedrock.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{Knowledge, Model, System, Tables};
use runtime::handlers::PersonalizationAgent;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::PersonalizationAgent, |function| {
        Ok(PersonalizationAgent {
            tables: Tables::of(function)?,
            model: Model::from_env()?,
            index: Knowledge::packaged(),
            clock: System,
        })
    })
}
