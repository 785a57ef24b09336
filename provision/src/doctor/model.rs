//! The model: whether its profile is there, where it routes to, how long it lives, who may ask it.

use contract::{Failure, model};
use jiff::civil::Date;

use super::finding::Finding;

/// What a service says of a thing: `None` where it knows none of that name.
pub(super) type Answer<T> = Result<Option<T>, Failure>;

/// An inference profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Profile {
    /// `ACTIVE`
    pub status: String,
    /// ARNs of the model, one for each region that it routes to.
    pub models: Vec<String>,
}

/// A foundation model's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Life {
    /// `ACTIVE` or `LEGACY`.
    pub status: String,
    /// When it ends, where that is known.
    pub ends: Option<Date>,
}

/// What the account may do with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// Whether the region has it.
    pub in_region: bool,
    /// Whether the account is authorised for it.
    pub authorized: bool,
    /// Whether its agreement is accepted, so that the account is entitled to it.
    pub subscribed: bool,
    /// Whether the provider's one-time form was sent; `None` where that is not known.
    pub form: Option<bool>,
}

/// Days before a model's end that a deployment warns.
const NOTICE_DAYS: i32 = 180;

const LEGACY: &str = "a legacy model gets no new quota, and may be refused to new accounts";

fn another(region: &str) -> String {
    format!(
        "see what lives: aws bedrock list-inference-profiles --region {region}; then deploy with \
         --model-id ID"
    )
}

/// Whether the profile is there, and routes only where the agent's role is granted the model.
///
/// `others` are the ids that do live, for a misspelt one.
pub(super) fn profile(
    id: &str,
    region: &str,
    answer: &Answer<Profile>,
    others: &[String],
) -> Finding {
    let look = "model";
    let profile = match answer {
        Err(failure) => return Finding::unread(look, failure),
        Ok(None) => return unknown(id, region, others),
        Ok(Some(profile)) => profile,
    };
    if profile.status != "ACTIVE" {
        return Finding::error(look, format!("the profile {id} is {}", profile.status))
            .because("Bedrock answers only through profiles that are ACTIVE")
            .next(another(region));
    }
    let granted = model::foundation_model_arns(id);
    let missing: Vec<&str> = profile
        .models
        .iter()
        .filter(|arn| !granted.contains(arn))
        .map(|arn| region_of(arn))
        .collect();
    if !missing.is_empty() {
        return Finding::error(
            look,
            format!(
                "{id} routes to {}, where the agent has no rights",
                missing.join(", ")
            ),
        )
        .because("the regions of this profile group changed; calls routed there would be refused")
        .next("add them to PROFILE_GROUPS in runtime/contract/src/model.rs, then deploy");
    }
    let regions: Vec<&str> = profile.models.iter().map(|arn| region_of(arn)).collect();
    Finding::ok(
        look,
        format!("{id} routes to {}, all granted", regions.join(", ")),
    )
}

fn unknown(id: &str, region: &str, others: &[String]) -> Finding {
    let finding = Finding::error(
        "model",
        format!("Bedrock knows no inference profile `{id}` in {region}"),
    );
    match nearest(id, others) {
        Some(other) => finding
            .because(format!("it may be misspelt: `{other}` is near"))
            .next(format!("deploy with --model-id {other}")),
        None => finding
            .because("it is misspelt, of another region, or has reached its end of life")
            .next(another(region)),
    }
}

/// `arn:aws:bedrock:us-east-1::foundation-model/…` to `us-east-1`.
fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or(arn)
}

/// The id that differs least, where it differs in few letters.
fn nearest<'a>(id: &str, others: &'a [String]) -> Option<&'a str> {
    let distances = others.iter().map(|other| (distance(id, other), other));
    let (distance, other) = distances.min()?;
    (distance <= 4).then_some(other.as_str())
}

