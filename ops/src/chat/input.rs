//! What the person says: a line a message.

use std::io::{self, BufRead, IsTerminal};
use std::thread;

use tokio::sync::mpsc::{Receiver, channel};

/// Lines as they are typed or piped, until the end of the input.
#[derive(Debug)]
pub struct Input {
    /// The lines.
    pub lines: Receiver<String>,
    /// Whether a person is typing.
    pub interactive: bool,
}

/// Reads standard input on a thread of its own: a read that waits for a person cannot be called
/// off, and must not hold up the end of the program.
pub fn from_stdin() -> Input {
    let (sender, lines) = channel(1);
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            // What is not UTF-8 cannot be sent; the input ends there.
            let Ok(line) = line else { break };
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    Input {
        lines,
        interactive: io::stdin().is_terminal(),
    }
}
