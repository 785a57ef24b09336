//! An answer of the model as it is made, through `ConverseStream`.

use aws_sdk_bedrockruntime::primitives::event_stream::EventReceiver;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError as Broken;
use aws_sdk_bedrockruntime::types::{ContentBlockDelta, ConverseStreamOutput as Event, StopReason};

use super::refusal::broken;
use crate::ports::{ConverseError, Part, Parts};

/// An answer that is being made.
pub struct AnswerStream {
    events: EventReceiver<Event, Broken>,
    /// The model has said that it is done; what it took may still come.
    stopped: bool,
}

impl AnswerStream {
    pub(super) const fn new(events: EventReceiver<Event, Broken>) -> Self {
        Self {
            events,
            stopped: false,
        }
    }
}

impl Parts for AnswerStream {
    async fn next(&mut self) -> Result<Option<Part>, ConverseError> {
        loop {
            match self.events.recv().await.map_err(broken)? {
                Some(Event::MessageStop(stop)) => {
                    self.stopped = true;
                    if stop.stop_reason == StopReason::GuardrailIntervened {
                        return Ok(Some(Part::Blocked));
                    }
                }
                Some(event) => {
                    if let Some(part) = part(event) {
                        return Ok(Some(part));
                    }
                }
                None if self.stopped => return Ok(None),
                None => return Err(ConverseError::Failed("the answer ended early".into())),
            }
        }
    }
}

fn part(event: Event) -> Option<Part> {
    match event {
        Event::ContentBlockDelta(event) => match event.delta? {
            ContentBlockDelta::Text(text) => Some(Part::Text(text)),
            _ => None,
        },
        Event::Metadata(metadata) => {
            let usage = metadata.usage?;
            let tokens = |count: i32| u64::try_from(count).unwrap_or(0);
            Some(Part::Usage {
                input_tokens: tokens(usage.input_tokens),
                output_tokens: tokens(usage.output_tokens),
            })
        }
        _ => None,
    }
}
