//! From an SDK's error to one that a person can act on: the cause, and the next command.

use std::error::Error;
use std::fmt::{self, Debug};
use std::iter::successors;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::Failure;

use crate::{Place, Target};

/// Why a call failed, as far as it decides what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing answers at the endpoint.
    Unreachable,
    /// The credential chain has no credentials.
    NoCredentials,
    /// There are credentials, past their time.
    Expired,
    /// The service does not know the credentials (wrong, or of a region not switched on).
    Unknown,
    /// The principal may not do this.
    Denied,
    /// Too many calls.
    Throttled,
    /// Anything else the service says.
    Other,
}

impl Fault {
    fn of_code(code: &str) -> Self {
        match code {
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Self::Expired,
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "AuthFailure"
            | "OptInRequired" => Self::Unknown,
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "403" => {
                Self::Denied
            }
            "Throttling" | "ThrottlingException" | "TooManyRequestsException" => Self::Throttled,
            _ => Self::Other,
        }
    }

    /// The fault that a chain of causes began with, where a call of a service did.
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        successors(Some(error), |&cause| cause.source())
            .find_map(|cause| cause.downcast_ref::<Cause>())
            .map(|cause| cause.fault)
    }

    /// Whether it lies with who asks (their network, credentials, rights or haste), so that nothing
    /// is known of what was asked about.
    pub const fn is_callers(self) -> bool {
        !matches!(self, Self::Other)
    }

    fn hint(self, target: &Target) -> Option<String> {
        let Place::Aws { region, profile } = &target.place else {
            return match self {
                Self::Unreachable => {
                    Some("start the local platform again: cargo xtask up".to_owned())
                }
                Self::Denied => Some(denied(target)),
                _ => None,
            };
        };
        let profile = profile
            .as_deref()
            .map(|name| format!(" --profile {name}"))
            .unwrap_or_default();
        let login = format!("sign in (aws sso login{profile}, or new access keys), then try again");
        match self {
            Self::Unreachable => Some(format!(
                "check the network, and that `{region}` is a region; then try again"
            )),
            Self::NoCredentials => Some(format!(
                "{login}; the environment, ~/.aws and the instance's role are looked at"
            )),
            Self::Expired => Some(login),
            Self::Unknown => Some(format!(
                "check the keys, and that region `{region}` is switched on for the account"
            )),
            Self::Denied => Some(denied(target)),
            Self::Throttled => Some("wait a minute, then run the same command again".to_owned()),
            Self::Other => None,
        }
    }
}

