//! Something waits until a test lets it go on: what comes first is said, not hoped for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::poll;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Closed until it is opened, and open from then on.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<AtomicBool>);

impl Gate {
    /// Lets all go on.
    pub fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits on this thread until it is open.
    pub(super) fn wait(&self) {
        poll::until(poll::PATIENCE, || self.is_open());
    }

    /// Waits until it is open.
    pub(super) async fn opened(&self) {
        while !self.is_open() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
