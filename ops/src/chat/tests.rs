//! The loop against a server that does what it is told.

use std::future::{pending, ready};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::LocalBoxFuture;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::channel;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::*;

const PATIENCE: Patience = Patience {
    ping: Duration::from_mins(1),
    pong: Duration::from_mins(1),
    answer: Duration::from_mins(1),
    tries: 3,
};

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

struct Peer(WebSocketStream<TcpStream>);

impl Peer {
    async fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        Self(accept_async(stream).await.unwrap())
    }

    async fn hear(&mut self) -> Option<Value> {
        match self.0.next().await?.ok()? {
            Message::Text(text) => serde_json::from_str(&text).ok(),
            _ => None,
        }
    }

    async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Waits until the client has left.
    async fn goodbye(mut self) {
        while let Some(Ok(_)) = self.0.next().await {}
    }

    async fn answer(&mut self, to: &Value, reply: &str) {
        let id = &to["id"];
        self.say(json!({"type": "start", "id": id})).await;
        self.say(json!({"type": "delta", "id": id, "text": reply}))
            .await;
        self.say(json!({
            "type": "done", "id": id, "reply": reply, "conversationId": "c-1", "contextVersion": 1,
            "recommendations": [],
        }))
        .await;
    }
}

/// Chats with `lines` while `server` plays the other side; what was printed, and how it ended.
///
/// Boxed: with both sockets in it, it is more than a stack should hold.
fn chat<'a, S: Future + 'a>(
    lines: &'a [&'a str],
    patience: Patience,
    leave: impl Future + 'a,
    server: impl FnOnce(TcpListener) -> S + 'a,
) -> LocalBoxFuture<'a, (String, anyhow::Result<Ended>, S::Output)> {
    Box::pin(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/stage", listener.local_addr().unwrap());
        let printed = Printed::default();
        let (sender, receiver) = channel(lines.len().max(1));
        for line in lines {
            sender.try_send((*line).to_owned()).unwrap();
        }
        drop(sender);
        let input = Input {
            lines: receiver,
            interactive: false,
        };
        let view = View::new(printed.clone(), Style::Words, false);
        let client = async {
            let address = Address::new(&url, "user-1", "key").unwrap();
            let chat = Chat::open(address, view, None, patience).await.unwrap();
            chat.run(input, leave).await
        };
        let (ended, seen) = tokio::join!(client, server(listener));
        (printed.text(), ended, seen)
    })
}

/// Chats to the end of `lines`, with all the time there is.
fn talk<'a, S: Future + 'a>(
    lines: &'a [&'a str],
    server: impl FnOnce(TcpListener) -> S + 'a,
) -> LocalBoxFuture<'a, (String, anyhow::Result<Ended>, S::Output)> {
    chat(lines, PATIENCE, pending::<()>(), server)
}

#[tokio::test]
async fn each_line_waits_for_the_answer_before_and_keeps_the_conversation() {
    let (printed, ended, heard) = talk(&["one", "", "two"], async |listener| {
        let mut peer = Peer::accept(&listener).await;
        let one = peer.hear().await.unwrap();
        peer.answer(&one, "First.").await;
        let two = peer.hear().await.unwrap();
        peer.answer(&two, "Second.").await;
        peer.goodbye().await;
        (one, two)
    })
    .await;
    assert_eq!(printed, "First.\nSecond.\n");
    assert_eq!(heard.0, json!({"id": "m-1", "message": "one"}));
    assert_eq!(
        heard.1,
        json!({"id": "m-2", "message": "two", "conversationId": "c-1"})
    );
    assert_eq!(ended.unwrap(), Ended::default());
}

