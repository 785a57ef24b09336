//! The functions' code, compared by hash and exchanged where it differs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LastUpdateStatus;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::artifact::DIRECT_UPLOAD_MAX_BYTES;
use contract::{Failure, Function};
use deploy_target::OrExplain;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::clients::Clients;

/// How long Lambda may take to run new code.
const PATIENCE: Duration = Duration::from_mins(1);

/// A function's new code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Whose.
    pub function: Function,
    /// The zip.
    pub zip: PathBuf,
}

/// A function whose code was exchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swapped {
    /// Its name in the account.
    pub function: String,
    /// SHA-256 of the code that ran, in Lambda's base64.
    pub from: String,
    /// SHA-256 of the code that runs.
    pub to: String,
}

/// Lets a function run this code; `None` where it does already.
///
/// # Errors
/// Where there is no such function, the zip cannot be read or is too large, or Lambda refuses.
pub async fn swap(
    clients: &Clients,
    prefix: &str,
    code: &Code,
) -> Result<Option<Swapped>, Failure> {
    let name = code.function.physical_name(prefix);
    let bytes = read(&code.zip).await?;
    let to = STANDARD.encode(Sha256::digest(&bytes));
    let live = crate::live::function(clients, &name).await?;
    let live = live.ok_or_else(|| {
        Failure::new(format!("there is no function {name}")).hint(format!(
            "deploy it whole: cargo xtask deploy {}",
            clients.target.flags()
        ))
    })?;
    if live.code_sha256 == to {
        return Ok(None);
    }
    let call = clients.lambda.update_function_code().function_name(&name);
    let call = call.zip_file(Blob::new(bytes)).send().await;
    call.or_explain(
        &clients.target,
        format!("cannot exchange the code of {name}"),
    )?;
    wait(clients, &name).await?;
    Ok(Some(Swapped {
        function: name,
        from: live.code_sha256,
        to,
    }))
}

async fn read(zip: &Path) -> Result<Vec<u8>, Failure> {
    let what = || format!("cannot read {}", zip.display());
    let bytes = tokio::fs::read(zip).await.map_err(|error| {
        Failure::new(what())
            .because(error)
            .hint("make the packages: cargo xtask package")
    })?;
    if bytes.len() as u64 <= DIRECT_UPLOAD_MAX_BYTES {
        return Ok(bytes);
    }
    Err(Failure::refused(format!(
        "{} has {} bytes; Lambda takes {DIRECT_UPLOAD_MAX_BYTES} in a direct upload",
        zip.display(),
        bytes.len()
    ))
    .hint("deploy it whole, through the artifact bucket: cargo xtask deploy"))
}

/// Waits until calls run the new code.
async fn wait(clients: &Clients, name: &str) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(20);
    loop {
        let call = clients
            .lambda
            .get_function_configuration()
            .function_name(name);
        let what = format!("cannot read the function {name}");
        let live = call.send().await.or_explain(&clients.target, what)?;
        match live.last_update_status {
            Some(LastUpdateStatus::Failed) => {
                let reason = live.last_update_status_reason.unwrap_or_default();
                return Err(
                    Failure::new(format!("Lambda does not run the new code of {name}"))
                        .because(reason),
                );
            }
            Some(LastUpdateStatus::InProgress) if Instant::now() < deadline => {}
            Some(LastUpdateStatus::InProgress) => {
                return Err(
                    Failure::new(format!("{name} does not run its new code yet"))
                        .hint("look again: cargo provision verify"),
                );
            }
            _ => return Ok(()),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
