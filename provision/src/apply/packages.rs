//! The functions' code and the template, in the artifact bucket.

use std::fmt::Write;

use contract::{Failure, Function};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::client::Client;
use super::manifest::{Manifest, Package};

/// Objects on the way at once.
const AT_ONCE: usize = 6;

/// Uploads what the bucket does not have yet, and sees that it is all there: a function whose code
/// is missing would fail late on AWS, and not at all on the local engine. Returns how many were
/// sent.
///
/// # Errors
/// Where a package cannot be read, is not what the manifest says, or does not arrive.
pub async fn upload(
    client: Client<'_>,
    bucket: &str,
    manifest: &Manifest,
) -> Result<usize, Failure> {
    let sent: Vec<bool> = stream::iter(&manifest.packages)
        .map(|(&function, package)| upload_one(client, bucket, function, package))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(sent.into_iter().filter(|&sent| sent).count())
}

async fn upload_one(
    client: Client<'_>,
    bucket: &str,
    function: Function,
    package: &Package,
) -> Result<bool, Failure> {
    let key = package.s3_key(function);
    if client.has_object(bucket, &key).await? {
        return Ok(false);
    }
    let bytes = tokio::fs::read(&package.path).await.map_err(|error| {
        Failure::new(format!("cannot read {}", package.path.display()))
            .because(error)
            .hint("make the packages: cargo xtask package")
    })?;
    if hex(&bytes) != package.sha256 {
        return Err(Failure::new(format!(
            "{} is not what the manifest says",
            package.path.display()
        ))
        .hint("make the packages again: cargo xtask package"));
    }
    client.put_object(bucket, &key, bytes).await?;
    if client.has_object(bucket, &key).await? {
        return Ok(true);
    }
    Err(
        Failure::new(format!("{key} was written to {bucket} and is not there"))
            .hint("run the same command again"),
    )
}

/// Where templates are kept that are deployed: what is there is taken for what its name says.
pub const DEPLOYED: &str = "templates";

/// Where templates are kept that are only planned, maybe by somebody who may not deploy: nothing that
/// is deployed comes from there.
pub const PLANNED: &str = "plans";

/// Uploads a template into a folder, and returns the URL by which CloudFormation reads it.
///
/// # Errors
/// Where the bucket refuses.
pub async fn upload_template(
    client: Client<'_>,
    bucket: &str,
    folder: &str,
    yaml: String,
) -> Result<String, Failure> {
    let key = format!("{folder}/{}", template_name(&yaml));
    if !client.has_object(bucket, &key).await? {
        client.put_object(bucket, &key, yaml.into_bytes()).await?;
    }
    Ok(client.object_url(bucket, &key))
}

/// The name of a template in its folder, by its content.
pub fn template_name(yaml: &str) -> String {
    format!("{}.yaml", hex(yaml.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_lower_case_hex() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex(b""), empty);
    }
}
