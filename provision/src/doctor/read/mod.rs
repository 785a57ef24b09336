//! Asks the services, everything at once, and looks.

use contract::{Failure, parameters};
use futures::join;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::finding::{AGAIN, Finding};
use super::gateway::{self, LogRole};
use super::quotas::{self, Needs};
use super::report::{Report, Skip};
use super::second::second;
use super::storage::{self, Bucket};
use super::{account, runtime};
use crate::apply::client::Client;
use crate::apply::options::Options;
use crate::apply::survey::Survey;
use crate::clients::Clients;

mod bedrock;
mod counts;
mod log_role;

/// Looks at everything that a deployment with these options needs. Changes nothing.
pub async fn examine(clients: &Clients, options: &Options) -> Report {
    let client = Client::new(clients);
    let identity = client.identity().await;
    let mut findings = vec![
        account::account(&clients.target, &identity),
        runtime::runtime(today()),
    ];
    let Ok(identity) = identity else {
        return report(clients, findings, &WITHOUT_CREDENTIALS);
    };
    let survey = Box::pin(Survey::take(client, options)).await;
    let mut skipped = Vec::new();
    let model = match &survey {
        Ok(survey) => {
            let live = survey.live();
            findings.push(standing(clients, survey));
            if survey.creates() {
                let others = client.platforms().await;
                findings.push(second(&clients.target.stack, &others));
            }
            let place = Place {
                clients,
                survey,
                account: &identity.account,
            };
            findings.extend(Box::pin(place.look(options)).await);
            options
                .model_id
                .clone()
                .or_else(|| live.get(parameters::MODEL_ID).cloned())
        }
        Err(error) => {
            skipped.extend(WITHOUT_STACK);
            findings.push(refused(error));
            options.model_id.clone()
        }
    };
    findings.push(account::region(&clients.target, model.as_deref()));
    if clients.target.is_local() {
        skipped.extend(ON_LOCAL);
    } else if let Some(id) =
        model.or_else(|| contract::model::default_model(clients.target.region()))
    {
        findings.extend(Box::pin(bedrock::look(clients, &id, today())).await);
    }
    report(clients, findings, &skipped)
}

fn report(clients: &Clients, findings: Vec<Finding>, skipped: &[Skip]) -> Report {
    Report {
        stack: clients.target.stack.clone(),
        findings,
        skipped: skipped.to_vec(),
    }
}

/// What the local engine cannot tell.
const ON_LOCAL: [Skip; 5] = [
    Skip {
        look: "model",
        reason: "the local engine's catalogue has no current model",
    },
    Skip {
        look: "model's life",
        reason: "the local engine's models do not end",
    },
    Skip {
        look: "model access",
        reason: "the local engine lets everybody ask its stand-in",
    },
    Skip {
        look: "bucket's owner",
        reason: "the local engine has one account, and does not compare owners",
    },
    Skip {
        look: "quotas",
        reason: "the local engine has no Service Quotas",
    },
];

const WITHOUT_CREDENTIALS: [Skip; 1] = [Skip {
    look: "all else",
    reason: "nothing can be asked without credentials",
}];

const WITHOUT_STACK: [Skip; 1] = [Skip {
    look: "the account",
    reason: "bucket, tables, log role and quotas are looked at once the stack can be read",
}];

fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

fn refused(error: &anyhow::Error) -> Finding {
    match error.downcast_ref::<Failure>() {
        Some(failure) => Finding::error("stack", failure.to_string())
            .explained_by(failure, "no operation may start while that is so"),
        None => Finding::error("stack", "what there is of it cannot be read")
            .because(format!("{error:#}"))
            .next(AGAIN),
    }
}

fn standing(clients: &Clients, survey: &Survey) -> Finding {
    let name = &clients.target.stack;
    match &survey.stack {
        None => Finding::ok("stack", format!("{name} is not there yet")),
        Some(stack) if survey.failed().is_some() => {
            Finding::warning("stack", format!("{name} is {}", stack.status))
                .because("its first deployment failed; what is left of it has to go first")
                .next("deploy again: it asks, deletes it, and keeps the tables")
        }
        Some(stack) => Finding::ok("stack", format!("{name} is {}", stack.status)),
    }
}

/// An account's region as a deployment meets it.
struct Place<'a> {
    clients: &'a Clients,
    survey: &'a Survey,
    account: &'a str,
}

impl Place<'_> {
    async fn look(&self, options: &Options) -> Vec<Finding> {
        let Survey { found, made, .. } = self.survey;
        let (bucket, role, concurrency, quotas) = join!(
            self.bucket(),
            self.log_role(),
            counts::concurrency(self.clients),
            self.quotas(),
        );
        let bucket = match bucket {
            Ok(bucket) => storage::bucket(&bucket, self.account),
            Err(failure) => Finding::unread("bucket", &failure),
        };
        let role = match role {
            Ok(role) => gateway::log_role(&role),
            Err(failure) => Finding::unread("log role", &failure),
        };
        let tables = storage::tables(&self.clients.target, found, options.adopt, made);
        let mut findings = vec![bucket, role];
        findings.extend(tables);
        findings.push(quotas::concurrency(&concurrency));
        findings.extend(quotas);
        findings
    }

    async fn bucket(&self) -> Result<Bucket, Failure> {
        let Some(name) = self.survey.bootstrap.live_bucket() else {
            return Ok(Bucket::Unmade);
        };
        let call = self.clients.s3.head_bucket().bucket(name);
        let call = call.expected_bucket_owner(self.account).send().await;
        let name = name.to_owned();
        match call {
            Ok(_) => Ok(Bucket::Ours(name)),
            Err(error) => match error.raw_response().map(|raw| raw.status().as_u16()) {
                Some(403) => Ok(Bucket::Foreign(name)),
                Some(404) => Ok(Bucket::Gone(name)),
                _ => Err(deploy_target::explain(
                    &self.clients.target,
                    format!("cannot look at the bucket {name}"),
                    &error,
                )),
            },
        }
    }

    async fn log_role(&self) -> Result<LogRole, Failure> {
        log_role::read(self.clients, !self.survey.bootstrap.creates()).await
    }

    async fn quotas(&self) -> Vec<Finding> {
        let clients = self.clients;
        if clients.target.is_local() {
            return Vec::new();
        }
        let needs = Needs::of(
            !self.survey.bootstrap.creates(),
            !self.survey.creates(),
            self.survey.found.len(),
        );
        let (stacks, tables, plans, roles) = join!(
            counts::of(clients, quotas::STACKS, counts::stacks(clients)),
            counts::of(clients, quotas::TABLES, counts::tables(clients)),
            counts::of(clients, quotas::USAGE_PLANS, counts::usage_plans(clients)),
            counts::roles(clients),
        );
        vec![
            quotas::fits(quotas::STACKS, needs.stacks, &stacks),
            quotas::fits(quotas::TABLES, needs.tables, &tables),
            quotas::fits(quotas::USAGE_PLANS, needs.usage_plans, &plans),
            quotas::fits(quotas::ROLES, needs.roles, &roles),
        ]
    }
}
