//! What the suites share: the committed templates, read as data, and a platform of their own to
//! look at from outside.

pub mod archives;
pub mod aws;
pub mod browser;
pub mod committed;
pub mod engine;
pub mod harness;
pub mod keys;
pub mod least_privilege;
pub mod page;
pub mod platform;
pub mod poll;
pub mod program;
pub mod rest;
pub mod shape;
pub mod smoke;
pub mod socket;
pub mod template;
pub mod watched;
pub mod workshop;
