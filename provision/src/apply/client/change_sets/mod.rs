//! Change sets: propose, read, execute, discard.

mod answer;
mod calls;
mod deletion;
mod refusal;
mod request;

pub use request::{Proposal, Request, TemplateSource};
