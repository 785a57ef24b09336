//! The state of each function, table, API and alarm, as its service says.

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_sdk_apigateway::operation::get_stage::GetStageError as NoRest;
use aws_sdk_apigatewayv2::operation::get_stage::GetStageError as NoSocket;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError as NoTable;
use aws_sdk_dynamodb::operation::scan::ScanError as NoScan;
use aws_sdk_dynamodb::types::{AttributeValue, Select, TableDescription};
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::get_function_configuration::{
    GetFunctionConfigurationError as NoFunction, GetFunctionConfigurationOutput,
};
use aws_sdk_lambda::types::LastUpdateStatus;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::{Failure, Function, Table, naming, outputs};
use deploy_target::{OrExplain, Target};
use jiff::Timestamp;

use super::figures::{Names, SOCKET_METRICS, Statistic, TABLE_METRICS};
use super::model::{AlarmStatus, ApiStatus, FunctionStatus, TableStatus};
use super::read::Sources;

/// What stands for the state of something that is not there.
const MISSING: &str = "missing";

/// Alarms that one call names at most (`DescribeAlarms`).
const ALARMS_MAX: usize = 100;

/// A function, without its figures.
pub async fn function(
    from: &Sources<'_>,
    names: &Names,
    function: Function,
) -> Result<FunctionStatus, Failure> {
    let name = function.physical_name(&names.prefix);
    let call = from.clients.lambda.get_function_configuration();
    let answer = call.function_name(&name).send().await;
    let live = match answer {
        Err(error) if is_missing(&error, NoFunction::is_resource_not_found_exception) => None,
        answer => Some(answer.or_explain(from.target, format!("cannot read the function {name}"))?),
    };
    Ok(FunctionStatus {
        name: function.name(),
        state: live.as_ref().map_or_else(|| MISSING.to_owned(), state),
        code_sha256: live.as_ref().and_then(|it| it.code_sha256()).and_then(hex),
        last_deploy: live
            .as_ref()
            .and_then(|it| it.last_modified())
            .and_then(moment),
        requests: None,
        errors: None,
        p95_ms: None,
    })
}

/// `Active`, unless it is not, or its last update went wrong.
fn state(live: &GetFunctionConfigurationOutput) -> String {
    let state = live.state().map_or("unknown", |state| state.as_str());
    let update = live.last_update_status().map(LastUpdateStatus::as_str);
    match update {
        Some(update) if state == "Active" && update != "Successful" => {
            format!("update {}", update.to_lowercase())
        }
        _ => state.to_owned(),
    }
}

