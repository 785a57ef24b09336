//! The list of supporters who were erased: what `ops erase-user` adds to and `ops restore` honours.
//!
//! JSON Lines, one erasure a line: `{"person":"<64 hex digits>","erasedAt":"<ISO 8601 UTC>"}`.
//! `person` is a SHA-256 of the user id keyed with the stack's name ([`fingerprint`]): it tells
//! whether an id that one has is on the list, and does not tell the ids of those who are. (Whoever
//! can guess an id can test the guess, so the list is kept where the stack's other artifacts are.)
//!
//! It is shared by a team through the bootstrap stack's artifact bucket, under [`key`]; a copy in a
//! file serves those who restore where that bucket is out of reach.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use aws_sdk_cloudformation::types::Stack;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use contract::{Failure, naming, outputs};
use deploy_target::{OrExplain, Target};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where a stack's list is in the artifact bucket.
pub fn key(stack: &str) -> String {
    format!("erasures/{stack}.jsonl")
}

/// The supporter as the list names them: lower-case hex of the SHA-256 of the stack's name, a line
/// feed (which no stack's name has) and the id.
pub fn fingerprint(stack: &str, user_id: &str) -> String {
    let digest = Sha256::digest(format!("{stack}\n{user_id}"));
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    person: String,
    erased_at: String,
}

/// A stack's erased supporters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasures {
    stack: String,
    /// Fingerprint to time.
    people: BTreeMap<String, String>,
}

impl Erasures {
    /// Nobody.
    pub fn none(stack: &str) -> Self {
        Self {
            stack: stack.to_owned(),
            people: BTreeMap::new(),
        }
    }

    /// Reads a list's text.
    ///
    /// # Errors
    /// Names the first line that is no erasure. A list that cannot be read is never taken as empty:
    /// that would bring people back.
    pub fn parse(stack: &str, text: &str) -> Result<Self, Failure> {
        let mut list = Self::none(stack);
        let lines = (1..).zip(text.lines());
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let line: Line = serde_json::from_str(line).map_err(|error| {
                Failure::new(format!("line {number} of the erasure list is no erasure"))
                    .because(error)
                    .hint("mend the line, or take an earlier copy of the list")
            })?;
            list.people.entry(line.person).or_insert(line.erased_at);
        }
        Ok(list)
    }

    /// When this supporter was erased, if so.
    pub fn erased_at(&self, user_id: &str) -> Option<&str> {
        let person = fingerprint(&self.stack, user_id);
        self.people.get(&person).map(String::as_str)
    }

    /// Whether nobody is on the list.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// How many were erased.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Adds this supporter; who is on the list stays with the time of the first erasure.
    pub fn add(&mut self, user_id: &str, erased_at: &str) {
        let person = fingerprint(&self.stack, user_id);
        self.people.entry(person).or_insert(erased_at.to_owned());
    }

    /// Adds everybody of `other`.
    pub fn merge(&mut self, other: Self) {
        for (person, erased_at) in other.people {
            self.people.entry(person).or_insert(erased_at);
        }
    }

    /// The list as it is kept.
    ///
    /// # Errors
    /// Never, in practice: a line is two strings.
    pub fn to_text(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        for (person, erased_at) in &self.people {
            let line = Line {
                person: person.clone(),
                erased_at: erased_at.clone(),
            };
            text.push_str(&serde_json::to_string(&line).context("cannot render an erasure")?);
            text.push('\n');
        }
        Ok(text)
    }
}

/// The list in the artifact bucket that a stack's team shares.
#[derive(Clone, Debug)]
pub struct Shared {
    s3: S3,
    target: Target,
    bucket: String,
}

/// Tries of adding to the list while others add to it.
const TRIES: u32 = 8;

impl Shared {
    /// The list of the target's stack.
    ///
    /// # Errors
    /// Where the bootstrap stack, which has the bucket, cannot be read.
    pub async fn open(
        cloudformation: &aws_sdk_cloudformation::Client,
        s3: S3,
        target: &Target,
    ) -> Result<Self, Failure> {
        let describe = cloudformation
            .describe_stacks()
            .stack_name(naming::BOOTSTRAP_STACK);
        let stacks = describe.send().await.or_explain(
            target,
            format!(
                "cannot read stack `{}`, which has the artifact bucket",
                naming::BOOTSTRAP_STACK
            ),
        )?;
        let outputs = stacks.stacks().iter().flat_map(Stack::outputs);
        let bucket = outputs
            .filter(|output| output.output_key() == Some(outputs::ARTIFACT_BUCKET))
            .find_map(|output| output.output_value());
        let bucket = bucket.ok_or_else(|| {
            Failure::new(format!(
                "stack `{}` has no output `{}`",
                naming::BOOTSTRAP_STACK,
                outputs::ARTIFACT_BUCKET
            ))
        })?;
        Ok(Self {
            s3,
            target: target.clone(),
            bucket: bucket.to_owned(),
        })
    }

