//! Ranking: which documents a query finds, in what order, and what is shown of them.
//!
//! A query's text is never syntax: any text is a query. Pure but for reading the index's files.

mod columns;
mod expand;
mod fields;
mod highlight;
mod parse;
mod results;
mod scores;
mod searcher;
mod tally;
#[cfg(test)]
mod tests;
mod weights;

pub use results::{Facets, Hit, Query, Results};
pub use searcher::{Error, SearchIndex};
pub use weights::Weights;
