//! Usage plans: REST-7 and REST-9, WS-4.

use contract::{limits, naming};

use super::report::{Check, Comparisons};
use crate::live::LivePlan;

/// How a finding names a plan's keys.
pub const KEYS: &str = "keys";

/// What a plan is for.
#[derive(Clone, Copy)]
pub struct Purpose<'a> {
    /// The requirement that asks for it.
    pub requirement: &'static str,
    /// Its name.
    pub name: &'a str,
    /// The API it covers.
    pub api: &'a str,
    /// The keys it knows.
    pub keys: &'a [&'a str],
    /// REST-9: requests a day; the WebSocket plan has no quota.
    pub quota: Option<u32>,
}

/// Compares a plan.
pub fn checks(purpose: &Purpose, live: Option<&LivePlan>) -> Vec<Check> {
    let id = purpose.requirement;
    let mut of = Comparisons::of(purpose.name);
    let Some(live) = of.exists(id, live) else {
        return of.done();
    };
    let stage = |(api, stage): &(String, String)| format!("{api}/{stage}");
    let stages: Vec<String> = live.stages.iter().map(stage).collect();
    let none = || "none".to_owned();
    let quota = purpose
        .quota
        .map_or_else(none, |limit| format!("{limit} a DAY"));
    let live_quota = live
        .quota
        .as_ref()
        .map_or_else(none, |(limit, per)| format!("{limit} a {per}"));
    let quota_id = if purpose.quota.is_some() {
        "REST-9"
    } else {
        id
    };
    of.add(
        id,
        "requests a second",
        limits::RATE_PER_SECOND,
        live.rate.unwrap_or_default(),
    );
    of.add(
        id,
        "requests at once",
        limits::BURST,
        live.burst.unwrap_or_default(),
    );
    of.add(
        id,
        "covers",
        format!("{}/{}", purpose.api, naming::STAGE),
        stages.join(", "),
    );
    of.add(
        id,
        KEYS,
        sorted(purpose.keys.iter().copied()),
        sorted(live.keys.iter().map(String::as_str)),
    );
    of.add(quota_id, "quota", quota, live_quota);
    of.done()
}

fn sorted<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    keys.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(quota: Option<u32>, live: &LivePlan) -> Vec<(&'static str, String)> {
        let purpose = Purpose {
            requirement: "WS-4",
            name: "Blue-websocket",
            api: "api1",
            keys: &["page1", "key1"],
            quota,
        };
        let checks = checks(&purpose, Some(live))
            .into_iter()
            .filter(Check::differs);
        checks
            .map(|check| (check.requirement, check.what))
            .collect()
    }

    fn sound() -> LivePlan {
        LivePlan {
            rate: Some(100.0),
            burst: Some(200),
            quota: None,
            stages: vec![("api1".into(), "v1".into())],
            keys: vec!["key1".into(), "page1".into()],
        }
    }

    #[test]
    fn the_quota_belongs_to_the_rest_plan_only() {
        assert_eq!(findings(None, &sound()), []);
        let quota = Some(limits::QUOTA_PER_DAY);
        assert_eq!(findings(quota, &sound()), [("REST-9", "quota".to_owned())]);
        let weekly = LivePlan {
            quota: Some((10_000, "WEEK".into())),
            ..sound()
        };
        assert_eq!(findings(quota, &weekly), [("REST-9", "quota".to_owned())]);
    }

    #[test]
    fn a_further_key_and_a_plan_of_no_stage_are_findings() {
        let mut live = sound();
        live.keys.push("other".into());
        live.stages.clear();
        let found: Vec<String> = findings(None, &live)
            .into_iter()
            .map(|(_, what)| what)
            .collect();
        assert_eq!(found, ["covers", "keys"]);
    }
}
