//! Removing everything about one supporter, and reading again until nothing is there.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};

use contract::{Failure, Table};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::person::{Found, ORDER, People, counts, in_words};

/// Items removed at once.
const CONCURRENT: usize = 8;

/// Times that the tables are read again: a request that was under way when the supporter went may
/// still write once.
const ROUNDS: u32 = 3;

/// Removes what was `found` about `user_id`, and whatever a request under way wrote since. Gives
/// what was removed from each table; every table was read again, consistently, and has nothing.
///
/// # Errors
/// Where a table refuses, or something still comes back. What was removed stays removed; running it
/// again goes on.
pub async fn erase(
    people: &People,
    user_id: &str,
    found: Found,
) -> Result<BTreeMap<Table, usize>, Failure> {
    let mut erased = counts(&found);
    let mut left = found;
    for _ in 0..ROUNDS {
        remove_all(people, &left).await?;
        left = people.find(user_id).await?;
        let rest = counts(&left);
        if rest.values().all(|&count| count == 0) {
            return Ok(erased);
        }
        for (table, count) in rest {
            *erased.entry(table).or_default() += count;
        }
    }
    Err(Failure::new(format!(
        "somebody keeps writing about this supporter: {} after {ROUNDS} rounds",
        in_words(&counts(&left))
    ))
    .hint("find out who writes, then run the same command again"))
}

async fn remove_all(people: &People, found: &Found) -> Result<(), Failure> {
    for table in ORDER {
        let items = found.get(&table).map(Vec::as_slice).unwrap_or_default();
        stream::iter(items)
            .map(|item| people.remove(table, item))
            .buffer_unordered(CONCURRENT)
            .try_collect::<()>()
            .await?;
    }
    Ok(())
}

/// Asks the person at the terminal to type the id.
///
/// # Errors
/// Exit 3 where something else is typed, or where there is no terminal to ask on.
pub fn confirm_by_typing(question: &str, id: &str) -> Result<(), Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::refused("not confirmed; nothing was erased")
            .hint("there is no terminal to type the id on; pass --yes to confirm"));
    }
    let mut stderr = io::stderr();
    let mut answer = String::new();
    write!(stderr, "{question}\nType the id to confirm: ")
        .and_then(|()| stderr.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut answer))
        .map_err(|error| Failure::refused("cannot ask on the terminal").because(error))?;
    if answer.trim_end_matches(['\r', '\n']) == id {
        return Ok(());
    }
    Err(Failure::refused("that is not the id; nothing was erased"))
}
