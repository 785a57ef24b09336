//! What a supporter leaves behind, written in one transaction that checks Users: a turn in
//! Interactions and Context, an abandoned message in Interactions.

use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as Refusal;
use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use contract::Table;
use futures::FutureExt;

use super::attributes::{Item, s};
use super::{Tables, context, failed, interactions};
use crate::domain::{Context, Interaction, UserId};
use crate::ports::{Cause, RecordError, RecordTurn, Unavailable};

/// What cancels a transaction for a condition that does not hold.
const CONDITION: &str = "ConditionalCheckFailed";

/// What cancels a transaction for load or company, which may pass.
const PASSING: [&str; 3] = [
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
];

impl RecordTurn for Tables {
    async fn record(&self, interaction: &Interaction, next: &Context) -> Result<(), RecordError> {
        let user = &interaction.user_id;
        let items = vec![
            (Table::Interactions, interactions::to_item(interaction)),
            (Table::Context, context::to_item(user, next)),
        ];
        self.write(user, items).await
    }
}

impl Tables {
    /// Writes new items of `user`, all or none: an interaction, then perhaps a context.
    pub(super) async fn write(
        &self,
        user: &UserId,
        items: Vec<(Table, Item)>,
    ) -> Result<(), RecordError> {
        let items = self.transaction(user, items).map_err(unavailable)?;
        self.client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send()
            .boxed()
            .await
            .map(drop)
            .map_err(explained)
    }

    /// In the order that [`cancelled`] reads the reasons in.
    fn transaction(
        &self,
        user: &UserId,
        items: Vec<(Table, Item)>,
    ) -> Result<Vec<TransactWriteItem>, BuildError> {
        let user = ConditionCheck::builder()
            .table_name(self.name(Table::Users))
            .key("userId", s(user.as_str()))
            .condition_expression("attribute_exists(userId)")
            .build()?;
        let write = TransactWriteItem::builder;
        let mut transaction = vec![write().condition_check(user).build()];
        for (table, item) in items {
            let put = self.new_item(table, item)?;
            transaction.push(write().put(put).build());
        }
        Ok(transaction)
    }

    /// A put that overwrites nothing: the condition is on the whole key's item.
    fn new_item(&self, table: Table, item: Item) -> Result<Put, BuildError> {
        Put::builder()
            .table_name(self.name(table))
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(userId)")
            .build()
    }
}

fn explained(error: SdkError<Refusal>) -> RecordError {
    let reasons: Vec<&str> = match error.as_service_error() {
        Some(Refusal::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code().unwrap_or_default())
            .collect(),
        // Still under way after the SDK's own attempts, it may yet be written: written as another
        // turn, it could be there twice.
        _ => Vec::new(),
    };
    cancelled(&reasons).unwrap_or_else(|| unavailable(error))
}

/// Why a transaction of [`Tables::write`] was cancelled; `None` for a reason that will stay.
fn cancelled(reasons: &[&str]) -> Option<RecordError> {
    let refused = |at: usize| reasons.get(at) == Some(&CONDITION);
    if refused(0) {
        Some(RecordError::UserMissing)
    } else if refused(2) {
        Some(RecordError::VersionTaken)
    } else if refused(1) {
        Some(RecordError::SortKeyTaken)
    } else if reasons.iter().any(|reason| PASSING.contains(reason)) {
        Some(RecordError::Contended)
    } else {
        None
    }
}

fn unavailable<E: Into<Cause>>(error: E) -> RecordError {
    let unavailable: Unavailable = failed("write the turn")(error);
    unavailable.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_say_what_to_do() {
        let none = "None";
        assert!(matches!(
            cancelled(&[CONDITION, none, CONDITION]),
            Some(RecordError::UserMissing)
        ));
        assert!(matches!(
            cancelled(&[none, none, CONDITION]),
            Some(RecordError::VersionTaken)
        ));
        assert!(matches!(
            cancelled(&[none, CONDITION, none]),
            Some(RecordError::SortKeyTaken)
        ));
        for passing in PASSING {
            assert!(matches!(
                cancelled(&[none, none, passing]),
                Some(RecordError::Contended)
            ));
        }
        assert!(cancelled(&[none, "ValidationError", none]).is_none());
        assert!(cancelled(&[]).is_none());
    }
}
