//! The values of the platform stack's parameters: given, else live, else the default.

use std::collections::BTreeMap;

use contract::parameters as name;
use contract::{ApiKeys, Failure, Function, KeyHolder, limits, local, model, naming};
use deploy_target::Target;

use super::manifest::Manifest;
use super::options::Options;
use crate::page::access;

/// What the parameters come from.
pub struct Choices<'a> {
    /// Where to.
    pub target: &'a Target,
    /// What the deployer says.
    pub options: &'a Options,
    /// What the live stack has; empty where there is none.
    pub live: &'a BTreeMap<String, String>,
    /// The functions' code.
    pub manifest: &'a Manifest,
    /// Where the code is.
    pub bucket: &'a str,
}

impl Choices<'_> {
    /// The prefix of names.
    ///
    /// # Errors
    /// Exit 3 where the live stack has another: every name would change, and data stay behind.
    pub fn prefix(&self) -> Result<String, Failure> {
        prefix(self.target, self.options, self.live)
    }

    /// Every parameter of the platform's stack.
    ///
    /// # Errors
    /// Where the region has no known default model, or the model's regions are not known.
    pub fn parameters(&self) -> Result<BTreeMap<String, String>, Failure> {
        let given = self.options;
        let model = self.model()?;
        let logging = match (given.full_request_logging, given.no_full_request_logging) {
            (_, true) => Some("false".to_owned()),
            (true, _) => Some("true".to_owned()),
            _ => None,
        };
        let days = given.log_retention_days.map(|days| days.to_string());
        let mut parameters = BTreeMap::from([
            (name::PREFIX.to_owned(), self.prefix()?),
            (name::ENVIRONMENT.to_owned(), environment(given, self.live)),
            (name::MODEL_ARNS.to_owned(), model_arns(&model)?),
            (name::MODEL_ID.to_owned(), model),
            (
                name::LOG_RETENTION_DAYS.to_owned(),
                self.or_live(
                    days,
                    name::LOG_RETENTION_DAYS,
                    &limits::LOG_RETENTION_DAYS.to_string(),
                ),
            ),
            (
                name::ALARM_TOPIC_ARN.to_owned(),
                self.or_live(given.alarm_topic_arn.clone(), name::ALARM_TOPIC_ARN, ""),
            ),
            (
                name::FULL_REQUEST_LOGGING.to_owned(),
                self.or_live(logging, name::FULL_REQUEST_LOGGING, "true"),
            ),
            (name::CODE_BUCKET.to_owned(), self.bucket.to_owned()),
            (name::ARCHITECTURE.to_owned(), self.manifest.arch.clone()),
            (
                name::EXECUTE_API_BASE.to_owned(),
                execute_api_base(self.target),
            ),
        ]);
        parameters.extend(access::decide(
            self.target.is_local(),
            self.options.page,
            self.live,
        ));
        parameters.extend(KeyHolder::ALL.map(|holder| {
            let keys = self.or_live(None, holder.parameter(), ApiKeys::First.value());
            (holder.parameter().to_owned(), keys)
        }));
        parameters.extend(self.code_keys());
        parameters.extend(self.model_settings());
        Ok(parameters)
    }

    fn code_keys(&self) -> impl Iterator<Item = (String, String)> {
        self.manifest
            .packages
            .iter()
            .map(|(&function, package): (&Function, _)| {
                (name::code_key(function), package.s3_key(function))
            })
    }

    fn model_settings(&self) -> impl Iterator<Item = (String, String)> {
        let given = self.options;
        let max_tokens = limits::REPLY_MAX_TOKENS.to_string();
        [
            (name::MODEL_TEMPERATURE, &given.model_temperature, ""),
            (name::MODEL_MAX_TOKENS, &given.model_max_tokens, &max_tokens),
            (name::GUARDRAIL_ID, &given.guardrail_id, ""),
            (name::GUARDRAIL_VERSION, &given.guardrail_version, ""),
        ]
        .map(|(name, given, default)| {
            let value = self.or_live(given.clone(), name, default);
            (name.to_owned(), value)
        })
        .into_iter()
    }

    fn model(&self) -> Result<String, Failure> {
        if let Some(model) = &self.options.model_id {
            return Ok(model.clone());
        }
        if let Some(model) = self.live.get(name::MODEL_ID) {
            return Ok(model.clone());
        }
        let region = self.target.region();
        model::default_model(region).ok_or_else(|| {
            Failure::usage(format!("no default model is known for region {region}"))
                .hint("name an inference profile that the region may call: --model-id")
        })
    }

    fn or_live(&self, given: Option<String>, parameter: &str, default: &str) -> String {
        given
            .or_else(|| self.live.get(parameter).cloned())
            .unwrap_or_else(|| default.to_owned())
    }
}

