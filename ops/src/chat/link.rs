//! One connection: the handshake, frames out and in.

use std::time::Duration;

use contract::Failure;
use contract::rest::API_KEY_HEADER;
use contract::websocket::USER_ID_PARAMETER;
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// How long the other side may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Where to connect, and as whom.
#[derive(Clone)]
pub struct Address {
    url: String,
    key: HeaderValue,
}

impl Address {
    /// The API at `url`, as `user`, with the API's key.
    ///
    /// # Errors
    /// Where the URL or the key cannot be one.
    pub fn new(url: &str, user: &str, key: &str) -> Result<Self, Failure> {
        let wrong = || Failure::new(format!("`{url}` is no WebSocket URL"));
        let mut whole = reqwest::Url::parse(url).map_err(|error| wrong().because(error))?;
        whole.query_pairs_mut().append_pair(USER_ID_PARAMETER, user);
        let mut key = HeaderValue::from_str(key)
            .map_err(|error| Failure::new("the API key is no header value").because(error))?;
        key.set_sensitive(true);
        Ok(Self {
            url: whole.into(),
            key,
        })
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum NoLink {
    /// The API does not want us; trying again does not help.
    #[error("the handshake is refused with status {0}")]
    Refused(u16),
    /// The API cannot be reached, or is not well.
    #[error("{0}")]
    Unreachable(String),
}

impl NoLink {
    /// As the program ends with it.
    pub fn failure(self) -> Failure {
        let hint = match &self {
            Self::Refused(401 | 403) => {
                "the key is missing or unknown there, or the userId is not one: check --user and --stack-name"
            }
            Self::Refused(_) => "look at what the platform says of itself: cargo ops smoke",
            Self::Unreachable(_) => "see whether the platform runs: cargo ops smoke --only WS-1",
        };
        Failure::new("cannot connect to the chat")
            .because(self)
            .hint(hint)
    }
}

/// An open connection.
pub struct Link(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Link {
    /// Opens a connection.
    pub async fn open(address: &Address) -> Result<Self, NoLink> {
        let unreachable = |error: &dyn std::error::Error| NoLink::Unreachable(error.to_string());
        let mut request = address
            .url
            .as_str()
            .into_client_request()
            .map_err(|error| unreachable(&error))?;
        request
            .headers_mut()
            .insert(API_KEY_HEADER, address.key.clone());
        match timeout(HANDSHAKE, connect_async(request)).await {
            Ok(Ok((stream, _))) => Ok(Self(stream)),
            Ok(Err(Error::Http(response))) => Err(refused(response.status().as_u16())),
            Ok(Err(error)) => Err(unreachable(&error)),
            Err(_) => Err(NoLink::Unreachable(format!(
                "the handshake took more than {} s",
                HANDSHAKE.as_secs()
            ))),
        }
    }

    /// Sends a frame; false where the connection is gone.
    pub async fn send(&mut self, frame: &Value) -> bool {
        self.0.send(Message::text(frame.to_string())).await.is_ok()
    }

    /// The next frame of the contract, `None` where the connection is gone. Others (the gateway's
    /// own) have no `type` and are passed over.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Text(text) => {
                    let frame: Option<Value> = serde_json::from_str(&text).ok();
                    if let Some(frame) = frame.filter(|frame| frame["type"].is_string()) {
                        return Some(frame);
                    }
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Says goodbye and waits a moment for the answer.
    pub async fn close(mut self) {
        let goodbye = async {
            if self.0.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.0.next().await {}
            }
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }
}

/// Too many at once, or a server that is not well, may be better in a moment.
fn refused(status: u16) -> NoLink {
    if status == 429 || status >= 500 {
        return NoLink::Unreachable(format!("the handshake is answered with status {status}"));
    }
    NoLink::Refused(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_encoded_into_the_url() {
        let address = Address::new("wss://host/stage", "a+b|c@d", "key").unwrap();
        assert_eq!(address.url, "wss://host/stage?userId=a%2Bb%7Cc%40d");
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert!(matches!(refused(403), NoLink::Refused(403)));
        assert!(matches!(refused(429), NoLink::Unreachable(_)));
        assert!(matches!(refused(502), NoLink::Unreachable(_)));
    }
}
