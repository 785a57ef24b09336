//! The shape of the tables.

use crate::plan::{Action, Grade};

/// A resource type: what its changes mean.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// As CloudFormation spells it.
    pub name: &'static str,
    /// Whether it keeps what people have entrusted to us.
    pub stateful: bool,
    /// The properties that make CloudFormation replace the resource, and no other does; `None` where
    /// that is not known. While such a resource changes in place, its name, id and ARN stay, and
    /// what refers to it does not change with it. Source: "Update requires" in the resource
    /// reference of the CloudFormation user guide.
    pub replaced_by: Option<&'static [&'static str]>,
    /// What the fate of the whole resource means. What is not listed: made and adopted is safe, all
    /// else interrupts.
    pub fates: &'static [Fate],
    /// What changed properties mean; the first that holds decides.
    pub rules: &'static [Rule],
}

/// What the fate of a whole resource means.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// What happens to it; every action where empty.
    pub actions: &'static [Action],
    /// What that is.
    pub grade: Grade,
    /// The same in words.
    pub means: &'static str,
}

/// What a property's change means.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The start of the property's path; a step `*` is any one step, `**` any number of them.
    pub path: &'static str,
    /// How it changes.
    pub when: When,
    /// What that is.
    pub grade: Grade,
    /// The same in words.
    pub means: &'static str,
}

/// How a property has to change for a rule to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any way.
    Any,
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// Its number is greater, or it is no longer there: a limit is weaker.
    RaisedOrRemoved,
    /// It limits less: its number is greater, or it is no longer there, or negative, which API
    /// Gateway takes for no limit.
    Loosened,
    /// Its number is smaller.
    Lowered,
    /// Its number is greater.
    Raised,
    /// It was true and is not.
    Off,
    /// It was not true and is.
    On,
    /// It has this value now, and had not.
    Becomes(&'static str),
    /// It had this value, and has not now.
    Leaves(&'static str),
}

pub(super) const fn fate(actions: &'static [Action], grade: Grade, means: &'static str) -> Fate {
    Fate {
        actions,
        grade,
        means,
    }
}

pub(super) const fn rule(
    path: &'static str,
    when: When,
    grade: Grade,
    means: &'static str,
) -> Rule {
    Rule {
        path,
        when,
        grade,
        means,
    }
}
