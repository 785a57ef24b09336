//! Asking before a live stack is changed.

use std::io::{self, BufRead, IsTerminal, Write};

use contract::Failure;

/// Asks on the terminal; `yes` answers for the person.
///
/// # Errors
/// Exit 3 where the answer is not yes, or where there is no terminal to ask on.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::refused(format!("not confirmed: {question}"))
            .hint("there is no terminal to ask on; pass --yes to confirm"));
    }
    let mut stderr = io::stderr();
    let ask = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    let read = ask.and_then(|()| io::stdin().lock().read_line(&mut answer));
    match read {
        Ok(_) if matches!(answer.trim(), "y" | "Y" | "yes") => Ok(()),
        Ok(_) => Err(Failure::refused("not confirmed; nothing was changed")),
        Err(error) => Err(Failure::refused("cannot ask on the terminal").because(error)),
    }
}
