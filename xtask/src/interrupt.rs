//! Ctrl-C: children in the terminal's foreground group get it too and end; we stay to say what
//! goes on without us. A second one ends us at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use anyhow::Context;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

static REQUESTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Exit code of a process ended by Ctrl-C, as shells count.
const INTERRUPTED: i32 = 130;

/// Starts to listen.
pub fn listen() -> anyhow::Result<()> {
    let flag = Arc::clone(&REQUESTED);
    // Order matters: the first Ctrl-C finds the flag down and raises it, the second finds it up.
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&flag))
        .and_then(|_| flag::register(SIGINT, flag))
        .context("cannot listen for Ctrl-C")?;
    Ok(())
}

/// Whether Ctrl-C was pressed.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
