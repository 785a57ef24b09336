//! A policy document, and what in it stands on every resource.

use serde::Serialize;
use serde_json::{Value, json};

/// Characters that a managed policy may have, white space not counted. Source: "IAM and AWS STS
/// quotas", IAM user guide.
pub const LIMIT: usize = 6144;

/// A statement that allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: String,
    /// Actions, without wildcards.
    pub actions: Vec<&'static str>,
    /// ARNs, or `*` alone.
    pub resources: Vec<String>,
    /// The service that a role may be handed to, where it is about that.
    pub passed_to: Option<&'static str>,
    /// Why it stands on every resource, where it does.
    pub reason: Option<&'static str>,
}

impl Statement {
    /// These actions on these ARNs.
    pub fn on(sid: &str, actions: &[&'static str], resources: Vec<String>) -> Self {
        Self {
            sid: sid.to_owned(),
            actions: actions.to_vec(),
            resources,
            passed_to: None,
            reason: None,
        }
    }

    /// These actions, which cannot be scoped for this reason.
    pub fn unscoped(sid: &str, actions: &[&'static str], reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::on(sid, actions, vec!["*".to_owned()])
        }
    }

    /// Only where the role is handed to `service`.
    #[must_use]
    pub fn passed_to(mut self, service: &'static str) -> Self {
        self.passed_to = Some(service);
        self
    }

    fn json(&self) -> Value {
        let mut statement = json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions,
            "Resource": self.resources,
        });
        if let Some(service) = self.passed_to {
            statement["Condition"] = json!({ "StringEquals": { "iam:PassedToService": service } });
        }
        statement
    }
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it allows.
    pub statements: Vec<Statement>,
}

impl Document {
    /// As IAM takes it.
    pub fn json(&self) -> Value {
        let statements: Vec<Value> = self.statements.iter().map(Statement::json).collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    /// Characters as IAM counts them.
    pub fn characters(&self) -> usize {
        let text = self.json().to_string();
        text.chars()
            .filter(|letter| !letter.is_whitespace())
            .count()
    }
}

/// An action that IAM cannot scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unscoped {
    /// The action.
    pub action: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// What the deploying principal needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    /// What a plan takes.
    pub plan: Document,
    /// What the programs ask for themselves.
    pub stack: Document,
    /// What CloudFormation does in the principal's name.
    pub resources: Document,
    /// What checking the running platform takes.
    pub smoke: Document,
}

impl Policies {
    /// The actions that stand on every resource.
    pub fn unscoped(&self) -> Vec<Unscoped> {
        let statements = self
            .stack
            .statements
            .iter()
            .chain(&self.resources.statements)
            .chain(&self.smoke.statements);
        let mut unscoped: Vec<Unscoped> = statements
            .filter_map(|statement| Some((statement, statement.reason?)))
            .flat_map(|(statement, reason)| {
                let one = move |&action| Unscoped { action, reason };
                statement.actions.iter().map(one)
            })
            .collect();
        unscoped.sort_by_key(|unscoped| unscoped.action);
        unscoped.dedup();
        unscoped
    }

    /// For people and scripts.
    pub fn json(&self) -> Value {
        json!({
            "plan": self.plan.json(),
            "stack": self.stack.json(),
            "resources": self.resources.json(),
            "smoke": self.smoke.json(),
            "characters": {
                "plan": self.plan.characters(),
                "stack": self.stack.characters(),
                "resources": self.resources.characters(),
                "smoke": self.smoke.characters(),
                "limit": LIMIT,
            },
            "unscoped": self.unscoped(),
        })
    }
}
