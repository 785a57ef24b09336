//! Ranking: which documents a query finds, in what order, and what is shown of them.
//!
//! A query's text is never syntax: any text is a query. Pure but for reading the index's files.

mod compile;
mod highlight;
mod parse;
mod results;
mod searcher;
mod tally;
#[cfg(test)]
mod tests;

pub use results::{Facets, Hit, Query, Results};
pub use searcher::{Error, SearchIndex};
