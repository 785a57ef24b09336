//! The artifact bucket and the bootstrap stack: shared by every stack of an account's region, so
//! deleted only when asked for, by the last of them.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use contract::{Failure, naming};
use deploy_target::OrExplain;

use crate::apply::change_set;
use crate::apply::client::Client;
use crate::apply::interrupt::Journal;
use crate::clients::Clients;

/// Empties and deletes the bucket, then deletes the bootstrap stack. The role that API Gateway
/// writes logs with stays: it is the account's, and costs nothing.
///
/// # Errors
/// Where something cannot be deleted.
pub async fn delete(
    clients: &Clients,
    journal: &Journal,
    bucket: Option<&str>,
) -> Result<(), Failure> {
    if let Some(bucket) = bucket {
        journal.did(format!("deleting the bucket {bucket} has begun"));
        empty(clients, bucket).await?;
        let what = format!("cannot delete the bucket {bucket}");
        let call = clients.s3.delete_bucket().bucket(bucket).send().await;
        call.found_or_explain(&clients.target, what)?;
    }
    let client = Client::new(clients);
    let Some(stack) = client.stack(naming::BOOTSTRAP_STACK).await? else {
        return Ok(());
    };
    change_set::delete(client, journal, &stack.id).await
}

async fn empty(clients: &Clients, bucket: &str) -> Result<(), Failure> {
    let what = format!("cannot empty the bucket {bucket}");
    // Deleting changes what the next page is: the first page again, until it is empty.
    loop {
        let call = clients.s3.list_objects_v2().bucket(bucket).send().await;
        // An earlier call that was cut short may have deleted it.
        let Some(page) = call.found_or_explain(&clients.target, &what)? else {
            return Ok(());
        };
        let keys: Vec<ObjectIdentifier> = page
            .contents()
            .iter()
            .filter_map(|object| ObjectIdentifier::builder().key(object.key()?).build().ok())
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        let objects = Delete::builder()
            .set_objects(Some(keys))
            .quiet(true)
            .build()
            .map_err(|error| Failure::new(&what).because(error))?;
        let call = clients.s3.delete_objects().bucket(bucket).delete(objects);
        let answer = call.send().await.or_explain(&clients.target, &what)?;
        if let Some(error) = answer.errors().first() {
            let said = error.message().unwrap_or("S3 gives no reason");
            return Err(Failure::new(&what).because(said.to_owned()));
        }
    }
}
