//! The page (WEB-1): what is served, who may open it, and where it is put.
//!
//! `bundle` and `config` are what a browser gets, `access` decides who gets it; `hosting` puts it on
//! AWS, `serve` on this machine. What it looks like is the business of `runtime/web` alone.

pub mod access;
mod bundle;
mod config;
mod hosting;
mod serve;

pub use bundle::Bundle;
pub use config::{Config, config};
pub use hosting::{Hosting, Published};
pub use serve::{Lookup, serve};

#[cfg(test)]
mod hosting_tests;
