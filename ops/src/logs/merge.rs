//! Lines of several functions as one log, in the order they were written, in bounded memory.
//!
//! Pages come in the log service's order, which may be later than when a line was written, but by
//! no more than an invocation lasts: so long a line is held back.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use super::entry::Entry;

/// Longer than any invocation lasts.
pub const HELD_MS: i64 = 61_000;

/// Lines that are held back at most.
pub const HELD_MAX: usize = 20_000;

/// Lines on their way from some sources to one reader.
#[derive(Debug)]
pub struct Merge {
    sources: Vec<Source>,
    /// By time written, then by arrival.
    held: BTreeMap<(i64, u64), Entry>,
    arrived: u64,
}

#[derive(Debug, Default)]
struct Source {
    waiting: VecDeque<Entry>,
    ended: bool,
}

/// What a reader gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// A line.
    Entry(Box<Entry>),
    /// Nothing, before these sources were asked.
    Ask(Vec<usize>),
    /// Nothing more.
    End,
}

impl Merge {
    /// A merge of so many sources.
    pub fn new(sources: usize) -> Self {
        Self {
            sources: std::iter::repeat_with(Source::default)
                .take(sources)
                .collect(),
            held: BTreeMap::new(),
            arrived: 0,
        }
    }

    /// Takes a page of a source; `ended` where it was the last.
    pub fn take(&mut self, source: usize, page: Vec<Entry>, ended: bool) {
        if let Some(source) = self.sources.get_mut(source) {
            source.waiting.extend(page);
            source.ended = ended;
        }
    }

    /// The next line, or what is needed to know it.
    pub fn next_line(&mut self) -> Next {
        loop {
            let unknown =
                |(_, source): &(usize, &Source)| source.waiting.is_empty() && !source.ended;
            let unknown = self.sources.iter().enumerate().filter(unknown);
            let unknown: Vec<usize> = unknown.map(|(number, _)| number).collect();
            if !unknown.is_empty() {
                return Next::Ask(unknown);
            }
            let event_ms = |source: &Source| source.waiting.front().map(|entry| entry.event_ms);
            let oldest = self.sources.iter().filter_map(event_ms).min();
            let due = match (self.held.first_key_value(), oldest) {
                (Some(_), None) => true,
                (Some(((at, _), _)), Some(oldest)) => {
                    at + HELD_MS < oldest || self.held.len() >= HELD_MAX
                }
                (None, None) => return Next::End,
                (None, Some(_)) => false,
            };
            if due && let Some((_, entry)) = self.held.pop_first() {
                return Next::Entry(Box::new(entry));
            }
            self.hold_oldest();
        }
    }

    fn hold_oldest(&mut self) {
        let front = |source: &&mut Source| {
            Reverse(
                source
                    .waiting
                    .front()
                    .map_or(i64::MAX, |entry| entry.event_ms),
            )
        };
        let oldest = self.sources.iter_mut().max_by_key(front);
        if let Some(entry) = oldest.and_then(|source| source.waiting.pop_front()) {
            self.held.insert((entry.at_ms, self.arrived), entry);
            self.arrived += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::Function;

    use super::*;

    fn entry(at_ms: i64, event_ms: i64) -> Entry {
        Entry {
            at_ms,
            ..Entry::new(Function::Search, event_ms, String::new())
        }
    }

    fn drain(merge: &mut Merge) -> Vec<i64> {
        let mut times = Vec::new();
        while let Next::Entry(entry) = merge.next_line() {
            times.push(entry.at_ms);
        }
        times
    }

    #[test]
    fn lines_come_in_the_order_they_were_written() {
        let mut merge = Merge::new(2);
        assert_eq!(merge.next_line(), Next::Ask(vec![0, 1]));
        // The first function's lines were taken in when its invocation ended.
        merge.take(0, vec![entry(1, 50), entry(40, 50)], true);
        merge.take(1, vec![entry(10, 10), entry(45, 45)], false);
        assert_eq!(merge.next_line(), Next::Ask(vec![1]));
        merge.take(1, vec![], true);
        assert_eq!(drain(&mut merge), [1, 10, 40, 45]);
        assert_eq!(merge.next_line(), Next::End);
    }

    #[test]
    fn a_line_is_given_once_no_older_one_can_come() {
        let mut merge = Merge::new(1);
        merge.take(0, vec![entry(0, 0), entry(100, 100)], false);
        assert_eq!(merge.next_line(), Next::Ask(vec![0]));
        merge.take(0, vec![entry(HELD_MS + 1, HELD_MS + 1)], false);
        assert_eq!(merge.next_line(), Next::Entry(Box::new(entry(0, 0))));
    }

    #[test]
    fn what_is_held_has_a_bound() {
        let mut merge = Merge::new(1);
        let page = (0..).take(HELD_MAX + 5).map(|_| entry(7, 7)).collect();
        merge.take(0, page, false);
        assert_eq!(drain(&mut merge).len(), 5);
        assert_eq!(merge.held.len(), HELD_MAX);
    }
}
