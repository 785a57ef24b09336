//! Data are deleted only for the stack's name, typed out.

use std::io::{self, BufRead, IsTerminal, Write};

use contract::Failure;

/// Holds that the person has typed `stack`: as `given`, or on the terminal.
///
/// # Errors
/// Exit 3 where another name was typed, or none.
pub fn by_name(stack: &str, what: &str, given: Option<&str>) -> Result<(), Failure> {
    if let Some(given) = given {
        return same(stack, given);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::refused(format!("not confirmed: {what}"))
            .because("--yes does not confirm that data are deleted")
            .hint(format!("pass the stack's name: --confirm-name {stack}")));
    }
    let mut stderr = io::stderr();
    let asked = writeln!(stderr, "{what}")
        .and_then(|()| write!(stderr, "Type the stack's name to go on: "))
        .and_then(|()| stderr.flush());
    let mut typed = String::new();
    asked
        .and_then(|()| io::stdin().lock().read_line(&mut typed))
        .map_err(|error| Failure::refused("cannot ask on the terminal").because(error))?;
    same(stack, typed.trim())
}

fn same(stack: &str, typed: &str) -> Result<(), Failure> {
    if typed == stack {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "`{typed}` is not the stack's name; nothing was changed"
    ))
    .hint(format!("the stack's name is {stack}")))
}

#[cfg(test)]
mod tests {
    use contract::Exit;
    use contract::failure::exit_of;

    use super::*;

    #[test]
    fn only_the_stacks_own_name_confirms() {
        assert!(by_name("Blue", "Delete?", Some("Blue")).is_ok());
        for wrong in ["blue", "", "yes", "Blue2"] {
            let refusal = by_name("Blue", "Delete?", Some(wrong)).unwrap_err();
            assert_eq!(exit_of(&refusal), Exit::Refused, "{wrong}");
        }
    }
}
