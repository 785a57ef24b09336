//! Figures of a day, by what they measure. Who answers is not known here: CloudWatch, or the
//! functions' log lines.

use std::collections::BTreeMap;

use contract::metrics::{CODES, namespace};
use contract::{Function, Metric, Table, naming};

/// How a day's values become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// Added up.
    Sum,
    /// How many there were.
    Count,
    /// What 95 of 100 do not exceed.
    P95,
}

impl Statistic {
    /// CloudWatch's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Count => "SampleCount",
            Self::P95 => "p95",
        }
    }
}

/// One figure that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Query {
    /// CloudWatch's namespace.
    pub namespace: String,
    /// The metric's name.
    pub metric: &'static str,
    /// Names and values.
    pub dimensions: Vec<(&'static str, String)>,
    /// What of it.
    pub statistic: Statistic,
}

/// What was answered; a query without an answer is not in it.
pub type Figures = BTreeMap<Query, f64>;

/// CloudWatch's namespace of both APIs.
pub const API: &str = "AWS/ApiGateway";
/// CloudWatch's namespace of functions.
pub const LAMBDA: &str = "AWS/Lambda";
/// CloudWatch's namespace of tables.
pub const DYNAMODB: &str = "AWS/DynamoDB";

/// The names that the platform's figures go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Prefix of names.
    pub prefix: String,
    /// Id of the WebSocket API.
    pub websocket_api: String,
}

impl Names {
    fn query(
        namespace: &str,
        metric: &'static str,
        dimensions: Vec<(&'static str, String)>,
        statistic: Statistic,
    ) -> Query {
        Query {
            namespace: namespace.to_owned(),
            metric,
            dimensions,
            statistic,
        }
    }

    /// A figure of a function's.
    pub fn function(&self, of: Function, metric: &'static str, statistic: Statistic) -> Query {
        let name = of.physical_name(&self.prefix);
        Self::query(LAMBDA, metric, vec![("FunctionName", name)], statistic)
    }

    /// A figure of a table's.
    pub fn table(&self, of: Table, metric: &'static str) -> Query {
        let name = of.physical_name(&self.prefix);
        Self::query(DYNAMODB, metric, vec![("TableName", name)], Statistic::Sum)
    }

    /// A figure of the REST API's.
    pub fn rest(&self, metric: &'static str, statistic: Statistic) -> Query {
        let name = ("ApiName", format!("{}-rest", self.prefix));
        let stage = ("Stage", naming::STAGE.to_owned());
        Self::query(API, metric, vec![name, stage], statistic)
    }

    /// A figure of the WebSocket API's.
    pub fn websocket(&self, metric: &'static str, statistic: Statistic) -> Query {
        let id = ("ApiId", self.websocket_api.clone());
        let stage = ("Stage", naming::STAGE.to_owned());
        Self::query(API, metric, vec![id, stage], statistic)
    }

    /// A figure of the platform's own; `value` is the dimension's, where the metric has one.
    pub fn ours(&self, metric: Metric, value: &str, statistic: Statistic) -> Query {
        let dimension = metric.dimension().map(|of| (of.name(), value.to_owned()));
        Self::query(
            namespace(&self.prefix),
            metric.name(),
            dimension.into_iter().collect(),
            statistic,
        )
    }

    /// Everything that a status shows.
    pub fn all(&self) -> Vec<Query> {
        use Statistic::{Count, P95, Sum};
        let functions = Function::ALL.into_iter().flat_map(|of| {
            [("Invocations", Sum), ("Errors", Sum), ("Duration", P95)]
                .map(|(metric, statistic)| self.function(of, metric, statistic))
        });
        let tables = Table::ALL
            .into_iter()
            .flat_map(|of| TABLE_METRICS.map(|it| self.table(of, it)));
        let rest = [
            ("Count", Sum),
            ("4XXError", Sum),
            ("5XXError", Sum),
            ("Latency", P95),
        ]
        .map(|(metric, statistic)| self.rest(metric, statistic));
        let socket = SOCKET_METRICS.map(|metric| self.websocket(metric, Sum));
        let latency = self.websocket("IntegrationLatency", P95);
        let errors = CODES.map(|code| self.ours(Metric::Errors, code.code(), Sum));
        let model = [
            (Metric::ModelLatency, Count),
            (Metric::ModelLatency, P95),
            (Metric::TimeToFirstToken, P95),
            (Metric::InputTokens, Sum),
            (Metric::OutputTokens, Sum),
        ];
        let model = model.map(|(metric, statistic)| self.ours(metric, "", statistic));
        functions
            .chain(tables)
            .chain(rest)
            .chain(socket)
            .chain([latency])
            .chain(errors)
            .chain(model)
            .collect()
    }
}

/// What is shown of tables: capacity, then what was refused.
pub const TABLE_METRICS: [&str; 4] = [
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
    "ReadThrottleEvents",
    "WriteThrottleEvents",
];

/// What is shown of the WebSocket API: what came in, then what went wrong.
pub const SOCKET_METRICS: [&str; 5] = [
    "ConnectCount",
    "MessageCount",
    "ClientError",
    "IntegrationError",
    "ExecutionError",
];