/// The prefix of names.
///
/// # Errors
/// Exit 3 where the live stack has another.
pub fn prefix(
    target: &Target,
    options: &Options,
    live: &BTreeMap<String, String>,
) -> Result<String, Failure> {
    let live = live.get(name::PREFIX);
    match (&options.prefix, live) {
        (Some(given), Some(live)) if given != live => Err(Failure::refused(format!(
            "{} has the prefix {live}; with {given} every name would change",
            target.stack
        ))
        .hint("deploy a second stack beside it: --stack-name NAME")),
        (Some(given), _) => Ok(given.clone()),
        (None, Some(live)) => Ok(live.clone()),
        (None, None) => Ok(naming::prefix_of(&target.stack).to_owned()),
    }
}

/// `dev` or `prod`.
pub fn environment(options: &Options, live: &BTreeMap<String, String>) -> String {
    options
        .environment
        .clone()
        .or_else(|| live.get(name::ENVIRONMENT).cloned())
        .unwrap_or_else(|| name::ENVIRONMENTS[0].to_owned())
}

/// The tags of the stack, which reach all that it makes.
pub fn tags(target: &Target, environment: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (naming::PROJECT_TAG.to_owned(), naming::PROJECT.to_owned()),
        (naming::STACK_TAG.to_owned(), target.stack.clone()),
        (naming::ENVIRONMENT_TAG.to_owned(), environment.to_owned()),
    ])
}

fn model_arns(id: &str) -> Result<String, Failure> {
    let arns = model::foundation_model_arns(id);
    if arns.is_empty() {
        let known: Vec<&str> = model::PROFILE_GROUPS
            .iter()
            .map(|group| group.prefix)
            .collect();
        return Err(
            Failure::usage(format!("the regions of `{id}` are not known")).hint(format!(
                "name an inference profile that starts with {}",
                known.join(", ")
            )),
        );
    }
    Ok(arns.join(","))
}

