//! The estimate itself.

use contract::{Function, limits};
use serde::Serialize;
use serde_json::Value;

use super::operations::units;
use super::{Prices, Traffic};
use crate::plan::document::{Resource, Resources, plain};

const MILLION: f64 = 1_000_000.0;
const GB: f64 = 1_073_741_824.0;

/// What no line counts.
pub const LEFT_OUT: [&str; 9] = [
    "free tiers, volume steps, credits, support and tax",
    "data sent to the internet",
    "backups and exports beside point-in-time recovery",
    "the artifact bucket and the hosting of the page",
    "metrics of the functions' own, log queries, and alarms' messages",
    "retries, cold starts, and requests that the APIs refuse",
    "cached or batched tokens, and guardrails",
    "the growth of tables within the month",
    "what people change by hand",
];

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The service.
    pub service: &'static str,
    /// What of it.
    pub what: &'static str,
    /// How much.
    pub quantity: f64,
    /// Of what.
    pub unit: &'static str,
    /// USD a month.
    pub usd: f64,
}

/// A month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// USD a month.
    pub usd: f64,
    /// The lines it is made of.
    pub lines: Vec<Line>,
    /// Where a number is less sure than it looks.
    pub notes: Vec<String>,
}

/// What a month with this traffic costs, where these resources exist.
pub fn estimate(resources: &Resources, traffic: &Traffic, prices: &Prices) -> Estimate {
    let stack = Stack { resources, traffic };
    let mut notes = Vec::new();
    let mut lines = stack.functions(prices);
    lines.extend(stack.apis(prices));
    lines.extend(stack.tables(prices));
    lines.extend(stack.watching(prices));
    lines.extend(stack.model(&mut notes));
    lines.retain(|line| line.quantity > 0.0);
    Estimate {
        usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        notes,
    }
}

struct Stack<'a> {
    resources: &'a Resources,
    traffic: &'a Traffic,
}

fn line(
    (service, what): (&'static str, &'static str),
    quantity: f64,
    unit: &'static str,
    usd_each: f64,
) -> Line {
    Line {
        service,
        what,
        quantity,
        unit,
        usd: quantity * usd_each,
    }
}

impl<'a> Stack<'a> {
    fn of(&self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources
            .values()
            .filter(move |resource| resource.kind == kind)
    }

    fn has(&self, kind: &'a str) -> bool {
        self.of(kind).next().is_some()
    }

