//! What the real functions make of services that fail: the answer is the contract's, and nothing is
//! half written.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use contract::Table;
use platform_tests::harness::{Bedrock, Chats, Fault, FaultyProxy, Gate, Script};
use platform_tests::platform::Platform;
use platform_tests::poll;
use serde_json::{Value, json};

use crate::chats::{LASTS, message, nothing_written, whole};
use crate::harness::{agent_at, ask};
use crate::{Look, in_turn};

pub const TESTS: &[(&str, Look)] = &[
    (
        "downstream::a_table_that_fails_is_an_internal_error",
        tables_fail,
    ),
    (
        "downstream::a_transaction_that_met_another_is_written_once",
        contended,
    ),
    ("downstream::a_failing_model_is_asked_again", model_fails),
    ("downstream::fifty_writers_lose_no_version", fifty_writers),
    (
        "downstream::a_lease_whose_answer_was_lost_is_ones_own",
        lease,
    ),
    (
        "downstream::a_frame_whose_answer_was_lost_is_not_sent_again",
        frame,
    ),
];

const PATIENCE: Duration = Duration::from_mins(1);

/// A transaction that was cancelled for `reason`, at its last item.
fn cancelled(reason: &str) -> Fault {
    let reasons = ["None", "None", reason].map(|code| json!({ "Code": code }));
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    Fault::Answer(400, body.to_string().into_bytes())
}

fn tables_fail(platform: &Platform) -> Result<()> {
    let faults = [
        ("throttled", Fault::Throttle),
        ("reset", Fault::Reset),
        ("failing", Fault::Answer(500, b"{}".to_vec())),
        ("malformed", Fault::Answer(200, b"<html>".to_vec())),
    ];
    let bedrock = &Bedrock::answering()?;
    thread::scope(|scope| {
        let threads = faults.map(|(name, fault)| {
            scope.spawn(move || under(platform, bedrock, name, &fault).context(name))
        });
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| anyhow!("it panicked"))?)
    })
}

