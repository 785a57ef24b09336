//! How a program reaches its target, AWS or the local engine: arguments, credentials, endpoint,
//! and how it ends.

mod args;
mod confirm;
mod connect;
mod engine;
mod explain;
mod origin;
mod program;

pub use args::{Place, Target, TargetArgs};
pub use confirm::confirm;
pub use connect::connect;
pub use engine::Engine;
pub use explain::{Fault, OrExplain, diagnose, explain};
pub use origin::Origin;
pub use program::{Completions, run};
