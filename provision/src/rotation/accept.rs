//! Waiting until the gateway accepts a key: usage plans reach all of API Gateway with a delay.

use std::time::{Duration, Instant};

use anyhow::Context;
use contract::rest::{API_KEY_HEADER, ROUTES};
use contract::{Failure, KeyHolder};
use deploy_target::Target;
use reqwest::{Client, StatusCode};

use super::flags;

/// How often in a row the key has to be accepted: answers come from many places.
const IN_A_ROW: u32 = 5;

/// How long it is waited for.
const PATIENCE: Duration = Duration::from_mins(5);

/// Asks the REST API at `url` with the key `value` until it is let through.
///
/// The request names no supporter, so the gateway refuses it itself, with another status, right
/// after it has accepted the key: no function runs.
///
/// # Errors
/// Where the key is still refused after [`PATIENCE`]; the old key works meanwhile.
pub async fn until_accepted(
    target: &Target,
    holder: KeyHolder,
    url: &str,
    value: &str,
) -> anyhow::Result<()> {
    // Fails only where it was set before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .context("cannot make an HTTP client")?;
    let pause = if target.is_local() {
        Duration::from_millis(20)
    } else {
        Duration::from_secs(1)
    };
    let deadline = Instant::now() + PATIENCE;
    let mut accepted = 0;
    let mut last = String::new();
    while accepted < IN_A_ROW {
        match status(&http, url, value).await {
            Ok(StatusCode::FORBIDDEN) => {
                accepted = 0;
                "the gateway answers 403".clone_into(&mut last);
            }
            Ok(_) => accepted += 1,
            Err(error) => {
                accepted = 0;
                last = error.without_url().to_string();
            }
        }
        if accepted < IN_A_ROW && Instant::now() > deadline {
            return Err(Failure::new("the new key is not accepted yet")
                .because(last)
                .hint(format!(
                    "the old key works; look again: cargo provision rotate-key {}",
                    flags(target, holder)
                ))
                .into());
        }
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

async fn status(http: &Client, url: &str, value: &str) -> reqwest::Result<StatusCode> {
    let path = ROUTES[0].path;
    let call = http.get(format!("{url}{path}"));
    Ok(call.header(API_KEY_HEADER, value).send().await?.status())
}
