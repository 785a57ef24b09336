//! Holds in S3, whose answers are given one after the other.

use std::sync::{Arc, Mutex};

use contract::failure::report;
use deploy_target::{Engine, Origin, Place, Target, connect};
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::note::Note;
use super::object::Held;
use super::{Hold, How};
use crate::archive::bucket::Bucket;
use crate::clients::Clients;

/// A status, an `ETag` and a body.
type Answer = (u16, &'static str, String);

/// A bucket that gives these answers, and the methods of the calls it got.
async fn bucket(answers: Vec<Answer>) -> (Bucket, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = Target {
        place: Place::Local(Engine {
            pid: 1,
            port,
            endpoint: format!("http://127.0.0.1:{port}"),
        }),
        stack: "Blue".into(),
    };
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let calls = Arc::clone(&heard);
    tokio::spawn(async move {
        for answer in answers {
            let (stream, _) = listener.accept().await.unwrap();
            let method = serve(stream, answer).await;
            calls.lock().unwrap().push(method);
        }
    });
    let bucket = Bucket {
        client: Clients::new(&connect(&target).await).s3,
        target,
        bucket: "b".into(),
        prefix: "backups".into(),
    };
    (bucket, heard)
}

/// Reads a request, and gives its method.
async fn serve(mut stream: TcpStream, (status, etag, body): Answer) -> String {
    let mut heard = Vec::new();
    let mut left = usize::MAX;
    while left > 0 {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        assert!(count > 0, "half a request");
        heard.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&heard).to_lowercase();
        if let Some((head, sent)) = text.split_once("\r\n\r\n") {
            let length = head.split_once("content-length: ");
            let length = length.and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok());
            left = length.unwrap_or_default().saturating_sub(sent.len());
        }
    }
    let opening = format!(
        "HTTP/1.1 {status} X\r\netag: \"{etag}\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(opening.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let text = String::from_utf8_lossy(&heard);
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn note(pid: u32, host: &str) -> Note {
    let here = Origin::here();
    let host = if host.is_empty() {
        here.host.clone()
    } else {
        host.into()
    };
    let at: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
    Note {
        holder: Origin { pid, host, ..here },
        ..Note::new(at)
    }
}

fn failed() -> Answer {
    let body = "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>";
    (412, "", body.to_owned())
}

fn said(note: &Note, etag: &'static str) -> Answer {
    (200, etag, serde_json::to_string(note).unwrap())
}

const DONE: (u16, &str, String) = (200, "2", String::new());

async fn held(note: &Note, answers: Vec<Answer>) -> (Held, Arc<Mutex<Vec<String>>>) {
    let (bucket, heard) = bucket(answers).await;
    let held = Held {
        bucket,
        note: note.clone(),
        etag: "\"1\"".into(),
    };
    (held, heard)
}

#[test]
fn a_hold_is_over_when_its_process_is_gone_or_it_was_not_renewed() {
    let at = note(1, "elsewhere").since;
    let soon = at + SignedDuration::from_secs(90);
    let late = at + SignedDuration::from_mins(3);
    assert!(!note(1, "elsewhere").is_over(soon));
    assert!(note(1, "elsewhere").is_over(late));
    // No process has this number.
    assert!(note(u32::MAX, "").is_over(soon));
}

#[test]
fn who_comes_second_learns_who_since_when_and_until_when() {
    let mut note = note(1, "laptop");
    note.holder.user = "alice".into();
    insta::assert_snapshot!(report(&note.refusal("s3://b/backups")), @r"
    error: another backup or restore works in s3://b/backups: alice at laptop, since 2026-11-24T01:00:00Z
    hint: wait until it has ended; if it was killed, until 2026-11-24T01:02:00Z
    ");
}

#[tokio::test]
async fn a_renewed_hold_is_known_by_its_new_tag() {
    let ours = note(1, "");
    let (mut held, heard) = held(&ours, vec![DONE]).await;
    assert!(held.renew(Timestamp::now()).await.unwrap());
    assert_eq!(held.etag, "\"2\"");
    assert_eq!(*heard.lock().unwrap(), ["PUT"]);
}

#[tokio::test]
async fn a_hold_that_somebody_else_took_is_lost() {
    let (ours, theirs) = (note(1, ""), note(2, "elsewhere"));
    let (mut lost, _) = held(&ours, vec![failed(), said(&theirs, "9")]).await;
    assert!(!lost.renew(Timestamp::now()).await.unwrap());
    // The answer to the write was lost, and the write was sent again: it is ours.
    let (mut kept, heard) = held(&ours, vec![failed(), said(&ours, "3")]).await;
    assert!(kept.renew(Timestamp::now()).await.unwrap());
    assert_eq!(kept.etag, "\"3\"");
    assert_eq!(*heard.lock().unwrap(), ["PUT", "GET"]);
}

#[tokio::test]
async fn a_place_that_is_left_at_this_moment_is_taken() {
    let gone = "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>";
    let answers = vec![failed(), (404, "", gone.to_owned()), DONE];
    let (place, heard) = bucket(answers).await;
    assert_eq!(Held::take(&place).await.unwrap().etag, "\"2\"");
    assert_eq!(*heard.lock().unwrap(), ["PUT", "GET", "PUT"]);
}

#[tokio::test]
async fn of_two_who_find_a_lapsed_hold_one_gets_it() {
    let lapsed = note(1, "elsewhere");
    let (place, _) = bucket(vec![failed(), said(&lapsed, "1"), failed()]).await;
    let refused = Held::take(&place).await.unwrap_err();
    assert!(refused.to_string().contains("has just begun"), "{refused}");
}

/// Holds a place that gives these answers until `calls` of them were asked for.
async fn during(note: &Note, answers: Vec<Answer>, calls: usize) -> (Ended, Vec<String>) {
    let (held, heard) = held(note, answers).await;
    let work = async {
        while heard.lock().unwrap().len() < calls {
            tokio::task::yield_now().await;
        }
        Ok(())
    };
    let ended = Hold(How::Bucket(Box::new(held))).during(work).await;
    let heard = heard.lock().unwrap().clone();
    (ended, heard)
}

type Ended = anyhow::Result<()>;

#[tokio::test]
async fn after_a_sleep_a_hold_is_renewed_at_once_and_left_where_it_is_still_ours() {
    let slept = note(1, "");
    let answers = vec![DONE, said(&slept, "2"), DONE];
    let (ended, heard) = during(&slept, answers, 1).await;
    ended.unwrap();
    assert_eq!(heard, ["PUT", "GET", "DELETE"]);
}

#[tokio::test]
async fn what_somebody_else_holds_by_now_is_not_deleted() {
    let (ours, theirs) = (Note::new(Timestamp::now()), note(2, "elsewhere"));
    let (ended, heard) = during(&ours, vec![said(&theirs, "9")], 0).await;
    let refused = ended.unwrap_err();
    assert!(refused.to_string().contains("has just begun"), "{refused}");
    assert_eq!(heard, ["GET"]);
}

#[tokio::test]
async fn work_ends_when_its_hold_lapsed_and_cannot_be_renewed() {
    let (mut held, _) = held(&note(1, ""), Vec::new()).await;
    let lost = held.keep().await;
    assert!(lost.to_string().contains("cannot keep others"), "{lost}");
}
