//! What `apply` asks of the services, in our own types: the only file set here that knows the SDK.

mod again;
mod change_sets;
mod events;
mod functions;
mod objects;
mod siblings;
mod stacks;
mod tables;

pub use again::Again;
pub use change_sets::{Proposal, Request, TemplateSource};
pub use events::Validated;
pub use stacks::{Identity, Look};

use crate::clients::Clients;

/// The services as `apply` sees them.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    clients: &'a Clients,
}

impl<'a> Client<'a> {
    /// Over these clients.
    pub const fn new(clients: &'a Clients) -> Self {
        Self { clients }
    }

    /// Where they go.
    pub const fn target(&self) -> &'a deploy_target::Target {
        &self.clients.target
    }
}
