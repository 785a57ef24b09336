//! An answer of the model as it is made, through `ConverseStream`.

use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError as Refusal;
use aws_sdk_bedrockruntime::primitives::event_stream::EventReceiver;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError as Broken;
use aws_sdk_bedrockruntime::types::{ContentBlockDelta, ConverseStreamOutput as Event};

use super::refusal::Kind;
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
                Some(Event::MessageStop(_)) => self.stopped = true,
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

pub(super) fn explained(error: SdkError<Refusal>) -> ConverseError {
    let kind = match error.as_service_error() {
        Some(Refusal::ModelTimeoutException(_)) => Kind::TimedOut,
        Some(
            Refusal::ThrottlingException(_)
            | Refusal::ModelNotReadyException(_)
            | Refusal::ServiceUnavailableException(_),
        ) => Kind::Throttled,
        Some(
            Refusal::ModelErrorException(_)
            | Refusal::ModelStreamErrorException(_)
            | Refusal::InternalServerException(_),
        ) => Kind::Failed,
        Some(_) => Kind::Refused,
        None => Kind::of_transport(&error),
    };
    kind.of(error)
}

/// What broke an answer in the middle.
fn broken<R>(error: SdkError<Broken, R>) -> ConverseError
where
    SdkError<Broken, R>: Into<crate::ports::Cause>,
{
    match error.as_service_error() {
        Some(Broken::ThrottlingException(_) | Broken::ServiceUnavailableException(_)) => {
            ConverseError::Throttled {
                retry_after: None,
                source: error.into(),
            }
        }
        _ => ConverseError::Failed(error.into()),
    }
}
