//! The WebSocket API's side of a chat, frame by frame, as a test says.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use platform_tests::poll;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// Takes connections when a test asks for the next one.
pub struct Frames {
    listener: Mutex<TcpListener>,
    /// `ws://127.0.0.1:port`
    pub url: String,
}

/// A connection of the page's.
pub struct Conversation(WebSocket<TcpStream>);

impl Frames {
    /// Listens on a free port.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("ws://{}", listener.local_addr()?);
        Ok(Self {
            listener: Mutex::new(listener),
            url,
        })
    }

    /// The page's next connection.
    pub fn next(&self) -> Result<Conversation> {
        let deadline = Instant::now() + poll::PATIENCE;
        let listener = self.listener.lock().map_err(|_| anyhow::anyhow!("lost"))?;
        let stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(_) if Instant::now() < deadline => {
                    std::thread::park_timeout(Duration::from_millis(10));
                }
                Err(error) => return Err(error).context("the page does not connect"),
            }
        };
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(poll::PATIENCE))?;
        let socket = tungstenite::accept(stream).context("no handshake")?;
        Ok(Conversation(socket))
    }

    /// Turns the page's next connection away; gives the moments just before and just after.
    pub fn turn_away(&self) -> Option<(Instant, Instant)> {
        let listener = self.listener.lock().ok()?;
        let mut before = Instant::now();
        let came = poll::until(poll::PATIENCE, || {
            before = Instant::now();
            listener.accept().is_ok()
        });
        came.then(|| (before, Instant::now()))
    }
}

impl Conversation {
    /// The next message that the person sent.
    pub fn read(&mut self) -> Result<Value> {
        loop {
            match self.0.read().context("nothing was sent")? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => bail!("closed"),
                _ => {}
            }
        }
    }

    /// Whether something is sent within `patience`.
    pub fn hears_within(&mut self, patience: Duration) -> Result<bool> {
        self.0.get_ref().set_read_timeout(Some(patience))?;
        let heard = matches!(self.0.read(), Ok(Message::Text(_)));
        self.0.get_ref().set_read_timeout(Some(poll::PATIENCE))?;
        Ok(heard)
    }

    /// Sends a frame.
    pub fn send(&mut self, frame: &Value) -> Result<()> {
        Ok(self.0.send(Message::text(frame.to_string()))?)
    }

    /// `start`
    pub fn start(&mut self, id: &Value) -> Result<()> {
        self.send(&json!({ "type": "start", "id": id }))
    }

    /// `delta`
    pub fn delta(&mut self, id: &Value, text: &str) -> Result<()> {
        self.send(&json!({ "type": "delta", "id": id, "text": text }))
    }

    /// `done`, with what the reply recommends.
    pub fn done(&mut self, id: &Value, reply: &str, recommendations: &Value) -> Result<()> {
        self.send(
            &json!({ "type": "done", "id": id, "reply": reply, "conversationId": "c1",
            "contextVersion": 1, "recommendations": recommendations }),
        )
    }

    /// `error`
    pub fn error(&mut self, id: &Value, code: &str) -> Result<()> {
        self.send(&json!({ "type": "error", "id": id, "code": code, "message": code }))
    }
}
