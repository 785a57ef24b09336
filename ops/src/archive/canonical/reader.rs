//! Where the text is read, and what is wrong there.

use std::fmt;

/// The text is no item in DynamoDB JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in the text, in bytes.
    pub at: usize,
    /// What was wanted there.
    pub wanted: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no DynamoDB JSON: {} at byte {}", self.wanted, self.at)
    }
}

impl std::error::Error for Malformed {}

/// Text that is read from the front.
pub(super) struct Reader<'a> {
    pub text: &'a [u8],
    pub at: usize,
}

impl Reader<'_> {
    pub fn fail<T>(&self, wanted: &'static str) -> Result<T, Malformed> {
        Err(Malformed {
            at: self.at,
            wanted,
        })
    }

    pub fn blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    pub fn take(&mut self, byte: u8, wanted: &'static str) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.fail(wanted)
    }

    pub fn word(&mut self, word: &'static str, out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.blanks();
        if self.text[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            out.extend_from_slice(word.as_bytes());
            return Ok(());
        }
        self.fail(word)
    }

    /// A comma (true) or the closing byte (false).
    pub fn more(&mut self, closing: u8) -> Result<bool, Malformed> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == closing => {
                self.at += 1;
                Ok(false)
            }
            _ => self.fail("a comma or the end of a list or map"),
        }
    }
}
