//! That the harness itself streams, notices a caller who hangs up, and passes failures on: else what
//! the suites see through it would say nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use aws_sdk_lambda::operation::invoke_with_response_stream::InvokeWithResponseStreamOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvokeWithResponseStreamResponseEvent as Event;
use platform_tests::aws::Aws;
use platform_tests::harness::{Bedrock, End, Ending, Lambda, RuntimeApi, Script};
use platform_tests::poll;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

/// A function that speaks the Runtime API by hand, a byte at a time if need be.
struct ByHand(TcpStream);

impl ByHand {
    /// Takes the next invocation and begins to answer it, streaming.
    fn answer_next(address: &str) -> Self {
        let mut stream = connect(address);
        write!(
            stream,
            "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: h\r\n\r\n"
        )
        .unwrap();
        let id = BufReader::new(&stream)
            .lines()
            .map(Result::unwrap)
            .find_map(|line| {
                line.strip_prefix("lambda-runtime-aws-request-id: ")
                    .map(str::to_owned)
            })
            .unwrap();
        let mut stream = connect(address);
        write!(
            stream,
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: h\r\n\
             lambda-runtime-function-response-mode: streaming\r\n\
             trailer: Lambda-Runtime-Function-Error-Type\r\n\
             transfer-encoding: chunked\r\n\r\n"
        )
        .unwrap();
        Self(stream)
    }

    fn chunk(&mut self, text: &str) {
        write!(self.0, "{:x}\r\n{text}\r\n", text.len()).unwrap();
    }

    fn end(&mut self, trailers: &str) {
        write!(self.0, "0\r\n{trailers}\r\n").unwrap();
        // Who leaves before the answer has died, as far as the API can tell.
        let mut status = String::new();
        BufReader::new(&self.0).read_line(&mut status).unwrap();
        assert!(status.contains("202"), "{status}");
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The Runtime API of a function called `f`, Lambda's API before it, and a client of that.
fn lambda() -> (RuntimeApi, Lambda, Aws) {
    let api = RuntimeApi::start().unwrap();
    let lambda = Lambda::start(&[("f", api.invoker(), PATIENCE)]).unwrap();
    let aws = Aws::new(&lambda.url()).unwrap();
    (api, lambda, aws)
}

fn invoke(aws: &Aws) -> InvokeWithResponseStreamOutput {
    let call = aws.lambda.invoke_with_response_stream();
    let call = call.function_name("f").payload(Blob::new("{}"));
    aws.wait(call.send()).unwrap()
}

fn chunk(aws: &Aws, output: &mut InvokeWithResponseStreamOutput) -> String {
    match aws.wait(output.event_stream.recv()).unwrap().unwrap() {
        Event::PayloadChunk(chunk) => {
            String::from_utf8(chunk.payload().unwrap().as_ref().to_vec()).unwrap()
        }
        event => panic!("{event:?}"),
    }
}

fn error(aws: &Aws, output: &mut InvokeWithResponseStreamOutput) -> Option<String> {
    match aws.wait(output.event_stream.recv()).unwrap().unwrap() {
        Event::InvokeComplete(complete) => complete.error_details().map(str::to_owned),
        event => panic!("{event:?}"),
    }
}

#[test]
fn a_chunk_is_heard_before_the_next_is_written() {
    let (api, _lambda, aws) = lambda();
    let (heard, wait) = channel();
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address);
        function.chunk("one");
        wait.recv().unwrap();
        function.chunk("two");
        function.end("");
    });
    let mut output = invoke(&aws);
    assert_eq!(chunk(&aws, &mut output), "one");
    heard.send(()).unwrap();
    assert_eq!(chunk(&aws, &mut output), "two");
    assert_eq!(error(&aws, &mut output), None);
    function.join().unwrap();
}

#[test]
fn a_failure_in_the_middle_ends_the_stream_as_one() {
    let (api, _lambda, aws) = lambda();
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address);
        function.chunk("one");
        function.end("Lambda-Runtime-Function-Error-Type: Broken.InTheMiddle\r\n");
    });
    let mut output = invoke(&aws);
    assert_eq!(chunk(&aws, &mut output), "one");
    let error = error(&aws, &mut output);
    assert_eq!(error.as_deref(), Some("Broken.InTheMiddle"));
    function.join().unwrap();
}

#[test]
fn a_caller_that_hangs_up_ends_the_functions_connection() {
    let (api, _lambda, aws) = lambda();
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address);
        function.chunk("one");
        // Until the other side ends it; a time-out would be an error of another kind.
        let mut rest = Vec::new();
        match function.0.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    });
    let mut output = invoke(&aws);
    assert_eq!(chunk(&aws, &mut output), "one");
    drop(output);
    function.join().unwrap();
}

/// Asks the stand-in for a reply and reads until `text` has come.
fn listen(bedrock: &Bedrock, text: &str) -> TcpStream {
    let address = bedrock.url().replace("http://", "");
    let mut stream = connect(&address);
    write!(
        stream,
        "POST /model/m/converse-stream HTTP/1.1\r\nhost: h\r\n\
         content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    )
    .unwrap();
    let mut heard = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&heard).contains(text) {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "it ended too soon");
        heard.push(byte[0]);
    }
    stream
}

#[test]
fn the_model_is_heard_while_it_speaks_and_notices_who_hangs_up() {
    let script = Script::counting(3).ending(Ending::Stall(2));
    let bedrock = Bedrock::playing(script).unwrap();
    let stream = listen(&bedrock, "word-2 ");
    let turns = bedrock.turns();
    assert_eq!((turns.len(), turns[0].words.len()), (1, 2));
    assert!(turns[0].end.is_none());
    assert_eq!(bedrock.asked()[0]["modelId"], Value::from("m"));
    drop(stream);
    let hung_up = || matches!(bedrock.turns()[0].end, Some((End::HungUp, _)));
    assert!(poll::until(PATIENCE, hung_up));
}

#[test]
fn the_model_can_break_in_the_middle() {
    let script = Script::counting(3).ending(Ending::Cut(1));
    let bedrock = Bedrock::playing(script).unwrap();
    let mut stream = listen(&bedrock, "word-1 ");
    let mut rest = Vec::new();
    // However the connection ends, the last chunk does not come.
    let _ = stream.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("messageStop"));
    assert!(!rest.ends_with(b"0\r\n\r\n"));
}