/// Each of the agent's calls to its tables fails in turn.
fn under(platform: &Platform, bedrock: &Bedrock, name: &str, fault: &Fault) -> Result<()> {
    let user = &format!("downstream-{name}");
    platform.put_supporter(user)?;
    let proxy = FaultyProxy::start(platform.endpoint())?;
    let agent = agent_at(platform, bedrock.url(), proxy.url(), 1)?;
    for operation in ["GetItem", "Query", "TransactWriteItems"] {
        let fault = fault.clone();
        proxy.set(move |call| {
            if call.kind == operation {
                fault.clone()
            } else {
                Fault::None
            }
        });
        let answer = agent.invoke(ask(user, "hello", user), PATIENCE)?;
        let code = answer["body"]
            .as_str()
            .unwrap_or_default()
            .contains(r#""internal""#);
        ensure!(answer["statusCode"] == 500 && code, "{operation}: {answer}");
        ensure!(proxy.count(operation) > 0, "{operation} was not called");
        nothing_written(platform, user)?;
    }
    proxy.set(|_| Fault::None);
    let answer = agent.invoke(ask(user, "hello", user), PATIENCE)?;
    ensure!(answer["statusCode"] == 200, "{answer}\n{}", agent.logged());
    Ok(())
}

fn contended(platform: &Platform) -> Result<()> {
    let user = "downstream-contended";
    platform.put_supporter(user)?;
    let proxy = FaultyProxy::start(platform.endpoint())?;
    let bedrock = Bedrock::answering()?;
    let agent = agent_at(platform, bedrock.url(), proxy.url(), 1)?;
    proxy.set(|call| match (call.kind, call.nth) {
        ("TransactWriteItems", 1) => cancelled("TransactionConflict"),
        ("TransactWriteItems", 2) => cancelled("ThrottlingError"),
        // Written, and nobody hears of it: the same token makes the next attempt the same write.
        ("TransactWriteItems", 3) => Fault::Lost,
        _ => Fault::None,
    });
    let answer = agent.invoke(ask(user, "hello", user), PATIENCE)?;
    ensure!(answer["statusCode"] == 200, "{answer}\n{}", agent.logged());
    let calls = proxy.count("TransactWriteItems");
    ensure!(calls >= 4, "{calls} transactions");
    for table in [Table::Context, Table::Interactions] {
        let items = platform.items_of(table, user)?;
        ensure!(items == 1, "{items} items in {table:?}");
    }
    Ok(())
}

fn model_fails(platform: &Platform) -> Result<()> {
    let user = "downstream-model";
    platform.put_supporter(user)?;
    let bedrock = Bedrock::answering()?;
    let model = FaultyProxy::start(&bedrock.url())?;
    let agent = agent_at(platform, model.url(), platform.endpoint().to_owned(), 1)?;
    // What stands before the service answers in a form of its own, or not at all.
    model.set(|call| match call.nth {
        1 => Fault::Answer(502, b"<html>".to_vec()),
        2 => Fault::Reset,
        3 => Fault::Answer(200, b"<html>".to_vec()),
        _ => Fault::None,
    });
    let answer = agent.invoke(ask(user, "hello", user), PATIENCE)?;
    ensure!(answer["statusCode"] == 200, "{answer}\n{}", agent.logged());
    ensure!(bedrock.asked().len() == 1, "{:?}", bedrock.asked());
    // What the service itself refuses, it would refuse again.
    model.set(|_| {
        let refusal = br#"{"__type":"ValidationException","message":"no"}"#;
        Fault::Answer(400, refusal.to_vec())
    });
    let answer = agent.invoke(ask(user, "hello", user), PATIENCE)?;
    ensure!(answer["statusCode"] == 500, "{answer}");
    ensure!(
        model.count("POST other") == 1,
        "{} calls",
        model.count("POST other")
    );
    let turns = platform.items_of(Table::Interactions, user)?;
    ensure!(turns == 1, "{turns} turns");
    Ok(())
}

/// All have their answer from the model before the first may write.
fn fifty_writers(platform: &Platform) -> Result<()> {
    const WRITERS: usize = 50;
    let _turn = in_turn();
    let user = "downstream-writers";
    platform.put_supporter(user)?;
    let gate = Gate::default();
    let bedrock = Bedrock::playing(Script::saying(&["Well."]).held_after(0, &gate))?;
    let endpoint = platform.endpoint().to_owned();
    let agent = agent_at(platform, bedrock.url(), endpoint, WRITERS)?;
    let begun = (0..WRITERS)
        .map(|number| {
            let conversation = format!("writer-{number}");
            agent.begin(
                ask(user, &format!("words {number}"), &conversation),
                PATIENCE,
            )
        })
        .collect::<Result<Vec<_>>>()?;
    let all_asked = poll::until(poll::PATIENCE, || bedrock.asked().len() == WRITERS);
    gate.open();
    ensure!(
        all_asked,
        "{} asked\n{}",
        bedrock.asked().len(),
        agent.logged()
    );
    let mut told = BTreeSet::new();
    for answer in begun {
        let answer = agent.wait(answer, PATIENCE)?;
        ensure!(answer["statusCode"] == 200, "{answer}\n{}", agent.logged());
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())?;
        told.insert(body["contextVersion"].as_u64().context("no version")?);
    }
    let expected: Vec<u64> = (1..=WRITERS as u64).collect();
    ensure!(told.iter().eq(&expected), "{told:?}");
    let versions: Vec<u64> = platform
        .partition(Table::Context, user)?
        .iter()
        .filter_map(|context| context.get("version")?.as_n().ok()?.parse().ok())
        .collect();
    ensure!(versions == expected, "{versions:?}");
    let turns = platform.items_of(Table::Interactions, user)?;
    ensure!(turns == WRITERS, "{turns} turns");
    Ok(())
}

fn lease(platform: &Platform) -> Result<()> {
    let name = "downstream-lease";
    let script = Script::saying(&["Here ", "it is."]);
    let (chats, between) = Chats::start_between(platform, script, 1)?;
    chats.supporter(name)?;
    chats.open(name, name, LASTS)?;
    between.tables.set(|call| match (call.kind, call.nth) {
        ("UpdateItem", 1) => Fault::Lost,
        _ => Fault::None,
    });
    let heard = chats.say(name, &message("m-1"))?;
    whole(&heard, "Here it is.").with_context(|| chats.logged())?;
    ensure!(
        between.tables.count("UpdateItem") == 3,
        "taken twice, given back once"
    );
    Ok(())
}

fn frame(platform: &Platform) -> Result<()> {
    let name = "downstream-frame";
    let script = Script::counting(20).every(Duration::from_millis(100));
    let (chats, between) = Chats::start_between(platform, script, 2)?;
    chats.supporter(name)?;
    chats.open(name, name, LASTS)?;
    // The start, a delta, and one whose answer does not come.
    between.clients.set(|call| match call.nth {
        3 => Fault::Lost,
        _ => Fault::None,
    });
    let heard = chats.say(name, &message("m-1"))?;
    let kinds: Vec<&str> = heard
        .iter()
        .filter_map(|heard| heard.frame["type"].as_str())
        .collect();
    ensure!(
        kinds == ["start", "delta", "delta", "error"],
        "{kinds:?}\n{}",
        chats.logged()
    );
    ensure!(
        heard[1].frame["text"] != heard[2].frame["text"],
        "{heard:?}"
    );
    ensure!(heard[3].frame["code"] == "internal", "{heard:?}");
    let contexts = platform.items_of(Table::Context, name)?;
    ensure!(contexts == 0, "{contexts} contexts");
    Ok(())
}
