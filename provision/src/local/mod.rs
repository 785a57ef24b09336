//! What the local engine leaves open when it deploys through CloudFormation, closed through the
//! public service APIs. Never on AWS.
//!
//! The engine ignores a table's encryption, expiry and recovery; it drops request validators; it
//! keeps the WebSocket stage's settings where nobody finds them; and it authorises calls to the
//! model under names of its own. Each step reads first and writes only what differs, so that doing
//! it again costs a few reads.

mod model;
mod socket_stage;
mod tables;
mod validators;

pub use validators::validates;

use contract::{Failure, Function, Table, outputs};
use futures::{StreamExt, TryStreamExt, stream, try_join};

use crate::clients::Clients;
use crate::platform::Platform;

/// Closes what is open.
///
/// # Errors
/// Where something cannot be read or written.
pub async fn close_gaps(clients: &Clients) -> Result<(), Failure> {
    let platform = Platform::read(clients).await?;
    let prefix = platform.prefix()?;
    let tables = stream::iter(Table::ALL)
        .map(|table| tables::close(clients, table, prefix))
        .buffer_unordered(Table::ALL.len())
        .try_collect::<Vec<_>>();
    let roles = stream::iter(Function::ALL)
        .map(|function| model::close(clients, function, &platform))
        .buffer_unordered(Function::ALL.len())
        .try_collect::<Vec<_>>();
    let methods = validators::close(clients, platform.output(outputs::REST_API_ID)?);
    let stage = socket_stage::close(clients, platform.output(outputs::WEB_SOCKET_API_ID)?);
    try_join!(tables, roles, methods, stage)?;
    Ok(())
}
