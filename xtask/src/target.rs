//! The target of a task, as flags for the programs that reach it.

use std::env;

use contract::naming;

/// Where to, and which stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None` is the local target.
    pub aws: Option<Aws>,
    /// The platform's stack.
    pub stack: String,
}

/// An account's region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aws {
    /// Region name.
    pub region: String,
    /// Named profile of the AWS configuration.
    pub profile: Option<String>,
}

impl Target {
    /// The local target.
    pub fn local(stack: &str) -> Self {
        Self {
            aws: None,
            stack: stack.to_owned(),
        }
    }

    /// The flags that name the target.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = match &self.aws {
            None => vec!["--local".to_owned()],
            Some(aws) => vec!["--region".to_owned(), aws.region.clone()],
        };
        if let Some(profile) = self.aws.as_ref().and_then(|aws| aws.profile.as_ref()) {
            flags.extend(["--profile".to_owned(), profile.clone()]);
        }
        if self.stack != naming::DEFAULT_STACK {
            flags.extend(["--stack-name".to_owned(), self.stack.clone()]);
        }
        flags
    }

    /// Where it is, in words.
    pub fn place(&self) -> String {
        match &self.aws {
            None => "this machine".to_owned(),
            Some(Aws {
                region,
                profile: Some(profile),
            }) => format!("{region} (profile {profile})"),
            Some(Aws { region, .. }) => region.clone(),
        }
    }

    /// `WORDS` with the flags that name the target.
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .chain(self.flags())
            .collect()
    }

    /// `cargo xtask up`, for people: a task that is local anyway, with the stack where it matters.
    pub fn local_task(&self, words: &str) -> String {
        match self.stack.as_str() {
            naming::DEFAULT_STACK => words.to_owned(),
            stack => format!("{words} --stack-name {stack}"),
        }
    }

    /// `cargo provision outputs --local`, for people.
    pub fn line(&self, words: &str) -> String {
        format!("{words} {}", self.flags().join(" "))
    }
}

/// The region to deploy to: the one named, the environment's, or the default.
pub fn region(named: Option<&str>) -> String {
    let variable = |name: &&str| env::var(name).ok().filter(|region| !region.is_empty());
    named
        .map(str::to_owned)
        .or_else(|| {
            ["AWS_REGION", "AWS_DEFAULT_REGION"]
                .iter()
                .find_map(variable)
        })
        .unwrap_or_else(|| naming::DEFAULT_REGION.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_name_only_what_differs_from_the_default() {
        let local = Target::local(naming::DEFAULT_STACK);
        assert_eq!(
            local.line("cargo provision verify"),
            "cargo provision verify --local"
        );
        assert_eq!(
            Target::local("Blue").local_task("up"),
            "up --stack-name Blue"
        );
        assert_eq!(local.local_task("up"), "up");
        let aws = Aws {
            region: "eu-west-1".into(),
            profile: Some("ops".into()),
        };
        let blue = Target {
            aws: Some(aws),
            stack: "Blue".into(),
        };
        assert_eq!(local.place(), "this machine");
        assert_eq!(blue.place(), "eu-west-1 (profile ops)");
        assert_eq!(
            blue.command(&["verify"]).join(" "),
            "verify --region eu-west-1 --profile ops --stack-name Blue"
        );
    }

    #[test]
    fn a_named_region_wins() {
        assert_eq!(region(Some("eu-west-1")), "eu-west-1");
    }
}
