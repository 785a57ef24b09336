//! SEC-1, proven: without any one action that the engine enforces a named scenario fails, with all
//! in place none does, and what is said not to be enforced is not.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_lambda::primitives::Blob;
use contract::{Function, Table, local};
use platform_tests::engine::Engine;
use platform_tests::least_privilege::{STAND_INS, Scenario, granted, unenforced};
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::rest::Call;
use platform_tests::socket::{Key, Socket};
use platform_tests::template::Template;
use serde_json::{Value, json};

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[(
    "least_privilege::each_action_has_a_scenario_that_fails_without_it",
    each_action,
)];

/// Of whom only the context tells interests.
const SUPPORTER: &str = "least-privilege";

/// How long a frame may take that may never come.
const FRAME: Duration = Duration::from_secs(3);

fn each_action(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Least")?;
    prepare(&platform)?;
    all_pass(&platform, "with all in place")?;
    let mut taken = Vec::new();
    for function in Function::ALL {
        let role = Role::read(&platform, function, &own_policy(&platform, function)?)?;
        for (at, action) in role.actions() {
            if unenforced(&action).is_none() {
                let scenario = Scenario::of(function);
                role.without(&[at], || fails(&platform, scenario, &action))?;
            }
            taken.push((function, action));
        }
    }
    // No grant of the committed template was passed over; a guardrail's needs a guardrail.
    let mut all: Vec<_> = granted(&Template::read("platform.yaml")?)?
        .into_iter()
        .filter(|grant| !grant.on.ends_with("HasGuardrail"))
        .map(|grant| (grant.function, grant.action))
        .collect();
    all.sort();
    taken.sort();
    ensure!(taken == all, "live: {taken:#?}\ngranted: {all:#?}");
    stand_ins(&platform)?;
    without_the_unenforced(&platform)?;
    all_pass(&platform, "with all put back")
}

/// The engine's own names for calls to the model, each taken away in turn.
fn stand_ins(platform: &Platform) -> Result<()> {
    let role = Role::read(platform, Function::PersonalizationAgent, local::POLICY)?;
    for (_, stand_in, scenario) in STAND_INS {
        let (at, action) = role
            .actions()
            .find(|(_, action)| action == stand_in)
            .with_context(|| format!("no {stand_in} in {}", local::POLICY))?;
        role.without(&[at], || fails(platform, scenario, &action))?;
    }
    Ok(())
}

/// All that the engine is said not to enforce, taken away at once: nothing may fail.
fn without_the_unenforced(platform: &Platform) -> Result<()> {
    let mut roles = Vec::new();
    for function in Function::ALL {
        let role = Role::read(platform, function, &own_policy(platform, function)?)?;
        let of_no_use = role
            .actions()
            .filter(|(_, action)| unenforced(action).is_some());
        let at: Vec<_> = of_no_use.map(|(at, _)| at).collect();
        role.put(&role.less(&at))?;
        roles.push(role);
    }
    let passed = all_pass(platform, "without what the engine does not enforce");
    for role in &roles {
        role.put(&role.document)?;
    }
    passed
}

fn all_pass(platform: &Platform, when: &str) -> Result<()> {
    for scenario in Scenario::ALL {
        play(platform, scenario, poll::PATIENCE)
            .with_context(|| format!("\"{}\" fails {when}", scenario.name()))?;
    }
    Ok(())
}

fn fails(platform: &Platform, scenario: Scenario, without: &str) -> Result<()> {
    ensure!(
        play(platform, scenario, FRAME).is_err(),
        "\"{}\" passes without {without}",
        scenario.name()
    );
    Ok(())
}

/// Where an action stands in a policy: statement, and place in its list.
type At = (usize, usize);

/// One inline policy of a function's role.
struct Role<'a> {
    platform: &'a Platform<'a>,
    name: String,
    policy: String,
    document: Value,
}

impl<'a> Role<'a> {
    fn read(platform: &'a Platform<'a>, function: Function, policy: &str) -> Result<Self> {
        let name = platform.function(function);
        let get = platform.aws.iam.get_role_policy().role_name(&name);
        let live = platform.aws.wait(get.policy_name(policy).send())?;
        let document = serde_json::from_str(&decoded(&live.policy_document)?)?;
        Ok(Self {
            platform,
            name,
            policy: policy.to_owned(),
            document,
        })
    }

    fn actions(&self) -> impl Iterator<Item = (At, String)> {
        let statements = self.document["Statement"].as_array().into_iter().flatten();
        statements.enumerate().flat_map(|(number, statement)| {
            let actions = statement["Action"].as_array().into_iter().flatten();
            actions.enumerate().map(move |(place, action)| {
                let action = action.as_str().unwrap_or_default().to_owned();
                ((number, place), action)
            })
        })
    }

    /// The document without these actions; a statement that is left with none goes as well.
    fn less(&self, taken: &[At]) -> Value {
        let mut less = self.document.clone();
        let mut number = 0;
        if let Some(statements) = less["Statement"].as_array_mut() {
            statements.retain_mut(|statement| {
                let mut place = 0;
                if let Some(actions) = statement["Action"].as_array_mut() {
                    actions.retain(|_| {
                        place += 1;
                        !taken.contains(&(number, place - 1))
                    });
                }
                number += 1;
                statement["Action"] != json!([])
            });
        }
        less
    }

