//! The engine's port: the one it had, as long as nobody else took it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::Context;

/// A port to start at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Free a moment ago, on 127.0.0.1.
    pub port: u16,
    /// The port from before, where somebody else has it now.
    pub taken: Option<u16>,
}

/// Chooses `former` where it is free, else any free port.
pub fn choose(former: Option<u16>) -> anyhow::Result<Choice> {
    match former {
        Some(port) if bind(port).is_some() => Ok(Choice { port, taken: None }),
        taken => {
            let port = bind(0).context("no port is free on 127.0.0.1")?;
            Ok(Choice { port, taken })
        }
    }
}

/// The port in `file`, if there is one.
pub fn former(file: &Path) -> Option<u16> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

fn bind(port: u16) -> Option<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(listener.local_addr().ok()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_former_port_is_kept_where_it_is_free() {
        let free = choose(None).unwrap().port;
        assert_eq!(
            choose(Some(free)).unwrap(),
            Choice {
                port: free,
                taken: None
            }
        );
    }

    #[test]
    fn a_taken_port_is_named_and_left_alone() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = listener.local_addr().unwrap().port();
        let choice = choose(Some(taken)).unwrap();
        assert_eq!(choice.taken, Some(taken));
        assert_ne!(choice.port, taken);
    }

    #[test]
    fn a_file_without_a_port_is_no_port() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("port");
        assert_eq!(former(&file), None);
        fs::write(&file, "4566\n").unwrap();
        assert_eq!(former(&file), Some(4566));
        fs::write(&file, "high").unwrap();
        assert_eq!(former(&file), None);
    }
}
