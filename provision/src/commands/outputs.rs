//! `provision outputs`: URLs, ids and, when asked for, the key.

use contract::{Exit, outputs};
use deploy_target::{OrExplain, TargetArgs};
use serde_json::{Map, Value};

use crate::clients::Clients;
use crate::output::print;
use crate::platform::Platform;

/// Print the stack's outputs
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Also the API key's value, which is a secret
    #[arg(long)]
    with_key: bool,
}

/// Prints them.
///
/// # Errors
/// Where there is no stack, or the key cannot be read.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let platform = Platform::read(&clients).await?;
    let key = if args.with_key {
        Some(key(&clients, &platform).await?)
    } else {
        None
    };
    let document = document(&platform, clients.target.endpoint(), key);
    if args.json {
        print(&Value::Object(document))?;
    } else {
        for (name, value) in &document {
            print(&format_args!(
                "{name}={}",
                value.as_str().unwrap_or_default()
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// The outputs in the contract's order, then what only this command adds.
fn document(
    platform: &Platform,
    endpoint: Option<String>,
    key: Option<String>,
) -> Map<String, Value> {
    let live = platform.outputs();
    let mut document: Map<String, Value> = outputs::PLATFORM
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), live.get(name)?.clone().into())))
        .collect();
    for (name, value) in live {
        document
            .entry(name.clone())
            .or_insert_with(|| value.clone().into());
    }
    document.insert(outputs::ENDPOINT_URL.to_owned(), endpoint.into());
    document.extend(key.map(|key| (outputs::API_KEY.to_owned(), key.into())));
    document
}

async fn key(clients: &Clients, platform: &Platform) -> anyhow::Result<String> {
    let id = platform.output(outputs::API_KEY_ID)?;
    let call = clients
        .apigateway
        .get_api_key()
        .api_key(id)
        .include_value(true)
        .send()
        .await;
    let answer = call.or_explain(&clients.target, "cannot read the API key")?;
    Ok(answer.value.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::apply::stack::Stack;

    use super::*;

    #[test]
    fn the_json_has_these_keys_in_this_order() {
        let outputs = outputs::PLATFORM.map(|name| (name.to_owned(), name.to_lowercase()));
        let stack = Stack {
            outputs: outputs.into(),
            ..Stack::default()
        };
        let document = document(&Platform { stack }, None, Some("secret".into()));
        insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
        {
          "RestApiUrl": "restapiurl",
          "WebSocketUrl": "websocketurl",
          "ApiKeyId": "apikeyid",
          "RestApiId": "restapiid",
          "WebSocketApiId": "websocketapiid",
          "RestUsagePlanId": "restusageplanid",
          "WebSocketUsagePlanId": "websocketusageplanid",
          "PageApiKeyId": "pageapikeyid",
          "PageAppId": "pageappid",
          "PageUrl": "pageurl",
          "Prefix": "prefix",
          "Environment": "environment",
          "ModelId": "modelid",
          "EndpointUrl": null,
          "ApiKey": "secret"
        }
        "#);
    }
}