    /// Does `work` while the role lacks these actions, and puts them back whatever comes of it.
    fn without(&self, taken: &[At], work: impl FnOnce() -> Result<()>) -> Result<()> {
        self.put(&self.less(taken))?;
        let done = work().with_context(|| format!("{}: {}", self.name, self.policy));
        self.put(&self.document)?;
        done
    }

    fn put(&self, document: &Value) -> Result<()> {
        let put = self.platform.aws.iam.put_role_policy();
        let put = put.role_name(&self.name).policy_name(&self.policy);
        let put = put.policy_document(document.to_string());
        self.platform.aws.wait(put.send())?;
        Ok(())
    }
}

/// The name of the only inline policy that the template gave the function's role.
fn own_policy(platform: &Platform, function: Function) -> Result<String> {
    let list = platform.aws.iam.list_role_policies();
    let list = list.role_name(platform.function(function));
    let mut names = platform.aws.wait(list.send())?.policy_names;
    names.retain(|name| name != local::POLICY);
    ensure!(names.len() == 1, "{}: {names:?}", function.name());
    names.pop().context("no policy")
}

/// IAM gives documents percent-encoded.
fn decoded(document: &str) -> Result<String> {
    let mut parts = document.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).context("half an escape")?;
        bytes.push(u8::from_str_radix(code, 16)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Ok(String::from_utf8(bytes)?)
}

fn prepare(platform: &Platform) -> Result<()> {
    platform.put_supporter(SUPPORTER)?;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = platform.aws.dynamodb.put_item();
    let put = put
        .table_name(platform.table(Table::Context))
        .item("userId", text(SUPPORTER))
        .item("version", AttributeValue::N("1".to_owned()))
        .item("summary", text("Asked about screening."))
        .item("interests", AttributeValue::L(vec![text("screening")]));
    platform.aws.wait(put.send())?;
    Ok(())
}

/// Plays a scenario; an error where it does not come out.
/// What may never come is waited for as long as `patience`.
fn play(platform: &Platform, scenario: Scenario, patience: Duration) -> Result<()> {
    match scenario {
        Scenario::Profile => profile(platform),
        Scenario::Conversation => conversation(platform),
        Scenario::PersonalisedSearch => personalised_search(platform, patience),
        Scenario::Connect => connect(platform).map(drop),
        Scenario::Disconnect => disconnect(platform),
        Scenario::Ping => ping(platform, patience),
        Scenario::Chat => chat(platform),
    }
}

fn profile(platform: &Platform) -> Result<()> {
    let answer = Call::get(platform, &format!("/profile/{SUPPORTER}")).send()?;
    ensure!(answer.status == 200, "{answer:?}");
    Ok(())
}

fn conversation(platform: &Platform) -> Result<()> {
    let turns = || platform.items_of(Table::Interactions, SUPPORTER);
    let before = turns()?;
    let message = json!({
        "userId": SUPPORTER, "message": "What is screening?", "conversationId": "least",
    });
    let answer = Call::post(platform, "/agent", &message).send()?;
    ensure!(answer.status == 200, "{answer:?}");
    ensure!(turns()? == before + 1, "the turn was not kept");
    Ok(())
}

/// Where the tables are slow, a search does without them: it is asked again.
fn personalised_search(platform: &Platform, patience: Duration) -> Result<()> {
    let query = json!({ "query": "screening", "userId": SUPPORTER });
    let mut answer = Call::post(platform, "/search", &query).send()?;
    let lifted = poll::until(patience, || {
        let results = answer.body["results"].as_array().into_iter().flatten();
        let lifted = results.into_iter().any(|hit| hit["personalised"] == true);
        if !lifted && let Ok(again) = Call::post(platform, "/search", &query).send() {
            answer = again;
        }
        lifted
    });
    ensure!(answer.status == 200 && lifted, "{answer:?}");
    Ok(())
}

fn connect(platform: &Platform) -> Result<Socket> {
    Socket::connect(platform, Some(SUPPORTER), Key::Header(platform.key()))
}

/// Straight to the function: over a socket nobody hears what comes of a disconnect.
fn disconnect(platform: &Platform) -> Result<()> {
    let id = AttributeValue::S("least-privilege-closed".to_owned());
    let table = platform.table(Table::Sessions);
    let dynamodb = &platform.aws.dynamodb;
    let put = dynamodb.put_item().table_name(&table);
    platform
        .aws
        .wait(put.item("sessionId", id.clone()).send())?;
    let event = json!({ "requestContext": {
        "connectionId": "least-privilege-closed", "eventType": "DISCONNECT",
    }});
    let invoke = platform.aws.lambda.invoke();
    let invoke = invoke.function_name(platform.function(Function::WsDisconnect));
    platform
        .aws
        .wait(invoke.payload(Blob::new(event.to_string())).send())?;
    let get = dynamodb.get_item().table_name(&table).key("sessionId", id);
    let left = platform.aws.wait(get.consistent_read(true).send())?;
    ensure!(left.item.is_none(), "the session is still there");
    Ok(())
}

fn ping(platform: &Platform, patience: Duration) -> Result<()> {
    let mut socket = connect(platform)?;
    socket.patience(patience)?;
    socket.send(r#"{"type":"ping"}"#)?;
    let pong = socket.read()?;
    ensure!(pong["type"] == "pong", "{pong}");
    Ok(())
}

fn chat(platform: &Platform) -> Result<()> {
    connect(platform)?.chat(&json!({ "message": "Hello." }).to_string())?;
    Ok(())
}
