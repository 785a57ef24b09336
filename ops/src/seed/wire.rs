//! Shapes straight to DynamoDB's own JSON, without an item in between: a fifth of the work, and
//! what makes a million supporters a matter of the target's pace.

use serde::Serialize;
use serde::ser::{
    Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
};

/// Why a shape is no item: a mistake in our shapes.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Adds `{"PutRequest":{"Item":…}}` for `value` to `out`.
///
/// # Errors
/// Where `value` is no object, or holds what DynamoDB has no type for.
pub fn put_request(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    out.extend_from_slice(b"{\"PutRequest\":{\"Item\":");
    value.serialize(Writer { out, top: true })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

/// Writes one value: `{"S":"…"}`, or at the top the bare fields.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    top: bool,
}

impl Writer<'_> {
    fn scalar(self, before: &str, text: &str, after: &str) -> Result<(), Error> {
        if self.top {
            return Err(Error::custom("an item must be an object"));
        }
        for part in [before, text, after] {
            self.out.extend_from_slice(part.as_bytes());
        }
        Ok(())
    }

    fn number(self, digits: &impl ToString) -> Result<(), Error> {
        self.scalar("{\"N\":\"", &digits.to_string(), "\"}")
    }
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
    type SerializeStructVariant = Parts<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.scalar("{\"BOOL\":", if value { "true" } else { "false" }, "}")
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.number(&value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.number(&value)
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
        if self.top {
            return Err(Error::custom("an item must be an object"));
        }
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
        if self.top {
            return Err(Error::custom("an item must be an object"));
        }
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
        fields: usize,
    ) -> Result<Parts<'a>, Error> {
        self.serialize_map(Some(fields))
    }
}

/// The fields of an object, or the values of a list.
struct Parts<'a> {
    out: &'a mut Vec<u8>,
    end: &'static [u8],
    first: bool,
}

impl<'a> Parts<'a> {
    fn begin(out: &'a mut Vec<u8>, begin: &[u8], end: &'static [u8]) -> Self {
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

impl SerializeStructVariant for Parts<'_> {
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
fn text(out: &mut Vec<u8>, value: &str) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use contract::Table;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::item::Item;
    use crate::seed::Record;

    /// DynamoDB JSON of an item, the long way round.
    fn typed(item: &Item) -> Value {
        Value::Object(
            item.iter()
                .map(|(name, value)| (name.clone(), attribute(value)))
                .collect::<Map<_, _>>(),
        )
    }

    fn attribute(value: &AttributeValue) -> Value {
        match value {
            AttributeValue::S(text) => json!({"S": text}),
            AttributeValue::N(digits) => json!({"N": digits}),
            AttributeValue::Bool(flag) => json!({"BOOL": flag}),
            AttributeValue::L(values) => {
                json!({"L": values.iter().map(attribute).collect::<Vec<_>>()})
            }
            AttributeValue::M(fields) => json!({"M": typed(fields)}),
            _ => json!({"NULL": true}),
        }
    }

    fn written(value: &impl Serialize) -> Value {
        let mut out = Vec::new();
        put_request(&mut out, value).unwrap();
        let value: Value = serde_json::from_slice(&out).unwrap();
        value["PutRequest"]["Item"].clone()
    }

    #[test]
    fn what_is_written_is_the_item_whichever_way() {
        for record in (1..=40).map(|number| Record::new(3, number)) {
            let mut short: Vec<Value> = vec![written(&record.supporter)];
            short.extend(record.donations.iter().map(written));
            short.extend(record.contexts.iter().map(written));
            short.extend(record.interactions.iter().map(written));
            let tables = [
                Table::Users,
                Table::Donations,
                Table::Context,
                Table::Interactions,
            ];
            let long = tables.map(|table| record.items(table).unwrap());
            let long: Vec<Value> = long.iter().flatten().map(typed).collect();
            assert_eq!(short, long);
        }
    }

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        let value = json!({"a": "say \"no\"\n\\", "b": null, "c": [1, true]});
        let expected = json!({
            "a": {"S": "say \"no\"\n\\"}, "b": {"NULL": true},
            "c": {"L": [{"N": "1"}, {"BOOL": true}]},
        });
        assert_eq!(written(&value), expected);
    }

    #[test]
    fn only_objects_are_items() {
        assert!(put_request(&mut Vec::new(), &json!([1])).is_err());
        assert!(put_request(&mut Vec::new(), &"text").is_err());
    }
}
