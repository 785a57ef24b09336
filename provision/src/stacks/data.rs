//! The tables (DB-1 to DB-7).

use std::collections::BTreeMap;

use contract::Table;
use contract::tables::RECOVERY_PERIOD_DAYS;

use super::names::{prefixed, tags};
use crate::cfn::dynamodb::{
    self, AttributeDefinition, KeyElement, PointInTimeRecovery, SseSpecification, TimeToLive,
};
use crate::cfn::{Handle, Template};

/// The tables in the template.
pub type Tables = BTreeMap<Table, Handle<dynamodb::Table>>;

/// Declares every table. Data outlives the stack: retained, and protected from deletion.
pub fn tables(template: &mut Template) -> Tables {
    Table::ALL
        .into_iter()
        .map(|table| {
            let handle = template.add(format!("{}Table", table.name()), &resource(table));
            template.retain(&handle);
            (table, handle)
        })
        .collect()
}

fn resource(table: Table) -> dynamodb::Table {
    let key = table.key();
    dynamodb::Table {
        table_name: prefixed(format!("-{}", table.name())),
        billing_mode: "PAY_PER_REQUEST",
        attribute_definitions: key
            .attributes()
            .map(|attribute| AttributeDefinition {
                attribute_name: attribute.name,
                attribute_type: attribute.kind.code(),
            })
            .collect(),
        key_schema: key
            .attributes()
            .zip(["HASH", "RANGE"])
            .map(|(attribute, key_type)| KeyElement {
                attribute_name: attribute.name,
                key_type,
            })
            .collect(),
        // With no key id this is the AWS-managed key; left out, it would be the AWS-owned one.
        sse_specification: SseSpecification { sse_enabled: true },
        point_in_time_recovery_specification: PointInTimeRecovery {
            point_in_time_recovery_enabled: true,
            recovery_period_in_days: RECOVERY_PERIOD_DAYS,
        },
        time_to_live_specification: table.ttl_attribute().map(|attribute_name| TimeToLive {
            attribute_name,
            enabled: true,
        }),
        deletion_protection_enabled: true,
        tags: tags(),
    }
}
