//! What a role may do, and what the arrows say it may do (SEC-1, AI-2).
//!
//! The template is not asked: the actions stand here a second time, so that a mistake in how the
//! template makes them shows.

use std::collections::BTreeSet;

use contract::arrows::arrows_from;
use contract::{Failure, Function, Target, Verb, local, model, naming};
use deploy_target::OrExplain;
use serde_json::Value;

use super::check::Finding;
use super::compare::{ensure, present};
use super::ctx::Ctx;

/// An action on a resource.
pub type Right = (String, String);

/// Where ARNs of the platform are: partition, region, account.
#[derive(Clone, Debug)]
pub struct Place {
    partition: String,
    region: String,
    account: String,
}

impl Place {
    /// Reads them off any ARN of the account.
    pub fn of_arn(arn: &str) -> Result<Self, Finding> {
        match arn.split(':').collect::<Vec<_>>()[..] {
            ["arn", partition, _, region, account, ..] => Ok(Self {
                partition: partition.to_owned(),
                region: region.to_owned(),
                account: account.to_owned(),
            }),
            _ => Err(Finding::new(format!("`{arn}` is no ARN"))),
        }
    }

    /// An ARN of this account and region.
    pub fn arn(&self, service: &str, rest: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// The ARN of an inference profile.
    pub fn profile(&self, model: &str) -> String {
        self.arn("bedrock", &format!("inference-profile/{model}"))
    }
}

/// What a platform's rights depend on.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    /// Partition, region and account.
    pub place: Place,
    /// Prefix of names.
    pub prefix: &'a str,
    /// The inference profile's id.
    pub model: &'a str,
    /// Id of the WebSocket API.
    pub socket_api: &'a str,
    /// Id of the guardrail that the model answers under, where one is configured.
    pub guardrail: Option<String>,
}

/// Every right that `function`'s arrows give.
pub fn required(function: Function, names: &Names) -> BTreeSet<Right> {
    let rights = arrows_from(function).flat_map(|arrow| {
        let resources = resources(function, arrow.to, names);
        let actions = arrow.verbs.iter().flat_map(|&verb| actions(verb));
        actions.flat_map(move |action| {
            resources
                .clone()
                .into_iter()
                .map(move |resource| ((*action).to_owned(), resource))
        })
    });
    rights.chain(under_guardrail(function, names)).collect()
}

/// What a guardrail adds for the function that asks the model.
fn under_guardrail(function: Function, names: &Names) -> Option<Right> {
    let asks = arrows_from(function).any(|arrow| arrow.to == Target::Model);
    let id = names.guardrail.as_ref().filter(|_| asks)?;
    let arn = names.place.arn("bedrock", &format!("guardrail/{id}"));
    Some(("bedrock:ApplyGuardrail".to_owned(), arn))
}

/// The IAM actions of a verb.
pub fn actions(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Get => &["dynamodb:GetItem"],
        Verb::Query => &["dynamodb:Query"],
        Verb::Put => &["dynamodb:PutItem"],
        Verb::Update => &["dynamodb:UpdateItem"],
        Verb::Delete => &["dynamodb:DeleteItem"],
        Verb::Check => &["dynamodb:ConditionCheckItem"],
        Verb::Invoke => &["lambda:InvokeFunction"],
        Verb::Converse => &["bedrock:InvokeModel"],
        Verb::ConverseStream => &["bedrock:InvokeModelWithResponseStream"],
        Verb::Post => &["execute-api:ManageConnections"],
        Verb::Log => &["logs:CreateLogStream", "logs:PutLogEvents"],
    }
}

fn resources(function: Function, target: Target, names: &Names) -> Vec<String> {
    let Names {
        place,
        prefix,
        model,
        socket_api,
        ..
    } = names;
    match target {
        Target::Table(table) => {
            vec![place.arn(
                "dynamodb",
                &format!("table/{}", table.physical_name(prefix)),
            )]
        }
        Target::Function(callee) => {
            vec![place.arn(
                "lambda",
                &format!("function:{}", callee.physical_name(prefix)),
            )]
        }
        Target::Model => {
            let mut arns = model::foundation_model_arns(model);
            arns.push(place.profile(model));
            arns
        }
        Target::Connections => {
            let path = format!("{socket_api}/{}/POST/@connections/*", naming::STAGE);
            vec![place.arn("execute-api", &path)]
        }
        Target::OwnLogGroup => {
            vec![place.arn(
                "logs",
                &format!("log-group:{}:*", function.log_group(prefix)),
            )]
        }
    }
}

/// A statement of a role, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Every action on every resource.
    pub rights: BTreeSet<Right>,
    /// The condition, or `null`.
    pub condition: Value,
}

impl Ctx {
    /// The statements of a function's role.
    ///
    /// # Errors
    /// Also where the role has rights that cannot be listed: a managed policy, a `NotAction`.
    pub(super) async fn statements(&self, role: &str) -> Result<Vec<Statement>, Finding> {
        let what = format!("cannot read role `{role}`");
        let iam = &self.clients.iam;
        let attached = iam
            .list_attached_role_policies()
            .role_name(role)
            .send()
            .await;
        let attached = attached.or_explain(&self.target, &what)?;
        let managed: Vec<_> = attached
            .attached_policies()
            .iter()
            .filter_map(|policy| policy.policy_name())
            .collect();
        ensure(managed.is_empty(), || {
            format!("role `{role}` has managed policies: {managed:?}")
        })?;
        let names = iam.list_role_policies().role_name(role).send().await;
        let names = names.or_explain(&self.target, &what)?;
        let mut statements = Vec::new();
        for name in names.policy_names() {
            // The local engine checks two actions by other names than AWS does; the policy that
            // makes up for it is no part of the platform.
            if self.target.is_local() && name == local::POLICY {
                continue;
            }
            let policy = iam
                .get_role_policy()
                .role_name(role)
                .policy_name(name)
                .send()
                .await;
            let policy = policy.or_explain(&self.target, &what)?;
            statements.extend(parse(&policy.policy_document)?);
        }
        Ok(statements)
    }

