//! What is asked for, and what comes of it.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types;
use contract::parameters::MASKED;

use crate::plan::Plan;

/// Where CloudFormation finds a template.
#[derive(Clone, Debug)]
pub enum TemplateSource {
    /// In the request; 51,200 bytes at most.
    Inline(String),
    /// In S3; 1 MB at most.
    Url(String),
}

/// What a stack shall become.
#[derive(Clone, Debug)]
pub struct Request {
    /// The stack's name.
    pub stack: String,
    /// The change set's name.
    pub name: String,
    /// Whether there is no such stack yet.
    pub create: bool,
    /// Its template.
    pub template: TemplateSource,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack and all it makes.
    pub tags: BTreeMap<String, String>,
    /// Whether existing resources with literal names are taken over.
    pub adopt: bool,
}

impl Request {
    /// A name that no other change set has.
    pub fn new_name() -> String {
        format!("provision-{}", uuid::Uuid::new_v4())
    }
}

/// A change set that can be executed, and what it would do.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The change set's ARN.
    pub id: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// What it would do.
    pub plan: Plan,
}

/// A secret that is only known masked stays as it is.
pub(super) fn parameter((key, value): (&String, &String)) -> types::Parameter {
    let parameter = types::Parameter::builder().parameter_key(key);
    if value == MASKED {
        return parameter.use_previous_value(true).build();
    }
    parameter.parameter_value(value).build()
}

/// As the SDK wants it.
pub(super) fn tag((key, value): (&String, &String)) -> types::Tag {
    types::Tag::builder().key(key).value(value).build()
}
