//! What varies between deployments, and the conditions on it.

use contract::{ApiKeys, Function, KeyHolder, limits, model, naming, parameters as name};

use crate::cfn::{Condition, Parameter, ParameterType, Template};

/// Whole requests and responses are logged.
pub const FULL_LOGGING: &str = "FullLogging";
/// Alarms go to a topic.
pub const HAS_ALARM_TOPIC: &str = "HasAlarmTopic";
/// The model is asked under a guardrail.
pub const HAS_GUARDRAIL: &str = "HasGuardrail";
/// The page is hosted.
pub const HOSTS_PAGE: &str = "HostsPage";
/// The page asks for a password.
pub const PAGE_IS_CLOSED: &str = "PageIsClosed";
/// The APIs are not served at AWS's own names.
pub const SERVED_ELSEWHERE: &str = "ServedElsewhere";

/// Conditions on a holder's API keys.
#[derive(Clone, Copy, Debug)]
pub struct KeyConditions {
    /// The first is there.
    pub has_first: &'static str,
    /// The second is there.
    pub has_second: &'static str,
    /// The first is the one to use.
    pub first_is_current: &'static str,
    /// Both are there.
    pub rotates: &'static str,
}

impl KeyConditions {
    /// Those of a holder.
    pub const fn of(holder: KeyHolder) -> Self {
        match holder {
            KeyHolder::Operators => Self {
                has_first: "HasFirstKey",
                has_second: "HasSecondKey",
                first_is_current: "FirstKeyIsCurrent",
                rotates: "RotatesKeys",
            },
            KeyHolder::Page => Self {
                has_first: "PageHasFirstKey",
                has_second: "PageHasSecondKey",
                first_is_current: "PageFirstKeyIsCurrent",
                rotates: "PageRotatesKeys",
            },
        }
    }
}

const RETENTION_DAYS: &[&str] = &[
    "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
];

/// Declares every parameter and condition.
pub fn declare(template: &mut Template) {
    naming_and_environment(template);
    model_and_logs(template);
    model_settings(template);
    page(template);
    code(template);
    for holder in KeyHolder::ALL {
        keys(template, holder);
    }
    template.condition(
        HAS_GUARDRAIL,
        &Condition::parameter_is(name::GUARDRAIL_ID, "").negated(),
    );
    template.condition(
        HAS_ALARM_TOPIC,
        &Condition::parameter_is(name::ALARM_TOPIC_ARN, "").negated(),
    );
    template.condition(
        SERVED_ELSEWHERE,
        &Condition::parameter_is(name::EXECUTE_API_BASE, "").negated(),
    );
    // Bodies hold personal data: never in production, whatever the switch says.
    template.condition(
        FULL_LOGGING,
        &Condition::And(vec![
            Condition::parameter_is(name::FULL_REQUEST_LOGGING, "true"),
            Condition::parameter_is(name::ENVIRONMENT, "prod").negated(),
        ]),
    );
}

fn naming_and_environment(template: &mut Template) {
    template.parameter(
        name::PREFIX,
        &Parameter::text("Prefix of tables, functions, roles and log groups")
            .default(naming::DEFAULT_PREFIX)
            .matching(
                "^[A-Za-z][A-Za-z0-9-]{0,39}$",
                "letters, digits and hyphens, starting with a letter, 40 at most",
            ),
    );
    template.parameter(
        name::ENVIRONMENT,
        &Parameter::text("dev or prod; prod never logs whole requests")
            .default(name::ENVIRONMENTS[0])
            .one_of(&name::ENVIRONMENTS),
    );
    template.parameter(
        name::ALARM_TOPIC_ARN,
        &Parameter::text("ARN of the topic that alarms go to; empty for none").default(""),
    );
    template.parameter(
        name::EXECUTE_API_BASE,
        &Parameter::text("Base URL of both APIs where not at AWS's own names; empty on AWS")
            .default("")
            .matching(
                "^(https?://[^/ ]+(/[^ ]*[^/ ])?)?$",
                "an http(s) URL without a trailing slash",
            ),
    );
}

