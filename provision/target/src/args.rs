//! The target arguments that every command shares, and what they come to.

use std::env;

use clap::Args;
use contract::{Failure, local, naming};

use crate::Engine;

/// Where to, and which stack.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// The local platform (`cargo xtask up`)
    #[arg(long, global = true, conflicts_with_all = ["region", "profile"])]
    pub local: bool,

    /// AWS, in this region [default: the environment's]
    #[arg(long, global = true)]
    pub region: Option<String>,

    /// Named profile of the AWS configuration
    #[arg(long, global = true)]
    pub profile: Option<String>,

    /// Name of the platform's stack
    #[arg(long, global = true, default_value = naming::DEFAULT_STACK)]
    pub stack_name: String,

    /// ARN of the service role that CloudFormation is handed; only who changes stacks takes one.
    #[arg(skip)]
    pub role_arn: Option<String>,
}

/// Where a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The local engine.
    Local(Engine),
    /// AWS (or what `AWS_ENDPOINT_URL` names), in this region.
    Aws {
        /// Region name.
        region: String,
        /// Named profile, where one was given.
        profile: Option<String>,
    },
}

/// A target: a place and a stack in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub place: Place,
    /// The platform's stack.
    pub stack: String,
}

impl TargetArgs {
    /// Decides the target.
    ///
    /// # Errors
    /// Exit 2 where no target is named, exit 1 where the local platform is not running.
    pub fn resolve(&self) -> Result<Target, Failure> {
        if !is_stack_name(&self.stack_name) {
            return Err(
                Failure::usage(format!("`{}` is not a stack name", self.stack_name))
                    .hint("letters, digits and hyphens, starting with a letter, 40 at most"),
            );
        }
        let place = if self.local {
            Place::Local(Engine::read()?)
        } else {
            let region = self
                .region
                .clone()
                .or_else(region_of_environment)
                .ok_or_else(|| {
                    Failure::usage("no target is named")
                        .hint("pass --local, or --region us-west-2 (AWS_REGION is honoured too)")
                })?;
            Place::Aws {
                region,
                profile: self.profile.clone(),
            }
        };
        Ok(Target {
            place,
            stack: self.stack_name.clone(),
        })
    }
}

impl Target {
    /// A stack in a region of AWS, with the credentials that are at hand.
    pub fn on_aws(region: &str, stack: &str) -> Self {
        let place = Place::Aws {
            region: region.to_owned(),
            profile: None,
        };
        Self {
            place,
            stack: stack.to_owned(),
        }
    }

    /// Whether this is the local engine.
    pub const fn is_local(&self) -> bool {
        matches!(self.place, Place::Local(_))
    }

    /// The region, as the services see it.
    pub fn region(&self) -> &str {
        match &self.place {
            Place::Local(_) => local::REGION,
            Place::Aws { region, .. } => region,
        }
    }

    /// The local engine's endpoint, or what `AWS_ENDPOINT_URL` says.
    pub fn endpoint(&self) -> Option<String> {
        match &self.place {
            Place::Local(engine) => Some(engine.endpoint.clone()),
            Place::Aws { .. } => env::var("AWS_ENDPOINT_URL")
                .ok()
                .filter(|url| !url.is_empty()),
        }
    }

    /// The flags that name this target on a command line, for hints.
    pub fn flags(&self) -> String {
        let mut flags = match &self.place {
            Place::Local(_) => "--local".to_owned(),
            Place::Aws {
                region,
                profile: None,
            } => format!("--region {region}"),
            Place::Aws {
                region,
                profile: Some(profile),
            } => {
                format!("--region {region} --profile {profile}")
            }
        };
        if self.stack != naming::DEFAULT_STACK {
            flags.push_str(" --stack-name ");
            flags.push_str(&self.stack);
        }
        flags
    }
}

fn region_of_environment() -> Option<String> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .iter()
        .find_map(|name| env::var(name).ok())
        .filter(|region| !region.is_empty())
}

/// Stack names may have 128 characters; ours also prefix function and role names (64 at most).
fn is_stack_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws(profile: Option<&str>, stack: &str) -> Target {
        let place = Place::Aws {
            region: "eu-west-1".into(),
            profile: profile.map(Into::into),
        };
        Target {
            place,
            stack: stack.into(),
        }
    }

    #[test]
    fn flags_name_only_what_differs_from_the_default() {
        assert_eq!(
            aws(None, naming::DEFAULT_STACK).flags(),
            "--region eu-west-1"
        );
        assert_eq!(
            aws(Some("ops"), "Blue").flags(),
            "--region eu-west-1 --profile ops --stack-name Blue"
        );
    }

    #[test]
    fn stack_names_are_those_cloudformation_takes() {
        assert!(is_stack_name("Blue-2"));
        assert!(!is_stack_name("2-Blue"));
        assert!(!is_stack_name("Blue_2"));
        assert!(!is_stack_name(""));
    }
}
