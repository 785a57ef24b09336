//! The local engine: installed, started, found again and stopped. Knows nothing of what is
//! deployed on it.

mod description;
mod folder;
mod health;
pub mod port;
pub mod process;
mod python;
mod start;
mod stop;
pub mod venv;

pub use start::ensure;
pub use stop::{Wipe, stop};

/// Fails early, and with a hint, where this machine cannot install the engine.
pub fn require_python(local: &std::path::Path) -> Result<(), contract::Failure> {
    if venv::ENGINE.is_ready(local) {
        Ok(())
    } else {
        python::find().map(drop)
    }
}
