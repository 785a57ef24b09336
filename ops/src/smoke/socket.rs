//! A WebSocket client as a browser or a program would be one.

use std::time::{Duration, Instant};

use contract::rest::API_KEY_HEADER;
use contract::websocket::{API_KEY_PARAMETER, USER_ID_PARAMETER, frame};
use contract::{ErrorCode, outputs};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::check::Finding;
use super::compare::{ensure, present, same, shape};
use super::ctx::{ApiKey, Ctx};
use super::http::WRONG_KEY;

/// How the key goes with the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKey {
    /// In the header, as programs do.
    Header,
    /// In the query, as browsers must.
    Query,
    /// A key that no plan knows, in the header.
    Wrong,
    /// Not at all.
    Absent,
}

/// An open connection.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a handshake comes to.
#[derive(Debug)]
pub enum Handshake {
    /// The connection is open.
    Open(Box<Socket>),
    /// The status it was refused with.
    Refused(u16),
}

/// A whole answer to a message.
#[derive(Debug)]
pub struct Chat {
    /// The `done` frame.
    pub done: Value,
    /// How many deltas the reply came in.
    pub deltas: usize,
    /// From the message to the end of its answer.
    pub took: Duration,
}

impl Ctx {
    /// Opens a connection for this supporter.
    pub(super) async fn socket(&self, user_id: &str) -> Result<Socket, Finding> {
        match self.handshake(Some(user_id), SocketKey::Header).await? {
            Handshake::Open(socket) => Ok(*socket),
            Handshake::Refused(status) => Err(Finding::new(format!(
                "the handshake is refused with {status}"
            ))),
        }
    }

    /// Tries to open a connection.
    pub(super) async fn handshake(
        &self,
        user_id: Option<&str>,
        key: SocketKey,
    ) -> Result<Handshake, Finding> {
        let ApiKey(valid) = self.key().await?;
        let mut query: Vec<String> = Vec::new();
        query.extend(user_id.map(|id| format!("{USER_ID_PARAMETER}={id}")));
        if key == SocketKey::Query {
            query.push(format!("{API_KEY_PARAMETER}={valid}"));
        }
        let url = format!(
            "{}?{}",
            self.output(outputs::WEB_SOCKET_URL)?,
            query.join("&")
        );
        let header = match key {
            SocketKey::Header => Some(valid.as_str()),
            SocketKey::Wrong => Some(WRONG_KEY),
            SocketKey::Query | SocketKey::Absent => None,
        };
        let start = Instant::now();
        let handshake = open(&url, header).await?;
        if matches!(handshake, Handshake::Open(_)) {
            self.took("WebSocket handshake", start.elapsed());
        }
        Ok(handshake)
    }
}

async fn open(url: &str, key: Option<&str>) -> Result<Handshake, Finding> {
    let failed = |error: &Error| Finding::because("the handshake failed", error);
    let mut request = url.into_client_request().map_err(|error| failed(&error))?;
    if let Some(key) = key {
        let value = HeaderValue::from_str(key)
            .map_err(|error| Finding::because("the key is no header value", &error))?;
        request.headers_mut().insert(API_KEY_HEADER, value);
    }
    match connect_async(request).await {
        Ok((stream, _)) => Ok(Handshake::Open(Box::new(Socket(stream)))),
        Err(Error::Http(response)) => Ok(Handshake::Refused(response.status().as_u16())),
        Err(error) => Err(failed(&error)),
    }
}

impl Socket {
    /// Sends a frame of text.
    pub async fn send_text(&mut self, text: &str) -> Result<(), Finding> {
        let sent = self.0.send(Message::text(text)).await;
        sent.map_err(|error| Finding::because("a frame cannot be sent", &error))
    }

    /// The next frame with a `type`; others (the gateway's own) are passed over.
    pub async fn next(&mut self) -> Result<Value, Finding> {
        while let Some(message) = self.0.next().await {
            let message =
                message.map_err(|error| Finding::because("the connection broke", &error))?;
            match message {
                Message::Text(text) => {
                    let value: Value = serde_json::from_str(&text)
                        .map_err(|error| Finding::because("a frame is no JSON", &error))?;
                    if value["type"].is_string() {
                        return Ok(value);
                    }
                }
                Message::Close(_) => break,
                _ => {}
            }
        }
        Err(Finding::new(
            "the connection was closed while an answer was awaited",
        ))
    }

    /// Sends a ping and takes the pong.
    pub async fn ping(&mut self) -> Result<(), Finding> {
        self.send_text(&json!({"type": frame::PING}).to_string())
            .await?;
        let answer = self.next().await?;
        same(
            "the answer to a ping",
            &answer["type"].as_str(),
            &Some(frame::PONG),
        )
    }

    /// Takes an error frame with this code, and gives its message.
    pub async fn error(&mut self, code: ErrorCode) -> Result<String, Finding> {
        let answer = self.next().await?;
        same(
            "the frame's type",
            &answer["type"].as_str(),
            &Some(frame::ERROR),
        )?;
        let fields = [
            ("type", "string"),
            ("id", "string?"),
            ("code", "string"),
            ("message", "string"),
        ];
        shape("the error frame", &answer, &fields)?;
        same("code", &answer["code"].as_str(), &Some(code.code()))?;
        Ok(answer["message"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a message and takes the whole answer: start, deltas, done, each with the same id, the
    /// deltas joined being the reply.
    pub async fn chat(&mut self, id: &str, message: &str) -> Result<Chat, Finding> {
        self.send_text(&json!({"id": id, "message": message}).to_string())
            .await?;
        let sent = Instant::now();
        let start = self.next().await?;
        same(
            "the first frame",
            &start,
            &json!({"type": frame::START, "id": id}),
        )?;
        let mut text = String::new();
        let mut deltas = 0;
        loop {
            let answer = self.next().await?;
            same("the id of a frame", &answer["id"].as_str(), &Some(id))?;
            match answer["type"].as_str() {
                Some(frame::DELTA) => {
                    text.push_str(present("delta.text", answer["text"].as_str())?);
                    deltas += 1;
                }
                Some(frame::DONE) => {
                    whole(&answer, &text)?;
                    return Ok(Chat {
                        done: answer,
                        deltas,
                        took: sent.elapsed(),
                    });
                }
                _ => return Err(Finding::new(format!("instead of an answer came {answer}"))),
            }
        }
    }

    /// Closes the connection as a client that is done does.
    pub async fn close(mut self) -> Result<(), Finding> {
        let closed = self.0.close(None).await;
        closed.map_err(|error| Finding::because("the connection cannot be closed", &error))?;
        // The closing handshake ends with the peer's frame.
        while let Some(Ok(_)) = self.0.next().await {}
        Ok(())
    }
}

fn whole(done: &Value, deltas: &str) -> Result<(), Finding> {
    let fields = [
        ("type", "string"),
        ("id", "string"),
        ("reply", "string"),
        ("conversationId", "string"),
        ("contextVersion", "integer"),
        ("recommendations", "array"),
    ];
    shape("the done frame", done, &fields)?;
    ensure(done["reply"] == deltas, || {
        "the deltas joined are not the reply".to_owned()
    })?;
    ensure(!deltas.trim().is_empty(), || {
        "the reply is empty".to_owned()
    })
}
