//! Which machine a build is for, and what it takes to build for it from here.

use std::fmt;

use clap::ValueEnum;
use contract::Failure;

/// The target triple of the host: the one that xtask itself was built for.
pub const HOST: &str = env!("XTASK_HOST");

/// An architecture that Lambda offers, by Lambda's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Arch {
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
    /// Graviton.
    #[value(name = "arm64")]
    Arm64,
}

impl Arch {
    /// As Lambda and the manifest spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    const fn lambda_triple(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    fn of_triple(triple: &str) -> Option<Self> {
        match triple.split('-').next()? {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the binaries are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The local engine, which runs them on this machine.
    Local,
    /// Lambda: this architecture, else the host's.
    Lambda(Option<Arch>),
}

/// What links the binaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linker {
    /// The host's own toolchain.
    Host,
    /// cargo-zigbuild, for Lambda's glibc.
    Zig,
}

/// How to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Architecture, for the manifest.
    pub arch: Arch,
    /// Rust's target triple.
    pub triple: &'static str,
    /// What links.
    pub linker: Linker,
    /// Whether the binaries must run on Lambda, and are checked for it.
    pub for_lambda: bool,
}

/// Decides how to build for `purpose` on `host`.
///
/// # Errors
/// Exit 2 where the host's own architecture is not one of Lambda's and none was named.
pub fn recipe(host: &'static str, purpose: Purpose) -> Result<Recipe, Failure> {
    let native = Arch::of_triple(host);
    let arch = match purpose {
        Purpose::Lambda(Some(arch)) => arch,
        Purpose::Lambda(None) | Purpose::Local => native.ok_or_else(|| {
            Failure::usage(format!(
                "Lambda has no architecture like this host's ({host})"
            ))
            .hint("name one: cargo xtask package --arch arm64")
        })?,
    };
    let triple = arch.lambda_triple();
    Ok(match purpose {
        // The engine runs the binaries as they are, so they have to be this machine's.
        Purpose::Local if host != triple => Recipe {
            arch,
            triple: host,
            linker: Linker::Host,
            for_lambda: false,
        },
        _ => {
            let linker = if host == triple {
                Linker::Host
            } else {
                Linker::Zig
            };
            Recipe {
                arch,
                triple,
                linker,
                for_lambda: true,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "x86_64-unknown-linux-gnu";
    const MAC: &str = "aarch64-apple-darwin";

    #[test]
    fn linux_builds_for_itself_and_checks() {
        let expected = Recipe {
            arch: Arch::X86_64,
            triple: LINUX,
            linker: Linker::Host,
            for_lambda: true,
        };
        assert_eq!(recipe(LINUX, Purpose::Local).unwrap(), expected);
        assert_eq!(recipe(LINUX, Purpose::Lambda(None)).unwrap(), expected);
    }

    #[test]
    fn a_mac_runs_its_own_binaries_locally_and_crosses_for_lambda() {
        assert_eq!(
            recipe(MAC, Purpose::Local).unwrap(),
            Recipe {
                arch: Arch::Arm64,
                triple: MAC,
                linker: Linker::Host,
                for_lambda: false
            }
        );
        let lambda = recipe(MAC, Purpose::Lambda(None)).unwrap();
        assert_eq!(
            (lambda.triple, lambda.linker),
            ("aarch64-unknown-linux-gnu", Linker::Zig)
        );
        assert!(lambda.for_lambda);
    }

    #[test]
    fn the_other_architecture_is_crossed() {
        let recipe = recipe(LINUX, Purpose::Lambda(Some(Arch::Arm64))).unwrap();
        assert_eq!(
            (recipe.triple, recipe.linker),
            ("aarch64-unknown-linux-gnu", Linker::Zig)
        );
    }

    #[test]
    fn an_unknown_host_must_name_an_architecture() {
        assert!(recipe("riscv64gc-unknown-linux-gnu", Purpose::Lambda(None)).is_err());
        assert!(
            recipe(
                "riscv64gc-unknown-linux-gnu",
                Purpose::Lambda(Some(Arch::Arm64))
            )
            .is_ok()
        );
    }
}
