//! REST-1 to REST-4: the four routes, as a client calls them.

use contract::ErrorCode;
use contract::outputs::MODEL_ID;
use contract::schema::CONTENT_KINDS;
use serde_json::{Value, json};

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same, shape};
use crate::smoke::ctx::Ctx;
use crate::smoke::http::Key;
use crate::smoke::supporter::Supporter;

pub(super) const CHECKS: &[Check] = &[
    check("REST-1", "profile by query", |ctx| Box::pin(by_query(ctx))),
    check("REST-1", "unknown supporter", |ctx| {
        Box::pin(unknown_profile(ctx))
    }),
    check("REST-2", "profile by path", |ctx| Box::pin(by_path(ctx))),
    check("REST-3", "agent turn", |ctx| Box::pin(agent(ctx))),
    check("REST-3", "unknown supporter", |ctx| {
        Box::pin(unknown_to_agent(ctx))
    }),
    check("REST-4", "search", |ctx| Box::pin(search(ctx))),
    check("REST-4", "kind and limit", |ctx| {
        Box::pin(search_of_a_kind(ctx))
    }),
];

const NOBODY: &str = "smoke-nobody";

async fn by_query(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let answer = ctx
        .get("/profile", &[("userId", &supporter.user_id)], Key::Valid)
        .await?;
    profile(answer.ok()?, &supporter)
}

async fn by_path(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let path = format!("/profile/{}", supporter.user_id);
    let answer = ctx.get(&path, &[], Key::Valid).await?;
    profile(answer.ok()?, &supporter)
}