/// Lower-case hex of base64.
fn hex(text: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// Lambda writes `2026-01-31T12:00:00.000+0000`.
fn moment(text: &str) -> Option<String> {
    let text = text
        .strip_suffix("+0000")
        .map_or(text.to_owned(), |text| format!("{text}Z"));
    let at: Timestamp = text.parse().ok()?;
    Some(format!("{at:.0}"))
}

/// A table, without its figures.
pub async fn table(
    from: &Sources<'_>,
    names: &Names,
    table: Table,
) -> Result<TableStatus, Failure> {
    let name = table.physical_name(&names.prefix);
    let answer = from
        .clients
        .dynamodb
        .describe_table()
        .table_name(&name)
        .send()
        .await;
    let live = match answer {
        Err(error) if is_missing(&error, NoTable::is_resource_not_found_exception) => None,
        answer => {
            answer
                .or_explain(from.target, format!("cannot read the table {name}"))?
                .table
        }
    };
    let state = live.as_ref().and_then(|it| it.table_status());
    Ok(TableStatus {
        name: table.name(),
        state: state.map_or(MISSING, |state| state.as_str()).to_owned(),
        items: live.as_ref().and_then(TableDescription::item_count),
        bytes: live.as_ref().and_then(TableDescription::table_size_bytes),
        read_units: None,
        write_units: None,
        throttled: None,
    })
}

/// Whether a call failed because what it names is not there.
fn is_missing<E, R>(error: &SdkError<E, R>, missing: impl FnOnce(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(missing)
}

/// Both APIs, without their figures.
pub async fn apis(from: &Sources<'_>) -> Result<Vec<ApiStatus>, Failure> {
    let (rest, socket) = (
        from.stack.output(outputs::REST_API_ID)?,
        from.stack.output(outputs::WEB_SOCKET_API_ID)?,
    );
    let stage = from.clients.apigateway.get_stage();
    let answer = stage
        .rest_api_id(rest)
        .stage_name(naming::STAGE)
        .send()
        .await;
    let has_rest = match answer {
        Err(error) if is_missing(&error, NoRest::is_not_found_exception) => false,
        answer => answer
            .or_explain(from.target, "cannot read the REST API")
            .map(|_| true)?,
    };
    let stage = from.clients.apigatewayv2.get_stage();
    let answer = stage.api_id(socket).stage_name(naming::STAGE).send().await;
    let has_socket = match answer {
        Err(error) if is_missing(&error, NoSocket::is_not_found_exception) => false,
        answer => answer
            .or_explain(from.target, "cannot read the WebSocket API")
            .map(|_| true)?,
    };
    let api = |name, id: &str, is_there| ApiStatus {
        name,
        id: id.to_owned(),
        state: if is_there { "deployed" } else { MISSING }.to_owned(),
        requests: None,
        client_errors: None,
        errors: None,
        p95_ms: None,
    };
    Ok(vec![
        api("REST", rest, has_rest),
        api("WebSocket", socket, has_socket),
    ])
}

/// The stack's alarms.
pub async fn alarms(from: &Sources<'_>, prefix: &str) -> Result<Vec<AlarmStatus>, Failure> {
    let pages = from.clients.cloudformation.list_stack_resources();
    let resources = pages
        .stack_name(&from.stack.name)
        .into_paginator()
        .items()
        .send();
    let resources = resources.collect::<Result<Vec<_>, _>>().await;
    let resources = resources.or_explain(from.target, "cannot list the stack's resources")?;
    let names: Vec<String> = resources
        .into_iter()
        .filter(|resource| resource.resource_type() == Some("AWS::CloudWatch::Alarm"))
        .filter_map(|resource| resource.physical_resource_id)
        .collect();
    let mut live = BTreeMap::new();
    for names in names.chunks(ALARMS_MAX) {
        let call = from.clients.cloudwatch.describe_alarms();
        let answer = call.set_alarm_names(Some(names.to_vec())).send().await;
        let answer = answer.or_explain(from.target, "cannot read the alarms");
        let answer = answer.map_err(|failure| older_engine(from.target, failure))?;
        let alarms = answer.metric_alarms.unwrap_or_default().into_iter();
        live.extend(alarms.filter_map(|alarm| Some((alarm.alarm_name.clone()?, alarm))));
    }
    let short = |name: &str| {
        let rest = name
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('-'));
        rest.unwrap_or(name).to_owned()
    };
    let status = |name: &String| {
        let alarm = live.get(name);
        let state = alarm.and_then(|alarm| alarm.state_value());
        AlarmStatus {
            name: short(name),
            state: state.map_or(MISSING, |state| state.as_str()).to_owned(),
            reason: alarm.and_then(|alarm| alarm.state_reason.clone()),
        }
    };
    Ok(names.iter().map(status).collect())
}

/// A local engine that answers all else, and not CloudWatch's calls, was installed before the toolkit
/// asked for what it needs for them.
fn older_engine(target: &Target, failure: Failure) -> Failure {
    if target.is_local() {
        return failure
            .hint("bring the local engine up to date: cargo xtask down, then cargo xtask up");
    }
    failure
}

/// Sessions that have not expired; `None` where the table is missing.
pub async fn open_sessions(from: &Sources<'_>, prefix: &str) -> Result<Option<u64>, Failure> {
    let now = Timestamp::now().as_second().to_string();
    let Some(expires_at) = Table::Sessions.ttl_attribute() else {
        return Ok(None);
    };
    let scan = from.clients.dynamodb.scan();
    let mut pages = scan
        .table_name(Table::Sessions.physical_name(prefix))
        .select(Select::Count)
        .filter_expression("#end > :now")
        .expression_attribute_names("#end", expires_at)
        .expression_attribute_values(":now", AttributeValue::N(now))
        .into_paginator()
        .send();
    let mut open = 0;
    while let Some(page) = pages.next().await {
        match page {
            Err(error) if is_missing(&error, NoScan::is_resource_not_found_exception) => {
                return Ok(None);
            }
            page => {
                let page = page.or_explain(from.target, "cannot count the sessions")?;
                open += u64::try_from(page.count()).unwrap_or(0);
            }
        }
    }
    Ok(Some(open))
}

/// Puts figures where they belong.
pub fn with_figures(
    names: &Names,
    figures: &super::figures::Figures,
    functions: &mut [FunctionStatus],
    tables: &mut [TableStatus],
    apis: &mut [ApiStatus],
) {
    let get = |query| figures.get(&query).copied();
    let sum = |values: &[Option<f64>]| values.iter().copied().flatten().reduce(|a, b| a + b);
    for (status, function) in functions.iter_mut().zip(Function::ALL) {
        status.requests = get(names.function(function, "Invocations", Statistic::Sum));
        status.errors = get(names.function(function, "Errors", Statistic::Sum));
        status.p95_ms = get(names.function(function, "Duration", Statistic::P95));
    }
    for (status, table) in tables.iter_mut().zip(Table::ALL) {
        let [read, write, reads, writes] = TABLE_METRICS.map(|it| get(names.table(table, it)));
        (status.read_units, status.write_units) = (read, write);
        status.throttled = sum(&[reads, writes]);
    }
    if let [rest, socket] = apis {
        rest.requests = get(names.rest("Count", Statistic::Sum));
        rest.client_errors = get(names.rest("4XXError", Statistic::Sum));
        rest.errors = get(names.rest("5XXError", Statistic::Sum));
        rest.p95_ms = get(names.rest("Latency", Statistic::P95));
        let [connects, messages, client, integration, execution] =
            SOCKET_METRICS.map(|it| get(names.websocket(it, Statistic::Sum)));
        socket.requests = sum(&[connects, messages]);
        socket.client_errors = client;
        socket.errors = sum(&[integration, execution]);
        socket.p95_ms = get(names.websocket("IntegrationLatency", Statistic::P95));
    }
}

/// Where the target is, for a person.
pub fn place(target: &Target) -> String {
    if target.is_local() {
        return "local".to_owned();
    }
    target.region().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_times_and_hashes_read_as_everyone_elses() {
        let at = moment("2026-01-31T12:00:00.123+0000");
        assert_eq!(at.as_deref(), Some("2026-01-31T12:00:00Z"));
        assert_eq!(moment("soon"), None);
        assert_eq!(hex("AP8=").as_deref(), Some("00ff"));
    }
}
