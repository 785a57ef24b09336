//! Which items of an archive are restored: not those of supporters who were erased since, and, where
//! one supporter is asked for, only theirs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::archive::{attribute, text_of};
use crate::erasure::Erasures;

/// The attribute that names the supporter, in every table.
const PERSON: &str = "userId";

/// The filter.
#[derive(Debug)]
pub struct Filter {
    /// The lists of the archive's stack and of the target's.
    erasures: Vec<Erasures>,
    only: Option<String>,
    /// What was written before this moment is in the archive.
    data_point: Option<Timestamp>,
    left_out: Mutex<BTreeSet<String>>,
}

impl Filter {
    /// Of an archive whose data is as of `data_point` (RFC 3339).
    pub fn new(erasures: Vec<Erasures>, only: Option<String>, data_point: &str) -> Self {
        Self {
            erasures: erasures
                .into_iter()
                .filter(|list| !list.is_empty())
                .collect(),
            only,
            data_point: data_point.parse().ok(),
            left_out: Mutex::default(),
        }
    }

    /// Whether every item passes.
    pub fn is_open(&self) -> bool {
        self.erasures.is_empty() && self.only.is_none()
    }

    /// Whether a canonical item is restored.
    pub fn passes(&self, line: &[u8]) -> bool {
        if self.is_open() {
            return true;
        }
        let Some(user) = attribute(line, PERSON).and_then(text_of) else {
            return self.only.is_none();
        };
        if self.only.as_ref().is_some_and(|only| *only != user) {
            return false;
        }
        if !self.is_erased(&user) {
            return true;
        }
        let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        left_out.insert(user);
        false
    }

    /// Whether this supporter was erased after what the archive holds of them was written. Who was
    /// erased before and is in the archive came back since.
    pub fn is_erased(&self, user: &str) -> bool {
        let times = self.erasures.iter().filter_map(|list| list.erased_at(user));
        times.into_iter().any(|erased| {
            let erased: Option<Timestamp> = erased.parse().ok();
            erased.is_none() || self.data_point.is_none() || erased >= self.data_point
        })
    }

    /// Supporters that were left out because they were erased.
    pub fn left_out(&self) -> u64 {
        let left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        left_out.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKED_UP: &str = "2026-11-23T12:00:00Z";

    fn filter(erased: &[(&str, &str)], only: Option<&str>) -> Filter {
        let mut list = Erasures::none("S");
        for (user, at) in erased {
            list.add(user, at);
        }
        Filter::new(vec![list], only.map(Into::into), BACKED_UP)
    }

    fn line(user: &str) -> Vec<u8> {
        format!(r#"{{"a":{{"N":"1"}},"userId":{{"S":"{user}"}}}}"#).into_bytes()
    }

    #[test]
    fn who_was_erased_since_the_backup_is_left_out_and_counted_once() {
        let filter = filter(&[("gone", "2026-11-23T12:00:01Z")], None);
        assert!(!filter.passes(&line("gone")) && !filter.passes(&line("gone")));
        assert!(filter.passes(&line("here")));
        assert_eq!(filter.left_out(), 1);
    }

    #[test]
    fn who_came_back_before_the_backup_is_restored() {
        let filter = filter(&[("back", "2026-11-23T11:59:59Z")], None);
        assert!(filter.passes(&line("back")));
        let unclear = super::Filter::new(
            vec![{
                let mut list = Erasures::none("S");
                list.add("who", "some day");
                list
            }],
            None,
            BACKED_UP,
        );
        assert!(
            !unclear.passes(&line("who")),
            "a time that cannot be read brings nobody back"
        );
    }

    #[test]
    fn one_supporter_is_all_that_passes_when_asked_for() {
        let filter = filter(&[], Some("one"));
        assert!(filter.passes(&line("one")) && !filter.passes(&line("other")));
        assert!(!filter.passes(b"{}"));
    }
}
