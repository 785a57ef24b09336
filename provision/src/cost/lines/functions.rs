//! Lambda.

use contract::Function;

use super::line::{Line, MILLION, line};
use crate::cost::Prices;
use crate::cost::load::{Load, number};
use crate::plan::document::plain;

impl Load<'_> {
    pub fn functions(&self, prices: &Prices) -> Vec<Line> {
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
}
