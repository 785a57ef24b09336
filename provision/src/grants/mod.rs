//! From arrows to IAM: what each verb on each target allows, as data.
//!
//! Knows neither template nor account: a grant's resources are named abstractly, and whoever
//! renders them (the template, or `verify` against live policies) knows how.

mod actions;

pub use actions::actions;

use contract::arrows::arrows_from;
use contract::{Arrow, Function, Table, Target};

/// What a grant is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// A table; its ARN.
    Table(Table),
    /// A function; its ARN.
    Function(Function),
    /// The configured inference profile in this account and region.
    InferenceProfile,
    /// The profile's foundation model in every region that it routes to, with no account in the
    /// ARN, and only when called through the profile.
    FoundationModel,
    /// The configured guardrail, where there is one.
    Guardrail,
    /// `POST` to any connection of the WebSocket API's stage.
    Connections,
    /// Every stream of the function's own log group.
    LogStreams(Function),
}

/// One statement of a function's role: actions allowed on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// IAM actions, none with a wildcard.
    pub actions: Vec<&'static str>,
    /// What they are allowed on.
    pub resource: Resource,
}

/// The inline policy of every function's role has this name.
pub const POLICY_NAME: &str = "arrows";

/// Everything `function` may do: its arrows' grants, in the arrows' order (SEC-1).
pub fn grants(function: Function) -> Vec<Grant> {
    arrows_from(function)
        .flat_map(|arrow| grants_of(function, arrow))
        .collect()
}

fn grants_of(function: Function, arrow: &Arrow) -> Vec<Grant> {
    resources(function, arrow.to)
        .iter()
        .map(|&resource| Grant {
            actions: match resource {
                Resource::Guardrail => vec![actions::UNDER_GUARDRAIL],
                _ => actions(arrow),
            },
            resource,
        })
        .collect()
}

fn resources(function: Function, target: Target) -> Vec<Resource> {
    match target {
        Target::Table(table) => vec![Resource::Table(table)],
        Target::Function(callee) => vec![Resource::Function(callee)],
        // A call through a profile is authorised on the profile and on the model behind it; one
        // under a guardrail on that as well.
        Target::Model => vec![
            Resource::InferenceProfile,
            Resource::FoundationModel,
            Resource::Guardrail,
        ],
        Target::Connections => vec![Resource::Connections],
        Target::OwnLogGroup => vec![Resource::LogStreams(function)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_action_has_a_wildcard() {
        for function in Function::ALL {
            for grant in grants(function) {
                assert!(!grant.actions.is_empty());
                assert!(
                    grant.actions.iter().all(|action| !action.contains('*')),
                    "{grant:?}"
                );
            }
        }
    }

    #[test]
    fn the_model_is_granted_through_its_profile() {
        let grants = grants(Function::PersonalizationAgent);
        for resource in [Resource::InferenceProfile, Resource::FoundationModel] {
            let grant = grants.iter().find(|grant| grant.resource == resource);
            assert_eq!(
                grant.map(|g| g.actions.clone()),
                Some(vec![
                    "bedrock:InvokeModel",
                    "bedrock:InvokeModelWithResponseStream",
                ])
            );
        }
    }
}
