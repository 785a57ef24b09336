//! That the harness itself streams, lets a function go on whose caller hangs up, and passes failures
//! on: else what the suites see through it would say nothing.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws_sdk_lambda::operation::invoke_with_response_stream::InvokeWithResponseStreamOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvokeWithResponseStreamResponseEvent as Event;
use platform_tests::aws::Aws;
use platform_tests::browser::Browser;
use platform_tests::harness::{Bedrock, End, Ending, Lambda, RuntimeApi, Script};
use platform_tests::poll;
use serde_json::Value;

/// A function that speaks the Runtime API by hand, a byte at a time if need be.
struct ByHand(TcpStream);

impl ByHand {
    /// Takes the next invocation and begins to answer it, streaming.
    fn answer_next(address: &str) -> Result<Self> {
        let mut stream = connect(address)?;
        write!(
            stream,
            "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: h\r\n\r\n"
        )?;
        let id = BufReader::new(&stream)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.strip_prefix("lambda-runtime-aws-request-id: ")
                    .map(str::to_owned)
            })
            .context("no invocation")?;
        let mut stream = connect(address)?;
        write!(
            stream,
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: h\r\n\
             lambda-runtime-function-response-mode: streaming\r\n\
             trailer: Lambda-Runtime-Function-Error-Type\r\n\
             transfer-encoding: chunked\r\n\r\n"
        )?;
        Ok(Self(stream))
    }

    fn chunk(&mut self, text: &str) -> Result<()> {
        Ok(write!(self.0, "{:x}\r\n{text}\r\n", text.len())?)
    }

    fn end(&mut self, trailers: &str) -> Result<()> {
        write!(self.0, "0\r\n{trailers}\r\n")?;
        // Who leaves before the answer has died, as far as the API can tell.
        let mut status = String::new();
        BufReader::new(&self.0).read_line(&mut status)?;
        ensure!(status.contains("202"), "{status}");
        Ok(())
    }
}

fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(poll::PATIENCE))?;
    Ok(stream)
}

fn joined(function: JoinHandle<Result<()>>) -> Result<()> {
    function.join().map_err(|_| anyhow!("it panicked"))?
}

/// The Runtime API of a function called `f`, Lambda's API before it, and a client of that.
fn lambda() -> Result<(RuntimeApi, Lambda, Aws)> {
    let api = RuntimeApi::start()?;
    let lambda = Lambda::start(&[("f", api.invoker(), poll::PATIENCE)])?;
    let aws = Aws::new(&lambda.url())?;
    Ok((api, lambda, aws))
}

fn invoke(aws: &Aws) -> Result<InvokeWithResponseStreamOutput> {
    let call = aws.lambda.invoke_with_response_stream();
    let call = call.function_name("f").payload(Blob::new("{}"));
    Ok(aws.wait(call.send())?)
}

fn chunk(aws: &Aws, output: &mut InvokeWithResponseStreamOutput) -> Result<String> {
    match aws.wait(output.event_stream.recv())?.context("no event")? {
        Event::PayloadChunk(chunk) => {
            let payload = chunk.payload().context("no payload")?;
            Ok(String::from_utf8(payload.as_ref().to_vec())?)
        }
        event => bail!("{event:?}"),
    }
}

fn error(aws: &Aws, output: &mut InvokeWithResponseStreamOutput) -> Result<Option<String>> {
    match aws.wait(output.event_stream.recv())?.context("no event")? {
        Event::InvokeComplete(complete) => Ok(complete.error_details().map(str::to_owned)),
        event => bail!("{event:?}"),
    }
}

#[test]
fn a_chunk_is_heard_before_the_next_is_written() -> Result<()> {
    let (api, _lambda, aws) = lambda()?;
    let (heard, wait) = channel();
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address)?;
        function.chunk("one")?;
        wait.recv()?;
        function.chunk("two")?;
        function.end("")
    });
    let mut output = invoke(&aws)?;
    assert_eq!(chunk(&aws, &mut output)?, "one");
    heard.send(())?;
    assert_eq!(chunk(&aws, &mut output)?, "two");
    assert_eq!(error(&aws, &mut output)?, None);
    joined(function)
}

