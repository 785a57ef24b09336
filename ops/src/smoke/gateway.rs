//! Reading how the two APIs are configured.

use aws_sdk_apigateway::operation::get_stage::GetStageOutput;
use aws_sdk_apigateway::operation::get_usage_plan::GetUsagePlanOutput;
use aws_sdk_apigateway::types::{Method, MethodSetting};
use contract::{limits, naming, outputs};
use deploy_target::OrExplain;

use super::check::Finding;
use super::compare::{ensure, present, same};
use super::ctx::Ctx;

/// A method of the REST API.
#[derive(Debug)]
pub struct Configured {
    /// Path from the stage on.
    pub path: String,
    /// HTTP method.
    pub verb: String,
    /// How it is configured.
    pub method: Method,
}

impl Ctx {
    /// Every method of the REST API.
    pub(super) async fn methods(&self) -> Result<Vec<Configured>, Finding> {
        let id = self.output(outputs::REST_API_ID)?;
        let list = self
            .clients
            .apigateway
            .get_resources()
            .rest_api_id(id)
            .embed("methods");
        let resources = list
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let resources = resources.or_explain(&self.target, "cannot list the REST API's methods")?;
        let methods = resources.into_iter().flat_map(|resource| {
            let path = resource.path.unwrap_or_default();
            resource
                .resource_methods
                .unwrap_or_default()
                .into_iter()
                .map(move |(verb, method)| Configured {
                    path: path.clone(),
                    verb,
                    method,
                })
        });
        Ok(methods.collect())
    }

    /// The REST API's stage.
    pub(super) async fn rest_stage(&self) -> Result<GetStageOutput, Finding> {
        let id = self.output(outputs::REST_API_ID)?;
        let get = self
            .clients
            .apigateway
            .get_stage()
            .rest_api_id(id)
            .stage_name(naming::STAGE);
        Ok(get
            .send()
            .await
            .or_explain(&self.target, "cannot read the REST API's stage")?)
    }

    /// The settings of the stage that hold for all methods.
    pub(super) async fn rest_settings(&self) -> Result<MethodSetting, Finding> {
        let mut settings = self.rest_stage().await?.method_settings.unwrap_or_default();
        present("the setting for all methods (*/*)", settings.remove("*/*"))
    }

    /// The usage plan that an output names.
    pub(super) async fn plan(&self, output: &str) -> Result<GetUsagePlanOutput, Finding> {
        let id = self.output(output)?;
        let get = self.clients.apigateway.get_usage_plan().usage_plan_id(id);
        Ok(get
            .send()
            .await
            .or_explain(&self.target, format!("cannot read usage plan `{id}`"))?)
    }

    /// That the plan is for this API's stage and that the stack's key belongs to it.
    pub(super) async fn plan_covers(&self, output: &str, api_output: &str) -> Result<(), Finding> {
        let plan = self.plan(output).await?;
        let api = self.output(api_output)?;
        let covered = plan
            .api_stages()
            .iter()
            .any(|stage| stage.api_id() == Some(api) && stage.stage() == Some(naming::STAGE));
        ensure(covered, || {
            format!(
                "the usage plan does not cover stage {} of {api}",
                naming::STAGE
            )
        })?;
        let list = self
            .clients
            .apigateway
            .get_usage_plan_keys()
            .usage_plan_id(self.output(output)?);
        let keys = list
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let keys = keys.or_explain(&self.target, "cannot list the usage plan's keys")?;
        let key = self.output(outputs::API_KEY_ID)?;
        ensure(keys.iter().any(|member| member.id() == Some(key)), || {
            format!("key {key} does not belong to the usage plan")
        })
    }

    /// That the plan limits rate and burst; says how.
    pub(super) async fn plan_throttle(&self, output: &str) -> Result<String, Finding> {
        let plan = self.plan(output).await?;
        let throttle = present("the usage plan's throttle", plan.throttle)?;
        throttled("the usage plan", throttle.rate_limit, throttle.burst_limit)
    }
}

/// That these are the required limits; says so.
pub fn throttled(what: &str, rate: f64, burst: i32) -> Result<String, Finding> {
    same(
        &format!("the rate of {what}"),
        &rate,
        &f64::from(limits::RATE_PER_SECOND),
    )?;
    same(
        &format!("the burst of {what}"),
        &i64::from(burst),
        &i64::from(limits::BURST),
    )?;
    Ok(format!("{what}: {rate} requests/s, burst {burst}"))
}
