//! `engine.json`: which process is the engine, and where it listens. The other programs read it.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use contract::Failure;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use crate::files;

/// The engine, as [`contract::local::ENGINE_FILE`] describes it.
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
    /// Describes an engine at `port`.
    pub fn new(pid: u32, port: u16) -> Self {
        Self {
            pid,
            port,
            endpoint: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Reads the description; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read, or is damaged: then a running engine might be overlooked.
    pub fn read(folder: &Folder) -> anyhow::Result<Option<Self>> {
        let path = folder.engine_file();
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
            Ok(json) => parse(&json, &path).map(Some),
        }
    }

    /// Writes the description.
    pub fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let json = serde_json::to_vec(self).context("cannot describe the engine")?;
        files::write_whole(&folder.engine_file(), &json)
    }
}

fn parse(json: &[u8], path: &Path) -> anyhow::Result<Engine> {
    serde_json::from_slice(json).map_err(|error| {
        Failure::new(format!("{} is damaged", path.display()))
            .because(error)
            .hint(format!(
                "end the engine's process if there is one (`ps ax | grep ministack`), remove {}, \
                 then: cargo xtask up",
                path.display()
            ))
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        assert_eq!(Engine::read(&folder).unwrap(), None);
        let engine = Engine::new(42, 4566);
        engine.write(&folder).unwrap();
        assert_eq!(Engine::read(&folder).unwrap(), Some(engine));
    }

    #[test]
    fn a_damaged_description_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        fs::write(folder.engine_file(), "{\"pid\":").unwrap();
        let error = Engine::read(&folder).unwrap_err();
        assert!(
            error.to_string().contains("engine.json is damaged"),
            "{error}"
        );
    }
}
