//! The model, as Bedrock answers.

use aws_sdk_bedrock::types::{
    AgreementStatus, AuthorizationStatus, EntitlementAvailability, RegionAvailability,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::Failure;
use deploy_target::OrExplain;
use futures::join;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::clients::Clients;
use crate::doctor::finding::Finding;
use crate::doctor::model::{self, Access, Answer, Life, Profile};

/// Looks at the profile `id` and the model behind it.
pub(super) async fn look(clients: &Clients, id: &str, today: Date) -> Vec<Finding> {
    let region = clients.target.region();
    let profile = profile(clients, id).await;
    if !matches!(profile, Ok(Some(_))) {
        // What lives is asked only where something may be misspelt.
        let others = others(clients).await.unwrap_or_default();
        return vec![model::profile(id, region, &profile, &others)];
    }
    let behind = id.split_once('.').map_or(id, |(_, model)| model);
    let (life, access) = join!(life(clients, behind), access(clients, behind));
    vec![
        model::profile(id, region, &profile, &[]),
        model::life(behind, region, today, &life),
        model::access(behind, region, &access),
    ]
}

async fn profile(clients: &Clients, id: &str) -> Answer<Profile> {
    let call = clients.bedrock.get_inference_profile();
    let call = call.inference_profile_identifier(id).send().await;
    let what = format!("cannot read the inference profile {id}");
    let malformed =
        |error: &aws_sdk_bedrock::operation::get_inference_profile::GetInferenceProfileError| {
            error.code() == Some("ValidationException")
        };
    let answer = match call {
        // An id that is none, not even of one that is not there.
        Err(error) if error.as_service_error().is_some_and(malformed) => return Ok(None),
        call => call.found_or_explain(&clients.target, what)?,
    };
    Ok(answer.map(|answer| Profile {
        status: answer.status.as_str().to_owned(),
        models: answer
            .models
            .into_iter()
            .filter_map(|model| model.model_arn)
            .collect(),
    }))
}

async fn others(clients: &Clients) -> Result<Vec<String>, Failure> {
    let mut pages = clients
        .bedrock
        .list_inference_profiles()
        .into_paginator()
        .items()
        .send();
    let mut ids = Vec::new();
    while let Some(profile) = pages.next().await {
        let profile = profile.or_explain(&clients.target, "cannot list the inference profiles")?;
        ids.push(profile.inference_profile_id);
    }
    Ok(ids)
}

async fn life(clients: &Clients, id: &str) -> Answer<Life> {
    let call = clients.bedrock.get_foundation_model();
    let call = call.model_identifier(id).send().await;
    let what = format!("cannot read the model {id}");
    let answer = call.found_or_explain(&clients.target, what)?;
    let life = answer
        .and_then(|answer| answer.model_details)
        .map(|details| details.model_lifecycle);
    Ok(life.map(|life| Life {
        status: life
            .as_ref()
            .map_or("ACTIVE", |life| life.status.as_str())
            .to_owned(),
        ends: life
            .and_then(|life| life.end_of_life_time)
            .and_then(|time| Timestamp::from_second(time.secs()).ok())
            .map(|time| TimeZone::UTC.to_datetime(time).date()),
    }))
}

async fn access(clients: &Clients, id: &str) -> Answer<Access> {
    let call = clients.bedrock.get_foundation_model_availability();
    let call = call.model_id(id).send().await;
    let what = format!("cannot read who may ask {id}");
    let Some(answer) = call.found_or_explain(&clients.target, what)? else {
        return Ok(None);
    };
    let agreement = answer.agreement_availability();
    Ok(Some(Access {
        in_region: answer.region_availability == RegionAvailability::Available,
        authorized: answer.authorization_status == AuthorizationStatus::Authorized,
        subscribed: answer.entitlement_availability == EntitlementAvailability::Available
            && agreement.is_none_or(|agreement| agreement.status == AgreementStatus::Available),
        form: form(clients).await,
    }))
}

/// Whether the provider's one-time form was sent; `None` where Bedrock does not tell.
async fn form(clients: &Clients) -> Option<bool> {
    let call = clients.bedrock.get_use_case_for_model_access().send().await;
    let what = "cannot read whether the form was sent";
    match call.found_or_explain(&clients.target, what) {
        Ok(form) => Some(form.is_some()),
        Err(_) => None,
    }
}
