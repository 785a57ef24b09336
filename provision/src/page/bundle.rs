//! What a browser gets: the page's files and its configuration.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use anyhow::Context;
use contract::{Failure, page};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::config::Config;

/// The files, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Content of each file.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// The files in `dir`, and the configuration beside them.
    ///
    /// # Errors
    /// Where the folder is no page, cannot be read, or is larger than [`page::MAX_BYTES`].
    pub fn read(dir: &Path, config: &Config) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        let reading = || format!("cannot read {}", dir.display());
        for entry in fs::read_dir(dir).with_context(reading)? {
            let path = entry.with_context(reading)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy());
            if let Some(name) = name.filter(|name| path.is_file() && !name.starts_with('.')) {
                files.insert(name.into_owned(), fs::read(&path).with_context(reading)?);
            }
        }
        files.insert(page::CONFIG.to_owned(), config.json()?);
        let bundle = Self { files };
        bundle.check(dir)?;
        Ok(bundle)
    }

    fn check(&self, dir: &Path) -> Result<(), Failure> {
        if !self.files.contains_key(page::INDEX) {
            return Err(
                Failure::new(format!("{} holds no {}", dir.display(), page::INDEX))
                    .hint("run it in the workspace's folder, or name the page's: --page DIR"),
            );
        }
        let bytes = self.bytes();
        if bytes > page::MAX_BYTES {
            return Err(Failure::new(format!(
                "the page has {bytes} bytes, more than {}",
                page::MAX_BYTES
            ))
            .hint("people on slow lines wait for every one; take something out"));
        }
        Ok(())
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }

    /// Lower-case hex over names and contents.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for (name, bytes) in &self.files {
            hash.update(format!("{name} {}\n", bytes.len()));
            hash.update(bytes);
        }
        let mut hex = String::new();
        for byte in hash.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// As hosting takes it: the same bytes for the same files.
    ///
    /// # Errors
    /// Where they cannot be compressed.
    pub fn zip(&self) -> anyhow::Result<Vec<u8>> {
        let options = SimpleFileOptions::DEFAULT
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(0o644);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.files {
            writer.start_file(name.as_str(), options)?;
            writer.write_all(bytes).context("cannot compress")?;
        }
        Ok(writer
            .finish()
            .context("cannot finish the zip")?
            .into_inner())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The committed page with a configuration of a test's.
    pub fn bundle(key: &str) -> Bundle {
        let config = Config {
            rest_api_url: "https://r/v1".into(),
            web_socket_url: "wss://s/v1".into(),
            region: "us-west-2".into(),
            api_key: key.into(),
        };
        let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(page::DIR);
        Bundle::read(&dir, &config).unwrap()
    }

    #[test]
    fn the_page_is_small_and_asks_nobody_else_for_anything() {
        let bundle = bundle("k");
        assert!(bundle.bytes() <= page::MAX_BYTES, "{}", bundle.bytes());
        for (name, bytes) in bundle
            .files
            .iter()
            .filter(|(name, _)| *name != page::CONFIG)
        {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let foreign = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!foreign.contains("://"), "{name} names another site");
            for sink in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(!text.contains(sink), "{name} uses {sink}");
            }
            assert!(
                !text.contains(" style=") && !text.contains(" onclick="),
                "{name}"
            );
        }
    }

    #[test]
    fn every_module_is_preloaded_and_every_name_in_the_index_exists() {
        let bundle = bundle("k");
        let index = String::from_utf8(bundle.files[page::INDEX].clone()).unwrap();
        let named: Vec<&str> = index
            .split('"')
            .filter_map(|word| word.strip_prefix('/'))
            .filter(|word| word.contains('.'))
            .collect();
        for name in &named {
            assert!(bundle.files.contains_key(*name), "{name}");
        }
        let is_script = |name: &&String| page::media_type(name).starts_with("text/javascript");
        for script in bundle.files.keys().filter(is_script) {
            assert!(
                named.contains(&script.as_str()),
                "{script} is not preloaded"
            );
        }
    }

    #[test]
    fn the_hash_follows_the_content_and_the_zip_is_the_same_each_time() {
        assert_eq!(bundle("a").sha256(), bundle("a").sha256());
        assert_ne!(bundle("a").sha256(), bundle("b").sha256());
        assert_eq!(bundle("a").zip().unwrap(), bundle("a").zip().unwrap());
    }
}
