//! Tables.

use anyhow::Result;
use aws_sdk_dynamodb::types::{
    PointInTimeRecoverySpecification, SseSpecification, TimeToLiveSpecification,
};
use contract::Table;
use platform_tests::platform::Platform;

/// Lets sessions stay for ever.
pub fn switch_expiry_off(platform: &Platform) -> Result<()> {
    let off = TimeToLiveSpecification::builder()
        .attribute_name(Table::Sessions.ttl_attribute().unwrap_or_default())
        .enabled(false)
        .build()?;
    let update = platform.aws.dynamodb.update_time_to_live();
    let update = update.table_name(platform.table(Table::Sessions));
    platform
        .aws
        .wait(update.time_to_live_specification(off).send())?;
    Ok(())
}

/// Deletes every table.
pub fn drop_tables(platform: &Platform) -> Result<()> {
    let dynamodb = &platform.aws.dynamodb;
    for table in Table::ALL.map(|table| platform.table(table)) {
        let update = dynamodb
            .update_table()
            .table_name(&table)
            .deletion_protection_enabled(false);
        platform.aws.wait(update.send())?;
        platform
            .aws
            .wait(dynamodb.delete_table().table_name(&table).send())?;
    }
    Ok(())
}

/// Switches a table's encryption with the AWS-managed key off.
pub fn switch_encryption_off(platform: &Platform) -> Result<()> {
    let update = platform
        .aws
        .dynamodb
        .update_table()
        .table_name(platform.table(Table::Users));
    let off = SseSpecification::builder().enabled(false).build();
    platform.aws.wait(update.sse_specification(off).send())?;
    Ok(())
}

/// Switches a table's point-in-time recovery off.
pub fn switch_recovery_off(platform: &Platform) -> Result<()> {
    let update = platform.aws.dynamodb.update_continuous_backups();
    let off = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(false)
        .build()?;
    let update = update.table_name(platform.table(Table::Donations));
    platform
        .aws
        .wait(update.point_in_time_recovery_specification(off).send())?;
    Ok(())
}
