//! Scratch tables of rehearsed restores. Each rehearsal takes its own away; one that was killed leaves
//! them until the next.

use contract::{Failure, naming};
use deploy_target::{OrExplain, Origin};

use crate::clients::Clients;

/// The names of a platform's scratch tables that are there.
///
/// # Errors
/// Where the tables cannot be listed.
pub async fn scratch(clients: &Clients, prefix: &str) -> Result<Vec<String>, Failure> {
    let mut pages = clients.dynamodb.list_tables().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.or_explain(&clients.target, "cannot list the tables")?;
        let names = page.table_names.unwrap_or_default();
        found.extend(names.into_iter().filter(|name| is_scratch(prefix, name)));
    }
    Ok(found)
}

/// Another platform's tables may begin alike; only a scratch table's name says who made it.
fn is_scratch(prefix: &str, name: &str) -> bool {
    let label = naming::rehearsal_label(prefix, name);
    label.is_some_and(|label| Origin::of_label(label).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_a_platform_that_is_called_alike_are_no_scratch() {
        let scratch = "Blue-rehearsal-1-00c0ffee-0a1b2c3d-alice-at-laptop-Users";
        assert!(is_scratch("Blue", scratch));
        for other in ["Blue-rehearsal-2-Users", "Blue-Users"] {
            assert!(!is_scratch("Blue", other), "{other}");
        }
    }
}
