//! What a binary asks of the machine it runs on: architecture, glibc, shared libraries.

use contract::artifact;
use object::elf::DT_NEEDED;
use object::read::elf::ElfFile64;
use object::{Architecture, Endianness, Object};

use crate::host::Arch;

/// Libraries that `provided.al2023` has for every binary.
const LIBRARIES: [&str; 7] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "libpthread.so.0",
    "libdl.so.2",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

/// A glibc version.
pub type Glibc = (u32, u32);

type Elf<'data> = ElfFile64<'data, Endianness>;

/// Why a binary does not run on Lambda.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no 64-bit ELF file, or a damaged one.
    #[error("not a readable ELF file: {0}")]
    Unreadable(String),
    /// It is for another machine.
    #[error("built for {found}, not for {wanted}")]
    Machine {
        /// What the file says.
        found: String,
        /// What was asked for.
        wanted: Arch,
    },
    /// It asks for symbols that Lambda's glibc does not have.
    #[error("asks for {0}; Lambda's glibc is {major}.{minor}", major = artifact::GLIBC.0, minor = artifact::GLIBC.1)]
    Glibc(String),
    /// It asks for a library that Lambda does not have.
    #[error("asks for the shared library {0}, which Lambda does not have")]
    Library(String),
}

impl From<object::Error> for Unfit {
    fn from(error: object::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Checks that `file` runs on Lambda's `arch`, and gives the newest glibc version it asks for.
pub fn check(file: &[u8], arch: Arch) -> Result<Option<Glibc>, Unfit> {
    let elf = Elf::parse(file)?;
    let found = elf.architecture();
    let wanted = match arch {
        Arch::X86_64 => Architecture::X86_64,
        Arch::Arm64 => Architecture::Aarch64,
    };
    if found != wanted {
        return Err(Unfit::Machine {
            found: format!("{found:?}"),
            wanted: arch,
        });
    }
    for library in libraries(&elf)? {
        if !LIBRARIES.contains(&library.as_str()) {
            return Err(Unfit::Library(library));
        }
    }
    newest_glibc(&versions(&elf)?)
}

/// The newest of the `GLIBC_…` versions among `names`, none of which may be newer than Lambda's.
fn newest_glibc(names: &[String]) -> Result<Option<Glibc>, Unfit> {
    let mut newest = None;
    for name in names.iter().filter(|name| name.starts_with("GLIBC_")) {
        // Names without a number, as GLIBC_ABI_DT_RELR, stand for features newer than ours.
        match version(name) {
            Some(version) if version <= artifact::GLIBC => newest = newest.max(Some(version)),
            _ => return Err(Unfit::Glibc(name.clone())),
        }
    }
    Ok(newest)
}

/// `GLIBC_2.34` and `GLIBC_2.2.5` are (2, 34) and (2, 2).
fn version(name: &str) -> Option<Glibc> {
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The symbol versions that the dynamic linker has to find.
fn versions(elf: &Elf<'_>) -> Result<Vec<String>, Unfit> {
    let (endian, data) = (elf.endian(), elf.data());
    let sections = elf.elf_section_table();
    let Some((mut needs, link)) = sections.gnu_verneed(endian, data)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, data, link)?;
    let mut names = Vec::new();
    while let Some((_, mut versions)) = needs.next()? {
        while let Some(version) = versions.next()? {
            names.push(text(version.name(endian, strings)?));
        }
    }
    Ok(names)
}

/// The shared libraries that the dynamic linker has to find.
fn libraries(elf: &Elf<'_>) -> Result<Vec<String>, Unfit> {
    let table = elf.elf_dynamic_table()?;
    table
        .iter()
        .filter(|entry| entry.tag == DT_NEEDED)
        .map(|entry| Ok(text(table.string(entry)?)))
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_newest_version_is_found_by_number() {
        let found = newest_glibc(&names(&[
            "GLIBC_2.9",
            "GLIBC_2.34",
            "GLIBC_2.2.5",
            "GCC_3.0",
        ]));
        assert_eq!(found, Ok(Some((2, 34))));
        assert_eq!(newest_glibc(&[]), Ok(None));
    }

    #[test]
    fn newer_and_unnumbered_versions_are_refused() {
        for name in [
            "GLIBC_2.35",
            "GLIBC_3.0",
            "GLIBC_ABI_DT_RELR",
            "GLIBC_PRIVATE",
        ] {
            let found = newest_glibc(&names(&["GLIBC_2.17", name]));
            assert_eq!(found, Err(Unfit::Glibc(name.to_owned())));
        }
    }

    #[test]
    fn what_is_no_elf_file_is_refused() {
        assert!(matches!(
            check(b"#!/bin/sh\n", Arch::X86_64),
            Err(Unfit::Unreadable(_))
        ));
    }

    // Our own executable is as real an ELF file as any.
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    #[test]
    fn a_real_binary_is_read() {
        let file = fs::read(env::current_exe().unwrap()).unwrap();
        let (own, other) = if cfg!(target_arch = "x86_64") {
            (Arch::X86_64, Arch::Arm64)
        } else {
            (Arch::Arm64, Arch::X86_64)
        };
        match check(&file, own) {
            Ok(glibc) => assert!(glibc >= Some((2, 17)), "{glibc:?}"),
            // A newer host's own binaries may well ask for more than Lambda has.
            Err(unfit) => assert!(matches!(unfit, Unfit::Glibc(_)), "{unfit}"),
        }
        assert!(matches!(check(&file, other), Err(Unfit::Machine { .. })));
        let elf = Elf::parse(file.as_slice()).unwrap();
        assert!(libraries(&elf).unwrap().contains(&"libc.so.6".to_owned()));
    }
}
