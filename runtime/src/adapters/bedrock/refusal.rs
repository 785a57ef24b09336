//! What the service's refusals come to.

use std::time::Duration;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};

use crate::ports::{Cause, ConverseError, Unavailable};

/// Why Converse or `ConverseStream` gave no answer.
pub(super) fn explained<E>(error: SdkError<E>) -> ConverseError
where
    E: ProvideErrorMetadata,
    SdkError<E>: Into<Cause>,
{
    let kind = match error.as_service_error() {
        Some(refusal) => {
            let status = error.raw_response().map(|answer| answer.status().as_u16());
            Kind::of_refusal(refusal.code(), status)
        }
        None => Kind::of_transport(&error),
    };
    match kind {
        Kind::TimedOut => ConverseError::TimedOut(error.into()),
        Kind::Throttled => ConverseError::Throttled {
            retry_after: retry_after(&error),
            source: error.into(),
        },
        Kind::Failed => ConverseError::Failed(error.into()),
        Kind::Refused => unavailable(error),
    }
}

/// What broke an answer in the middle.
pub(super) fn broken<E, R>(error: SdkError<E, R>) -> ConverseError
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: Into<Cause>,
{
    let code = error.as_service_error().and_then(|refusal| refusal.code());
    match Kind::of_refusal(code, None) {
        Kind::Throttled => ConverseError::Throttled {
            retry_after: None,
            source: error.into(),
        },
        Kind::TimedOut | Kind::Failed | Kind::Refused => ConverseError::Failed(error.into()),
    }
}

/// What an error of the service's comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    TimedOut,
    Throttled,
    Failed,
    Refused,
}

impl Kind {
    /// By the error's code; where it has none that is known, as of something that stands before the
    /// service, by the status.
    fn of_refusal(code: Option<&str>, status: Option<u16>) -> Self {
        match code.unwrap_or_default() {
            "ModelTimeoutException" => Self::TimedOut,
            "ThrottlingException" | "ModelNotReadyException" | "ServiceUnavailableException" => {
                Self::Throttled
            }
            "ModelErrorException" | "ModelStreamErrorException" | "InternalServerException" => {
                Self::Failed
            }
            _ => match status.unwrap_or_default() {
                429 => Self::Throttled,
                400..=499 => Self::Refused,
                // A fault of theirs, or an answer that makes no sense.
                _ => Self::Failed,
            },
        }
    }

    /// Nothing that the service said: it took too long, the connection broke, or what came makes
    /// no sense.
    fn of_transport<E, R>(error: &SdkError<E, R>) -> Self {
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            _ => Self::Failed,
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
    use aws_sdk_bedrockruntime::error::ErrorMetadata;
    use aws_sdk_bedrockruntime::operation::converse::ConverseError as Refusal;

    use super::*;

    fn refused(code: &str, status: u16, retry_after: Option<&'static str>) -> ConverseError {
        let mut response = HttpResponse::new(status.try_into().unwrap(), "".into());
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds);
        }
        let refusal = Refusal::generic(ErrorMetadata::builder().code(code).build());
        explained(SdkError::service_error(refusal, response))
    }

    #[test]
    fn load_is_throttling_and_says_when_to_come_back() {
        for code in [
            "ThrottlingException",
            "ModelNotReadyException",
            "ServiceUnavailableException",
            "",
        ] {
            for (header, seconds) in [(Some("7"), Some(7)), (None, None), (Some("soon"), None)] {
                let ConverseError::Throttled { retry_after, .. } = refused(code, 429, header)
                else {
                    panic!("throttled");
                };
                assert_eq!(retry_after.map(|wait| wait.as_secs()), seconds);
            }
        }
    }

    #[test]
    fn a_model_that_was_too_slow_timed_out() {
        let theirs = refused("ModelTimeoutException", 408, None);
        assert!(matches!(theirs, ConverseError::TimedOut(_)));
        let ours: SdkError<Refusal> = SdkError::timeout_error("too slow");
        assert!(matches!(explained(ours), ConverseError::TimedOut(_)));
    }

    #[test]
    fn what_may_pass_is_worth_another_attempt() {
        for (code, status) in [
            ("ModelErrorException", 424),
            ("ModelStreamErrorException", 424),
            ("InternalServerException", 500),
            // Answers of what stands before the service.
            ("", 502),
            ("", 504),
            ("", 200),
        ] {
            let error = refused(code, status, None);
            assert!(matches!(error, ConverseError::Failed(_)), "{code} {status}");
        }
    }

    #[test]
    fn anything_else_is_a_failure_of_ours() {
        for (code, status) in [("AccessDeniedException", 403), ("ValidationException", 400)] {
            let error = refused(code, status, None);
            assert!(matches!(error, ConverseError::Unavailable(_)), "{code}");
        }
    }
}
