//! `config.json`: where the page finds the platform, and with which key.

use anyhow::Context;
use contract::page::CONFIG_KEYS;
use contract::{Failure, outputs};
use deploy_target::OrExplain;
use serde_json::{Map, Value};

use crate::clients::Clients;
use crate::platform::Platform;

/// What the page is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// Base URL of the REST API.
    pub rest_api_url: String,
    /// URL of the WebSocket API.
    pub web_socket_url: String,
    /// Region of both.
    pub region: String,
    /// The value of the page's own key.
    pub api_key: String,
}

impl Config {
    /// As the page reads it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn json(&self) -> anyhow::Result<Vec<u8>> {
        let values = [
            &self.rest_api_url,
            &self.web_socket_url,
            &self.region,
            &self.api_key,
        ];
        let object: Map<String, Value> = CONFIG_KEYS
            .into_iter()
            .zip(values)
            .map(|(key, value)| (key.to_owned(), value.as_str().into()))
            .collect();
        serde_json::to_vec(&object).context("cannot write the page's configuration")
    }

    /// The origins of both APIs, which the page may connect to.
    pub fn origins(&self) -> String {
        format!(
            "{} {}",
            origin(&self.rest_api_url),
            origin(&self.web_socket_url)
        )
    }
}

/// `scheme://host:port`
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// Reads the platform's outputs, and the value of the page's key.
///
/// # Errors
/// Where the stack is older than the page, or the key cannot be read.
pub async fn config(clients: &Clients, platform: &Platform) -> Result<Config, Failure> {
    let id = platform.output(outputs::PAGE_API_KEY_ID)?;
    let call = clients.apigateway.get_api_key().api_key(id);
    let call = call.include_value(true).send().await;
    let key = call.or_explain(&clients.target, "cannot read the page's API key")?;
    Ok(Config {
        rest_api_url: platform.output(outputs::REST_API_URL)?.to_owned(),
        web_socket_url: platform.output(outputs::WEB_SOCKET_URL)?.to_owned(),
        region: clients.target.region().to_owned(),
        api_key: key.value.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_may_connect_to_both_apis_and_no_further() {
        let config = Config {
            rest_api_url: "http://127.0.0.1:9/_aws/execute-api/a/v1".into(),
            web_socket_url: "ws://127.0.0.1:9/_aws/execute-api/b/v1".into(),
            region: "us-west-2".into(),
            api_key: "k".into(),
        };
        assert_eq!(config.origins(), "http://127.0.0.1:9 ws://127.0.0.1:9");
        assert_eq!(
            String::from_utf8(config.json().unwrap()).unwrap(),
            r#"{"restApiUrl":"http://127.0.0.1:9/_aws/execute-api/a/v1","webSocketUrl":"ws://127.0.0.1:9/_aws/execute-api/b/v1","region":"us-west-2","apiKey":"k"}"#
        );
    }
}
