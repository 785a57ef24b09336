//! Types that the platform does not make, and whose change must not pass unseen where somebody adds them.

use super::kind::{Kind, fate};
use crate::plan::Action::{MayReplace, Release, Remove, Replace};
use crate::plan::Grade::{LosesData, WidensAccess};

/// Every type of these.
pub(super) const KINDS: &[Kind] = &[KEY, WEB_ACL_ASSOCIATION];

#[rustfmt::skip]
const KEY: Kind = Kind {
    name: "AWS::KMS::Key",
    stateful: true,
    replaced_by: None,
    fates: &[
        fate(&[Remove, Release, Replace, MayReplace], LosesData,
            "what this key encrypts cannot be read without it"),
    ],
    rules: &[],
};

#[rustfmt::skip]
const WEB_ACL_ASSOCIATION: Kind = Kind {
    name: "AWS::WAFv2::WebACLAssociation",
    stateful: false,
    replaced_by: None,
    fates: &[
        fate(&[Remove], WidensAccess, "the firewall goes"),
    ],
    rules: &[],
};
