//! What the deploying principal may do, and no more: policies derived from the templates.
//!
//! `stack` is what the programs ask for themselves (stacks, packages, reading what lives);
//! `resources` is what CloudFormation does in the principal's name, by the resource types that the
//! templates declare. With a service role for CloudFormation (`--role-arn`) the principal needs
//! `stack` alone, and the role `resources`. `smoke` is what checking the running platform takes
//! besides: it writes supporters of its own, which who deploys need not. `plan` is `stack` less all
//! that changes what lives, for a job that runs what a pull request brings.

mod document;
mod place;
mod resources;
mod smoke;
mod stack;

pub use document::{Document, LIMIT, Policies, Statement, Unscoped};
pub use place::Place;

use crate::stacks::STACKS;

/// The policies for a place.
pub fn policies(place: &Place) -> Policies {
    let kinds = STACKS
        .iter()
        .flat_map(|stack| resources::kinds(&(stack.template)()))
        .collect();
    Policies {
        plan: stack::planning(place),
        stack: stack::document(place),
        resources: resources::document(place, &kinds),
        smoke: smoke::document(place),
    }
}