#[test]
fn a_failure_in_the_middle_ends_the_stream_as_one() -> Result<()> {
    let (api, _lambda, aws) = lambda()?;
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address)?;
        function.chunk("one")?;
        function.end("Lambda-Runtime-Function-Error-Type: Broken.InTheMiddle\r\n")
    });
    let mut output = invoke(&aws)?;
    assert_eq!(chunk(&aws, &mut output)?, "one");
    let error = error(&aws, &mut output)?;
    assert_eq!(error.as_deref(), Some("Broken.InTheMiddle"));
    joined(function)
}

#[test]
fn a_function_is_not_told_that_its_caller_hung_up() -> Result<()> {
    let (api, _lambda, aws) = lambda()?;
    let (hung_up, wait) = channel();
    let address = api.address();
    let function = thread::spawn(move || {
        let mut function = ByHand::answer_next(&address)?;
        function.chunk("one")?;
        wait.recv()?;
        function.chunk("two")?;
        function.end("")
    });
    let mut output = invoke(&aws)?;
    assert_eq!(chunk(&aws, &mut output)?, "one");
    drop(output);
    hung_up.send(())?;
    joined(function)
}

/// Asks the stand-in for a reply and reads until `text` has come.
fn listen(bedrock: &Bedrock, text: &str) -> Result<TcpStream> {
    let address = bedrock.url().replace("http://", "");
    let mut stream = connect(&address)?;
    write!(
        stream,
        "POST /model/m/converse-stream HTTP/1.1\r\nhost: h\r\n\
         content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    )?;
    let mut heard = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&heard).contains(text) {
        ensure!(stream.read(&mut byte)? == 1, "it ended too soon");
        heard.push(byte[0]);
    }
    Ok(stream)
}

#[test]
fn the_model_is_heard_while_it_speaks_and_notices_who_hangs_up() -> Result<()> {
    let script = Script::counting(3).ending(Ending::Stall(2));
    let bedrock = Bedrock::playing(script)?;
    let stream = listen(&bedrock, "word-2 ")?;
    let turns = bedrock.turns();
    assert_eq!((turns.len(), turns[0].words.len()), (1, 2));
    assert!(turns[0].end.is_none());
    assert_eq!(bedrock.asked()[0]["modelId"], Value::from("m"));
    drop(stream);
    let hung_up = || matches!(bedrock.turns()[0].end, Some((End::HungUp, _)));
    assert!(poll::until(poll::PATIENCE, hung_up));
    Ok(())
}

#[test]
fn the_model_can_break_in_the_middle() -> Result<()> {
    let script = Script::counting(3).ending(Ending::Cut(1));
    let bedrock = Bedrock::playing(script)?;
    let mut stream = listen(&bedrock, "word-1 ")?;
    let mut rest = Vec::new();
    // However the connection ends, the last chunk does not come.
    let _ = stream.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("messageStop"));
    assert!(!rest.ends_with(b"0\r\n\r\n"));
    Ok(())
}

/// A chromedriver that ends because its port is taken, `lost` times, before it listens.
fn losing_driver(dir: &Path, lost: usize) -> Result<String> {
    let program = dir.join("chromedriver");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/losing-driver");
    symlink(fixture, &program)?;
    fs::write(dir.join("lost"), lost.to_string())?;
    Ok(program.display().to_string())
}

#[test]
fn a_driver_whose_port_was_taken_is_started_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    Browser::driven_by(&losing_driver(dir.path(), 2)?)?.stop();
    let starts = fs::read_to_string(dir.path().join("starts"))?;
    assert_eq!(starts.lines().count(), 3);
    Ok(())
}

#[test]
fn a_driver_that_never_listens_is_given_up_with_what_it_said() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let Err(error) = Browser::driven_by(&losing_driver(dir.path(), 1000)?) else {
        bail!("it listens");
    };
    let error = error.to_string();
    assert!(error.contains("IPv6 port not available"), "{error}");
    Ok(())
}
