//! What the commands on archives share: naming a place, and telling what an archive is.

use std::path::PathBuf;

use contract::{Failure, Table};
use deploy_target::{TargetArgs, connect};

use crate::archive::{Bucket, Identities, Manifest, Place, Source, Storage};
use crate::clients::Clients;
use crate::progress::grouped;

/// A place with archives, or one archive.
#[derive(clap::Args, Debug)]
pub struct PlaceArgs {
    /// A folder or `s3://BUCKET/PREFIX` with archives, or one archive
    pub place: String,
}

impl PlaceArgs {
    /// The place. Only one in S3 needs a target.
    ///
    /// # Errors
    /// Where it is in S3 and no target is named.
    pub async fn open(&self, target: &TargetArgs) -> anyhow::Result<Place> {
        let Some(address) = self.place.strip_prefix("s3://") else {
            let storage = Storage::Folder(PathBuf::from(&self.place));
            return Ok(Place { storage });
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        if bucket.is_empty() {
            return Err(Failure::usage(format!("`{}` names no bucket", self.place))
                .hint("s3://BUCKET/PREFIX")
                .into());
        }
        let target = target.resolve()?;
        let client = Clients::new(&connect(&target).await).s3;
        let storage = Storage::Bucket(Bucket {
            client,
            target,
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        });
        Ok(Place { storage })
    }
}

/// What encrypted archives are read with.
#[derive(clap::Args, Debug)]
pub struct IdentityArgs {
    /// File with the secret age key of an encrypted archive
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

impl IdentityArgs {
    /// Reads the file, where one is named.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self) -> Result<Option<Identities>, Failure> {
        self.identity.as_deref().map(Identities::read).transpose()
    }
}

/// A table by its name in the contract.
pub fn table(name: &str) -> Result<Table, String> {
    let found = Table::ALL
        .into_iter()
        .find(|table| table.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<&str> = Table::ALL.into_iter().map(Table::name).collect();
        format!("the tables are {}", names.join(", "))
    })
}

/// One line on what an archive is.
pub fn nature(manifest: &Manifest) -> String {
    let source = match &manifest.source {
        Source::Scan { .. } => format!(
            "a scan from {} to {} (no point in time)",
            manifest.started_at, manifest.ended_at
        ),
        Source::Pitr { export_time, .. } => format!("all tables as of {export_time}"),
    };
    let encrypted = if manifest.encryption.is_some() {
        ", encrypted"
    } else {
        ""
    };
    let sessions = if manifest.sessions {
        ""
    } else {
        ", without sessions"
    };
    let items = grouped(manifest.items());
    format!("{items} items, {source}{encrypted}{sessions}")
}
