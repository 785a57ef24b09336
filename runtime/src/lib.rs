//! What runs in Lambda: six functions (FN-1 to FN-6).
//!
//! [`domain`] decides, [`ports`] say what a decision needs from outside, [`observe`]
//! what is said of the work, [`handlers`] turn an
//! event into an answer with them, [`adapters`] are the ports' real ends, and [`lambda`] runs a
//! handler as a function.

pub mod domain;
pub mod observe;
pub mod ports;

pub mod handlers;

pub mod adapters;
pub mod lambda;
