//! Reads what the agent function streams ([`super::agent_call`] says what that is).
//!
//! What arrives may be cut anywhere, open with the metadata prelude that every streaming Lambda
//! response has (JSON, then eight NUL bytes), be a buffered answer, or be either one quoted as a
//! JSON string, as an engine that does not stream gives it.

use serde_json::Value;

use super::AgentAnswer;
use super::agent_call::{DELTA, from_answer};

/// What ends the prelude.
const PRELUDE_END: [u8; 8] = [0; 8];

/// Longest line that is read, in bytes: far more than an answer takes.
const LINE_MAX: usize = 1024 * 1024;

/// One thing that the agent said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// More of the reply.
    Delta(String),
    /// The whole answer; the last event.
    Answer(AgentAnswer),
}

/// What came is not the agent's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the agent function gave no answer of its own")]
pub struct NotTheAgent;

/// Reads chunks as they come.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    began: bool,
}

impl Reader {
    /// The events that `chunk` completes.
    ///
    /// # Errors
    /// Where a line is no event, or none ends.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<Event>, NotTheAgent> {
        self.buffer.extend_from_slice(chunk);
        if !self.began && !self.begin() {
            return self.bounded(Vec::new());
        }
        let mut events = Vec::new();
        while let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            events.extend(event(&line)?);
        }
        self.bounded(events)
    }

    /// The events in what is left at the end.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(mut self) -> Result<Vec<Event>, NotTheAgent> {
        if let Ok(quoted) = serde_json::from_slice::<String>(&self.buffer) {
            let mut inner = Self::default();
            let mut events = inner.push(quoted.as_bytes())?;
            events.extend(event(&inner.buffer)?);
            return Ok(events);
        }
        self.began = true;
        Ok(event(&self.buffer)?.into_iter().collect())
    }

    /// Strips the prelude; tells whether enough has come to know that there is none.
    fn begin(&mut self) -> bool {
        let size = PRELUDE_END.len();
        let end = self
            .buffer
            .windows(size)
            .position(|bytes| bytes == PRELUDE_END);
        if let Some(end) = end {
            self.buffer.drain(..end + size);
            self.began = true;
        } else if self.buffer.first() != Some(&b'"') {
            self.began = self.buffer.contains(&b'\n');
        }
        self.began
    }

    fn bounded(&self, events: Vec<Event>) -> Result<Vec<Event>, NotTheAgent> {
        if self.buffer.len() > LINE_MAX {
            return Err(NotTheAgent);
        }
        Ok(events)
    }
}

/// The event that `line` is; `None` for a blank one.
fn event(line: &[u8]) -> Result<Option<Event>, NotTheAgent> {
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value: Value = serde_json::from_slice(line).map_err(|_| NotTheAgent)?;
    if value.get("type").and_then(Value::as_str) == Some(DELTA) {
        let text = value.get("text").and_then(Value::as_str);
        return text
            .map(|text| Some(Event::Delta(text.to_owned())))
            .ok_or(NotTheAgent);
    }
    from_answer(&value)
        .map(|answer| Some(Event::Answer(answer)))
        .ok_or(NotTheAgent)
}

#[cfg(test)]
mod tests {
    use contract::ErrorCode;
    use proptest::prelude::*;

    use super::super::agent_call::{AgentReply, delta_line, last_line, to_answer};
    use super::super::problem::Problem;
    use super::*;

    const PRELUDE: &str = "{\"statusCode\":200,\"headers\":{},\"cookies\":[]}\0\0\0\0\0\0\0\0";

    fn reply() -> AgentReply {
        AgentReply {
            reply: "Hé\nllo".into(),
            ..AgentReply::default()
        }
    }

    fn said() -> Vec<Event> {
        vec![
            Event::Delta("Hé\n".into()),
            Event::Delta("llo".into()),
            Event::Answer(Ok(reply())),
        ]
    }

    fn lines() -> String {
        delta_line("Hé\n") + &delta_line("llo") + &last_line(&Ok(reply()), "r-1")
    }

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<Event>, NotTheAgent> {
        let mut reader = Reader::default();
        let mut events = Vec::new();
        for chunk in chunks {
            events.extend(reader.push(chunk)?);
        }
        events.extend(reader.finish()?);
        Ok(events)
    }

    #[test]
    fn whatever_carries_it_the_events_are_the_same() {
        let lines = lines();
        let with_prelude = format!("{PRELUDE}{lines}");
        let quoted = [&lines, &with_prelude].map(|text| Value::from(text.as_str()).to_string());
        for whole in [&lines, &with_prelude, &quoted[0], &quoted[1]] {
            for size in 1..whole.len() {
                assert_eq!(
                    read(whole.as_bytes().chunks(size)),
                    Ok(said()),
                    "{size} {whole}"
                );
            }
        }
    }

    #[test]
    fn events_come_as_soon_as_their_line_is_whole() {
        let mut reader = Reader::default();
        assert_eq!(reader.push(PRELUDE.as_bytes()), Ok(vec![]));
        let first = delta_line("Hé\n");
        let (line, end) = first.split_at(first.len() - 1);
        assert_eq!(reader.push(line.as_bytes()), Ok(vec![]));
        assert_eq!(
            reader.push(end.as_bytes()),
            Ok(vec![Event::Delta("Hé\n".into())])
        );
    }

    #[test]
    fn a_buffered_answer_is_one_event() {
        let problem = Err(Problem::of(ErrorCode::ModelTimeout));
        for answer in [Ok(reply()), problem] {
            let buffered = to_answer(&answer, "r-1").to_string();
            let expected = Ok(vec![Event::Answer(answer)]);
            assert_eq!(read([buffered.as_bytes()]), expected);
            assert_eq!(read([PRELUDE.as_bytes(), buffered.as_bytes()]), expected);
        }
    }

    #[test]
    fn what_is_not_the_agents_is_told_from_what_is() {
        for other in [
            "null",
            "{}",
            "\"x\"",
            "<html>",
            "{\"type\":\"delta\"}\n",
            "\u{0}",
        ] {
            assert_eq!(read([other.as_bytes()]), Err(NotTheAgent), "{other}");
        }
        assert_eq!(read([&b""[..]]), Ok(vec![]));
        assert_eq!(read([&vec![b'x'; LINE_MAX + 1][..]]), Err(NotTheAgent));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8),
            prelude in any::<bool>(),
        ) {
            let prelude = if prelude { PRELUDE.as_bytes() } else { b"" };
            let chunks = chunks.iter().map(Vec::as_slice);
            let _ = read(std::iter::once(prelude).chain(chunks));
        }
    }
}
