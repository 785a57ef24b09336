//! What each granted action is for: the scenario that fails without it, or why the local engine
//! cannot show that. The report of both is `templates/least-privilege.md`.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Context, Result};
use contract::Function;
use serde_yaml::Value;

use crate::template::{Resource, Template, readable, statements};

/// What a person does that needs a function's grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// `GET /profile/{userId}`
    Profile,
    /// Two turns of one conversation over `POST /agent`.
    Conversation,
    /// `POST /search` by a supporter of whom only the context tells interests.
    PersonalisedSearch,
    /// A WebSocket connects and finds its session.
    Connect,
    /// A connection closes and its session is gone.
    Disconnect,
    /// A ping over a WebSocket.
    Ping,
    /// A message over a WebSocket.
    Chat,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Profile,
        Self::Conversation,
        Self::PersonalisedSearch,
        Self::Connect,
        Self::Disconnect,
        Self::Ping,
        Self::Chat,
    ];

    /// Its name in the report and in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Profile => "a profile is read",
            Self::Conversation => "a conversation is answered and remembered",
            Self::PersonalisedSearch => "a search is personalised by the context alone",
            Self::Connect => "a connection opens its session",
            Self::Disconnect => "a closed connection's session is gone",
            Self::Ping => "a ping is answered",
            Self::Chat => "a chat message is answered",
        }
    }

    /// The scenario that needs every enforced grant of `function`.
    pub const fn of(function: Function) -> Self {
        match function {
            Function::GetProfile => Self::Profile,
            Function::PersonalizationAgent => Self::Conversation,
            Function::Search => Self::PersonalisedSearch,
            Function::WsConnect => Self::Connect,
            Function::WsDisconnect => Self::Disconnect,
            Function::WsMessage => Self::Ping,
        }
    }
}

/// An action that the local engine does not enforce.
pub struct Unenforced {
    /// The IAM action.
    pub action: &'static str,
    /// Why nothing fails there without it.
    pub reason: &'static str,
}

/// Every action that the local engine does not enforce. That nothing fails without them there is
/// held by a test too: an engine that learns one shows it.
pub const UNENFORCED: [Unenforced; 6] = [
    Unenforced {
        action: "lambda:InvokeFunction",
        reason: "the engine lets InvokeWithResponseStream through without asking IAM",
    },
    Unenforced {
        action: "bedrock:InvokeModel",
        reason: "the engine asks for `bedrock:Converse` on an ARN of its own making",
    },
    Unenforced {
        action: "bedrock:InvokeModelWithResponseStream",
        reason: "the engine asks for `bedrock:ConverseStream` on an ARN of its own making",
    },
    Unenforced {
        action: "bedrock:ApplyGuardrail",
        reason: "the engine has no guardrails; the statement is there only where one is configured",
    },
    Unenforced {
        action: "logs:CreateLogStream",
        reason: "the engine writes the functions' logs itself",
    },
    Unenforced {
        action: "logs:PutLogEvents",
        reason: "the engine writes the functions' logs itself",
    },
];

/// What the engine asks for in place of an action of AWS's, and the scenario that fails where that
/// is taken away: the nearest to a proof that the engine can give.
pub const STAND_INS: [(&str, &str, Scenario); 2] = [
    (
        "bedrock:InvokeModel",
        "bedrock:Converse",
        Scenario::Conversation,
    ),
    (
        "bedrock:InvokeModelWithResponseStream",
        "bedrock:ConverseStream",
        Scenario::Chat,
    ),
];

/// What stands in policies besides actions and resources, and the engine does not look at.
const NOT_LOOKED_AT: [(&str, &str); 3] = [
    (
        "`Condition` `bedrock:InferenceProfileArn` on the model",
        "the engine gives the call no such key",
    ),
    (
        "`AWS::Lambda::Permission` with `SourceArn` and `SourceAccount`",
        "the engine's APIs invoke functions without asking their policies",
    ),
    (
        "the role API Gateway logs with (bootstrap stack)",
        "the engine writes no access logs",
    ),
];

/// Why the engine does not enforce `action`; `None` where it does.
pub fn unenforced(action: &str) -> Option<&'static Unenforced> {
    UNENFORCED.iter().find(|known| known.action == action)
}

