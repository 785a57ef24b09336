//! The object that holds a place in S3: taken, renewed and left on condition that it is ours.

use std::time::Duration;

use anyhow::{Context, anyhow};
use contract::Failure;
use jiff::{SignedDuration, Timestamp};

use super::super::bucket::{Bucket, Only};
use super::LOCK;
use super::note::Note;

/// Time between two renewals: some may fail before a hold lapses.
const RENEWAL: SignedDuration = SignedDuration::from_secs(30);

/// Time between two looks at the clock: a machine that slept learns quickly that it did.
const TICK: Duration = Duration::from_secs(1);

/// How long a renewal may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place in S3 that is ours.
#[derive(Debug)]
pub(super) struct Held {
    pub bucket: Bucket,
    /// As it was written last.
    pub note: Note,
    pub etag: String,
}

impl Held {
    /// Takes the place where it is nobody's.
    pub async fn take(bucket: &Bucket) -> anyhow::Result<Self> {
        let note = Note::new(Timestamp::now());
        let held = |etag| Self {
            bucket: bucket.clone(),
            note: note.clone(),
            etag,
        };
        let mut found = None;
        // Twice: somebody may leave between the two calls.
        for _ in 0..2 {
            if let Some(etag) = write(bucket, &note, Only::New).await? {
                return Ok(held(etag));
            }
            found = read(bucket).await?;
            if found.is_some() {
                break;
            }
        }
        let (found, etag) = found.ok_or_else(|| taken(bucket))?;
        // The answer to our own write was lost, and it was sent again.
        if found.id == note.id {
            return Ok(held(etag));
        }
        if !found.is_over(Timestamp::now()) {
            return Err(found.refusal(&bucket.describe()).into());
        }
        match write(bucket, &note, Only::Unchanged(&etag)).await? {
            Some(etag) => Ok(held(etag)),
            None => Err(taken(bucket).into()),
        }
    }

    /// Renews the hold again and again; ends where it is lost.
    pub async fn keep(&mut self) -> Failure {
        let mut due = self.note.since + RENEWAL;
        loop {
            let now = Timestamp::now();
            if now >= due {
                let renewed = tokio::time::timeout(PATIENCE, self.renew(now)).await;
                match renewed.unwrap_or_else(|_| Err(anyhow!("S3 does not answer"))) {
                    Ok(true) => due = now + RENEWAL,
                    Ok(false) => return taken(&self.bucket),
                    Err(error) if Timestamp::now() >= self.note.until => {
                        return lapsed(&self.bucket, &error);
                    }
                    // Asked again at once: there is time left.
                    Err(_) => {}
                }
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Whether the hold is still ours.
    pub async fn renew(&mut self, now: Timestamp) -> anyhow::Result<bool> {
        let note = self.note.renewed(now);
        let only = Only::Unchanged(&self.etag);
        if let Some(etag) = write(&self.bucket, &note, only).await? {
            (self.note, self.etag) = (note, etag);
            return Ok(true);
        }
        self.is_ours().await
    }

    /// Reads whose it is: the answer to a write of ours may have been lost, and it was sent again.
    async fn is_ours(&mut self) -> anyhow::Result<bool> {
        let found = read(&self.bucket).await?;
        let ours = found.filter(|(found, _)| found.id == self.note.id);
        Ok(ours.is_some_and(|ours| {
            (self.note, self.etag) = ours;
            true
        }))
    }

    /// Deletes the object, and nobody else's.
    pub async fn leave(&mut self) -> anyhow::Result<()> {
        if !self.is_ours().await? {
            return Err(taken(&self.bucket).into());
        }
        let what = format!("cannot delete {}", self.bucket.child(LOCK).describe());
        Ok(self.bucket.delete_only(LOCK, &self.etag, &what).await?)
    }
}

fn taken(bucket: &Bucket) -> Failure {
    Failure::refused(format!(
        "another backup or restore has just begun in {}",
        bucket.describe()
    ))
    .hint("wait until it has ended, then run the same command again")
}

async fn write(bucket: &Bucket, note: &Note, only: Only<'_>) -> anyhow::Result<Option<String>> {
    let bytes = note.render()?;
    let what = format!("cannot write {}", bucket.child(LOCK).describe());
    Ok(bucket.put_only(LOCK, bytes, only, &what).await?)
}

fn lapsed(bucket: &Bucket, error: &anyhow::Error) -> Failure {
    let place = bucket.describe();
    Failure::new(format!("cannot keep others from {place} any longer"))
        .because(format!("{error:#}"))
        .hint("see that S3 can be reached, then run the same command again")
}

/// What the object says, and its `ETag`.
async fn read(bucket: &Bucket) -> anyhow::Result<Option<(Note, String)>> {
    let path = bucket.child(LOCK).describe();
    let what = format!("cannot read {path}");
    let Some(object) = bucket.open(LOCK, &what).await? else {
        return Ok(None);
    };
    let etag = object.e_tag.unwrap_or_default();
    let bytes = object.body.collect().await.context(what)?.to_vec();
    let note = Note::parse(&path, &bytes)?;
    Ok(Some((note, etag)))
}
