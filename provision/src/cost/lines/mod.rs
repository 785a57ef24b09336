//! The lines of the bill, a file for each service.

mod apis;
mod functions;
mod line;
mod model;
mod tables;
mod watching;

pub use line::Line;