/// Why a call failed.
#[derive(Debug)]
struct Cause {
    fault: Fault,
    words: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for Cause {}

fn denied(target: &Target) -> String {
    format!(
        "ask for the permission named above; who you are: cargo provision preflight {}",
        target.flags()
    )
}

/// Turns a failed call into an error that names `what` was attempted, the cause and what to do.
pub fn explain<E, R>(target: &Target, what: impl Into<String>, error: &SdkError<E, R>) -> Failure
where
    E: Error + ProvideErrorMetadata + 'static,
    R: Debug + 'static,
{
    let (fault, words) = diagnose(error);
    let failure = Failure::new(what).because(Cause { fault, words });
    match fault.hint(target) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// `send().await.or_explain(&target, "cannot read the stack")?`
pub trait OrExplain<T> {
    /// [`explain`]s the error.
    ///
    /// # Errors
    /// The explained one.
    fn or_explain(self, target: &Target, what: impl Into<String>) -> Result<T, Failure>;

    /// As [`OrExplain::or_explain`], with `None` where the service says that there is no such
    /// thing.
    ///
    /// # Errors
    /// The explained one.
    fn found_or_explain(
        self,
        target: &Target,
        what: impl Into<String>,
    ) -> Result<Option<T>, Failure>;
}

/// What the services call an error about a thing that is not there.
const ABSENT: [&str; 5] = [
    "ResourceNotFoundException",
    "NotFoundException",
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFound",
];

impl<T, E, R> OrExplain<T> for Result<T, SdkError<E, R>>
where
    E: Error + ProvideErrorMetadata + 'static,
    R: Debug + 'static,
{
    fn or_explain(self, target: &Target, what: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|error| explain(target, what, &error))
    }

    fn found_or_explain(
        self,
        target: &Target,
        what: impl Into<String>,
    ) -> Result<Option<T>, Failure> {
        let code = self
            .as_ref()
            .err()
            .and_then(SdkError::as_service_error)
            .and_then(ProvideErrorMetadata::code);
        if code.is_some_and(|code| ABSENT.contains(&code)) {
            return Ok(None);
        }
        self.or_explain(target, what).map(Some)
    }
}

/// What kind of failure it is, and its cause in words.
pub fn diagnose<E, R>(error: &SdkError<E, R>) -> (Fault, String)
where
    E: Error + ProvideErrorMetadata + 'static,
    R: Debug + 'static,
{
    if let Some(said) = error.as_service_error().and_then(said) {
        return said;
    }
    let chain: Vec<&(dyn Error + 'static)> =
        successors(Some(error as &(dyn Error + 'static)), |&cause| {
            cause.source()
        })
        .collect();
    let deepest = chain.last().map(ToString::to_string).unwrap_or_default();
    match chain
        .iter()
        .find_map(|cause| cause.downcast_ref::<CredentialsError>())
    {
        Some(CredentialsError::CredentialsNotLoaded(_)) => {
            (Fault::NoCredentials, "no credentials were found".to_owned())
        }
        Some(_) => (
            Fault::Expired,
            format!("the credentials cannot be loaded: {deepest}"),
        ),
        None => match error {
            SdkError::TimeoutError(_) => (Fault::Unreachable, "no answer in time".to_owned()),
            SdkError::DispatchFailure(_) => (Fault::Unreachable, deepest),
            _ => (Fault::Other, deepest),
        },
    }
}

/// What the service said; `None` where its answer could not even be read, and the deepest cause
/// tells more.
fn said<E: ProvideErrorMetadata>(service: &E) -> Option<(Fault, String)> {
    let code = service.code()?;
    let message = service.message().unwrap_or("the service gives no message");
    Some((Fault::of_code(code), format!("{code}: {message}")))
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::error::ErrorMetadata;
    use contract::failure::report;
    use contract::naming;

    use super::*;

    fn target() -> Target {
        let place = Place::Aws {
            region: "us-west-2".into(),
            profile: Some("ops".into()),
        };
        Target {
            place,
            stack: naming::DEFAULT_STACK.into(),
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("service error")]
    struct Modeled(ErrorMetadata);

    impl ProvideErrorMetadata for Modeled {
        fn meta(&self) -> &ErrorMetadata {
            &self.0
        }
    }

    fn said(error: &SdkError<Modeled, ()>) -> String {
        report(&explain(&target(), "cannot read the stack", error))
    }

    fn service(code: &str, message: &str) -> SdkError<Modeled, ()> {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        SdkError::service_error(Modeled(meta), ())
    }

    #[test]
    fn a_denied_call_names_the_permission_and_how_to_see_who_one_is() {
        assert_eq!(
            said(&service(
                "AccessDenied",
                "User: me is not authorized to perform: x:Y"
            )),
            "error: cannot read the stack\n  \
             cause: AccessDenied: User: me is not authorized to perform: x:Y\n\
             hint: ask for the permission named above; who you are: \
             cargo provision preflight --region us-west-2 --profile ops"
        );
    }

    #[test]
    fn an_answer_that_cannot_be_read_names_the_deepest_cause() {
        let unreadable = SdkError::service_error(Modeled(ErrorMetadata::builder().build()), ());
        assert_eq!(
            diagnose(&unreadable),
            (Fault::Other, "service error".to_owned())
        );
    }

    #[test]
    fn a_thing_that_is_not_there_is_no_error() {
        let absent: Result<(), _> = Err(service("NoSuchEntity", "no role x"));
        assert!(matches!(absent.found_or_explain(&target(), "x"), Ok(None)));
        let denied: Result<(), _> = Err(service("AccessDenied", "no"));
        assert!(denied.found_or_explain(&target(), "x").is_err());
    }

    #[test]
    fn missing_credentials_are_told_from_an_unreachable_service() {
        let missing = ConnectorError::other(Box::new(CredentialsError::not_loaded("none")), None);
        assert_eq!(
            diagnose(&SdkError::<Modeled, ()>::dispatch_failure(missing)),
            (Fault::NoCredentials, "no credentials were found".to_owned())
        );
        let refused = ConnectorError::io(Box::new(std::io::Error::other("connection refused")));
        assert_eq!(
            diagnose(&SdkError::<Modeled, ()>::dispatch_failure(refused)),
            (Fault::Unreachable, "connection refused".to_owned())
        );
    }

    #[test]
    fn expired_and_unknown_credentials_have_their_own_hints() {
        assert!(said(&service("ExpiredToken", "expired")).contains("aws sso login --profile ops"));
        assert!(said(&service("InvalidClientTokenId", "no")).contains("switched on"));
    }
}
