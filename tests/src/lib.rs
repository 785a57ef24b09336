//! What the suites share: the committed templates, read as data, and a platform of their own to
//! look at from outside.

pub mod template;
