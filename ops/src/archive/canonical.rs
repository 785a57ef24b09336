//! One spelling for each item: DynamoDB JSON with names sorted, no blanks, only the escapes that
//! JSON demands, sets sorted. Values are not touched: a number keeps all its digits.

use std::fmt;

/// Levels of maps and lists that DynamoDB allows in an item (32), and some more.
const DEPTH_MAX: usize = 48;

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

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

/// One member that was written, without its comma.
#[derive(Clone, Copy)]
struct Written {
    start: usize,
    /// End of what it is sorted by.
    name_end: usize,
    end: usize,
}

impl Reader<'_> {
    fn fail<T>(&self, wanted: &'static str) -> Result<T, Malformed> {
        Err(Malformed {
            at: self.at,
            wanted,
        })
    }

    fn blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8, wanted: &'static str) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.fail(wanted)
    }

    fn word(&mut self, word: &'static str, out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.blanks();
        if self.text[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            out.extend_from_slice(word.as_bytes());
            return Ok(());
        }
        self.fail(word)
    }

    /// A comma (true) or the closing byte (false).
    fn more(&mut self, closing: u8) -> Result<bool, Malformed> {
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

    /// A number as text, not touched.
    fn number(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let start = out.len();
        self.string(out)?;
        let digits = &out[start + 1..out.len() - 1];
        let known = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        if digits.iter().all(known) && digits.iter().any(u8::is_ascii_digit) {
            return Ok(());
        }
        self.fail("a number")
    }

    fn string(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.take(b'"', "a string")?;
        out.push(b'"');
        loop {
            let rest = &self.text[self.at..];
            let Some(plain) = rest
                .iter()
                .position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20)
            else {
                return self.fail("the end of a string");
            };
            out.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match rest[plain] {
                b'"' => {
                    self.at += 1;
                    out.push(b'"');
                    return Ok(());
                }
                b'\\' => {
                    let decoded = self.escape()?;
                    put(decoded, out);
                }
                _ => return self.fail("an escaped control character"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let kind = self.text.get(self.at + 1).copied();
        self.at += 2;
        let decoded = match kind {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.fail("an escape that JSON has"),
        };
        Ok(decoded)
    }

    fn unicode(&mut self) -> Result<char, Malformed> {
        let first = self.four_digits()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.text[self.at..].starts_with(b"\\u") {
                    return self.fail("the other half of a surrogate pair");
                }
                self.at += 2;
                let second = self.four_digits()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return self.fail("the other half of a surrogate pair");
                }
                0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        match char::from_u32(code) {
            Some(decoded) => Ok(decoded),
            None => self.fail("a Unicode scalar value"),
        }
    }

    fn four_digits(&mut self) -> Result<u32, Malformed> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match digits {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => self.fail("four hexadecimal digits"),
        }
    }
}

/// Writes a character as JSON spells it with the fewest escapes.
fn put(decoded: char, out: &mut Vec<u8>) {
    match decoded {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\u{8}' => out.extend_from_slice(b"\\b"),
        '\u{c}' => out.extend_from_slice(b"\\f"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        control if control < ' ' => {
            out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes());
        }
        other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Puts `members`, which end `out` with a comma between each two, in order. Whether two are equal.
fn sort(members: &mut [Written], out: &mut Vec<u8>) -> bool {
    let name = |out: &[u8], member: &Written| -> std::ops::Range<usize> {
        let _ = out;
        member.start..member.name_end
    };
    let in_order = members
        .windows(2)
        .all(|two| out[name(out, &two[0])] < out[name(out, &two[1])]);
    let Some(first) = members.first().map(|member| member.start) else {
        return false;
    };
    if in_order {
        return false;
    }
    let written = out.split_off(first);
    let bytes = |start: usize, end: usize| &written[start - first..end - first];
    members.sort_unstable_by(|one, other| {
        bytes(one.start, one.name_end).cmp(bytes(other.start, other.name_end))
    });
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(bytes(member.start, member.end));
    }
    members
        .windows(2)
        .any(|two| bytes(two[0].start, two[0].name_end) == bytes(two[1].start, two[1].name_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(item: &str) -> Result<String, Malformed> {
        let mut out = Vec::new();
        canonical(item, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_type_is_kept_exactly() {
        let item = concat!(
            r#"{"a":{"S":""},"b":{"N":"12345678901234567890123456789012345678"},"#,
            r#""c":{"B":"AAEC/w=="},"d":{"BOOL":false},"e":{"NULL":true},"f":{"SS":["a","é"]},"#,
            r#""g":{"NS":["-1","1.50","1E-130"]},"h":{"BS":["AA==","AQ=="]},"#,
            r#""i":{"L":[{"S":"x"},{"L":[]},{"M":{}}]},"j":{"M":{"k":{"M":{"l":{"S":"\"\\\n"}}}}}}"#
        );
        assert_eq!(of(item).as_deref(), Ok(item));
    }

    #[test]
    fn order_blanks_and_escapes_of_the_sender_do_not_count() {
        let sent = "{ \"b\" : {\"SS\": [\"\\u00e9\", \"a\\/b\"]},\n\t\"a\":{\"M\":{\"\\ud83d\\ude00\":{\"S\":\"\\u0001\\u000a\"},\"A\":{\"NULL\":true}}}}";
        assert_eq!(
            of(sent).as_deref(),
            Ok(r#"{"a":{"M":{"A":{"NULL":true},"😀":{"S":"\u0001\n"}}},"b":{"SS":["a/b","é"]}}"#)
        );
    }

    #[test]
    fn a_canonical_item_stays_as_it_is() {
        let once = of(r#"{"z":{"NS":["2","10"]},"a":{"L":[{"N":"1"}]}}"#).unwrap();
        assert_eq!(of(&once).as_deref(), Ok(once.as_str()));
    }

    #[test]
    fn what_is_no_item_is_refused() {
        for wrong in [
            "",
            "[]",
            "{",
            r#"{"a":1}"#,
            r#"{"a":{"X":"1"}}"#,
            r#"{"a":{"S":"1","N":"1"}}"#,
            r#"{"a":{"N":"1x"}}"#,
            r#"{"a":{"N":""}}"#,
            r#"{"a":{"S":"1"},"a":{"S":"2"}}"#,
            r#"{"a":{"S":"\ud800"}}"#,
            r#"{"a":{"S":"1"}} x"#,
            r#"{"a":{"NULL":false}}"#,
            r#"{"a":{"SS":["x","x"]}}"#,
            r#"{"a":{"SS":[]}}"#,
            "{\"a\":{\"S\":\"\n\"}}",
            r#"{"a":{"S":"x"#,
            r#"{"a":{"S":"\u12"}}"#,
            r#"{"a":{}}"#,
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{}{}", r#"{"a":{"M":"#.repeat(60), "}}".repeat(60));
        assert!(of(&deep).is_err());
    }
}
