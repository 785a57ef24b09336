//! The package folder: zips first, the manifest last, so that a manifest stands for a whole package.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;
use std::{fs, thread};

use anyhow::{Context, bail};
use contract::{Failure, Function, artifact};

use super::archive::{self, Entry};
use super::build::{self, Binary};
use super::current;
use super::elf::Glibc;
use super::manifest::{self, Manifest, ORIGINS, Origin, Origins, Zip};
use crate::digest::sha256;
use crate::files;
use crate::host::Recipe;
use crate::workspace::Workspace;

/// A package that is there.
pub struct Package {
    /// What the folder has.
    pub manifest: Manifest,
    /// The newest glibc version that each function asks for, by name.
    pub glibc: BTreeMap<&'static str, Glibc>,
}

/// Compiles what changed and brings the package folder up to date.
pub fn make(
    workspace: &Workspace,
    recipe: &Recipe,
    content: &super::Content,
) -> anyhow::Result<Package> {
    let begun = SystemTime::now();
    let folder = workspace.package();
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let (binaries, index) = build::all(workspace, recipe, content.folder.as_deref())?;
    let index = entries_of(&index)?;
    let glibc = binaries
        .iter()
        .filter_map(|binary| Some((binary.function.name(), binary.glibc?)))
        .collect();
    let contents = contents(binaries, &index);
    let manifest = update(&folder, recipe.arch.name(), &contents)?;
    current::note(workspace, begun)?;
    Ok(Package { manifest, glibc })
}

type Content = (Function, Vec<Entry>);

fn contents(binaries: Vec<Binary>, index: &[Entry]) -> Vec<Content> {
    let content = |binary: Binary| {
        let function = binary.function;
        let name = artifact::BOOTSTRAP.to_owned();
        let mut entries = vec![Entry {
            name,
            mode: 0o755,
            bytes: binary.bytes,
        }];
        if artifact::INDEXED.contains(&function) {
            entries.extend_from_slice(index);
        }
        (function, entries)
    };
    binaries.into_iter().map(content).collect()
}

/// The files of the index folder, as they are named in a zip.
pub fn entries_of(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let reading = || format!("cannot read the index in {}", folder.display());
    for file in fs::read_dir(folder).with_context(reading)? {
        let file = file.with_context(reading)?;
        let Ok(name) = file.file_name().into_string() else {
            bail!(
                "the index has a file whose name is not UTF-8: {}",
                file.path().display()
            );
        };
        let name = format!("{}/{name}", artifact::INDEX_DIR);
        let bytes = fs::read(file.path()).with_context(reading)?;
        entries.push(Entry {
            name,
            mode: 0o644,
            bytes,
        });
    }
    Ok(entries)
}

/// Writes the zips that differ from what is there. Nothing is touched where none does.
fn update(folder: &Path, arch: &str, contents: &[Content]) -> anyhow::Result<Manifest> {
    for (function, entries) in contents {
        refuse_too_large(*function, entries)?;
    }
    let known: Origins = manifest::read(&folder.join(ORIGINS)).unwrap_or_default();
    let zips = thread::scope(|scope| {
        let known = &known;
        let make = |content| scope.spawn(move || zip_of(folder, known, content));
        let threads: Vec<_> = contents.iter().map(make).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread
                .join()
                .unwrap_or_else(|_| bail!("a zip could not be made"))
        };
        threads
            .into_iter()
            .map(join)
            .collect::<anyhow::Result<Vec<Made>>>()
    })?;
    for made in &zips {
        refuse_direct_upload(made)?;
    }
    let manifest = Manifest {
        arch: arch.to_owned(),
        functions: zips
            .iter()
            .map(|made| (made.name.to_owned(), made.zip.clone()))
            .collect(),
    };
    if Manifest::read(folder).as_ref() == Some(&manifest) && zips.iter().all(|z| z.new.is_none()) {
        return Ok(manifest);
    }
    write(folder, &manifest, zips)?;
    Ok(manifest)
}

fn write(folder: &Path, manifest: &Manifest, zips: Vec<Made>) -> anyhow::Result<()> {
    files::remove(&folder.join(artifact::MANIFEST))?;
    let mut origins = Origins::new();
    for made in zips {
        if let Some(bytes) = made.new {
            files::write_whole(&folder.join(&made.zip.file), &bytes)?;
        }
        let origin = Origin {
            content: made.content,
            zip: made.zip.sha256,
        };
        origins.insert(made.name.to_owned(), origin);
    }
    manifest::write(&folder.join(ORIGINS), &origins)?;
    manifest::write(&folder.join(artifact::MANIFEST), manifest)
}

struct Made {
    name: &'static str,
    zip: Zip,
    content: String,
    /// The bytes, where the folder does not have them yet.
    new: Option<Vec<u8>>,
}

