//! `ops chat`: a chat in the terminal.

use std::io;

use contract::limits::{ID_PATTERN, is_id};
use contract::{Exit, Failure, outputs};
use deploy_target::{OrExplain, Target, TargetArgs, connect};

use crate::chat::{Address, Chat, Patience, Style, View, from_stdin};
use crate::clients::Clients;
use crate::output::note;
use crate::stack::Stack;

/// Chat with the platform as a supporter, words as they arrive
///
/// A line is a message. Piped input is sent line by line, each after the answer to the one before,
/// and ends the chat; exit code 1 when one of them got no answer. A lost connection is opened
/// again, and no message is sent twice. Ctrl-D or Ctrl-C leaves.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  cargo ops chat --user user-000001 --local")]
pub struct Args {
    /// Who chats, e.g. user-000001
    #[arg(long, value_name = "ID", value_parser = id)]
    user: String,

    /// Go on with this conversation [default: a new one]
    #[arg(long, value_name = "ID", value_parser = id)]
    conversation: Option<String>,

    /// Print every frame as a line of JSON
    #[arg(long)]
    json: bool,
}

fn id(text: &str) -> Result<String, String> {
    if is_id(text) {
        return Ok(text.to_owned());
    }
    Err(format!("an id matches {ID_PATTERN}"))
}

/// Runs the command.
///
/// # Errors
/// Where there is no platform to chat with, or the connection is lost for good.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let clients = Clients::new(&connect(&target).await);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let key = key(&clients, &stack, &target).await?;
    let address = Address::new(stack.output(outputs::WEB_SOCKET_URL)?, &args.user, &key)?;
    // Fails only where it was set before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let input = from_stdin();
    let style = if args.json {
        Style::Frames
    } else {
        Style::Words
    };
    let view = View::new(io::stdout(), style, input.interactive);
    let patience = Patience::default();
    let chat = Chat::open(address, view, args.conversation.clone(), patience).await?;
    note(&format!("connected to `{}` as {}", stack.name, args.user));
    if input.interactive {
        note("a line is a message; Ctrl-D or Ctrl-C leaves");
    }
    Ok(chat.run(input, tokio::signal::ctrl_c()).await?.exit())
}

async fn key(clients: &Clients, stack: &Stack, target: &Target) -> Result<String, Failure> {
    let read = clients
        .apigateway
        .get_api_key()
        .api_key(stack.output(outputs::API_KEY_ID)?)
        .include_value(true)
        .send()
        .await
        .or_explain(target, "cannot read the API key")?;
    read.value.ok_or_else(|| {
        Failure::new("API Gateway does not show the API key's value")
            .hint("let this principal do apigateway:GET on /apikeys, with values")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_checked_before_anything_is_asked() {
        assert_eq!(id("user-000001").unwrap(), "user-000001");
        assert!(id("-no").unwrap_err().contains(ID_PATTERN));
    }
}
