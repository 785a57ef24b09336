//! A proxy before the engine that breaks what a test tells it to: the calls of real programs are
//! refused, cut off, slowed down, half done, or answered by their sender's death.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::faults::{DataCall, Fault, answer, half, kind_of, reset, throttle};
use super::proxy::{Between, Sent, Service, stand};
use super::server::Server;

type Rule = Box<dyn Fn(&DataCall<'_>) -> Fault + Send + Sync>;

struct Inner {
    rule: Mutex<Rule>,
    counts: Mutex<BTreeMap<String, u32>>,
    victim: Mutex<Option<Arc<Mutex<Child>>>>,
    /// Items that were put, as text.
    puts: Mutex<Vec<String>>,
}

/// The proxy.
pub struct FaultyProxy {
    server: Server,
    inner: Arc<Inner>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultyProxy {
    /// Stands before the base URL `to`; nothing is broken yet.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(to: &str) -> Result<Self> {
        let inner = Arc::new(Inner {
            rule: Mutex::new(Box::new(|_| Fault::None)),
            counts: Mutex::default(),
            victim: Mutex::default(),
            puts: Mutex::default(),
        });
        Ok(Self {
            server: stand(to, Arc::clone(&inner))?,
            inner,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// From now on this rule decides, and counts begin anew.
    pub fn set(&self, rule: impl Fn(&DataCall<'_>) -> Fault + Send + Sync + 'static) {
        *locked(&self.inner.rule) = Box::new(rule);
        locked(&self.inner.counts).clear();
    }

    /// Forgets what was put.
    pub fn forget(&self) {
        locked(&self.inner.puts).clear();
    }

    /// The items that were put through it, as text.
    pub fn puts(&self) -> Vec<String> {
        locked(&self.inner.puts).clone()
    }

    /// How many calls of this kind there were since the rule was set.
    pub fn count(&self, kind: &str) -> u32 {
        locked(&self.inner.counts)
            .get(kind)
            .copied()
            .unwrap_or_default()
    }

    /// Starts whom [`Fault::Kill`] kills: not before it is known whom.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn aim(&self, start: impl FnOnce() -> Result<Child>) -> Result<Arc<Mutex<Child>>> {
        let mut victim = locked(&self.inner.victim);
        let child = Arc::new(Mutex::new(start()?));
        *victim = Some(Arc::clone(&child));
        Ok(child)
    }
}

impl Inner {
    fn kill(&self) {
        let victim = locked(&self.victim).clone();
        if let Some(victim) = victim {
            // SIGKILL; whoever waits for it reaps it.
            let _ = locked(&victim).kill();
        }
    }

    fn judge(&self, kind: &str, path: &str, body: &[u8]) -> Fault {
        let nth = {
            let mut counts = locked(&self.counts);
            let count = counts.entry(kind.to_owned()).or_default();
            *count += 1;
            *count
        };
        locked(&self.rule)(&DataCall {
            kind,
            nth,
            path,
            body,
        })
    }
    /// Remembers what a batch puts.
    fn note(&self, body: &[u8]) {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return;
        };
        let Some(tables) = body["RequestItems"].as_object() else {
            return;
        };
        for (table, requests) in tables {
            let requests = requests.as_array().map_or(&[][..], Vec::as_slice);
            let items = requests
                .iter()
                .filter_map(|one| one.pointer("/PutRequest/Item"));
            locked(&self.puts).extend(items.map(|item| format!("{table} {item}")));
        }
    }
}

impl Between for Inner {
    fn answer(&self, sent: &Sent, service: &Service) -> Result<Response> {
        let fault = self.judge(&kind_of(sent), &sent.uri.to_string(), &sent.body);
        let onward = |body: Bytes| {
            self.note(&body);
            let sent = Sent {
                body,
                ..sent.clone()
            };
            service.call(&sent).map(IntoResponse::into_response)
        };
        let body = sent.body.clone();
        match fault {
            Fault::None => onward(body),
            Fault::Slow(time) => {
                thread::sleep(time);
                onward(body)
            }
            Fault::Held(go) => {
                go.wait();
                onward(body)
            }
            Fault::Throttle => Ok(throttle()),
            Fault::Reset => Ok(reset()),
            Fault::Lost => {
                onward(body)?;
                Ok(reset())
            }
            Fault::HalfDone => half(&body, onward),
            Fault::Kill { after } => {
                if after {
                    onward(body)?;
                }
                self.kill();
                Ok(reset())
            }
            Fault::Answer(status, body) => Ok(answer(status, body)),
        }
    }
}
