//! Objects and lists, and the strings in them.

use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, SerializeSeq, SerializeStruct};

use super::error::Error;
use super::value::Writer;

/// The fields of an object, or the values of a list.
pub(super) struct Parts<'a> {
    out: &'a mut Vec<u8>,
    end: &'static [u8],
    first: bool,
}

impl<'a> Parts<'a> {
    pub fn begin(out: &'a mut Vec<u8>, begin: &[u8], end: &'static [u8]) -> Self {
        out.extend_from_slice(begin);
        Self {
            out,
            end,
            first: true,
        }
    }

    fn separate(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
    }

    fn value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Writer {
            out: self.out,
            top: false,
        })
    }

    fn field<T: ?Sized + Serialize>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        self.separate();
        text(self.out, name)?;
        self.out.push(b':');
        self.value(value)
    }

    fn finish(self) {
        self.out.extend_from_slice(self.end);
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Error> {
        self.separate();
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Error> {
        self.separate();
        serde_json::to_writer(&mut *self.out, key).map_err(Error::custom)?;
        self.out.push(b':');
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

/// A JSON string. Most need no escape and are copied as they are.
pub(super) fn text(out: &mut Vec<u8>, value: &str) -> Result<(), Error> {
    let plain = value
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    if plain {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
        return Ok(());
    }
    serde_json::to_writer(out, value).map_err(Error::custom)
}
