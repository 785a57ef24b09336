//! One program at a time writes into a place: in a folder by a lock of the system's, in S3 by an
//! object that says who, written on condition that there is none, and renewed while the work goes
//! on.

mod note;
mod object;

use std::fs::{self, File, TryLockError};
use std::path::Path;

use contract::Failure;

use super::storage::Storage;
use object::Held;

const LOCK: &str = ".lock";

/// A place that nobody else writes into.
#[derive(Debug)]
pub struct Hold(How);

#[derive(Debug)]
enum How {
    /// Unlocked by the system when it is closed.
    Folder(File),
    Bucket(Box<Held>),
}

impl Hold {
    /// Takes the place, or what somebody who is gone has left of a hold on it.
    ///
    /// # Errors
    /// Exit 3 where another program is at it.
    pub async fn take(place: &Storage) -> anyhow::Result<Self> {
        Ok(Self(match place {
            Storage::Folder(path) => How::Folder(lock(path)?),
            Storage::Bucket(bucket) => How::Bucket(Box::new(Held::take(bucket).await?)),
        }))
    }

    /// Does `work` as long as the place is held, and leaves the place.
    ///
    /// # Errors
    /// The work's, or where the hold was lost meanwhile.
    pub async fn during<T>(
        self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        match self.0 {
            How::Folder(file) => {
                let ended = work.await;
                drop(file);
                ended
            }
            How::Bucket(mut held) => {
                let ended = tokio::select! {
                    ended = work => ended,
                    lost = held.keep() => return Err(lost.into()),
                };
                let left = held.leave().await;
                let ended = ended?;
                left.map(|()| ended)
            }
        }
    }
}

fn lock(path: &Path) -> Result<File, Failure> {
    let what = format!("cannot write to {}", path.display());
    let file = fs::create_dir_all(path).and_then(|()| {
        let mut options = fs::OpenOptions::new();
        options
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
    });
    let file = file.map_err(|error| Failure::new(&what).because(error))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Failure::refused(format!(
            "another backup or restore works in {}",
            path.display()
        ))
        .hint("wait until it has ended"),
        TryLockError::Error(error) => Failure::new(&what).because(error),
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests;
