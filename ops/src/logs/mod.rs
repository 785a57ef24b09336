//! The functions' logs: read page by page, merged by time, shown as a person reads them.

pub mod entry;
pub mod filter;
pub mod follow;
pub mod group;
pub mod merge;
pub mod view;

pub use entry::Entry;
pub use filter::Filter;
pub use group::Group;