/// One action on one resource, granted to a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Granted {
    /// Whose role.
    pub function: Function,
    /// The IAM action.
    pub action: String,
    /// What it is on, as a reviewer reads it.
    pub on: String,
}

/// Every grant of the template's function roles, in its order.
///
/// # Errors
/// Where a role is of no function, or a statement has no list of actions.
pub fn granted(template: &Template) -> Result<Vec<Granted>> {
    let mut all = Vec::new();
    for role in template.of_type("AWS::IAM::Role") {
        let function = function_of(&role)?;
        for policy in role.list("Policies") {
            for (condition, statement) in statements(&policy["PolicyDocument"]) {
                let on = on(statement, condition.as_deref());
                let actions = statement["Action"].as_sequence().context("no actions")?;
                all.extend(actions.iter().map(|action| Granted {
                    function,
                    action: readable(action),
                    on: on.clone(),
                }));
            }
        }
    }
    Ok(all)
}

fn function_of(role: &Resource) -> Result<Function> {
    Function::ALL
        .into_iter()
        .find(|function| role.id == format!("{}Role", function.id()))
        .with_context(|| format!("{} is no function's role", role.id))
}

fn on(statement: &Value, condition: Option<&str>) -> String {
    let mut on = format!("`{}`", readable(&statement["Resource"]));
    if statement.get("Condition").is_some() {
        on.push_str(", through the profile");
    }
    if let Some(condition) = condition {
        on.push_str(", where ");
        on.push_str(condition);
    }
    on
}

/// The report: every action, its resource, and the scenario that fails without it.
///
/// # Errors
/// As [`granted`].
pub fn report(template: &Template) -> Result<String> {
    let granted = granted(template)?;
    let mut text = String::from(
        "# Least privilege\n\n\
         Every action that the platform's roles are granted, on what, and what fails without it. Made by the test\n\
         suite from `platform.yaml`; never edited. On the local engine, with IAM enforcement on, a test takes each\n\
         enforced action away in turn, sees its scenario fail, puts it back, and sees every scenario pass.\n\n\
         ## Enforced by the local engine\n\n\
         | function | action | on | fails without it |\n|---|---|---|---|\n",
    );
    for grant in granted.iter().filter(|it| unenforced(&it.action).is_none()) {
        row(&mut text, grant, Scenario::of(grant.function).name())?;
    }
    text.push_str(
        "\n## Not enforced by the local engine\n\n\
         Held by the snapshots of the template and by this page; that nothing fails without them there is tested too.\n\n\
         | function | action | on | reason |\n|---|---|---|---|\n",
    );
    for grant in &granted {
        if let Some(known) = unenforced(&grant.action) {
            row(&mut text, grant, &reason(known))?;
        }
    }
    text.push_str("\nNor does the engine look at these, which the template's snapshots hold:\n\n");
    for (what, why) in NOT_LOOKED_AT {
        writeln!(text, "- {what}: {why}")?;
    }
    summary(&mut text, &granted)?;
    Ok(text)
}

fn reason(known: &Unenforced) -> String {
    let stand_in = STAND_INS
        .iter()
        .find(|(action, ..)| *action == known.action);
    match stand_in {
        Some((_, _, scenario)) => format!(
            "{}; without that, \"{}\" fails",
            known.reason,
            scenario.name()
        ),
        None => known.reason.to_owned(),
    }
}

fn row(text: &mut String, grant: &Granted, last: &str) -> Result<()> {
    let Granted {
        function,
        action,
        on,
    } = grant;
    writeln!(text, "| {} | `{action}` | {on} | {last} |", function.name())?;
    Ok(())
}

fn summary(text: &mut String, granted: &[Granted]) -> Result<()> {
    let enforced = granted.iter().filter(|it| unenforced(&it.action).is_none());
    let actions: BTreeSet<_> = granted.iter().map(|it| &it.action).collect();
    writeln!(
        text,
        "\n{} grants of {} actions: {} enforced, each with its scenario. No managed policy, no wildcard action; \
         the only\nwildcards in resources are connections of the WebSocket API's stage and streams of a function's \
         own log group.",
        granted.len(),
        actions.len(),
        enforced.count(),
    )?;
    Ok(())
}
