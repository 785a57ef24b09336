//! The architecture's picture, read out of the template: what calls what, and with which rights.
//! It knows nothing of how the template was made.

mod arrows;
mod mermaid;
mod svg;

pub use arrows::{Arrow, Node, arrows};
pub use mermaid::mermaid;
pub use svg::svg;
