//! What the service's refusals come to.

use std::time::Duration;

use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse::ConverseError as Refusal;

use crate::ports::{Cause, ConverseError, Unavailable};

pub(super) fn explained(error: SdkError<Refusal>) -> ConverseError {
    let kind = match error.as_service_error() {
        Some(Refusal::ModelTimeoutException(_)) => Kind::TimedOut,
        Some(
            Refusal::ThrottlingException(_)
            | Refusal::ModelNotReadyException(_)
            | Refusal::ServiceUnavailableException(_),
        ) => Kind::Throttled,
        Some(Refusal::ModelErrorException(_) | Refusal::InternalServerException(_)) => Kind::Failed,
        Some(_) => Kind::Refused,
        None => Kind::of_transport(&error),
    };
    kind.of(error)
}

/// What an error of the service's comes to.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    TimedOut,
    Throttled,
    Failed,
    Refused,
}

impl Kind {
    /// Nothing that the service said: it took too long, the connection broke, or what came makes
    /// no sense.
    pub fn of_transport<E, R>(error: &SdkError<E, R>) -> Self {
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            _ => Self::Failed,
        }
    }

    pub fn of<E>(self, error: SdkError<E>) -> ConverseError
    where
        SdkError<E>: Into<Cause>,
    {
        match self {
            Self::TimedOut => ConverseError::TimedOut(error.into()),
            Self::Throttled => ConverseError::Throttled {
                retry_after: retry_after(&error),
                source: error.into(),
            },
            Self::Failed => ConverseError::Failed(error.into()),
            Self::Refused => unavailable(error),
        }
    }
}

pub(super) fn unavailable(source: impl Into<Cause>) -> ConverseError {
    ConverseError::Unavailable(Unavailable {
        what: "ask the model",
        source: source.into(),
    })
}

fn retry_after<E>(error: &SdkError<E>) -> Option<Duration> {
    let header = error.raw_response()?.headers().get("retry-after")?;
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::config::http::HttpResponse;
    use aws_sdk_bedrockruntime::types::error::{
        AccessDeniedException, InternalServerException, ModelErrorException,
        ModelNotReadyException, ModelTimeoutException, ServiceUnavailableException,
        ThrottlingException, ValidationException,
    };

    use super::*;

    fn refused(refusal: Refusal, retry_after: Option<&'static str>) -> ConverseError {
        let status = 429_u16.try_into().unwrap();
        let mut response = HttpResponse::new(status, "".into());
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds);
        }
        explained(SdkError::service_error(refusal, response))
    }

    #[test]
    fn load_is_throttling_and_says_when_to_come_back() {
        let load = [
            Refusal::ThrottlingException(ThrottlingException::builder().build()),
            Refusal::ModelNotReadyException(ModelNotReadyException::builder().build()),
            Refusal::ServiceUnavailableException(ServiceUnavailableException::builder().build()),
        ];
        for refusal in load {
            let ConverseError::Throttled { retry_after, .. } = refused(refusal, Some("7")) else {
                panic!("throttled");
            };
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
        let refusal = Refusal::ThrottlingException(ThrottlingException::builder().build());
        assert!(matches!(
            refused(refusal, None),
            ConverseError::Throttled {
                retry_after: None,
                ..
            }
        ));
    }

    #[test]
    fn a_model_that_was_too_slow_timed_out() {
        let refusal = Refusal::ModelTimeoutException(ModelTimeoutException::builder().build());
        assert!(matches!(refused(refusal, None), ConverseError::TimedOut(_)));
        let ours = SdkError::timeout_error("too slow");
        assert!(matches!(explained(ours), ConverseError::TimedOut(_)));
    }

    #[test]
    fn what_may_pass_is_worth_another_attempt() {
        for refusal in [
            Refusal::ModelErrorException(ModelErrorException::builder().build()),
            Refusal::InternalServerException(InternalServerException::builder().build()),
        ] {
            assert!(matches!(refused(refusal, None), ConverseError::Failed(_)));
        }
    }

    #[test]
    fn anything_else_is_a_failure_of_ours() {
        for refusal in [
            Refusal::AccessDeniedException(AccessDeniedException::builder().build()),
            Refusal::ValidationException(ValidationException::builder().build()),
        ] {
            assert!(matches!(
                refused(refusal, None),
                ConverseError::Unavailable(_)
            ));
        }
    }
}
