//! What is wrong with content, all of it at once, each with its place.

use std::fmt;
use std::path::PathBuf;

/// One thing wrong in one file; prints as `path:line: message`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct ContentError {
    /// The file, as found from the folder that was given.
    pub path: PathBuf,
    /// Line in the file, from 1; 1 also where the file as a whole is meant.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// Everything wrong in a folder, by path and line; prints one error a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ContentErrors(Vec<ContentError>);

impl ContentErrors {
    /// Sorts `errors`; there should be at least one.
    pub fn new(mut errors: Vec<ContentError>) -> Self {
        errors.sort();
        Self(errors)
    }

    /// The errors, by path and line.
    pub fn errors(&self) -> &[ContentError] {
        &self.0
    }
}

impl fmt::Display for ContentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let newline = if position == 0 { "" } else { "\n" };
            write!(f, "{newline}{error}")?;
        }
        Ok(())
    }
}