/// Letters to change, add or leave out, to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, there) in row.iter_mut().skip(1).zip(&other) {
            let change = diagonal + usize::from(letter != *there);
            diagonal = *cell;
            left = change.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// How long the model behind the profile lives.
pub(super) fn life(id: &str, region: &str, today: Date, answer: &Answer<Life>) -> Finding {
    let look = "model's life";
    let life = match answer {
        Err(failure) => return Finding::unread(look, failure),
        Ok(None) => {
            return Finding::error(look, format!("Bedrock knows no model {id}"))
                .because("it has reached its end of life, or never was")
                .next(another(region));
        }
        Ok(Some(life)) => life,
    };
    let status = life.status.to_lowercase();
    let Some(end) = life.ends else {
        let found = format!("{id} is {status}, without an end yet");
        return match status.as_str() {
            "active" => Finding::ok(look, found),
            _ => Finding::warning(look, found)
                .because(LEGACY)
                .next(another(region)),
        };
    };
    let found = format!("{id} is {status} and ends on {end}");
    match (end - today).get_days() {
        ..=0 => Finding::error(look, format!("{id} ended on {end}"))
            .because("calls answer ResourceNotFoundException")
            .next(another(region)),
        1..NOTICE_DAYS => Finding::warning(look, found)
            .because("after that, calls are refused")
            .next(another(region)),
        _ if status == "active" => Finding::ok(look, found),
        _ => Finding::warning(look, found)
            .because(LEGACY)
            .next(another(region)),
    }
}

/// Whether the account may ask the model.
pub(super) fn access(id: &str, region: &str, answer: &Answer<Access>) -> Finding {
    let look = "model access";
    let access = match answer {
        Err(failure) => return Finding::unread(look, failure),
        Ok(None) => {
            return Finding::warning(look, format!("Bedrock knows no model {id}"))
                .because(
                    "it has reached its end of life, or never was; who may ask it is not known",
                )
                .next(another(region));
        }
        Ok(Some(access)) => access,
    };
    if !access.in_region {
        return Finding::error(look, format!("{id} is not offered in {region}"))
            .because(
                "Bedrock offers each model in some regions only; calls from this one are refused",
            )
            .next(another(region));
    }
    if !access.authorized {
        return Finding::warning(look, format!("this account is not authorised for {id}"))
            .because("the agent's calls will be refused")
            .next(format!(
                "ask those who run the organisation, a policy of theirs may shut models out; then \
                 look again: aws bedrock get-foundation-model-availability --model-id {id} --region \
                 {region}"
            ));
    }
    unagreed(id, region, *access)
        .unwrap_or_else(|| Finding::ok(look, format!("this account may ask {id}")))
}

