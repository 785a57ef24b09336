//! Many chats at once on the local platform, over its own APIs.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use contract::naming::DEFAULT_STACK;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::socket::{Key, Socket};
use serde_json::json;

use crate::stats::{Samples, ms};

/// `count` supporters say one thing each, all at once: none may be lost, none crossed.
pub fn measure(count: usize) -> Result<String> {
    let engine = Engine::start()?;
    let platform = &Platform::deploy(&engine, DEFAULT_STACK)?;
    let names: Vec<String> = (0..count)
        .map(|number| format!("crowd-{number:03}"))
        .collect();
    for name in &names {
        platform.put_supporter(name)?;
    }
    let start = Instant::now();
    let times = thread::scope(|scope| {
        let clients: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(move || one(platform, name).with_context(|| name.clone())))
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().map_err(|_| anyhow!("a client panicked"))?)
            .collect::<Result<Vec<Duration>>>()
    })?;
    let whole = start.elapsed();
    let mut samples = Samples::default();
    for time in times {
        samples.add(time);
    }
    Ok(format!(
        "{count} chats at once: none lost, none crossed, in {:.1} s; a chat p50 {}, p95 {}",
        whole.as_secs_f64(),
        ms(samples.median()),
        ms(samples.percentile(95)),
    ))
}

fn one(platform: &Platform, name: &str) -> Result<Duration> {
    let start = Instant::now();
    let mut socket = Socket::connect(platform, Some(name), Key::Header(platform.key()))?;
    let message = json!({ "message": format!("This is {name}."), "id": name });
    let done = socket.chat(&message.to_string())?;
    ensure!(done["id"] == name, "{done}");
    socket.close()?;
    Ok(start.elapsed())
}
