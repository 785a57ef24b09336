//! The status on one screen.

use std::fmt::Write;

use comfy_table::CellAlignment;

use super::model::{ApiStatus, FunctionStatus, Status, TableStatus};
use crate::output::table;

/// Digits of a hash that are shown: enough to tell two packages apart.
const HASH_DIGITS: usize = 12;

/// Columns that lines are wrapped to.
const COLUMNS: usize = 100;

/// The screen.
pub fn screen(status: &Status) -> String {
    let mut text = heading(status);
    for part in [
        functions(&status.functions),
        tables(&status.tables),
        apis(&status.apis),
    ] {
        let _ = writeln!(text, "{part}");
    }
    text.push_str(&model(status));
    text.push_str(&errors(status));
    text.push_str(&alarms(status));
    text
}

fn heading(status: &Status) -> String {
    let stack = &status.stack;
    let deployed = stack.last_deploy.as_deref().map_or_else(none, minute_of);
    let health = if status.healthy {
        "all well".to_owned()
    } else {
        format!("NOT WELL: {}", status.problems.join("; "))
    };
    let counted = match status.figures {
        "logs" => ", counted from the functions' logs",
        _ => "",
    };
    format!(
        "{}  {}  {}  {}  deployed {deployed} UTC\n{health}\nfigures since {} UTC{counted}\n",
        stack.name,
        stack.place,
        stack.environment,
        stack.status,
        minute_of(&status.since),
    )
}

/// `2026-01-31T12:00:00Z` to the minute, as people write it.
fn minute_of(moment: &str) -> String {
    moment.get(..16).unwrap_or(moment).replace('T', " ")
}

fn functions(functions: &[FunctionStatus]) -> String {
    let titles = [
        "function",
        "state",
        "code",
        "deployed (UTC)",
        "requests",
        "faults",
        "p95 ms",
    ];
    let row = |it: &FunctionStatus| {
        let code = it.code_sha256.as_deref();
        [
            it.name.to_owned(),
            it.state.clone(),
            code.map_or_else(none, |hash| start(hash, HASH_DIGITS)),
            it.last_deploy.as_deref().map_or_else(none, minute_of),
            number(it.requests),
            number(it.errors),
            number(it.p95_ms),
        ]
    };
    figures(titles, 4, functions.iter().map(row))
}

fn tables(tables: &[TableStatus]) -> String {
    let titles = [
        "table",
        "state",
        "items",
        "kB",
        "read units",
        "write units",
        "throttled",
    ];
    let row = |it: &TableStatus| {
        [
            it.name.to_owned(),
            it.state.clone(),
            it.items.map_or_else(none, |items| items.to_string()),
            it.bytes
                .map_or_else(none, |bytes| (bytes / 1000).to_string()),
            number(it.read_units),
            number(it.write_units),
            number(it.throttled),
        ]
    };
    figures(titles, 2, tables.iter().map(row))
}

fn apis(apis: &[ApiStatus]) -> String {
    let titles = [
        "API",
        "state",
        "id",
        "requests",
        "client errors",
        "errors",
        "p95 ms",
    ];
    let row = |it: &ApiStatus| {
        [
            it.name.to_owned(),
            it.state.clone(),
            it.id.clone(),
            number(it.requests),
            number(it.client_errors),
            number(it.errors),
            number(it.p95_ms),
        ]
    };
    figures(titles, 3, apis.iter().map(row))
}

/// A table whose columns from `first` on are figures.
fn figures(titles: [&str; 7], first: usize, rows: impl Iterator<Item = [String; 7]>) -> String {
    let mut table = table(titles);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn model(status: &Status) -> String {
    let model = &status.model;
    let usd = match model.usd {
        None => "price not known".to_owned(),
        Some(usd) if usd > 0.0 && usd < 0.01 => "less than 0.01 USD".to_owned(),
        Some(usd) => format!("{usd:.2} USD"),
    };
    let sessions = status
        .open_sessions
        .map_or_else(none, |open| open.to_string());
    format!(
        "model     {}: {} answers, {} tokens in, {} out, {usd}; p95 {} ms, first words {} ms\n\
         sessions  {sessions} open\n",
        model.id,
        number(model.answers),
        number(model.input_tokens),
        number(model.output_tokens),
        number(model.p95_ms),
        number(model.first_token_p95_ms),
    )
}

fn errors(status: &Status) -> String {
    let told = status
        .errors
        .iter()
        .map(|it| format!("{} {}", number(Some(it.count)), it.code));
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return "errors    none told to clients\n".to_owned();
    }
    wrapped("errors", &told)
}

/// Those that are on, each with why; then the others by state, names alone.
fn alarms(status: &Status) -> String {
    let mut text = String::new();
    for alarm in status.alarms.iter().filter(|alarm| alarm.state == "ALARM") {
        let reason = alarm.reason.as_deref().unwrap_or("no reason given");
        let _ = writeln!(text, "ALARM     {}: {reason}", alarm.name);
    }
    let mut kinds: Vec<&str> = status
        .alarms
        .iter()
        .map(|alarm| alarm.state.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    for state in kinds.into_iter().filter(|state| *state != "ALARM") {
        let names = status.alarms.iter().filter(|alarm| alarm.state == state);
        let names: Vec<String> = names.map(|alarm| alarm.name.clone()).collect();
        let label = match state {
            "OK" => "alarms ok".to_owned(),
            "INSUFFICIENT_DATA" => "no data".to_owned(),
            other => format!("alarms {other}"),
        };
        let count = format!("{} of {}:", names.len(), status.alarms.len());
        text.push_str(&wrapped(&label, &[&[count], &names[..]].concat()));
    }
    text
}

/// A label and words after it, over as many lines as they need.
fn wrapped(label: &str, words: &[String]) -> String {
    let mut lines = vec![format!("{label:<9}")];
    for (number, word) in words.iter().enumerate() {
        let comma = if number + 1 == words.len() || word.ends_with(':') {
            ""
        } else {
            ","
        };
        let fits = lines
            .last()
            .is_some_and(|line| line.len() + word.len() + 2 <= COLUMNS);
        if !fits {
            lines.push(" ".repeat(9));
        }
        if let Some(line) = lines.last_mut() {
            let _ = write!(line, " {word}{comma}");
        }
    }
    lines.join("\n") + "\n"
}

fn start(text: &str, length: usize) -> String {
    text.get(..length).unwrap_or(text).to_owned()
}

fn none() -> String {
    "-".to_owned()
}

/// A figure without needless digits; `-` for what nobody counted.
fn number(value: Option<f64>) -> String {
    match value {
        None => none(),
        Some(value) if value.fract() == 0.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
