//! Runs a handler as a Lambda function.

use std::env;
use std::process::ExitCode;
use std::rc::Rc;

use contract::failure::report;
use contract::{Exit, Failure, Function};
use futures::{Stream, StreamExt};
use lambda_runtime::{FunctionResponse, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};

use crate::handlers::{Handle, Invocation, Lines};
use crate::observe::{self, Origin};

/// What Lambda (and the local engine) sets for the functions it runs.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Makes the handler of `function` once, then answers invocations until Lambda ends the process.
pub fn serve<H, M>(function: Function, make: M) -> ExitCode
where
    H: Handle + 'static,
    M: FnOnce(Function) -> Result<H, Failure>,
{
    observe::to_stdout();
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
            let request = Request::of(function, event);
            if handler.is_streamed(&request.event) {
                let lines = streamed(Rc::clone(&handler), request);
                return Ok(FunctionResponse::StreamingResponse(lines.into()));
            }
            let answer = answered(Rc::clone(&handler), request).await;
            Ok::<_, lambda_runtime::Error>(FunctionResponse::BufferedResponse(answer))
        };
        let served = lambda_runtime::run(service_fn(answer));
        LocalSet::new()
            .run_until(served)
            .await
            .map_err(|error| Failure::new("the Lambda runtime ended").because(error))
    })
}

/// What Lambda hands a function.
struct Request {
    function: Function,
    event: Value,
    invocation: Invocation,
    origin: Origin,
    lambda_request_id: String,
}

impl Request {
    fn of(function: Function, event: LambdaEvent<Value>) -> Self {
        let (event, context) = event.into_parts();
        let origin = Origin::of(function, &event, &context.request_id);
        Self {
            function,
            invocation: Invocation {
                deadline_epoch_ms: i64::try_from(context.deadline).unwrap_or(0),
                request_id: origin.request_id.clone(),
            },
            event,
            origin,
            lambda_request_id: context.request_id,
        }
    }
}

/// The whole answer.
async fn answered<H: Handle>(handler: Rc<H>, request: Request) -> Value {
    let Request {
        function,
        event,
        invocation,
        origin,
        lambda_request_id,
    } = request;
    let work = async {
        let answer = handler.handle(event, &invocation).await;
        let status = answer.get("statusCode").and_then(Value::as_u64);
        if let Some(status) = status.and_then(|status| u16::try_from(status).ok()) {
            observe::status(status);
        }
        answer
    };
    // Boxed: as a part of the runtime's own futures its type is deeper than rustc goes.
    Box::pin(observe::during(function, origin, lambda_request_id, work)).await
}

/// Lines on their way at once: few, so that what is not taken is not made.
const LINES_WAITING: usize = 1;

/// The lines of an answer, which is worked on beside the runtime's own loop.
fn streamed<H: Handle + 'static>(
    handler: Rc<H>,
    request: Request,
) -> impl Stream<Item = Result<String, lambda_runtime::Error>> + Unpin + Send + 'static {
    let (sender, lines) = Lines::channel(LINES_WAITING);
    let Request {
        function,
        event,
        invocation,
        origin,
        lambda_request_id,
    } = request;
    spawn_local(async move {
        let work = handler.stream(event, &invocation, sender);
        observe::during(function, origin, lambda_request_id, work).await;
    });
    lines.map(Ok)
}
