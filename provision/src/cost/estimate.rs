//! The estimate itself: the sum of the lines.

use serde::Serialize;

use super::lines::Line;
use super::load::Load;
use super::{Prices, Traffic};
use crate::plan::document::Resources;

/// What no line counts.
pub const LEFT_OUT: [&str; 9] = [
    "free tiers, volume steps, credits, support and tax",
    "data sent to the internet",
    "backups and exports beside point-in-time recovery",
    "the artifact bucket and the hosting of the page",
    "log queries, and alarms' messages",
    "retries, cold starts, and requests that the APIs refuse",
    "cached or batched tokens, and guardrails",
    "the growth of tables within the month",
    "what people change by hand",
];

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
    let stack = Load { resources, traffic };
    let mut notes = Vec::new();
    let mut lines = stack.functions(prices);
    lines.extend(stack.apis(prices));
    lines.extend(stack.tables(prices));
    lines.extend(stack.watching(prices, &mut notes));
    lines.extend(stack.model(prices, &mut notes));
    lines.retain(|line| line.quantity > 0.0);
    Estimate {
        usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        notes,
    }
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
        // 24 metrics at 0.30 USD, in a month with calls in every hour.
        let metrics = usd(&before, "custom metrics, at most");
        assert!((metrics - 7.20).abs() < 1e-9, "{metrics}");
        let nothing = of(Resources::clear);
        assert!(nothing.lines.is_empty());
    }

    #[test]
    fn logs_cost_as_long_as_they_are_kept() {
        let kept = |days: Option<u32>| {
            of(|all| {
                let groups = all.values_mut();
                let groups = groups.filter(|resource| resource.kind == "AWS::Logs::LogGroup");
                for properties in groups.filter_map(|group| group.properties.as_object_mut()) {
                    properties.remove("RetentionInDays");
                    properties.extend(days.map(|days| ("RetentionInDays".into(), days.into())));
                }
            })
        };
        let (week, month, ever) = (kept(Some(7)), kept(Some(30)), kept(None));
        let times = usd(&month, "logs kept") / usd(&week, "logs kept");
        assert!((times - 30.0 / 7.0).abs() < 1e-9, "{times}");
        assert!(usd(&ever, "logs kept") > usd(&month, "logs kept") * 100.0);
        assert!(month.notes.is_empty() && ever.notes[0].contains("never expire"));
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
