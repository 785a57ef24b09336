//! Strings and numbers.

use super::reader::{Malformed, Reader};

impl Reader<'_> {
    /// A number as text, not touched.
    pub fn number(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let start = out.len();
        self.string(out)?;
        let digits = &out[start + 1..out.len() - 1];
        let known = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        if digits.iter().all(known) && digits.iter().any(u8::is_ascii_digit) {
            return Ok(());
        }
        self.fail("a number")
    }

    /// A string with the fewest escapes.
    pub fn string(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
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