fn model_and_logs(template: &mut Template) {
    template.parameter(
        name::MODEL_ID,
        &Parameter::text("Inference profile of a Claude model on Amazon Bedrock")
            .default(model::DEFAULT_MODEL)
            .matching(
                "^[a-z]+\\.anthropic\\.[A-Za-z0-9.:-]+$",
                "an inference profile of an Anthropic model, e.g. us.anthropic.claude-sonnet-4-6",
            ),
    );
    template.parameter(
        name::MODEL_ARNS,
        &Parameter::text("ARNs of the profile's model, one for each region that it routes to")
            .of(ParameterType::CommaDelimitedList)
            .default(model::foundation_model_arns(model::DEFAULT_MODEL).join(",")),
    );
    template.parameter(
        name::LOG_RETENTION_DAYS,
        &Parameter::text("Days that logs are kept")
            .of(ParameterType::Number)
            .default(limits::LOG_RETENTION_DAYS.to_string())
            .one_of(RETENTION_DAYS),
    );
    template.parameter(
        name::FULL_REQUEST_LOGGING,
        &Parameter::text("Log whole REST requests and responses, except where Environment=prod")
            .default("true")
            .one_of(&["true", "false"]),
    );
}

fn model_settings(template: &mut Template) {
    template.parameter(
        name::MODEL_TEMPERATURE,
        &Parameter::text(
            "The model's temperature, 0 to 1; empty: not sent, newer models refuse it",
        )
        .default("")
        .matching(
            "^(0(\\.[0-9]{1,4})?|1(\\.0{1,4})?)?$",
            "a number from 0 to 1, or nothing",
        ),
    );
    template.parameter(
        name::MODEL_MAX_TOKENS,
        &Parameter::text("Tokens the model may answer with; empty: not sent")
            .default(limits::REPLY_MAX_TOKENS.to_string())
            .matching("^([1-9][0-9]{0,5})?$", "a whole number from 1, or nothing"),
    );
    template.parameter(
        name::GUARDRAIL_ID,
        &Parameter::text("Id of the guardrail that the model is asked under; empty for none")
            .default("")
            .matching("^[a-z0-9]{0,64}$", "a guardrail's id, or nothing"),
    );
    template.parameter(
        name::GUARDRAIL_VERSION,
        &Parameter::text("Version of the guardrail, a number or DRAFT; empty for none")
            .default("")
            .matching("^(DRAFT|[1-9][0-9]{0,7})?$", "a number, DRAFT, or nothing"),
    );
}

fn page(template: &mut Template) {
    template.parameter(
        name::PAGE_ACCESS,
        &Parameter::text(
            "Who may open the page: those with the password, or anyone; or none: no page",
        )
        .default(name::PAGE_NONE)
        .one_of(&name::PAGE_ACCESSES),
    );
    template.parameter(
        name::PAGE_PASSWORD,
        &Parameter::text("Password of the page where it asks for one; else empty").secret(),
    );
    template.condition(
        HOSTS_PAGE,
        &Condition::parameter_is(name::PAGE_ACCESS, name::PAGE_NONE).negated(),
    );
    template.condition(
        PAGE_IS_CLOSED,
        &Condition::parameter_is(name::PAGE_ACCESS, name::PAGE_CLOSED),
    );
}

fn keys(template: &mut Template, holder: KeyHolder) {
    let what = match holder {
        KeyHolder::Operators => "Which API keys there are; rotate-key changes it, step by step",
        KeyHolder::Page => {
            "Which API keys of the page there are; rotate-key --page changes it, step by step"
        }
    };
    template.parameter(
        holder.parameter(),
        &Parameter::text(what)
            .default(ApiKeys::First.value())
            .one_of(&ApiKeys::ALL.map(ApiKeys::value)),
    );
    let name = KeyConditions::of(holder);
    let is = |keys: ApiKeys| Condition::parameter_is(holder.parameter(), keys.value());
    template.condition(name.has_first, &is(ApiKeys::Second).negated());
    template.condition(name.has_second, &is(ApiKeys::First).negated());
    template.condition(
        name.first_is_current,
        &Condition::Or(vec![is(ApiKeys::First), is(ApiKeys::SecondToFirst)]),
    );
    template.condition(
        name.rotates,
        &Condition::Or(vec![is(ApiKeys::FirstToSecond), is(ApiKeys::SecondToFirst)]),
    );
}

fn code(template: &mut Template) {
    template.parameter(
        name::CODE_BUCKET,
        &Parameter::text("Bucket of the functions' packages"),
    );
    template.parameter(
        name::ARCHITECTURE,
        &Parameter::text("Architecture of the functions' packages")
            .default("arm64")
            .one_of(&["arm64", "x86_64"]),
    );
    for function in Function::ALL {
        template.parameter(
            name::code_key(function),
            &Parameter::text("S3 key of the function's package; holds its SHA-256"),
        );
    }
}