    /// What the rights of this stack's roles depend on.
    pub(super) fn names<'a>(&'a self, any_arn: &str) -> Result<Names<'a>, Finding> {
        Ok(Names {
            place: Place::of_arn(any_arn)?,
            prefix: self.prefix()?,
            model: self.output(contract::outputs::MODEL_ID)?,
            socket_api: self.output(contract::outputs::WEB_SOCKET_API_ID)?,
            guardrail: None,
        })
    }
}

/// The statements of a policy document, which IAM gives URL-encoded.
fn parse(document: &str) -> Result<Vec<Statement>, Finding> {
    let text = decode(document).map_err(|failure| Finding::from(failure).at("a policy"))?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| Finding::because("a policy is no JSON", &error))?;
    one_or_many(&document["Statement"])
        .into_iter()
        .map(statement)
        .collect()
}

fn statement(statement: &Value) -> Result<Statement, Finding> {
    ensure(statement["Effect"] == "Allow", || {
        "a policy has a statement that denies".to_owned()
    })?;
    let actions = texts("Action", statement)?;
    let resources = texts("Resource", statement)?;
    let rights = actions.iter().flat_map(|action| {
        resources
            .iter()
            .map(move |resource| (action.clone(), resource.clone()))
    });
    Ok(Statement {
        rights: rights.collect(),
        condition: statement["Condition"].clone(),
    })
}

fn texts(name: &str, statement: &Value) -> Result<Vec<String>, Finding> {
    let value = present(
        &format!("{name} of a policy's statement"),
        statement.get(name),
    )?;
    Ok(one_or_many(value)
        .into_iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    value
        .as_array()
        .map_or_else(|| vec![value], |many| many.iter().collect())
}

/// Undoes percent-encoding (RFC 3986), as IAM applies it to documents.
fn decode(text: &str) -> Result<String, Failure> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let digits = tail
                .get(..2)
                .and_then(|digits| std::str::from_utf8(digits).ok());
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(byte.ok_or_else(|| Failure::new("is badly encoded"))?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).map_err(|error| Failure::new("is not UTF-8").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_document_reads_as_rights() {
        let document = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A\
                        %5B%22a%3AB%22%2C%22a%3AC%22%5D%2C%22Resource%22%3A%22arn%3Ax%22%7D%5D%7D";
        let statements = parse(document).unwrap();
        let right = |action: &str| (action.to_owned(), "arn:x".to_owned());
        assert_eq!(
            statements[0].rights,
            BTreeSet::from([right("a:B"), right("a:C")])
        );
        assert!(parse("%7").is_err());
        assert!(parse(r#"{"Statement":{"Effect":"Deny"}}"#).is_err());
        assert!(
            parse(r#"{"Statement":{"Effect":"Allow","NotAction":"x","Resource":"*"}}"#).is_err()
        );
    }

    fn names() -> Names<'static> {
        Names {
            place: Place::of_arn("arn:aws:lambda:us-west-2:123456789012:function:x").unwrap(),
            prefix: "P",
            model: model::DEFAULT_MODEL,
            socket_api: "api",
            guardrail: None,
        }
    }

    #[test]
    fn a_guardrail_is_one_more_right_of_the_agent_alone() {
        let mut names = names();
        let without = Function::ALL.map(|function| required(function, &names));
        names.guardrail = Some("abc1".to_owned());
        let arn = "arn:aws:bedrock:us-west-2:123456789012:guardrail/abc1";
        let right = ("bedrock:ApplyGuardrail".to_owned(), arn.to_owned());
        for (function, without) in Function::ALL.into_iter().zip(without) {
            let with = required(function, &names);
            let more: Vec<&Right> = with.difference(&without).collect();
            let agent = function == Function::PersonalizationAgent;
            assert_eq!(
                more,
                agent.then_some(&right).into_iter().collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn rights_are_those_of_the_arrows_and_nothing_is_open() {
        let names = names();
        let disconnect = required(Function::WsDisconnect, &names);
        let log = "arn:aws:logs:us-west-2:123456789012:log-group:/aws/lambda/P-ws-disconnect:*";
        let sessions = "arn:aws:dynamodb:us-west-2:123456789012:table/P-Sessions";
        let expected = [
            ("dynamodb:DeleteItem", sessions),
            ("logs:CreateLogStream", log),
            ("logs:PutLogEvents", log),
        ];
        let expected = expected.map(|(action, arn)| (action.to_owned(), arn.to_owned()));
        assert_eq!(disconnect, BTreeSet::from(expected));
        for function in Function::ALL {
            let rights = required(function, &names);
            assert!(
                rights
                    .iter()
                    .all(|(action, arn)| !action.contains('*') && arn != "*")
            );
        }
    }
}
