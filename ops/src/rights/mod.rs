//! What a supporter may ask of the charity: everything that is kept about them, and that it is
//! erased.
//!
//! [`person`] finds a supporter's items in all five tables; [`document`] makes a readable document
//! of them; [`erase`] removes them and proves it.

pub mod document;
pub mod erase;
pub mod person;
pub mod readable;
