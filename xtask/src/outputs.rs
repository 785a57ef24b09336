//! What a task prints at its end: where the platform is, and what to do next.

use std::io::{self, Write};

use anyhow::Context;
use contract::rest::{API_KEY_HEADER, ROUTES};
use contract::{Failure, outputs};
use serde_json::{Map, Value};

use crate::siblings::{self, PROVISION};
use crate::target::Target;
use crate::workspace::Workspace;

/// A supporter that `ops seed` makes.
const SUPPORTER: &str = "user-000001";

/// What `provision outputs --json --with-key` says of `target`.
pub fn read(workspace: &Workspace, target: &Target) -> anyhow::Result<Map<String, Value>> {
    let mut args = target.command(&["outputs"]);
    args.extend(["--json", "--with-key"].map(str::to_owned));
    let json = siblings::stdout(workspace, PROVISION, &args)?;
    serde_json::from_slice(&json).context("cannot read what `provision outputs` printed")
}

/// Prints URLs (the page's where there is one), key, a request that works as pasted, and the next commands.
pub fn print(
    outputs: &Map<String, Value>,
    page: Option<&str>,
    next: &[(String, &str)],
) -> anyhow::Result<()> {
    write(&text(outputs, page, next)?)
}

/// Prints data as it is.
pub fn write(text: &str) -> anyhow::Result<()> {
    io::stdout()
        .write_all(text.as_bytes())
        .context("cannot print the outputs")
}

fn text(
    outputs: &Map<String, Value>,
    page: Option<&str>,
    next: &[(String, &str)],
) -> anyhow::Result<String> {
    let rest = value(outputs, outputs::REST_API_URL)?;
    let socket = value(outputs, outputs::WEB_SOCKET_URL)?;
    let key = value(outputs, outputs::API_KEY)?;
    let path = ROUTES[1].path.replace("{userId}", SUPPORTER);
    let width = next
        .iter()
        .map(|(command, _)| command.len())
        .max()
        .unwrap_or_default();
    let next: Vec<String> = next
        .iter()
        .map(|(command, what)| format!("  {command:<width$}  {what}\n"))
        .collect();
    let next = next.concat();
    let page = page
        .map(|url| format!("Page           {url}\n"))
        .unwrap_or_default();
    Ok(format!(
        "\n{page}REST API       {rest}\nWebSocket API  {socket}\nAPI key        {key}\n\n\
         Try it:\n  curl -H '{API_KEY_HEADER}: {key}' '{rest}{path}'\n\nNext:\n{next}"
    ))
}

fn value<'a>(outputs: &'a Map<String, Value>, name: &str) -> Result<&'a str, Failure> {
    outputs
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::new(format!("`provision outputs` did not say {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs() -> Map<String, Value> {
        [
            (outputs::REST_API_URL, "http://h/v1"),
            (outputs::WEB_SOCKET_URL, "ws://h/v1"),
            (outputs::API_KEY, "secret"),
        ]
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .into_iter()
        .collect()
    }

    #[test]
    fn the_end_has_urls_key_a_request_and_the_next_commands() {
        let next = [
            ("cargo xtask down".to_owned(), "stop"),
            ("cargo ops".to_owned(), "look"),
        ];
        assert_eq!(
            text(&outputs(), Some("http://p/"), &next).unwrap(),
            "
Page           http://p/
REST API       http://h/v1
WebSocket API  ws://h/v1
API key        secret

Try it:
  curl -H 'x-api-key: secret' 'http://h/v1/profile/user-000001'

Next:
  cargo xtask down  stop
  cargo ops         look
"
        );
    }

    #[test]
    fn a_missing_output_is_named() {
        let mut outputs = outputs();
        outputs.remove(outputs::API_KEY);
        assert_eq!(
            text(&outputs, None, &[]).unwrap_err().to_string(),
            "`provision outputs` did not say ApiKey"
        );
    }
}
