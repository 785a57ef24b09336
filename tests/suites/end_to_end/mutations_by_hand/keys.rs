//! Keys and usage plans.

use anyhow::Result;
use aws_sdk_apigateway::types::{Op, PatchOperation};
use contract::outputs;
use platform_tests::platform::Platform;

/// Takes the REST plan's throttle away.
pub fn drop_plan_throttle(platform: &Platform) -> Result<()> {
    let change = PatchOperation::builder().op(Op::Remove).path("/throttle");
    let update = platform.aws.apigateway.update_usage_plan();
    let update = update.usage_plan_id(platform.output(outputs::REST_USAGE_PLAN_ID));
    platform
        .aws
        .wait(update.patch_operations(change.build()).send())?;
    Ok(())
}

/// Takes the key out of both usage plans.
pub fn take_key_out_of_plans(platform: &Platform) -> Result<()> {
    for plan in [
        outputs::REST_USAGE_PLAN_ID,
        outputs::WEB_SOCKET_USAGE_PLAN_ID,
    ] {
        let delete = platform.aws.apigateway.delete_usage_plan_key();
        let delete = delete.usage_plan_id(platform.output(plan));
        platform
            .aws
            .wait(delete.key_id(platform.output(outputs::API_KEY_ID)).send())?;
    }
    Ok(())
}