    fn function(&self, function: Function) -> Option<&'a Resource> {
        self.resources.get(&format!("{}Function", function.id()))
    }

    /// Calls a month, and seconds of each.
    fn calls(&self, function: Function) -> (f64, f64) {
        let traffic = self.traffic;
        let quick = traffic.seconds_per_request;
        if self.function(function).is_none() {
            return (0.0, 0.0);
        }
        match function {
            Function::GetProfile => (traffic.profile_requests, quick),
            Function::Search => (traffic.search_requests, quick),
            Function::PersonalizationAgent => (traffic.turns(), traffic.seconds_per_turn),
            // The handshake's authorizer and the connection are a call each.
            Function::WsConnect => (traffic.chat_sessions * 2.0, quick),
            Function::WsDisconnect => (traffic.chat_sessions, quick),
            Function::WsMessage => (traffic.chat_turns(), traffic.seconds_per_turn),
        }
    }

    fn pings(&self) -> f64 {
        if self.function(Function::WsMessage).is_none() {
            return 0.0;
        }
        self.traffic.chat_sessions * self.traffic.pings_per_session
    }

    fn functions(&self, prices: &Prices) -> Vec<Line> {
        let (mut calls, mut x86, mut arm) = (self.pings(), 0.0, 0.0);
        for function in Function::ALL {
            let Some(resource) = self.function(function) else {
                continue;
            };
            let (count, seconds) = self.calls(function);
            let gb = number(&resource.properties, "MemorySize").unwrap_or(128.0) / 1024.0;
            let mut gb_seconds = count * seconds * gb;
            if function == Function::WsMessage {
                gb_seconds += self.pings() * self.traffic.seconds_per_request * gb;
            }
            calls += count;
            let architecture = resource.properties.pointer("/Architectures/0").map(plain);
            match architecture.as_deref() {
                Some("arm64") => arm += gb_seconds,
                _ => x86 += gb_seconds,
            }
        }
        vec![
            line(
                ("Lambda", "invocations"),
                calls,
                "calls",
                prices.lambda.per_million_requests / MILLION,
            ),
            line(
                ("Lambda", "time on x86_64"),
                x86,
                "GB-seconds",
                prices.lambda.per_gb_second_x86_64,
            ),
            line(
                ("Lambda", "time on arm64"),
                arm,
                "GB-seconds",
                prices.lambda.per_gb_second_arm64,
            ),
        ]
    }

    fn rest_requests(&self) -> f64 {
        let traffic = self.traffic;
        if !self.has("AWS::ApiGateway::RestApi") {
            return 0.0;
        }
        traffic.profile_requests + traffic.search_requests + traffic.rest_agent_turns
    }

    fn apis(&self, prices: &Prices) -> Vec<Line> {
        let traffic = self.traffic;
        let sessions = if self.has("AWS::ApiGatewayV2::Api") {
            traffic.chat_sessions
        } else {
            0.0
        };
        let turns = sessions * traffic.turns_per_session;
        // A message in, its start and done, the pieces; a ping and its pong.
        let messages =
            turns * (3.0 + traffic.frames_per_turn) + sessions * traffic.pings_per_session * 2.0;
        let minutes = sessions * traffic.minutes_per_session;
        let price = &prices.apigateway;
        vec![
            line(
                ("API Gateway", "REST requests"),
                self.rest_requests(),
                "requests",
                price.rest_per_million_requests / MILLION,
            ),
            line(
                ("API Gateway", "WebSocket messages"),
                messages,
                "messages",
                price.websocket_per_million_messages / MILLION,
            ),
            line(
                ("API Gateway", "WebSocket connections"),
                minutes,
                "minutes",
                price.websocket_per_million_minutes / MILLION,
            ),
        ]
    }

    fn tables(&self, prices: &Prices) -> Vec<Line> {
        let (mut reads, mut writes, mut calls) = (0.0, 0.0, 0.0);
        for function in Function::ALL {
            let each = units(function, self.traffic);
            // The authorizer's half of ws-connect's calls, and searches for nobody, touch no table.
            let share = match function {
                Function::Search => self.traffic.personalised_searches,
                Function::WsConnect => 0.5,
                _ => 1.0,
            };
            let count = self.calls(function).0 * share;
            reads += count * each.reads;
            writes += count * each.writes;
            calls += count;
        }
        // A ping touches its session.
        writes += self.pings();
        let (stored, recoverable, encrypted) = self.stored();
        let price = &prices.dynamodb;
        // DynamoDB asks for a table's key again after five minutes of use: at most so often.
        let asked = encrypted * (30.0 * 24.0 * 12.0_f64).min(calls);
        vec![
            line(
                ("DynamoDB", "reads"),
                reads,
                "read units",
                price.per_million_read_units / MILLION,
            ),
            line(
                ("DynamoDB", "writes"),
                writes,
                "write units",
                price.per_million_write_units / MILLION,
            ),
            line(("DynamoDB", "storage"), stored, "GB", price.per_gb_month),
            line(
                ("DynamoDB", "point-in-time recovery"),
                recoverable,
                "GB",
                price.recovery_per_gb_month,
            ),
            line(
                ("KMS", "requests for tables' keys"),
                asked,
                "requests",
                prices.kms.per_10000_requests / 10_000.0,
            ),
        ]
    }

    /// GB in tables, GB of them recoverable, and tables with a key of the account.
    fn stored(&self) -> (f64, f64, f64) {
        let traffic = self.traffic;
        let (mut stored, mut recoverable, mut encrypted) = (0.0, 0.0, 0.0);
        for (id, resource) in self.resources {
            if resource.kind != "AWS::DynamoDB::Table" {
                continue;
            }
            let bytes = traffic.supporters
                * match id.as_str() {
                    "UsersTable" => traffic.user_bytes,
                    "DonationsTable" => traffic.donations_per_supporter * traffic.donation_bytes,
                    "ContextTable" => traffic.contexts_per_supporter * traffic.context_bytes,
                    "InteractionsTable" => {
                        traffic.interactions_per_supporter * traffic.interaction_bytes
                    }
                    _ => 0.0,
                };
            let on = |path: &str| {
                resource.properties.pointer(path).map(plain).as_deref() == Some("true")
            };
            stored += bytes / GB;
            if on("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled") {
                recoverable += bytes / GB;
            }
            if on("/SSESpecification/SSEEnabled") {
                encrypted += 1.0;
            }
        }
        (stored, recoverable, encrypted)
    }

    fn watching(&self, prices: &Prices) -> Vec<Line> {
        let traffic = self.traffic;
        let traced = self.of("AWS::ApiGateway::Stage").any(|stage| {
            let setting = stage
                .properties
                .pointer("/MethodSettings/0/DataTraceEnabled");
            setting.map(plain).as_deref() == Some("true")
        });
        let calls: f64 = Function::ALL
            .into_iter()
            .map(|function| self.calls(function).0)
            .sum();
        let mut bytes = (calls + self.pings()) * traffic.log_bytes_per_request;
        if traced {
            bytes += self.rest_requests() * traffic.traced_bytes_per_request;
        }
        let days = self
            .of("AWS::Logs::LogGroup")
            .filter_map(|group| number(&group.properties, "RetentionInDays"))
            .fold(f64::from(limits::LOG_RETENTION_DAYS), f64::max);
        let alarms: f64 = self.of("AWS::CloudWatch::Alarm").map(alarm_metrics).sum();
        let dashboards: f64 = self.of("AWS::CloudWatch::Dashboard").map(|_| 1.0).sum();
        let price = &prices.cloudwatch;
        vec![
            line(
                ("CloudWatch", "logs taken in"),
                bytes / GB,
                "GB",
                price.logs_per_gb,
            ),
            // Stored logs are compressed to about a sixth.
            line(
                ("CloudWatch", "logs kept"),
                bytes / GB / 6.0 * days / 30.0,
                "GB",
                price.logs_per_gb_month,
            ),
            line(
                ("CloudWatch", "alarms"),
                alarms,
                "metrics",
                price.per_alarm_metric,
            ),
            line(
                ("CloudWatch", "dashboards"),
                dashboards,
                "dashboards",
                price.per_dashboard,
            ),
        ]
    }

    fn model(&self, notes: &mut Vec<String>) -> Vec<Line> {
        let Some(agent) = self.function(Function::PersonalizationAgent) else {
            return Vec::new();
        };
        let variable = format!("/Environment/Variables/{}", contract::env::MODEL_ID);
        let id = agent
            .properties
            .pointer(&variable)
            .map(plain)
            .unwrap_or_default();
        let Some(price) = contract::prices::of_model(&id) else {
            notes.push(format!(
                "no price is known for the model {id}: its tokens are not counted"
            ));
            return Vec::new();
        };
        let turns = self.traffic.turns();
        let (input, output) = (
            turns * self.traffic.input_tokens_per_turn,
            turns * self.traffic.output_tokens_per_turn,
        );
        vec![
            line(
                ("Bedrock", "tokens in"),
                input,
                "tokens",
                price.input_usd_per_million / MILLION,
            ),
            line(
                ("Bedrock", "tokens out"),
                output,
                "tokens",
                price.output_usd_per_million / MILLION,
            ),
        ]
    }
}

