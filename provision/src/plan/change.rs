//! The plan itself: typed, sorted, and serialised as `plan --json` prints it.

use serde::Serialize;
use serde_json::Value;

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

    /// One character, for lists.
    pub const fn sign(self) -> &'static str {
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

    /// As in `3 to add`.
    pub const fn verb(self) -> &'static str {
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

/// What a change means to the people who depend on the platform, mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Nobody notices, or all notice something better.
    #[default]
    Safe,
    /// Requests may fail or behave differently; also all that no rule knows.
    Interrupts,
    /// Somebody may do or see what they could not before, or a limit is gone.
    WidensAccess,
    /// Data stay where they are, and what is made begins without them.
    LeavesData,
    /// Data, or the way back to them, are lost.
    LosesData,
}

impl Grade {
    /// Every grade, the gravest first.
    pub const ALL: [Self; 5] = [
        Self::LosesData,
        Self::LeavesData,
        Self::WidensAccess,
        Self::Interrupts,
        Self::Safe,
    ];

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Interrupts => "interrupts",
            Self::WidensAccess => "widens access",
            Self::LeavesData => "leaves data behind",
            Self::LosesData => "loses data",
        }
    }
}

/// Whether a property's change makes CloudFormation replace the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recreation {
    /// It does not.
    #[default]
    Never,
    /// It depends.
    Maybe,
    /// It does.
    Always,
}

/// What happens to one property, or to one thing that a policy allows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PropertyChange {
    /// Where in the resource, dots between the steps.
    pub path: String,
    /// The live value; `null` where there is none, or where it is not known.
    pub before: Option<Value>,
    /// The value asked for; `null` where there is none, or where it is not known.
    pub after: Option<Value>,
    /// What it means.
    pub grade: Grade,
    /// The same in words.
    pub means: String,
    /// Whether it replaces the resource.
    pub recreates: Recreation,
    /// The parameter or resource that it follows, where CloudFormation names one.
    pub cause: Option<String>,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// The gravest of the resource's own fate and of its properties.
    pub grade: Grade,
    /// What the resource's own fate (made, replaced, gone) means, where that says something.
    pub means: Option<String>,
    /// The properties that change, sorted by path.
    pub properties: Vec<PropertyChange>,
}

impl Change {
    /// A change that is not graded yet.
    pub fn new(action: Action, id: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            action,
            id: id.into(),
            kind: kind.into(),
            name: None,
            grade: Grade::Safe,
            means: None,
            properties: Vec::new(),
        }
    }

    /// Whether anything about it has this grade.
    pub fn has(&self, grade: Grade) -> bool {
        self.grade == grade || self.properties.iter().any(|part| part.grade == grade)
    }
}

/// What happens to a stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The stack.
    pub stack: String,
    /// Whether the stack is made: all in it is new, and nothing is there to be hurt.
    pub creates: bool,
    /// The gravest of the changes.
    pub grade: Grade,
    /// Its resources that change, sorted by id.
    pub changes: Vec<Change>,
    /// Platforms with data of their own that this one is made beside: a renamed stack is a second,
    /// empty platform.
    pub beside: Vec<String>,
}

impl Plan {
    /// A plan with its changes in order.
    pub fn new(stack: impl Into<String>, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            stack: stack.into(),
            creates: false,
            grade: changes
                .iter()
                .map(|change| change.grade)
                .max()
                .unwrap_or_default(),
            changes,
            beside: Vec::new(),
        }
    }

    /// The plan of a stack that is made.
    #[must_use]
    pub fn of_new(mut self) -> Self {
        self.creates = true;
        self
    }

    /// The same beside these platforms.
    #[must_use]
    pub fn beside(mut self, others: Vec<String>) -> Self {
        if !others.is_empty() {
            self.grade = self.grade.max(Grade::LeavesData);
        }
        self.beside = others;
        self
    }

    /// What it means that the platform is made beside others; `None` where it is not.
    pub fn second(&self) -> Option<String> {
        let first = self.beside.first()?;
        Some(format!(
            "a second platform, with empty tables, another key and other URLs, beside {}, which \
             keeps its data; to change that one: --stack-name {first}",
            self.beside.join(", ")
        ))
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

    /// The changes of which something has this grade.
    pub fn graded(&self, grade: Grade) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.has(grade))
    }

    /// The flags that `apply` needs for this plan: one `--allow-replace` for each resource whose
    /// data would be lost, and `--allow-widening`; where the stack is made, at most
    /// `--allow-second`.
    pub fn needs(&self) -> Vec<String> {
        if self.creates {
            let second = (!self.beside.is_empty()).then(|| "--allow-second".to_owned());
            return second.into_iter().collect();
        }
        let lost = self.graded(Grade::LosesData);
        let mut flags: Vec<String> = lost
            .map(|change| format!("--allow-replace {}", change.id))
            .collect();
        if self.graded(Grade::WidensAccess).next().is_some() {
            flags.push("--allow-widening".to_owned());
        }
        flags
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_in_json_has_these_keys() {
        let mut change = Change::new(Action::Change, "SearchRole", "AWS::IAM::Role");
        change.properties = vec![PropertyChange {
            path: "MaxSessionDuration".into(),
            after: Some(7200.into()),
            ..PropertyChange::default()
        }];
        let plan = Plan::new("Blue", vec![change]);
        insta::assert_snapshot!(serde_json::to_string(&plan).unwrap(), @r#"{"stack":"Blue","creates":false,"grade":"safe","changes":[{"action":"change","id":"SearchRole","type":"AWS::IAM::Role","name":null,"grade":"safe","means":null,"properties":[{"path":"MaxSessionDuration","before":null,"after":7200,"grade":"safe","means":"","recreates":"never","cause":null}]}],"beside":[]}"#);
    }

    #[test]
    fn what_apply_needs_follows_from_every_property_not_only_the_gravest() {
        let mut table = Change::new(Action::Replace, "UsersTable", "AWS::DynamoDB::Table");
        table.grade = Grade::LosesData;
        table.properties = vec![PropertyChange {
            grade: Grade::WidensAccess,
            ..PropertyChange::default()
        }];
        let plan = Plan::new("Blue", vec![table]);
        assert_eq!(
            plan.needs(),
            ["--allow-replace UsersTable", "--allow-widening"]
        );
        assert!(Plan::new("Blue", vec![]).needs().is_empty());
    }

    #[test]
    fn a_platform_beside_another_leaves_its_data_behind() {
        let alone = Plan::new("Renamed", vec![]).of_new().beside(vec![]);
        assert_eq!((alone.grade, alone.second()), (Grade::Safe, None));
        assert!(alone.needs().is_empty());
        let plan = alone.beside(vec!["Blue".into(), "Green".into()]);
        assert_eq!(plan.grade, Grade::LeavesData);
        assert_eq!(plan.needs(), ["--allow-second"]);
    }
}