fn execute_api_base(target: &Target) -> String {
    if !target.is_local() {
        return String::new();
    }
    target
        .endpoint()
        .map(|url| format!("{url}{}", local::EXECUTE_API_PATH))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use contract::Exit;
    use contract::failure::exit_of;
    use deploy_target::{Engine, Place};

    use super::super::manifest::tests::manifest;
    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    fn options(arguments: &[&str]) -> Options {
        Cli::parse_from(std::iter::once(&"x").chain(arguments)).options
    }

    fn of(
        target: &Target,
        arguments: &[&str],
        live: &[(&str, &str)],
    ) -> Result<BTreeMap<String, String>, Failure> {
        let live = live
            .iter()
            .map(|&(key, value)| (key.into(), value.into()))
            .collect();
        let choices = Choices {
            target,
            options: &options(arguments),
            live: &live,
            manifest: &manifest(),
            bucket: "artifacts",
        };
        choices.parameters()
    }

    #[test]
    fn a_first_deploy_takes_the_defaults_of_its_region() {
        let parameters = of(&Target::on_aws("eu-west-1", "Blue"), &[], &[]).unwrap();
        let shown: Vec<String> = parameters
            .iter()
            .filter(|(key, _)| {
                !key.ends_with("CodeKey") && *key != "ModelArns" && *key != "PagePassword"
            })
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        AlarmTopicArn=
        ApiKeys=first
        Architecture=x86_64
        CodeBucket=artifacts
        Environment=dev
        ExecuteApiBase=
        FullRequestLogging=true
        GuardrailId=
        GuardrailVersion=
        LogRetentionDays=30
        ModelId=eu.anthropic.claude-sonnet-4-6
        ModelMaxTokens=1024
        ModelTemperature=
        PageAccess=password
        PageApiKeys=first
        Prefix=Blue
        ");
        assert_eq!(
            parameters["SearchCodeKey"],
            format!("functions/search/{}.zip", "1".repeat(64))
        );
    }

    #[test]
    fn what_is_not_given_stays_as_it_is() {
        let target = Target::on_aws("us-west-2", naming::DEFAULT_STACK);
        let live = [
            ("Environment", "prod"),
            ("FullRequestLogging", "false"),
            ("Prefix", "Old"),
        ];
        let parameters = of(&target, &["--full-request-logging"], &live).unwrap();
        assert_eq!(parameters["Environment"], "prod");
        assert_eq!(parameters["FullRequestLogging"], "true");
        assert_eq!(parameters["Prefix"], "Old");
    }

    #[test]
    fn how_the_model_is_asked_is_given_kept_and_cleared() {
        let target = Target::on_aws("us-west-2", "Blue");
        let live = [("ModelTemperature", "0.2"), ("ModelMaxTokens", "99")];
        let given = ["--guardrail-id", "abc123", "--guardrail-version", "DRAFT"];
        let parameters = of(&target, &given, &live).unwrap();
        assert_eq!(parameters["GuardrailId"], "abc123");
        assert_eq!(parameters["GuardrailVersion"], "DRAFT");
        assert_eq!(parameters["ModelTemperature"], "0.2");
        assert_eq!(parameters["ModelMaxTokens"], "99");
        let parameters = of(&target, &["--model-temperature", ""], &live).unwrap();
        assert_eq!(parameters["ModelTemperature"], "");
    }

    #[test]
    fn a_setting_of_the_model_that_makes_no_sense_is_a_wrong_command_line() {
        for wrong in [
            ["--model-temperature", "2"],
            ["--model-temperature", "warm"],
            ["--model-max-tokens", "0"],
            ["--guardrail-id", "alone"],
            ["--guardrail-version", "1"],
        ] {
            let parsed = Cli::try_parse_from(std::iter::once(&"x").chain(&wrong));
            assert!(parsed.is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn another_prefix_for_a_live_stack_is_refused() {
        let target = Target::on_aws("us-west-2", "Blue");
        let refusal = of(&target, &["--prefix", "New"], &[("Prefix", "Old")]).unwrap_err();
        assert_eq!(exit_of(&refusal), Exit::Refused);
    }

    #[test]
    fn a_region_or_model_of_no_known_group_is_a_wrong_command_line() {
        let unknown = of(&Target::on_aws("sa-east-1", "Blue"), &[], &[]).unwrap_err();
        assert_eq!(exit_of(&unknown), Exit::Usage);
        let model = ["--model-id", "global.anthropic.claude"];
        let unknown = of(&Target::on_aws("us-west-2", "Blue"), &model, &[]).unwrap_err();
        assert_eq!(exit_of(&unknown), Exit::Usage);
    }

    #[test]
    fn the_local_engine_serves_both_apis_under_its_own_address() {
        let engine = Engine {
            pid: 1,
            port: 9,
            endpoint: "http://127.0.0.1:9".into(),
        };
        let target = Target {
            place: Place::Local(engine),
            stack: naming::DEFAULT_STACK.into(),
        };
        let parameters = of(&target, &[], &[]).unwrap();
        assert_eq!(
            parameters["ExecuteApiBase"],
            "http://127.0.0.1:9/_aws/execute-api"
        );
        assert_eq!(parameters["Prefix"], "SupporterEngagement");
    }
}
