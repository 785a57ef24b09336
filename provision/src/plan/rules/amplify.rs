//! `AWS::Amplify::*`: WEB-1.

use super::kind::When::{Any, Off};
use super::kind::{Kind, rule};
use crate::plan::Grade::{Interrupts, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[APP];

#[rustfmt::skip]
const APP: Kind = Kind {
    name: "AWS::Amplify::App",
    stateful: false,
    replaced_by: None,
    fates: &[],
    rules: &[
        rule("BasicAuthConfig.EnableBasicAuth", Off, WidensAccess,
            "whoever knows its address opens the page"),
        rule("BasicAuthConfig", Any, Interrupts, "the page asks for another password, or for one"),
    ],
};
