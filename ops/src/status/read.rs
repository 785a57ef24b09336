//! Reads the whole status, everything at once.

use contract::metrics::CODES;
use contract::{Failure, Function, Metric, Table, outputs, prices};
use deploy_target::Target;
use futures::future::{try_join, try_join_all, try_join4};
use jiff::Timestamp;

use super::figures::{Figures, Names, Query, Statistic};
use super::model::{CodeCount, ModelStatus, StackStatus, Status};
use super::tally::Tally;
use super::{cloudwatch, resources};
use crate::clients::Clients;
use crate::logs::Group;
use crate::logs::follow::Place;
use crate::stack::Stack;

/// What a status is read from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The target.
    pub target: &'a Target,
    /// The services.
    pub clients: &'a Clients,
    /// The stack, as just read.
    pub stack: &'a Stack,
}

/// The status at `now`.
///
/// # Errors
/// Where the stack is not the platform's, or a service does not answer.
pub async fn status(from: &Sources<'_>, now: Timestamp) -> anyhow::Result<Status> {
    let names = Names {
        prefix: from.stack.output(outputs::PREFIX)?.to_owned(),
        websocket_api: from.stack.output(outputs::WEB_SOCKET_API_ID)?.to_owned(),
    };
    let since = midnight(now);
    let functions = Function::ALL.map(|it| resources::function(from, &names, it));
    let tables = Table::ALL.map(|it| resources::table(from, &names, it));
    let things = try_join4(
        try_join_all(functions),
        try_join_all(tables),
        resources::apis(from),
        try_join(
            resources::alarms(from, &names.prefix),
            resources::open_sessions(from, &names.prefix),
        ),
    );
    let things = async { Ok(things.await?) };
    let (things, figures) = Box::pin(try_join(things, figures(from, &names, since, now))).await?;
    let (mut functions, mut tables, mut apis, (alarms, open_sessions)) = things;
    resources::with_figures(&names, &figures, &mut functions, &mut tables, &mut apis);
    let mut status = Status {
        at: format!("{now:.0}"),
        since: format!("{since:.0}"),
        figures: if from.target.is_local() {
            "logs"
        } else {
            "cloudwatch"
        },
        healthy: true,
        problems: Vec::new(),
        stack: stack(from)?,
        functions,
        tables,
        apis,
        alarms,
        model: model(from.stack.output(outputs::MODEL_ID)?, &names, &figures),
        errors: errors(&names, &figures),
        open_sessions,
    };
    status.problems = status.find_problems();
    status.healthy = status.problems.is_empty();
    Ok(status)
}

/// The day's beginning, in UTC as CloudWatch counts days.
fn midnight(now: Timestamp) -> Timestamp {
    const DAY_SECONDS: i64 = 86_400;
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(DAY_SECONDS)).unwrap_or(now)
}

fn stack(from: &Sources<'_>) -> Result<StackStatus, Failure> {
    Ok(StackStatus {
        name: from.stack.name.clone(),
        place: resources::place(from.target),
        status: from.stack.status.clone(),
        environment: from.stack.output(outputs::ENVIRONMENT)?.to_owned(),
        last_deploy: from.stack.changed_at.map(|at| format!("{at:.0}")),
    })
}

/// CloudWatch's figures; on the local engine, which makes no metrics of log lines, those that the
/// lines themselves give.
async fn figures(
    from: &Sources<'_>,
    names: &Names,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Figures> {
    let queries = names.all();
    if from.target.is_local() {
        return counted(from, names, &queries, since, now).await;
    }
    let client = &from.clients.cloudwatch;
    Ok(cloudwatch::figures(client, from.target, &queries, since, now).await?)
}

async fn counted(
    from: &Sources<'_>,
    names: &Names,
    queries: &[Query],
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Figures> {
    let (since, now) = (since.as_millisecond(), now.as_millisecond());
    let groups = Function::ALL.map(|it| Group::new(it, &names.prefix, None, since, now));
    let place = Place {
        client: &from.clients.logs,
        target: from.target,
    };
    let mut tally = Tally::default();
    let count = |entry: &_| {
        tally.take(entry);
        Ok(true)
    };
    place
        .read(&mut groups.into_iter().collect::<Vec<_>>(), count)
        .await?;
    Ok(tally.figures(names, queries))
}

fn model(id: &str, names: &Names, figures: &Figures) -> ModelStatus {
    let get = |metric, statistic| figures.get(&names.ours(metric, "", statistic)).copied();
    let input_tokens = get(Metric::InputTokens, Statistic::Sum);
    let output_tokens = get(Metric::OutputTokens, Statistic::Sum);
    let usd = |price: &prices::TokenPrice| {
        price.usd(
            input_tokens.unwrap_or_default(),
            output_tokens.unwrap_or_default(),
        )
    };
    ModelStatus {
        id: id.to_owned(),
        answers: get(Metric::ModelLatency, Statistic::Count),
        input_tokens,
        output_tokens,
        usd: prices::of_model(id).map(usd),
        p95_ms: get(Metric::ModelLatency, Statistic::P95),
        first_token_p95_ms: get(Metric::TimeToFirstToken, Statistic::P95),
    }
}

fn errors(names: &Names, figures: &Figures) -> Vec<CodeCount> {
    let count = |code: contract::ErrorCode| {
        let count = figures.get(&names.ours(Metric::Errors, code.code(), Statistic::Sum))?;
        (*count > 0.0).then(|| CodeCount {
            code: code.code(),
            count: *count,
        })
    };
    CODES.into_iter().filter_map(count).collect()
}