fn zip_of(folder: &Path, known: &Origins, (function, entries): &Content) -> anyhow::Result<Made> {
    let (name, file) = (function.name(), artifact::file_name(*function));
    let content = archive::digest(entries);
    if let Some(origin) = known.get(name).filter(|origin| origin.content == content)
        && let Ok(there) = fs::read(folder.join(&file))
        && sha256(&there) == origin.zip
    {
        let zip = Zip {
            file,
            sha256: origin.zip.clone(),
            bytes: there.len() as u64,
        };
        return Ok(Made {
            name,
            zip,
            content,
            new: None,
        });
    }
    let bytes = archive::zip(entries)?;
    let zip = Zip {
        file,
        sha256: sha256(&bytes),
        bytes: bytes.len() as u64,
    };
    Ok(Made {
        name,
        zip,
        content,
        new: Some(bytes),
    })
}

fn refuse_too_large(function: Function, entries: &[Entry]) -> Result<(), Failure> {
    let (bytes, max) = (
        archive::unpacked_bytes(entries),
        artifact::UNPACKED_MAX_BYTES,
    );
    if bytes <= max {
        return Ok(());
    }
    let name = function.name();
    Err(Failure::refused(format!(
        "{name} has {bytes} bytes unpacked; Lambda takes {max}"
    ))
    .hint(LESS))
}

/// What to do where the index makes a package too large.
const LESS: &str = "package less content with --content DIR; \
                    README.md, \"Content\", says what replaces the bundled index beyond this";

/// What is larger can only be uploaded through S3, which some teams' tools do not do.
fn refuse_direct_upload(made: &Made) -> Result<(), Failure> {
    let (name, bytes, max) = (made.name, made.zip.bytes, artifact::DIRECT_UPLOAD_MAX_BYTES);
    if bytes <= max {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{name} has {bytes} bytes zipped; Lambda takes {max} in a direct upload"
    ))
    .hint(LESS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(bytes: &[u8]) -> Vec<Content> {
        let entry = Entry {
            name: artifact::BOOTSTRAP.into(),
            mode: 0o755,
            bytes: bytes.to_owned(),
        };
        vec![(Function::Search, vec![entry])]
    }

    #[test]
    fn a_package_without_changes_is_left_untouched() {
        let dir = tempfile::tempdir().unwrap();
        let first = update(dir.path(), "arm64", &contents(b"one")).unwrap();
        let zip = dir.path().join("search.zip");
        let time = fs::metadata(&zip).unwrap().modified().unwrap();
        assert_eq!(
            update(dir.path(), "arm64", &contents(b"one")).unwrap(),
            first
        );
        assert_eq!(fs::metadata(&zip).unwrap().modified().unwrap(), time);
    }

    #[test]
    fn a_damaged_zip_and_changed_content_are_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let first = update(dir.path(), "arm64", &contents(b"one")).unwrap();
        let zip = dir.path().join("search.zip");
        fs::write(&zip, b"damaged").unwrap();
        assert_eq!(
            update(dir.path(), "arm64", &contents(b"one")).unwrap(),
            first
        );
        assert_eq!(
            sha256(&fs::read(&zip).unwrap()),
            first.functions["search"].sha256
        );
        assert_ne!(
            update(dir.path(), "arm64", &contents(b"two")).unwrap(),
            first
        );
        assert_ne!(
            sha256(&fs::read(&zip).unwrap()),
            first.functions["search"].sha256
        );
    }

    #[test]
    fn the_manifest_has_the_shape_that_apply_reads() {
        let dir = tempfile::tempdir().unwrap();
        let made = update(dir.path(), "arm64", &contents(b"one")).unwrap();
        let text = fs::read_to_string(dir.path().join(artifact::MANIFEST)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let zip = &made.functions["search"];
        assert_eq!(
            json,
            serde_json::json!({"arch": "arm64", "functions": {"search": {
                "file": "search.zip", "sha256": zip.sha256, "bytes": zip.bytes,
            }}})
        );
    }

    #[test]
    fn what_lambda_would_refuse_is_refused_with_both_numbers() {
        let made = |bytes| Made {
            name: "search",
            zip: Zip {
                file: "search.zip".into(),
                sha256: String::new(),
                bytes,
            },
            content: String::new(),
            new: None,
        };
        let max = artifact::DIRECT_UPLOAD_MAX_BYTES;
        assert!(refuse_direct_upload(&made(max)).is_ok());
        let failure = refuse_direct_upload(&made(max + 1)).unwrap_err();
        let shown = contract::failure::report(&failure);
        assert!(shown.contains("52428801 bytes zipped"), "{shown}");
        assert!(shown.contains("52428800"), "{shown}");
    }

    #[test]
    fn only_functions_that_search_carry_the_index() {
        let index = [Entry {
            name: "index/meta.json".into(),
            mode: 0o644,
            bytes: vec![1],
        }];
        let binary = |function| Binary {
            function,
            bytes: vec![0],
            glibc: None,
        };
        let binaries = Function::ALL.map(binary).into();
        for (function, entries) in super::contents(binaries, &index) {
            assert_eq!(entries.len() == 2, artifact::INDEXED.contains(&function));
        }
    }
}
