//! Writes a value with its type.

use serde::Serialize;
use serde::ser::{Error as _, Impossible};

use super::error::Error;
use super::parts::{Parts, text};

/// Writes one value: `{"S":"…"}`, or at the top the bare fields.
pub(super) struct Writer<'a> {
    pub out: &'a mut Vec<u8>,
    pub top: bool,
}

impl Writer<'_> {
    fn below_the_top(&self) -> Result<(), Error> {
        if self.top {
            return Err(Error::custom("an item must be an object"));
        }
        Ok(())
    }

    fn scalar(self, before: &str, text: &str, after: &str) -> Result<(), Error> {
        self.below_the_top()?;
        for part in [before, text, after] {
            self.out.extend_from_slice(part.as_bytes());
        }
        Ok(())
    }

    fn number(self, digits: &impl ToString) -> Result<(), Error> {
        self.scalar("{\"N\":\"", &digits.to_string(), "\"}")
    }
}

/// Serde has a method for each type of number.
macro_rules! numbers {
    ($($method:ident($type:ty)),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<(), Error> {
            self.number(&value)
        }
    )+};
}

impl<'a> serde::Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.scalar("{\"BOOL\":", if value { "true" } else { "false" }, "}")
    }

    numbers! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64),
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        Err(Error::custom("no float is stored"))
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        Err(Error::custom("no float is stored"))
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.below_the_top()?;
        self.out.extend_from_slice(b"{\"S\":");
        text(self.out, value)?;
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error::custom("no binary is stored"))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.scalar("{\"NULL\":", "true", "}")
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error::custom("no such variant is stored"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Error> {
        self.below_the_top()?;
        Ok(Parts::begin(self.out, b"{\"L\":[", b"]}"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error::custom("no tuple is stored"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error::custom("no tuple is stored"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom("no tuple is stored"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Error> {
        if self.top {
            Ok(Parts::begin(self.out, b"{", b"}"))
        } else {
            Ok(Parts::begin(self.out, b"{\"M\":{", b"}}"))
        }
    }

    fn serialize_struct(self, _: &'static str, fields: usize) -> Result<Parts<'a>, Error> {
        self.serialize_map(Some(fields))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom("no such variant is stored"))
    }
}
