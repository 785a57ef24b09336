//! What an item may hold.

use super::members::{Written, sort};
use super::reader::{Malformed, Reader};

/// Levels of maps and lists that DynamoDB allows in an item (32), and some more.
const DEPTH_MAX: usize = 48;

/// Appends the canonical form of `item`, a JSON object of attributes, to `out`.
///
/// # Errors
/// Where `item` is not DynamoDB JSON. What was appended until then stays.
pub fn canonical(item: &str, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut reader = Reader {
        text: item.as_bytes(),
        at: 0,
    };
    reader.map(out, 0)?;
    reader.blanks();
    if reader.at < reader.text.len() {
        return reader.fail("the end");
    }
    Ok(())
}

impl Reader<'_> {
    /// `{"name":value,…}` with each name once, in order.
    fn map(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH_MAX {
            return self.fail("fewer levels");
        }
        self.take(b'{', "an object")?;
        out.push(b'{');
        let mut members = Vec::with_capacity(16);
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                let start = out.len();
                self.string(out)?;
                let name_end = out.len();
                self.take(b':', "a colon")?;
                out.push(b':');
                self.value(out, depth)?;
                members.push(Written {
                    start,
                    name_end,
                    end: out.len(),
                });
                if !self.more(b'}')? {
                    break;
                }
                out.push(b',');
            }
        }
        if sort(&mut members, out) {
            return self.fail("each name once");
        }
        out.push(b'}');
        Ok(())
    }

    /// `{"S":"text"}` and its kin: exactly one type.
    fn value(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
        self.take(b'{', "a value with its type")?;
        self.blanks();
        out.push(b'{');
        let start = out.len();
        self.string(out)?;
        let kind = (
            out.len() - start,
            out.get(start + 1).copied(),
            out.get(start + 2).copied(),
        );
        self.take(b':', "a colon")?;
        out.push(b':');
        match kind {
            (3, Some(b'S' | b'B'), _) => self.string(out)?,
            (3, Some(b'N'), _) => self.number(out)?,
            (3, Some(b'M'), _) => self.map(out, depth + 1)?,
            (3, Some(b'L'), _) => self.list(out, depth + 1)?,
            (4, Some(b'S' | b'B'), Some(b'S')) => self.set(out, false)?,
            (4, Some(b'N'), Some(b'S')) => self.set(out, true)?,
            _ if &out[start..] == b"\"BOOL\":" => {
                let word = if self.peek() == Some(b't') {
                    "true"
                } else {
                    "false"
                };
                self.word(word, out)?;
            }
            _ if &out[start..] == b"\"NULL\":" => self.word("true", out)?,
            _ => return self.fail("a type DynamoDB has"),
        }
        self.take(b'}', "one value and its end")?;
        out.push(b'}');
        Ok(())
    }

    fn list(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH_MAX {
            return self.fail("fewer levels");
        }
        self.take(b'[', "a list")?;
        out.push(b'[');
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.value(out, depth)?;
                if !self.more(b']')? {
                    break;
                }
                out.push(b',');
            }
        }
        out.push(b']');
        Ok(())
    }

    /// Strings, numbers or binary in any order: a set has none.
    fn set(&mut self, out: &mut Vec<u8>, numbers: bool) -> Result<(), Malformed> {
        self.take(b'[', "a set")?;
        out.push(b'[');
        let mut members = Vec::new();
        loop {
            let start = out.len();
            if numbers {
                self.number(out)?;
            } else {
                self.string(out)?;
            }
            let end = out.len();
            members.push(Written {
                start,
                name_end: end,
                end,
            });
            if !self.more(b']')? {
                break;
            }
            out.push(b',');
        }
        if sort(&mut members, out) {
            return self.fail("each member once");
        }
        out.push(b']');
        Ok(())
    }
}
