//! `provision apply`: brings the stack to what the template says.

mod bootstrap;
mod keep;
mod run;
mod stack;

pub use run::{Args, run};
