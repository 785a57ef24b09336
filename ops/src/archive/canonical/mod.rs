//! One spelling for each item: DynamoDB JSON with names sorted, no blanks, only the escapes that
//! JSON demands, sets sorted. Values are not touched: a number keeps all its digits.
//!
//! It reads and writes in one pass, without a tree in between: `item` knows what an item may hold,
//! `text` strings and numbers, `members` their order.

mod item;
mod members;
mod reader;
mod text;

#[cfg(test)]
mod tests;

pub use item::canonical;
pub use reader::Malformed;