#[tokio::test]
async fn a_lost_connection_is_opened_again_and_nothing_is_sent_twice() {
    let (printed, ended, second) = talk(&["lost", "next"], async |listener| {
        let mut first = Peer::accept(&listener).await;
        let lost = first.hear().await.unwrap();
        first
            .say(json!({"type": "delta", "id": lost["id"], "text": "Half"}))
            .await;
        drop(first);
        let mut second = Peer::accept(&listener).await;
        let next = second.hear().await.unwrap();
        second.answer(&next, "Here.").await;
        second.goodbye().await;
        next
    })
    .await;
    assert_eq!(second["message"], "next");
    assert_eq!(printed, "Half\nHere.\n");
    let ended = ended.unwrap();
    assert_eq!(ended.unanswered, 1);
    assert_eq!(ended.exit(), contract::Exit::Failed);
}

#[tokio::test]
async fn an_expired_session_is_opened_anew() {
    let (_, ended, next) = talk(&["late", "next"], async |listener| {
        let mut first = Peer::accept(&listener).await;
        let late = first.hear().await.unwrap();
        first
            .say(json!({
                "type": "error", "id": late["id"], "code": "session_expired", "message": "Gone.",
            }))
            .await;
        let mut second = Peer::accept(&listener).await;
        let next = second.hear().await.unwrap();
        second.answer(&next, "Here.").await;
        second.goodbye().await;
        next
    })
    .await;
    assert_eq!(next["message"], "next");
    assert_eq!(ended.unwrap().unanswered, 1);
}

#[tokio::test]
async fn an_idle_connection_is_pinged_and_one_that_does_not_answer_is_replaced() {
    let quick = Patience {
        ping: Duration::from_millis(20),
        pong: Duration::from_secs(1),
        ..PATIENCE
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/stage", listener.local_addr().unwrap());
    let (_sender, lines) = channel(1);
    let input = Input {
        lines,
        interactive: true,
    };
    let server = async {
        let mut first = Peer::accept(&listener).await;
        let ping = first.hear().await.unwrap();
        first.say(json!({"type": "pong"})).await;
        let again = first.hear().await.unwrap();
        // No pong now: the client comes back by itself.
        let mut second = Peer::accept(&listener).await;
        (ping, again, second.hear().await.unwrap())
    };
    let client = async {
        let view = View::new(Printed::default(), Style::Frames, false);
        let address = Address::new(&url, "user-1", "key").unwrap();
        let chat = Chat::open(address, view, None, quick).await.unwrap();
        chat.run(input, pending::<()>()).await
    };
    let ping = json!({"type": "ping"});
    let seen = tokio::select! {
        seen = server => seen,
        ended = client => panic!("{ended:?}"),
    };
    assert_eq!(seen, (ping.clone(), ping.clone(), ping));
}

#[tokio::test]
async fn leaving_says_goodbye() {
    let (_, ended, goodbye) = chat(&[], PATIENCE, ready(()), async |listener| {
        let mut peer = Peer::accept(&listener).await;
        matches!(peer.0.next().await, Some(Ok(Message::Close(_))))
    })
    .await;
    assert!(goodbye);
    assert_eq!(ended.unwrap(), Ended::default());
}

#[tokio::test]
async fn too_long_a_message_is_not_sent() {
    let long = "x".repeat(contract::limits::MESSAGE_MAX + 1);
    let (_, ended, heard) = talk(&[&long, "short"], async |listener| {
        let mut peer = Peer::accept(&listener).await;
        let heard = peer.hear().await.unwrap();
        peer.answer(&heard, "Yes.").await;
        peer.goodbye().await;
        heard
    })
    .await;
    assert_eq!(heard["message"], "short");
    assert_eq!(ended.unwrap().unanswered, 1);
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_said_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/stage", listener.local_addr().unwrap());
    drop(listener);
    let address = Address::new(&url, "user-1", "key").unwrap();
    let view = View::new(Printed::default(), Style::Words, false);
    let error = Chat::open(address, view, None, PATIENCE)
        .await
        .err()
        .unwrap();
    assert_eq!(error.to_string(), "cannot connect to the chat");
}