/// An alarm over an expression is billed for each metric in it.
fn alarm_metrics(alarm: &Resource) -> f64 {
    let queries = alarm.properties.get("Metrics").and_then(Value::as_array);
    let metrics = queries
        .into_iter()
        .flatten()
        .filter(|query| query.get("MetricStat").is_some());
    let count = metrics.map(|_| 1.0).sum::<f64>();
    if count > 0.0 { count } else { 1.0 }
}

fn number(properties: &Value, name: &str) -> Option<f64> {
    plain(properties.get(name)?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::document::{Scope, resources};
    use crate::stacks;

    fn of(change: impl FnOnce(&mut Resources)) -> Estimate {
        let mut all = resources(&stacks::platform().document(), &Scope::default());
        change(&mut all);
        estimate(
            &all,
            &Traffic::read(None).unwrap(),
            &Prices::bundled().unwrap(),
        )
    }

    fn usd(estimate: &Estimate, what: &str) -> f64 {
        estimate
            .lines
            .iter()
            .filter(|line| line.what == what)
            .map(|line| line.usd)
            .sum()
    }

    #[test]
    fn the_model_is_most_of_the_bill_and_the_sum_is_the_lines() {
        let estimate = of(|_| ());
        let tokens = usd(&estimate, "tokens in") + usd(&estimate, "tokens out");
        assert!(tokens > estimate.usd / 2.0 && estimate.notes.is_empty());
        // 45,000 turns of 1,500 tokens in and 300 out.
        assert!(
            (tokens - (67.5 * 3.30 + 13.5 * 16.50)).abs() < 0.01,
            "{tokens}"
        );
        let sum: f64 = estimate.lines.iter().map(|line| line.usd).sum();
        assert!((estimate.usd - sum).abs() < 1e-9);
    }

    #[test]
    fn what_a_template_changes_is_seen_in_the_bill() {
        let before = of(|_| ());
        let fewer = of(|all| all.retain(|_, resource| resource.kind != "AWS::CloudWatch::Alarm"));
        assert!(usd(&fewer, "alarms") < usd(&before, "alarms"));
        let slower = of(|all| {
            let agent = all.get_mut("PersonalizationAgentFunction").unwrap();
            agent.properties["MemorySize"] = 2048.into();
        });
        assert!(usd(&slower, "time on arm64") > usd(&before, "time on arm64"));
        let unrecoverable = of(|all| {
            let table = all.get_mut("UsersTable").unwrap();
            table.properties["PointInTimeRecoverySpecification"] = serde_json::json!({});
        });
        assert!(
            usd(&unrecoverable, "point-in-time recovery") < usd(&before, "point-in-time recovery")
        );
        let nothing = of(Resources::clear);
        assert!(nothing.lines.is_empty());
    }

    #[test]
    fn a_model_without_a_price_is_named() {
        let estimate = of(|all| {
            let agent = all.get_mut("PersonalizationAgentFunction").unwrap();
            agent.properties["Environment"]["Variables"][contract::env::MODEL_ID] =
                "us.meta.x".into();
        });
        assert!(estimate.notes[0].contains("us.meta.x"));
    }
}