/// The profile of a supporter as they were written.
fn profile(body: &Value, supporter: &Supporter) -> Outcome {
    let parts = [
        ("profile", "object"),
        ("donations", "array"),
        ("donationSummary", "object"),
        ("context", "object?"),
    ];
    shape("the body", body, &parts)?;
    same("profile", &body["profile"], &supporter.user)?;
    let gifts = body["donations"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let gift = [
        ("donationId", "string"),
        ("amount", "integer"),
        ("currency", "string"),
        ("donatedAt", "string"),
        ("campaign", "string?"),
        ("recurring", "bool"),
    ];
    gifts
        .iter()
        .try_for_each(|donation| shape("a donation", donation, &gift))?;
    let dates: Vec<&str> = gifts
        .iter()
        .filter_map(|gift| gift["donatedAt"].as_str())
        .collect();
    ensure(dates.is_sorted_by(|a, b| a >= b), || {
        "donations are not newest first".to_owned()
    })?;
    let summary = json!({
        "count": gifts.len(), "total": {"GBP": supporter.total}, "lastDonatedAt": dates.first(),
    });
    same("donationSummary", &body["donationSummary"], &summary)?;
    let context = [
        ("version", "integer"),
        ("summary", "string"),
        ("interests", "array"),
        ("updatedAt", "string"),
    ];
    shape("context", &body["context"], &context)?;
    Ok(Evidence::new(format!(
        "200: the profile as written, {} donations of {} pence, context version {}",
        gifts.len(),
        supporter.total,
        body["context"]["version"]
    )))
}

async fn unknown_profile(ctx: &Ctx) -> Outcome {
    let answer = ctx
        .get("/profile", &[("userId", NOBODY)], Key::Valid)
        .await?;
    let message = answer.error(ErrorCode::UserNotFound)?;
    Ok(Evidence::new(format!("404 user_not_found: {message}")))
}

async fn agent(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let body = json!({"userId": supporter.user_id, "message": "What is screening for?"});
    let answer = ctx.post("/agent", &body, Key::Valid).await?;
    turn(answer.ok()?)
}

/// What `POST /agent` answers.
pub(super) const TURN: [(&str, &str); 7] = [
    ("reply", "string"),
    ("conversationId", "string"),
    ("model", "string"),
    ("contextVersion", "integer"),
    ("recommendations", "array"),
    ("usage", "object"),
    ("latencyMs", "integer"),
];

fn turn(body: &Value) -> Outcome {
    shape("the body", body, &TURN)?;
    let tokens = [("inputTokens", "integer"), ("outputTokens", "integer")];
    shape("usage", &body["usage"], &tokens)?;
    let reply = body["reply"].as_str().unwrap_or_default();
    ensure(!reply.trim().is_empty(), || "the reply is empty".to_owned())?;
    let items = body["recommendations"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let item = [("id", "string"), ("kind", "string"), ("title", "string")];
    items
        .iter()
        .try_for_each(|recommended| shape("a recommendation", recommended, &item))?;
    Ok(Evidence::new(format!(
        "200: a reply of {} characters, context version {}, {} + {} tokens, {} recommendations, \
         {} ms",
        reply.chars().count(),
        body["contextVersion"],
        body["usage"]["inputTokens"],
        body["usage"]["outputTokens"],
        items.len(),
        body["latencyMs"]
    )))
}

async fn unknown_to_agent(ctx: &Ctx) -> Outcome {
    let body = json!({"userId": NOBODY, "message": "Hello"});
    let answer = ctx.post("/agent", &body, Key::Valid).await?;
    let message = answer.error(ErrorCode::UserNotFound)?;
    Ok(Evidence::new(format!("404 user_not_found: {message}")))
}

async fn search(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let body = json!({"query": "screening", "userId": supporter.user_id});
    let answer = ctx.post("/search", &body, Key::Valid).await?;
    let results = results(answer.ok()?)?;
    let first = present("a result for `screening`", results.first())?;
    let lifted = results
        .iter()
        .filter(|result| result["personalised"] == true)
        .count();
    ensure(lifted > 0, || {
        "no result is personalised for someone who likes screening".to_owned()
    })?;
    Ok(Evidence::new(format!(
        "200: {} of {} results, {lifted} personalised, the first: {}",
        results.len(),
        answer.body["total"],
        first["title"]
    )))
}

async fn search_of_a_kind(ctx: &Ctx) -> Outcome {
    let mut said = Vec::new();
    for kind in CONTENT_KINDS {
        let body = json!({"query": "cancer", "kind": kind, "limit": 2, "userId": NOBODY});
        let answer = ctx.post("/search", &body, Key::Valid).await?;
        let results = results(answer.ok()?)?;
        ensure(!results.is_empty() && results.len() <= 2, || {
            format!("limit 2 gives {} results of kind {kind}", results.len())
        })?;
        for result in results {
            same(
                "the kind of a result",
                &result["kind"].as_str(),
                &Some(*kind),
            )?;
            same(
                "personalised for nobody",
                &result["personalised"],
                &json!(false),
            )?;
        }
        said.push(format!(
            "{} of {} of kind {kind}",
            results.len(),
            answer.body["total"]
        ));
    }
    Ok(Evidence::new(format!("200: {}", said.join(", "))))
}

/// The results of a search, each of the contract's shape, best first.
fn results(body: &Value) -> Result<&[Value], Finding> {
    let fields = [
        ("results", "array"),
        ("total", "integer"),
        ("facets", "object"),
        ("tookMs", "integer"),
    ];
    shape("the body", body, &fields)?;
    shape(
        "facets",
        &body["facets"],
        &[("kind", "object"), ("topic", "object")],
    )?;
    let results = body["results"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for result in results {
        let fields = [
            ("id", "string"),
            ("kind", "string"),
            ("title", "string"),
            ("summary", "string"),
            ("highlights", "array"),
            ("url", "string"),
            ("score", "number"),
            ("personalised", "bool"),
        ];
        shape("a result", result, &fields)?;
        highlights(result)?;
    }
    let scores: Vec<f64> = results
        .iter()
        .filter_map(|result| result["score"].as_f64())
        .collect();
    ensure(scores.is_sorted_by(|a, b| a >= b), || {
        "results are not best first".to_owned()
    })?;
    let total = body["total"].as_u64().unwrap_or_default();
    ensure(total >= results.len() as u64, || {
        format!("total {total} is less than the results")
    })?;
    Ok(results)
}

/// Pairs of offsets into the summary, in characters.
fn highlights(result: &Value) -> Result<(), Finding> {
    let length = result["summary"]
        .as_str()
        .map_or(0, |text| text.chars().count() as u64);
    for highlight in result["highlights"].as_array().into_iter().flatten() {
        let offset = |index: usize| highlight[index].as_u64().unwrap_or(u64::MAX);
        let (start, end) = (offset(0), offset(1));
        ensure(start < end && end <= length, || {
            format!("highlight {highlight} is outside a summary of {length} characters")
        })?;
    }
    Ok(())
}

/// The model that the stack says it asks.
pub(super) fn configured_model(ctx: &Ctx) -> Result<&str, Finding> {
    ctx.output(MODEL_ID)
}
