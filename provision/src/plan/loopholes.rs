//! What lets more through without taking anything away by name: each has to be a widening.

use serde_json::json;
use serde_yaml::Value;

use super::document::{Resource, Resources};
use super::grade::graded;
use super::mistakes::{plan_of, remove};
use super::{Action, Change, Grade, Plan, access};

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// `RESOURCE PATH` of all that widens access.
fn wider(plan: &Plan) -> Vec<String> {
    let changes = plan.graded(Grade::WidensAccess);
    let paths = changes.flat_map(|change| {
        let parts = change.properties.iter();
        let parts = parts.filter(|part| part.grade == Grade::WidensAccess);
        parts.map(|part| format!("{} {}", change.id, part.path))
    });
    paths.collect()
}

#[test]
fn another_validator_or_model_widens_access() {
    let plan = plan_of(|resources| {
        let method = &mut resources["AgentPostMethod"]["Properties"];
        method["RequestValidatorId"]["Ref"] = "ParametersValidator".into();
        method["RequestModels"]["application/json"] = "Empty".into();
    });
    assert_eq!(
        wider(&plan),
        [
            "AgentPostMethod RequestModels.application/json",
            "AgentPostMethod RequestValidatorId"
        ]
    );
}

#[test]
fn no_kind_of_authorization_is_none() {
    let plan = plan_of(|resources| {
        remove(
            resources,
            &["ConnectRoute", "Properties", "AuthorizationType"],
        );
    });
    assert_eq!(wider(&plan), ["ConnectRoute AuthorizationType"]);
    let method = |kind: Option<&str>| Resource {
        kind: "AWS::ApiGateway::Method".into(),
        properties: json!({"HttpMethod": "GET", "AuthorizationType": kind}),
        attributes: json!({}),
    };
    let mut unasked = method(None);
    if let Some(properties) = unasked.properties.as_object_mut() {
        properties.remove("AuthorizationType");
    }
    let plan = of_one(Action::Change, method(Some("AWS_IAM")), Some(unasked));
    assert_eq!(wider(&plan), ["X AuthorizationType"]);
    let asked = of_one(
        Action::Change,
        method(Some("NONE")),
        Some(method(Some("AWS_IAM"))),
    );
    assert_eq!(asked.grade, Grade::Interrupts);
}

fn of_one(action: Action, before: Resource, after: Option<Resource>) -> Plan {
    let plan = Plan::new("Blue", vec![Change::new(action, "X", &before.kind)]);
    let side = |resource: Option<Resource>| -> Resources {
        resource
            .map(|resource| ("X".to_owned(), resource))
            .into_iter()
            .collect()
    };
    graded(&plan, &side(Some(before)), &side(after))
}

#[test]
fn a_throttle_below_zero_is_none() {
    let plan = plan_of(|resources| {
        let settings = &mut resources["RestStage"]["Properties"]["MethodSettings"][0];
        settings["ThrottlingRateLimit"] = (-1).into();
        settings["ThrottlingBurstLimit"] = (-1).into();
    });
    assert_eq!(
        wider(&plan),
        [
            "RestStage MethodSettings./*.ThrottlingBurstLimit",
            "RestStage MethodSettings./*.ThrottlingRateLimit"
        ]
    );
    let stricter = plan_of(|resources| {
        let settings = &mut resources["RestStage"]["Properties"]["MethodSettings"][0];
        settings["ThrottlingRateLimit"] = 50.into();
    });
    assert_eq!(stricter.grade, Grade::Interrupts, "{stricter}");
}

#[test]
fn limits_of_one_path_or_route_widen_access() {
    let plan = plan_of(|resources| {
        let one = "{ResourcePath: /search, HttpMethod: POST, ThrottlingRateLimit: 100000}";
        let settings = &mut resources["RestStage"]["Properties"]["MethodSettings"];
        settings.as_sequence_mut().unwrap().push(yaml(one));
        resources["WebSocketStage"]["Properties"]["RouteSettings"] =
            yaml("{$default: {ThrottlingRateLimit: 100000}}");
    });
    assert_eq!(
        wider(&plan),
        [
            "RestStage MethodSettings./search.ResourcePath",
            "WebSocketStage RouteSettings.$default.ThrottlingRateLimit"
        ]
    );
}

#[test]
fn limits_of_one_route_in_a_usage_plan_that_go_or_change_widen_access() {
    let plan = |throttle: &str| Resource {
        kind: "AWS::ApiGateway::UsagePlan".into(),
        properties: serde_json::to_value(yaml(&format!(
            "ApiStages: [{{ApiId: a, Stage: v1{throttle}}}]"
        )))
        .unwrap(),
        attributes: json!({}),
    };
    let limited = ", Throttle: {/search/POST: {RateLimit: 5, BurstLimit: 5}}";
    for after in [
        "",
        ", Throttle: {/search/POST: {RateLimit: 9, BurstLimit: 5}}",
    ] {
        let plan = of_one(Action::Change, plan(limited), Some(plan(after)));
        let wider = wider(&plan);
        assert!(
            wider.contains(&"X ApiStages.0.Throttle./search/POST.RateLimit".to_owned()),
            "{wider:?}"
        );
    }
}

#[test]
fn a_policy_that_goes_takes_its_denials_with_it() {
    let policy = || Resource {
        kind: "AWS::S3::BucketPolicy".into(),
        properties: json!({"Bucket": "b", "PolicyDocument": {"Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "b",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Allow", "Principal": "p", "Action": "s3:GetObject", "Resource": "b"},
        ]}}),
        attributes: json!({}),
    };
    let removed = of_one(Action::Remove, policy(), None);
    assert_eq!(wider(&removed), ["X PolicyDocument"]);
    assert_eq!(removed.changes[0].properties.len(), 1, "{removed}");
    assert_eq!(removed.needs(), ["--allow-widening"]);
    let released = of_one(Action::Release, policy(), None);
    assert_eq!(released.grade, Grade::Interrupts);
}

#[test]
fn a_function_url_that_asks_nobody_widens_access() {
    let permission = |kind: &str| Resource {
        kind: "AWS::Lambda::Permission".into(),
        properties: json!({"Action": "lambda:InvokeFunctionUrl", "FunctionName": "f",
            "Principal": "*", "FunctionUrlAuthType": kind}),
        attributes: json!({}),
    };
    let found = access::changes(Some(&permission("AWS_IAM")), Some(&permission("NONE")));
    assert_eq!(found[0].grade, Grade::WidensAccess);
    assert_eq!(
        found[0].after,
        Some(json!(
            "* may lambda:InvokeFunctionUrl on f if FunctionUrlAuthType is NONE"
        ))
    );
}

#[test]
fn what_nobody_listed_may_lose_a_tables_data() {
    let table = || Resource {
        kind: "AWS::DynamoDB::Table".into(),
        properties: json!({}),
        attributes: json!({}),
    };
    let plan = of_one(Action::Unknown, table(), Some(table()));
    assert_eq!(plan.needs(), ["--allow-replace X"]);
}
