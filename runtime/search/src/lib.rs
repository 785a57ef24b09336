//! The knowledge that supporters search: its content, its index, and how matches are ranked.
//!
//! [`content`] reads Markdown, [`index`] turns it into an index (at package time) and opens one
//! (in the function), [`ranking`] answers queries. The crate knows nothing of HTTP or Lambda.

pub mod content;
pub mod index;
pub mod kind;
pub mod quality;
pub mod ranking;
pub mod text;

pub use kind::ContentKind;
pub use ranking::{Facets, Hit, Query, Results, SearchIndex};
