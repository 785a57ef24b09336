//! The loop: one message at a time, its answer, the next.
//!
//! A message is sent once. Where the connection is lost before its answer, the person is told and
//! decides: the platform may have answered it, and a second turn would be written.

use std::io::Write;
use std::time::Duration;

use contract::limits::MESSAGE_MAX;
use contract::websocket::frame;
use contract::{ErrorCode, Exit, Failure, Function};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::backoff;
use super::input::Input;
use super::link::{Address, Link, NoLink};
use super::view::View;

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Between pings while nothing is said: API Gateway ends a connection idle for 10 minutes.
    pub ping: Duration,
    /// For a pong.
    pub pong: Duration,
    /// For the end of an answer: the function's own end, and some.
    pub answer: Duration,
    /// Tries to connect again, before it is given up.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            ping: Duration::from_mins(4),
            pong: Duration::from_secs(30),
            answer: Function::WsMessage.timeout() + Duration::from_secs(10),
            tries: 8,
        }
    }
}

/// How a chat ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Messages that got no answer, or an error.
    pub unanswered: u32,
    /// Whether the person was typing.
    pub interactive: bool,
}

impl Ended {
    /// A script needs to know of an unanswered message; a person has seen it.
    pub fn exit(self) -> Exit {
        if self.unanswered > 0 && !self.interactive {
            Exit::Failed
        } else {
            Exit::Done
        }
    }
}

/// A chat under way.
pub struct Chat<W> {
    address: Address,
    link: Link,
    view: View<W>,
    patience: Patience,
    conversation: Option<String>,
    sent: u32,
    /// The id of the message whose answer is awaited.
    pending: Option<String>,
    unanswered: u32,
    /// When the next thing is due: an answer, a pong, or a ping of ours.
    due: Instant,
    pinged: bool,
}

/// What happened next.
enum Event {
    Line(Option<String>),
    Frame(Option<Value>),
    Due,
}

impl<W: Write> Chat<W> {
    /// Connects. A platform that cannot be reached now is not waited for.
    ///
    /// # Errors
    /// Where there is no connection.
    pub async fn open(
        address: Address,
        view: View<W>,
        conversation: Option<String>,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let link = Link::open(&address).await.map_err(NoLink::failure)?;
        Ok(Self {
            address,
            link,
            view,
            patience,
            conversation,
            sent: 0,
            pending: None,
            unanswered: 0,
            due: Instant::now() + patience.ping,
            pinged: false,
        })
    }

    /// Talks until the input ends, or `leave` does.
    ///
    /// # Errors
    /// Where the connection is lost for good, or nobody reads what is printed.
    pub async fn run(mut self, mut input: Input, leave: impl Future) -> anyhow::Result<Ended> {
        self.view.invite();
        let talked = tokio::select! {
            talked = self.talk(&mut input) => talked,
            _ = leave => Ok(()),
        };
        self.view.end_line()?;
        self.unanswered += u32::from(self.pending.is_some());
        self.link.close().await;
        talked?;
        if input.interactive {
            // Below the invitation that nobody took.
            self.view.say("\nthe chat is closed")?;
        }
        Ok(Ended {
            unanswered: self.unanswered,
            interactive: input.interactive,
        })
    }

    async fn talk(&mut self, input: &mut Input) -> anyhow::Result<()> {
        loop {
            let idle = self.pending.is_none();
            let event = tokio::select! {
                // What was heard comes before what is said next.
                biased;
                frame = self.link.next() => Event::Frame(frame),
                () = sleep_until(self.due) => Event::Due,
                line = input.lines.recv(), if idle => Event::Line(line),
            };
            match event {
                Event::Line(None) => return Ok(()),
                Event::Line(Some(line)) => self.send(line.trim()).await?,
                Event::Frame(Some(frame)) => self.hear(&frame).await?,
                Event::Frame(None) => self.reconnect("the connection was lost").await?,
                Event::Due => self.overdue().await?,
            }
        }
    }

    async fn send(&mut self, message: &str) -> anyhow::Result<()> {
        let length = message.chars().count();
        if length > MESSAGE_MAX {
            self.unanswered += 1;
            self.view.say(&format!(
                "error: the message has {length} characters and was not sent\n\
                 hint: at most {MESSAGE_MAX} go at a time"
            ))?;
        }
        if length == 0 || length > MESSAGE_MAX {
            self.view.invite();
            return Ok(());
        }
        self.sent += 1;
        let id = format!("m-{}", self.sent);
        let mut frame = json!({ "id": id, "message": message });
        if let Some(conversation) = &self.conversation {
            frame["conversationId"] = conversation.as_str().into();
        }
        self.pending = Some(id);
        self.pinged = false;
        self.due = Instant::now() + self.patience.answer;
        if self.link.send(&frame).await {
            return Ok(());
        }
        self.reconnect("the connection was lost").await
    }

    async fn hear(&mut self, value: &Value) -> anyhow::Result<()> {
        let kind = value["type"].as_str().unwrap_or_default();
        let expired = value["code"] == ErrorCode::SessionExpired.code();
        let ours = self.pending.is_some() && value["id"].as_str() == self.pending.as_deref();
        // An error without an id is about what was sent last.
        let nameless = kind == frame::ERROR && value["id"].is_null();
        if !ours && !nameless {
            // A pong; or the late words of a message that was given up.
            if kind == frame::PONG && self.pending.is_none() {
                self.rest();
            }
            return Ok(());
        }
        self.view.frame(value)?;
        match kind {
            frame::DONE => {
                let conversation = value["conversationId"].as_str();
                self.conversation = conversation.map(Into::into).or(self.conversation.take());
                self.settle();
            }
            frame::ERROR => {
                self.unanswered += u32::from(self.pending.is_some());
                self.settle();
                if expired {
                    return self.reconnect("the session has expired").await;
                }
            }
            _ => return Ok(()),
        }
        self.view.invite();
        Ok(())
    }

    async fn overdue(&mut self) -> anyhow::Result<()> {
        if self.pending.is_some() {
            return self.reconnect("no answer came in time").await;
        }
        if self.pinged {
            return self.reconnect("the connection does not answer").await;
        }
        self.pinged = true;
        self.due = Instant::now() + self.patience.pong;
        if self.link.send(&json!({ "type": frame::PING })).await {
            return Ok(());
        }
        self.reconnect("the connection was lost").await
    }

    /// Opens another connection; the conversation goes on there.
    async fn reconnect(&mut self, why: &str) -> anyhow::Result<()> {
        self.view.say(&format!("{why}; connecting again"))?;
        let lost = self.pending.take().is_some();
        self.unanswered += u32::from(lost);
        let mut tries = 0;
        self.link = loop {
            sleep(backoff::wait(tries, rand::random())).await;
            tries += 1;
            match Link::open(&self.address).await {
                Ok(link) => break link,
                Err(NoLink::Unreachable(_)) if tries < self.patience.tries => {}
                Err(error) => return Err(error.failure().into()),
            }
        };
        self.settle();
        self.view.say(if lost {
            "connected again; your last message may not have been answered, and is not sent again"
        } else {
            "connected again"
        })?;
        self.view.invite();
        Ok(())
    }

    fn settle(&mut self) {
        self.pending = None;
        self.rest();
    }

    /// Nothing is awaited: the next thing due is a ping.
    fn rest(&mut self) {
        self.pinged = false;
        self.due = Instant::now() + self.patience.ping;
    }
}
