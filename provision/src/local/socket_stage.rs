//! Throttle and metrics of the WebSocket stage, which the engine keeps under other names than it
//! answers by.

use aws_sdk_apigatewayv2::types::{LoggingLevel, RouteSettings};
use contract::{Failure, limits, naming};
use deploy_target::OrExplain;

use crate::clients::Clients;
use crate::live;

/// Sets what differs from the contract.
pub(super) async fn close(clients: &Clients, api_id: &str) -> Result<(), Failure> {
    let live = live::socket_stage(clients, api_id).await?;
    let burst = i32::try_from(limits::BURST).unwrap_or(i32::MAX);
    let rate = f64::from(limits::RATE_PER_SECOND);
    let same = live.is_some_and(|stage| {
        stage.burst == burst && stage.rate.total_cmp(&rate).is_eq() && stage.metrics
    });
    if same {
        return Ok(());
    }
    let settings = RouteSettings::builder()
        .throttling_burst_limit(burst)
        .throttling_rate_limit(rate)
        .detailed_metrics_enabled(true)
        .data_trace_enabled(false)
        .logging_level(LoggingLevel::Error);
    let call = clients
        .apigatewayv2
        .update_stage()
        .api_id(api_id)
        .stage_name(naming::STAGE)
        .default_route_settings(settings.build())
        .send()
        .await;
    call.or_explain(&clients.target, format!("cannot set the stage of {api_id}"))?;
    Ok(())
}
