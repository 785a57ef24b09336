//! The running local engine, as `cargo xtask up` describes it in a file.

use std::path::PathBuf;
use std::{env, fs, io};

use contract::{Failure, local};
use serde::{Deserialize, Serialize};

/// Where the local engine is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Its process.
    pub pid: u32,
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// Its base URL, without a trailing slash.
    pub endpoint: String,
}

impl Engine {
    /// Reads the description from [`local::DIR_ENV`], or from [`local::DIR`] in this folder or the
    /// nearest one above that has it.
    ///
    /// # Errors
    /// Where there is none (the local platform is not running), or it cannot be read.
    pub fn read() -> Result<Self, Failure> {
        let not_running =
            || Failure::new("the local platform is not running").hint("start it: cargo xtask up");
        let path = engine_file().ok_or_else(not_running)?;
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_running(),
            _ => Failure::new(format!("cannot read {}", path.display())).because(error),
        })?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!("{} is damaged", path.display()))
                .because(error)
                .hint("start the local platform again: cargo xtask down, then cargo xtask up")
        })
    }
}

fn engine_file() -> Option<PathBuf> {
    if let Some(dir) = env::var_os(local::DIR_ENV) {
        return Some(PathBuf::from(dir).join(local::ENGINE_FILE));
    }
    let here = env::current_dir().ok()?;
    here.ancestors()
        .map(|dir| dir.join(local::DIR).join(local::ENGINE_FILE))
        .find(|file| file.exists())
}