    /// The artifact bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// `s3://BUCKET/KEY`, for a person.
    pub fn address(&self) -> String {
        format!("s3://{}/{}", self.bucket, key(&self.target.stack))
    }

    /// The list of `stack` (an archive may come from another stack than the target's); nobody where
    /// there is no list yet.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn read(&self, stack: &str) -> Result<Erasures, Failure> {
        Ok(self.fetch(stack).await?.0)
    }

    /// Adds a supporter of the target's stack; others may add at the same time.
    ///
    /// # Errors
    /// Where the list cannot be read or written.
    pub async fn add(&self, user_id: &str, erased_at: &str) -> anyhow::Result<()> {
        let stack = &self.target.stack;
        for _ in 0..TRIES {
            let (mut list, etag) = self.fetch(stack).await?;
            if list.erased_at(user_id).is_some() {
                return Ok(());
            }
            list.add(user_id, erased_at);
            let put = self
                .s3
                .put_object()
                .bucket(&self.bucket)
                .key(key(stack))
                .content_type("application/x-ndjson")
                .body(list.to_text()?.into_bytes().into());
            let put = match etag {
                Some(etag) => put.if_match(etag),
                None => put.if_none_match("*"),
            };
            match put.send().await {
                Ok(_) => return Ok(()),
                Err(error) if error.as_service_error().is_some_and(is_race) => {}
                other => {
                    other.or_explain(&self.target, format!("cannot write {}", self.address()))?;
                }
            }
        }
        let failure = Failure::new(format!("{} is being written by others", self.address()));
        Err(failure
            .hint("run the same command again; nothing was erased")
            .into())
    }

    async fn fetch(&self, stack: &str) -> Result<(Erasures, Option<String>), Failure> {
        let key = key(stack);
        let what = format!("cannot read s3://{}/{key}", self.bucket);
        let got = self.s3.get_object().bucket(&self.bucket).key(&key).send();
        let got = match got.await {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok((Erasures::none(stack), None));
            }
            got => got.or_explain(&self.target, &what)?,
        };
        let etag = got.e_tag;
        let bytes = got.body.collect().await;
        let bytes = bytes.map_err(|error| Failure::new(&what).because(error))?;
        let text = String::from_utf8(bytes.to_vec())
            .map_err(|error| Failure::new(&what).because(error))?;
        Ok((Erasures::parse(stack, &text)?, etag))
    }
}

/// Somebody else wrote in between.
fn is_race(error: &PutObjectError) -> bool {
    matches!(
        error.code(),
        Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey")
    )
}

/// The list in a file; nobody where there is no such file.
///
/// # Errors
/// Where it cannot be read.
pub fn read_file(stack: &str, path: &Path) -> Result<Erasures, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Erasures::parse(stack, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Erasures::none(stack)),
        Err(error) => Err(Failure::new(format!("cannot read {}", path.display())).because(error)),
    }
}

/// Writes the list into a file, whole or not at all.
///
/// # Errors
/// Where it cannot be written.
pub fn write_file(list: &Erasures, path: &Path) -> anyhow::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, list.to_text()?)
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-23T22:00:00Z";

    #[test]
    fn who_was_erased_is_on_the_list_of_that_stack_only() {
        let mut list = Erasures::none("Blue");
        list.add("user-000001", AT);
        list.add("user-000001", "2027-01-01T00:00:00Z");
        assert_eq!(list.erased_at("user-000001"), Some(AT));
        assert_eq!(list.erased_at("user-000002"), None);
        assert_ne!(
            fingerprint("Blue", "user-000001"),
            fingerprint("Green", "user-000001")
        );
    }

    /// Archives and lists outlive the program: this never changes.
    #[test]
    fn a_line_is_a_keyed_digest_and_a_time() {
        let mut list = Erasures::none("Blue");
        list.add("user-000001", AT);
        let text = list.to_text().unwrap();
        insta::assert_snapshot!(text);
        assert!(!text.contains("user-000001"));
        assert_eq!(Erasures::parse("Blue", &text).unwrap(), list);
    }

    #[test]
    fn a_broken_list_is_refused_not_taken_as_empty() {
        let error = Erasures::parse("Blue", "\n{}\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2 of the erasure list is no erasure"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_nobody() {
        let list = read_file("Blue", Path::new("/nowhere/erasures.jsonl")).unwrap();
        assert!(list.is_empty());
    }
}