/// What the account has not told or accepted yet, once for all.
fn unagreed(id: &str, region: &str, access: Access) -> Option<Finding> {
    let look = "model access";
    let console = format!(
        "https://{region}.console.aws.amazon.com/bedrock/home?region={region}#/model-catalog"
    );
    if access.form == Some(false) {
        let finding = Finding::warning(
            look,
            "the one-time form of the model's provider was not sent",
        )
        .because(
            "the agent's calls are refused until the account has said what it uses the models for",
        )
        .next(format!(
            "send it, once for the account: open the model in {console}"
        ));
        return Some(finding);
    }
    (!access.subscribed).then(|| {
        Finding::warning(look, format!("{id} has not been subscribed to yet"))
            .because(
                "the first call by a principal with AWS Marketplace rights does it; the agent's \
                 role has none",
            )
            .next(format!(
                "ask the model one question in the playground: {console}"
            ))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::finding::Severity;
    use super::*;

    const ID: &str = "us.anthropic.claude-sonnet-4-6";

    fn routed(regions: &[&str]) -> Profile {
        let arn = |region: &&str| {
            format!("arn:aws:bedrock:{region}::foundation-model/anthropic.claude-sonnet-4-6")
        };
        Profile {
            status: "ACTIVE".into(),
            models: regions.iter().map(arn).collect(),
        }
    }

    #[test]
    fn a_misspelt_model_is_an_error_that_names_the_near_one() {
        let others = [ID.to_owned(), "us.anthropic.claude-opus-4-6".to_owned()];
        let finding = profile(
            "us.anthropic.claude-sonet-4-6",
            "us-west-2",
            &Ok(None),
            &others,
        );
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.next.as_deref(),
            Some("deploy with --model-id us.anthropic.claude-sonnet-4-6")
        );
        let other = profile("us.amazon.nova", "us-west-2", &Ok(None), &others);
        assert!(other.cause.unwrap().contains("end of life"));
    }

    #[test]
    fn a_distance_counts_letters() {
        assert_eq!(distance("sonet", "sonnet"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }

    #[test]
    fn a_region_outside_the_grants_is_an_error() {
        let look = |routes| profile(ID, "us-west-2", &Ok(Some(routes)), &[]);
        assert_eq!(
            look(routed(&["us-east-1", "us-west-2"])).severity,
            Severity::Ok
        );
        let wider = look(routed(&["us-east-1", "ca-central-1"]));
        assert_eq!(wider.severity, Severity::Error);
        assert!(wider.found.contains("routes to ca-central-1"), "{wider:?}");
        let inactive = Profile {
            status: "INACTIVE".into(),
            ..routed(&["us-east-1"])
        };
        assert_eq!(look(inactive).severity, Severity::Error);
    }

    #[test]
    fn what_cannot_be_read_is_a_warning_with_its_cause() {
        let denied = Failure::new("cannot read the profile")
            .because("AccessDenied")
            .hint("ask");
        let finding = profile(ID, "us-west-2", &Err(denied), &[]);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.cause.as_deref(), Some("AccessDenied"));
    }

    #[test]
    fn a_model_near_its_end_warns_and_a_dead_one_stops() {
        let today = date(2026, 11, 23);
        let look = |status: &str, ends| {
            let answer = Ok(Some(Life {
                status: status.into(),
                ends,
            }));
            life("anthropic.claude-sonnet-4-6", "us-west-2", today, &answer).severity
        };
        assert_eq!(look("ACTIVE", None), Severity::Ok);
        assert_eq!(look("ACTIVE", Some(date(2028, 1, 1))), Severity::Ok);
        assert_eq!(look("ACTIVE", Some(date(2027, 1, 1))), Severity::Warning);
        assert_eq!(look("LEGACY", Some(date(2028, 1, 1))), Severity::Warning);
        assert_eq!(look("LEGACY", None), Severity::Warning);
        assert_eq!(look("LEGACY", Some(today)), Severity::Error);
        assert_eq!(look("ACTIVE", Some(date(2026, 3, 1))), Severity::Error);
        assert_eq!(
            life("x", "us-west-2", today, &Ok(None)).severity,
            Severity::Error
        );
    }

    #[test]
    fn access_says_which_step_is_missing() {
        let all = Access {
            in_region: true,
            authorized: true,
            subscribed: true,
            form: Some(true),
        };
        let look = |access: Access| access_of(access);
        assert_eq!(look(all).severity, Severity::Ok);
        assert_eq!(look(Access { form: None, ..all }).severity, Severity::Ok);
        let form = look(Access {
            form: Some(false),
            ..all
        });
        assert!(form.found.contains("one-time form"), "{form:?}");
        let agreement = look(Access {
            subscribed: false,
            ..all
        });
        assert!(agreement.found.contains("subscribed"), "{agreement:?}");
        let region = look(Access {
            in_region: false,
            ..all
        });
        assert_eq!(region.severity, Severity::Error);
        let unknown = access("x", "us-west-2", &Ok(None));
        assert!(unknown.next.unwrap().contains("list-inference-profiles"));
    }

    fn access_of(of: Access) -> Finding {
        access("anthropic.claude-sonnet-4-6", "us-west-2", &Ok(Some(of)))
    }
}
