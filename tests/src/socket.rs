//! A WebSocket client that reads frames with a deadline.

use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use contract::rest::API_KEY_HEADER;
use serde_json::Value;
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::platform::Platform;
use crate::poll;

/// An open connection.
pub struct Socket(WebSocket<MaybeTlsStream<TcpStream>>);

/// How a client says its key.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// In the header.
    Header(&'a str),
    /// In the query, as browsers must.
    Query(&'a str),
    /// Not at all.
    None,
}

impl Socket {
    /// Connects as `user`, or as nobody.
    ///
    /// # Errors
    /// Where the handshake is refused.
    pub fn connect(platform: &Platform, user: Option<&str>, key: Key) -> Result<Self> {
        let mut query = Vec::new();
        query.extend(user.map(|user| format!("userId={user}")));
        if let Key::Query(key) = key {
            query.push(format!("apiKey={key}"));
        }
        let mut request =
            format!("{}?{}", platform.socket(), query.join("&")).into_client_request()?;
        if let Key::Header(key) = key {
            request.headers_mut().insert(API_KEY_HEADER, key.parse()?);
        }
        let (socket, _) = tungstenite::connect(request).context("the handshake is refused")?;
        let socket = Self(socket);
        socket.patience(poll::PATIENCE)?;
        Ok(socket)
    }

    /// Waits no longer than this for a frame.
    ///
    /// # Errors
    /// Where the connection takes no such time.
    pub fn patience(&self, patience: Duration) -> Result<()> {
        if let MaybeTlsStream::Plain(stream) = self.0.get_ref() {
            stream.set_read_timeout(Some(patience))?;
        }
        Ok(())
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// Where the connection is closed.
    pub fn send(&mut self, frame: &str) -> Result<()> {
        Ok(self.0.send(Message::text(frame))?)
    }

    /// Reads the next frame of the contract; others have no `type` and are passed over.
    ///
    /// # Errors
    /// Where none comes in time, or the connection closes.
    pub fn read(&mut self) -> Result<Value> {
        loop {
            match self.0.read().context("no frame")? {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).context(text.to_string())?;
                    if frame.get("type").is_some() {
                        return Ok(frame);
                    }
                }
                Message::Close(_) => bail!("the connection is closed"),
                _ => {}
            }
        }
    }

    /// Sends a chat message and reads to its end: the `done` frame.
    ///
    /// # Errors
    /// Where frames are out of order, or the deltas joined are not the reply.
    pub fn chat(&mut self, message: &str) -> Result<Value> {
        self.send(message)?;
        let start = self.read()?;
        ensure!(start["type"] == "start", "{start}");
        let mut joined = String::new();
        loop {
            let frame = self.read()?;
            ensure!(frame["id"] == start["id"], "{frame}");
            match frame["type"].as_str() {
                Some("delta") => joined.push_str(frame["text"].as_str().unwrap_or_default()),
                Some("done") => {
                    ensure!(frame["reply"] == joined.as_str(), "{frame}");
                    return Ok(frame);
                }
                _ => bail!("{frame}"),
            }
        }
    }

    /// Closes the connection.
    ///
    /// # Errors
    /// Where it is gone already.
    pub fn close(mut self) -> Result<()> {
        Ok(self.0.close(None)?)
    }
}
