//! CloudFormation's own detection: start it, wait for it, read it.

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    PropertyDifference, StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};
use contract::Failure;
use deploy_target::{Fault, OrExplain, diagnose, explain};

use super::report::{Detection, Difference, Drifted};
use crate::apply::client::Client;
use crate::clients::Clients;

/// Lets CloudFormation compare the target's stack with its template.
///
/// # Errors
/// Where CloudFormation refuses.
pub async fn detect(clients: &Clients) -> Result<Detection, Failure> {
    let (target, stack) = (&clients.target, &clients.target.stack);
    let call = clients
        .cloudformation
        .detect_stack_drift()
        .stack_name(stack);
    let what = format!("CloudFormation refuses to detect drift of {stack}");
    let started = call.send().await.or_explain(target, what)?;
    let id = started.stack_drift_detection_id.unwrap_or_default();
    let incomplete = wait(clients, &id).await?;
    let mut detection = read(clients).await?;
    detection.incomplete = incomplete;
    // Of types that it cannot compare, CloudFormation says nothing.
    let all = Client::new(clients).owned(stack).await?.len();
    detection.unchecked = all.saturating_sub(detection.checked);
    Ok(detection)
}

/// Waits until the detection ends; gives the reason where it could not look at everything.
async fn wait(clients: &Clients, id: &str) -> Result<Option<String>, Failure> {
    let mut pause = Duration::from_millis(50);
    loop {
        let call = clients
            .cloudformation
            .describe_stack_drift_detection_status();
        let call = call.stack_drift_detection_id(id).send().await;
        match call {
            Err(error) if diagnose(&error).0 == Fault::Throttled => {}
            Err(error) => {
                return Err(explain(
                    &clients.target,
                    "cannot follow the drift detection",
                    &error,
                ));
            }
            Ok(answer) => match answer.detection_status {
                Some(StackDriftDetectionStatus::DetectionInProgress) | None => {}
                Some(StackDriftDetectionStatus::DetectionFailed) => {
                    let reason = answer.detection_status_reason;
                    return Ok(Some(
                        reason.unwrap_or_else(|| "no reason is given".to_owned()),
                    ));
                }
                Some(_) => return Ok(None),
            },
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(3));
    }
}

async fn read(clients: &Clients) -> Result<Detection, Failure> {
    let mut detection = Detection::default();
    let mut next = None;
    loop {
        let call = clients.cloudformation.describe_stack_resource_drifts();
        let call = call.stack_name(&clients.target.stack).set_next_token(next);
        let what = "cannot read what drifted";
        let page = call.send().await.or_explain(&clients.target, what)?;
        for live in page.stack_resource_drifts.unwrap_or_default() {
            sort(&mut detection, live);
        }
        next = page.next_token;
        if next.is_none() {
            detection
                .drifted
                .sort_by(|one, other| one.id.cmp(&other.id));
            return Ok(detection);
        }
    }
}

fn sort(detection: &mut Detection, live: StackResourceDrift) {
    match live.stack_resource_drift_status {
        Some(StackResourceDriftStatus::InSync) => detection.checked += 1,
        Some(StackResourceDriftStatus::Modified | StackResourceDriftStatus::Deleted) => {
            detection.checked += 1;
            detection.drifted.push(drifted(live));
        }
        // Looked at, and not told: it counts with those that cannot be compared.
        _ => {}
    }
}

fn drifted(live: StackResourceDrift) -> Drifted {
    let status = live.stack_resource_drift_status;
    let differences = live.property_differences.unwrap_or_default();
    Drifted {
        id: live.logical_resource_id.unwrap_or_default(),
        kind: live.resource_type.unwrap_or_default(),
        name: live.physical_resource_id,
        status: status.map_or_else(String::new, |status| status.as_str().to_owned()),
        differences: differences.into_iter().map(difference).collect(),
    }
}

fn difference(live: PropertyDifference) -> Difference {
    Difference {
        property: live.property_path.unwrap_or_default(),
        expected: live.expected_value.unwrap_or_default(),
        live: live.actual_value.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(status: &str) -> StackResourceDrift {
        StackResourceDrift::builder()
            .logical_resource_id("UsersTable")
            .resource_type("AWS::DynamoDB::Table")
            .stack_resource_drift_status(StackResourceDriftStatus::from(status))
            .build()
    }

    #[test]
    fn what_was_compared_is_counted_whatever_status_nobody_listed() {
        let mut detection = Detection::default();
        for status in [
            "IN_SYNC",
            "MODIFIED",
            "DELETED",
            "NOT_CHECKED",
            "UNSUPPORTED",
            "NEWER",
        ] {
            sort(&mut detection, live(status));
        }
        assert_eq!(detection.checked, 3);
        let statuses: Vec<&str> = detection
            .drifted
            .iter()
            .map(|drifted| drifted.status.as_str())
            .collect();
        assert_eq!(statuses, ["MODIFIED", "DELETED"]);
    }
}
