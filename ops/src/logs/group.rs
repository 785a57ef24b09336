//! A function's log group, read page by page.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsError;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use contract::{Failure, Function};
use deploy_target::{OrExplain, Target};

use super::entry::Entry;

/// Lines of a page at most; the service's own limit is 10,000, or 1 MB.
pub const PAGE_LINES: i32 = 1_000;

/// A line may show up this long after its time. Lines of that long are remembered, so that none is
/// given twice when a stretch is read again.
pub const LATE_MS: i64 = 60_000;

/// A log group, from some time on.
#[derive(Debug)]
pub struct Group {
    function: Function,
    name: String,
    pattern: Option<String>,
    from_ms: i64,
    until_ms: i64,
    token: Option<String>,
    at_end: bool,
    missing: bool,
    newest_ms: i64,
    /// Lines that were given, as hashes, with their times.
    seen: HashMap<u64, i64>,
    hasher: RandomState,
}

impl Group {
    /// The lines of `function` in `from_ms..=until_ms` that match the service's `pattern`.
    pub fn new(
        function: Function,
        prefix: &str,
        pattern: Option<String>,
        from_ms: i64,
        until_ms: i64,
    ) -> Self {
        Self {
            function,
            name: function.log_group(prefix),
            pattern,
            from_ms,
            until_ms,
            token: None,
            at_end: false,
            missing: false,
            newest_ms: from_ms,
            seen: HashMap::new(),
            hasher: RandomState::new(),
        }
    }

    /// Whether all lines were given.
    pub const fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Its name, where the log service does not know it.
    pub fn missing(&self) -> Option<&str> {
        self.missing.then_some(self.name.as_str())
    }

    /// Goes on to `until_ms`, with what may have come late.
    pub fn extend_to(&mut self, until_ms: i64) {
        self.from_ms = self.from_ms.max(self.newest_ms - LATE_MS);
        self.until_ms = until_ms;
        self.token = None;
        self.at_end = false;
    }

    /// The next lines, oldest first; maybe none though there are more. A group that is missing has
    /// none.
    ///
    /// # Errors
    /// Where the group cannot be read.
    pub async fn page(&mut self, client: &Client, target: &Target) -> Result<Vec<Entry>, Failure> {
        let answer = client
            .filter_log_events()
            .log_group_name(&self.name)
            .start_time(self.from_ms)
            .end_time(self.until_ms)
            .limit(PAGE_LINES)
            .set_filter_pattern(self.pattern.clone())
            .set_next_token(self.token.take())
            .send()
            .await;
        self.missing = answer.as_ref().is_err_and(|error| {
            error
                .as_service_error()
                .is_some_and(FilterLogEventsError::is_resource_not_found_exception)
        });
        if self.missing {
            self.at_end = true;
            return Ok(Vec::new());
        }
        let answer =
            answer.or_explain(target, format!("cannot read the log group {}", self.name))?;
        let events = answer.events.unwrap_or_default();
        self.advance(&events, answer.next_token);
        Ok(self.entries(events))
    }

    /// Where the next page begins. A service that gives no token with a full page (the local
    /// engine) is asked again from the last line's time on.
    fn advance(&mut self, events: &[FilteredLogEvent], token: Option<String>) {
        let is_full = usize::try_from(PAGE_LINES).is_ok_and(|limit| events.len() >= limit);
        let last = events.iter().filter_map(|event| event.timestamp).max();
        match (token, last) {
            (Some(token), _) => self.token = Some(token),
            (None, Some(last)) if is_full => {
                // A page of one millisecond: what is left of that is given up, not read for ever.
                self.from_ms = last.max(self.from_ms + 1);
            }
            _ => self.at_end = true,
        }
        self.newest_ms = self.newest_ms.max(last.unwrap_or(self.newest_ms));
    }

    fn entries(&mut self, events: Vec<FilteredLogEvent>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for event in events {
            let at = event.timestamp.unwrap_or(self.from_ms);
            let key =
                self.hasher
                    .hash_one((&event.event_id, &event.log_stream_name, at, &event.message));
            if self.seen.insert(key, at).is_none() {
                let text = event.message.unwrap_or_default();
                entries.push(Entry::new(self.function, at, text.trim_end().to_owned()));
            }
        }
        let oldest = self.newest_ms - LATE_MS;
        self.seen.retain(|_, at| *at >= oldest);
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> Group {
        Group::new(Function::Search, "Blue", None, 0, i64::MAX)
    }

    fn events(range: std::ops::Range<i64>) -> Vec<FilteredLogEvent> {
        range
            .map(|at| {
                let event = FilteredLogEvent::builder().timestamp(at);
                event.message(format!("line {at}\n")).build()
            })
            .collect()
    }

    fn give(group: &mut Group, events: Vec<FilteredLogEvent>, token: Option<&str>) -> usize {
        group.advance(&events, token.map(str::to_owned));
        group.entries(events).len()
    }

    #[test]
    fn pages_follow_tokens_to_the_end() {
        let mut group = group();
        assert_eq!(give(&mut group, events(0..3), Some("more")), 3);
        assert!(!group.is_at_end());
        assert_eq!(give(&mut group, events(0..0), Some("more")), 0);
        assert!(!group.is_at_end());
        assert_eq!(give(&mut group, events(3..5), None), 2);
        assert!(group.is_at_end());
    }

    #[test]
    fn a_full_page_without_a_token_is_gone_on_from_its_last_time() {
        let mut group = group();
        let page = i64::from(PAGE_LINES);
        assert_eq!(give(&mut group, events(0..page), None), 1000);
        assert!(!group.is_at_end());
        assert_eq!(group.from_ms, page - 1);
        // The last line comes again, and is not given again.
        assert_eq!(give(&mut group, events(page - 1..page + 9), None), 9);
        assert!(group.is_at_end());
    }

    #[test]
    fn a_stretch_that_is_read_again_gives_only_what_is_new() {
        let mut group = group();
        give(&mut group, events(100_000..100_003), None);
        group.extend_to(200_000);
        assert_eq!(group.from_ms, 100_002 - LATE_MS);
        assert_eq!(give(&mut group, events(99_999..100_004), None), 2);
        // What is too old to come again is forgotten.
        give(&mut group, events(300_000..300_001), None);
        assert_eq!(group.seen.len(), 1);
    }
}
