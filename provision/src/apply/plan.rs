//! A plan: what executing a change set would do, resource by resource.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is made.
    Add,
    /// It exists outside the stack, and the stack takes it over as it is.
    Adopt,
    /// It changes in place.
    Change,
    /// It changes in place, or is replaced; CloudFormation knows when it gets there.
    MayReplace,
    /// Another is made in its place.
    Replace,
    /// It is deleted.
    Remove,
    /// It leaves the stack and goes on existing.
    Release,
    /// Something that nobody listed here.
    Unknown,
}

impl Action {
    /// Every action, in the order of the summary.
    pub const ALL: [Self; 8] = [
        Self::Add,
        Self::Adopt,
        Self::Change,
        Self::MayReplace,
        Self::Replace,
        Self::Remove,
        Self::Release,
        Self::Unknown,
    ];

    const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Adopt => ">",
            Self::Change => "~",
            Self::MayReplace => "?",
            Self::Replace => "!",
            Self::Remove => "-",
            Self::Release => "<",
            Self::Unknown => "*",
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Add => "to add",
            Self::Adopt => "to adopt",
            Self::Change => "to change",
            Self::MayReplace => "to change or replace",
            Self::Replace => "to replace",
            Self::Remove => "to remove",
            Self::Release => "to keep outside the stack",
            Self::Unknown => "of another kind",
        }
    }
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// Logical id.
    pub id: String,
    /// Resource type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Physical id, where there is one already.
    pub name: Option<String>,
    /// The properties that change, sorted.
    pub properties: Vec<String>,
}

/// What happens to a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The stack.
    pub stack: String,
    /// Its resources that change, sorted by id.
    pub changes: Vec<Change>,
}

impl Plan {
    /// A plan with its changes in order.
    pub fn new(stack: impl Into<String>, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            stack: stack.into(),
            changes,
        }
    }

    /// Whether nothing would happen.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes of this kind.
    pub fn of(&self, action: Action) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.action == action)
    }

    /// `3 to add, 1 to change`
    pub fn summary(&self) -> String {
        let counts: Vec<String> = Action::ALL
            .into_iter()
            .map(|action| (self.of(action).count(), action))
            .filter(|&(count, _)| count > 0)
            .map(|(count, action)| format!("{count} {}", action.verb()))
            .collect();
        if counts.is_empty() {
            "nothing to change".to_owned()
        } else {
            counts.join(", ")
        }
    }

    /// As displayed, unless that is long: then a line for each kind of change to each type.
    pub fn brief(&self) -> String {
        if self.changes.len() <= BRIEF {
            return self.to_string();
        }
        let mut counts = BTreeMap::new();
        for change in &self.changes {
            *counts.entry((change.action, &change.kind)).or_insert(0) += 1;
        }
        let line = |((action, kind), count): (&(Action, &String), &usize)| {
            format!("  {} {count:3} {kind}\n", action.sign())
        };
        let lines: String = counts.iter().map(line).collect();
        format!("{lines}{}: {}", self.stack, self.summary())
    }
}

/// Changes that are shown one by one.
const BRIEF: usize = 40;

/// A line a resource, then the summary.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .changes
            .iter()
            .map(|change| change.id.len())
            .max()
            .unwrap_or_default();
        for Change {
            action,
            id,
            kind,
            properties,
            ..
        } in &self.changes
        {
            write!(f, "  {} {id:width$}  {kind}", action.sign())?;
            if !properties.is_empty() {
                write!(f, "  ({})", properties.join(", "))?;
            }
            writeln!(f)?;
        }
        write!(f, "{}: {}", self.stack, self.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: Action, id: &str, kind: &str, properties: &[&str]) -> Change {
        Change {
            action,
            id: id.into(),
            kind: kind.into(),
            name: None,
            properties: properties.iter().map(|&name| name.into()).collect(),
        }
    }

    fn plan() -> Plan {
        Plan::new(
            "Blue",
            vec![
                change(
                    Action::Change,
                    "SearchFunction",
                    "AWS::Lambda::Function",
                    &["Code", "Tags"],
                ),
                change(
                    Action::Add,
                    "RestDeployment1f",
                    "AWS::ApiGateway::Deployment",
                    &[],
                ),
                change(
                    Action::Remove,
                    "RestDeployment0a",
                    "AWS::ApiGateway::Deployment",
                    &[],
                ),
                change(Action::Adopt, "UsersTable", "AWS::DynamoDB::Table", &[]),
                change(
                    Action::Replace,
                    "SearchRole",
                    "AWS::IAM::Role",
                    &["RoleName"],
                ),
            ],
        )
    }

    #[test]
    fn a_plan_reads_line_by_line() {
        insta::assert_snapshot!(plan(), @r"
          - RestDeployment0a  AWS::ApiGateway::Deployment
          + RestDeployment1f  AWS::ApiGateway::Deployment
          ~ SearchFunction    AWS::Lambda::Function  (Code, Tags)
          ! SearchRole        AWS::IAM::Role  (RoleName)
          > UsersTable        AWS::DynamoDB::Table
        Blue: 1 to add, 1 to adopt, 1 to change, 1 to replace, 1 to remove
        ");
    }

    #[test]
    fn a_plan_in_json_has_these_keys() {
        let first = Plan::new("Blue", plan().changes.into_iter().take(1).collect());
        insta::assert_snapshot!(serde_json::to_string(&first).unwrap(), @r#"{"stack":"Blue","changes":[{"action":"remove","id":"RestDeployment0a","type":"AWS::ApiGateway::Deployment","name":null,"properties":[]}]}"#);
    }

    #[test]
    fn a_long_plan_is_counted_by_type() {
        let many = (0..BRIEF).map(|n| change(Action::Add, &format!("R{n}"), "AWS::IAM::Role", &[]));
        let changes = many.chain(plan().changes).collect();
        insta::assert_snapshot!(Plan::new("Blue", changes).brief(), @r"
          +   1 AWS::ApiGateway::Deployment
          +  40 AWS::IAM::Role
          >   1 AWS::DynamoDB::Table
          ~   1 AWS::Lambda::Function
          !   1 AWS::IAM::Role
          -   1 AWS::ApiGateway::Deployment
        Blue: 41 to add, 1 to adopt, 1 to change, 1 to replace, 1 to remove
        ");
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(
            Plan::new("Blue", vec![]).to_string(),
            "Blue: nothing to change"
        );
    }
}
