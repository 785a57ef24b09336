//! Names and tags in the account, as expressions over the stack's parameters.

use std::collections::BTreeMap;

use contract::{naming, parameters};

use crate::cfn::{Expr, Tag, stack_name, sub};

/// `{Prefix}{rest}`, e.g. `-Users`.
pub fn prefixed(rest: impl Into<Expr>) -> Expr {
    sub![Expr::parameter(parameters::PREFIX), rest.into()]
}

/// The tags of everything that can carry tags.
pub fn tags() -> Vec<Tag> {
    tag_map()
        .into_iter()
        .map(|(key, value)| Tag { key, value })
        .collect()
}

/// The same tags, for the services that want a map.
pub fn tag_map() -> BTreeMap<&'static str, Expr> {
    BTreeMap::from([
        (naming::PROJECT_TAG, naming::PROJECT.into()),
        (naming::STACK_TAG, stack_name()),
        (
            naming::ENVIRONMENT_TAG,
            Expr::parameter(parameters::ENVIRONMENT),
        ),
    ])
}
