//! What a running platform does, on one screen: read ([`read`]), measured ([`figures`]), shown
//! ([`view`]).

pub mod cloudwatch;
pub mod figures;
pub mod model;
pub mod read;
pub mod resources;
pub mod tally;
pub mod view;
