//! The stacks: the platform, reading like its diagram, and the bootstrap that comes before it.
//!
//! Pure: the same template for the same source, from `contract` alone.

mod alarms;
mod apis;
mod bootstrap;
mod dashboard;
mod data;
mod functions;
mod names;
mod outputs;
mod page;
mod parameters;
mod platform;
mod rest_api;
mod rest_bodies;
mod rest_cors;
mod rest_ids;
mod usage;
mod websocket_api;

pub use bootstrap::bootstrap;
pub use platform::platform;
pub(crate) use rest_bodies::properties;
pub(crate) use rest_ids::{pascal_case, path_id};

/// A template and the name of its file under `templates/`.
pub struct Stack {
    /// File name.
    pub file: &'static str,
    /// Makes the template.
    pub template: fn() -> crate::cfn::Template,
}

/// Every stack of the toolkit.
pub const STACKS: [Stack; 2] = [
    Stack {
        file: "bootstrap.yaml",
        template: bootstrap,
    },
    Stack {
        file: "platform.yaml",
        template: platform,
    },
];
