//! What the deploying principal may do, and no more: two policies, derived from the templates.
//!
//! `stack` is what the programs ask for themselves (stacks, packages, reading what lives);
//! `resources` is what CloudFormation does in the principal's name, by the resource types that the
//! templates declare. With a service role for CloudFormation (`--role-arn`) the principal needs
//! `stack` alone, and the role `resources`.

mod document;
mod place;
mod resources;
mod stack;

pub use document::{Document, LIMIT, Policies, Statement, Unscoped};
pub use place::Place;

use crate::stacks::STACKS;

/// Both policies for a place.
pub fn policies(place: &Place) -> Policies {
    let kinds = STACKS
        .iter()
        .flat_map(|stack| resources::kinds(&(stack.template)()))
        .collect();
    Policies {
        stack: stack::document(place),
        resources: resources::document(place, &kinds),
    }
}
