//! `AWS::IAM::*`

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{Expr, Handle, Resource, Tag};

/// `AWS::IAM::Role`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Role {
    pub role_name: Option<Expr>,
    pub description: &'static str,
    pub assume_role_policy_document: Document,
    pub policies: Vec<Policy>,
    pub tags: Vec<Tag>,
}

impl Resource for Role {
    const TYPE: &'static str = "AWS::IAM::Role";
}

impl Handle<Role> {
    /// The role's ARN.
    pub fn arn(&self) -> Expr {
        self.attribute("Arn")
    }
}

/// An inline policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Policy {
    pub policy_name: &'static str,
    pub policy_document: Document,
}

/// A policy document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the policy reference")]
pub struct Document {
    pub version: &'static str,
    #[serde(serialize_with = "listed")]
    pub statement: Vec<Statement>,
}

impl Document {
    /// A document of these statements.
    pub const fn of(statement: Vec<Statement>) -> Self {
        Self {
            version: "2012-10-17",
            statement,
        }
    }

    /// Lets an AWS service take on a role.
    pub fn assumed_by(service: &'static str) -> Self {
        Self::of(vec![Statement {
            principal: Some(BTreeMap::from([("Service", service)])),
            ..Statement::allow(vec!["sts:AssumeRole"], None)
        }])
    }
}

/// Operator to keys to value, e.g. `Bool: {aws:SecureTransport: false}`.
pub type Conditions = BTreeMap<&'static str, BTreeMap<&'static str, Expr>>;

/// One statement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the policy reference")]
pub struct Statement {
    pub effect: &'static str,
    pub principal: Option<BTreeMap<&'static str, &'static str>>,
    pub action: Vec<&'static str>,
    pub resource: Option<Expr>,
    pub condition: Option<Conditions>,
    /// The template's condition that the statement is there for; always, where there is none.
    #[serde(skip)]
    pub only_where: Option<&'static str>,
}

impl Statement {
    /// Allows `action` on `resource`.
    pub const fn allow(action: Vec<&'static str>, resource: Option<Expr>) -> Self {
        Self {
            effect: "Allow",
            principal: None,
            action,
            resource,
            condition: None,
            only_where: None,
        }
    }

    /// Only in stacks where the template's `condition` holds.
    #[must_use]
    pub const fn only_where(mut self, condition: &'static str) -> Self {
        self.only_where = Some(condition);
        self
    }

    /// Only where `key` compares to `value` by `operator`.
    #[must_use]
    pub fn only_if(mut self, operator: &'static str, key: &'static str, value: Expr) -> Self {
        let conditions = self.condition.get_or_insert_default();
        conditions.entry(operator).or_default().insert(key, value);
        self
    }
}

/// The statements, those under a condition as `Fn::If`.
fn listed<S: Serializer>(statements: &[Statement], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(statements.iter().map(Listed))
}

struct Listed<'a>(&'a Statement);

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(statement) = self;
        match statement.only_where {
            None => statement.serialize(serializer),
            Some(condition) => {
                let branches = (condition, statement, Expr::NoValue);
                serializer.collect_map([("Fn::If", branches)])
            }
        }
    }
}
