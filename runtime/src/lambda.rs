//! Runs a handler as a Lambda function.

use std::env;
use std::process::ExitCode;
use std::rc::Rc;

use contract::failure::report;
use contract::{Exit, Failure, Function};
use futures::channel::mpsc;
use futures::{Stream, StreamExt};
use lambda_runtime::tracing::subscriber::filter::{LevelFilter, filter_fn};
use lambda_runtime::tracing::subscriber::layer::SubscriberExt;
use lambda_runtime::tracing::subscriber::util::SubscriberInitExt;
use lambda_runtime::tracing::subscriber::{Layer, fmt, registry};
use lambda_runtime::tracing::{Instrument, Level, Metadata};
use lambda_runtime::{FunctionResponse, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};

use crate::handlers::{Handle, Invocation};

/// What Lambda (and the local engine) sets for the functions it runs.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Makes the handler of `function` once, then answers invocations until Lambda ends the process.
pub fn serve<H, M>(function: Function, make: M) -> ExitCode
where
    H: Handle + 'static,
    M: FnOnce(Function) -> Result<H, Failure>,
{
    log_as_json();
    match run(function, make) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            eprintln!("{}", report(&failure));
            Exit::Failed.into()
        }
    }
}

fn run<H, M>(function: Function, make: M) -> Result<(), Failure>
where
    H: Handle + 'static,
    M: FnOnce(Function) -> Result<H, Failure>,
{
    if env::var_os(RUNTIME_API).is_none() {
        let name = function.name();
        return Err(Failure::new(format!("{name} runs inside AWS Lambda only"))
            .hint("run the platform on this machine: cargo xtask up"));
    }
    // One thread: Lambda gives a function one invocation at a time, and less than two cores.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the async runtime").because(error))?;
    runtime.block_on(async {
        let handler = Rc::new(make(function)?);
        let answer = async |event: LambdaEvent<Value>| {
            let invocation = Invocation {
                deadline_epoch_ms: i64::try_from(event.context.deadline).unwrap_or(0),
                request_id: event.context.request_id,
            };
            if handler.is_streamed(&event.payload) {
                let lines = streamed(Rc::clone(&handler), event.payload, invocation);
                return Ok(FunctionResponse::StreamingResponse(lines.into()));
            }
            // Boxed: as a part of the runtime's own futures its type is deeper than rustc goes.
            let answer = Box::pin(handler.handle(event.payload, &invocation)).await;
            Ok::<_, lambda_runtime::Error>(FunctionResponse::BufferedResponse(answer))
        };
        let served = lambda_runtime::run(service_fn(answer));
        LocalSet::new()
            .run_until(served)
            .await
            .map_err(|error| Failure::new("the Lambda runtime ended").because(error))
    })
}

/// Lines on their way at once: few, so that a caller who has left is noticed soon.
const LINES_WAITING: usize = 1;

/// The lines of an answer, which is worked on beside the runtime's own loop.
fn streamed<H: Handle + 'static>(
    handler: Rc<H>,
    event: Value,
    invocation: Invocation,
) -> impl Stream<Item = Result<String, lambda_runtime::Error>> + Unpin + Send + 'static {
    let (sender, lines) = mpsc::channel(LINES_WAITING);
    // The runtime's span, so that log lines keep the request's id.
    let span = lambda_runtime::tracing::Span::current();
    spawn_local(async move { handler.stream(event, &invocation, sender).await }.instrument(span));
    lines.map(Ok)
}

/// One JSON object a line (OBS-2), with Lambda's request id. Of libraries only warnings: what they
/// say in more detail may hold a person's data.
fn log_as_json() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL");
    let level = level.ok().and_then(|level| level.parse().ok());
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(std::io::stdout)
        .with_filter(level.unwrap_or(LevelFilter::INFO))
        .with_filter(filter_fn(is_ours_or_a_warning));
    registry().with(lines).init();
}

fn is_ours_or_a_warning(of: &Metadata<'_>) -> bool {
    // lambda_runtime's span carries the request id.
    let ours = of.target().starts_with("runtime")
        || (of.is_span() && of.target().starts_with("lambda_runtime"));
    *of.level() <= Level::WARN || (ours && *of.level() <= Level::INFO)
}
