//! New code in running functions, past CloudFormation: for development, never for production.
//!
//! The stack does not know of it. `verify` and the next plan see it, since they compare the code
//! that runs, and the next deployment brings stack and code together again.

mod gate;
mod swap;

pub use gate::may_swap;
pub use swap::{Code, Swapped, swap};
