//! Usage plans.

use contract::Failure;
use deploy_target::OrExplain;
use futures::try_join;

use crate::clients::Clients;

/// A usage plan as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LivePlan {
    /// Requests a second.
    pub rate: Option<f64>,
    /// Requests at once.
    pub burst: Option<i32>,
    /// Requests a period, and the period.
    pub quota: Option<(i32, String)>,
    /// The stages it covers: API id and stage.
    pub stages: Vec<(String, String)>,
    /// Ids of its keys, and whether each is enabled.
    pub keys: Vec<String>,
}

/// Reads a usage plan; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub async fn plan(clients: &Clients, id: &str) -> Result<Option<LivePlan>, Failure> {
    let what = || format!("cannot read the usage plan {id}");
    let api = &clients.apigateway;
    let (plan, keys) = try_join!(
        async {
            let call = api.get_usage_plan().usage_plan_id(id).send().await;
            call.found_or_explain(&clients.target, what())
        },
        async {
            let call = api.get_usage_plan_keys().usage_plan_id(id).limit(500);
            call.send().await.found_or_explain(&clients.target, what())
        },
    )?;
    let keys = keys.and_then(|keys| keys.items).unwrap_or_default();
    Ok(plan.map(|plan| LivePlan {
        rate: plan.throttle.as_ref().map(|throttle| throttle.rate_limit),
        burst: plan.throttle.as_ref().map(|throttle| throttle.burst_limit),
        quota: plan.quota.and_then(|quota| {
            Some((quota.limit, quota.period?.as_str().to_owned())).filter(|(limit, _)| *limit > 0)
        }),
        stages: plan
            .api_stages
            .unwrap_or_default()
            .into_iter()
            .filter_map(|stage| Some((stage.api_id?, stage.stage?)))
            .collect(),
        keys: keys.into_iter().filter_map(|key| key.id).collect(),
    }))
}
