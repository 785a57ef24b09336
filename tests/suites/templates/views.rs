//! Small views of the templates for a reviewer: a change to the stack is a change to one of these.

use std::collections::BTreeMap;
use std::fmt::Write;

use platform_tests::template::{Resource, Template, readable, statements};
use serde_yaml::Value;

#[test]
fn outline() {
    let mut view = String::new();
    for file in ["bootstrap.yaml", "platform.yaml"] {
        writeln!(view, "{file}").unwrap();
        let template = Template::read(file).unwrap();
        for resource in template.resources() {
            let kept = resource
                .attribute("DeletionPolicy")
                .map_or(String::new(), |policy| format!("  [{policy}]"));
            // The deployment's id carries a hash of what it takes up.
            let id = if resource.kind == "AWS::ApiGateway::Deployment" {
                "RestDeployment<hash>"
            } else {
                resource.id
            };
            writeln!(view, "  {id:<34} {}{kept}", resource.kind).unwrap();
        }
    }
    insta::assert_snapshot!(view);
}

#[test]
fn iam_matrix() {
    let template = Template::read("platform.yaml").unwrap();
    let mut view = String::new();
    for role in template.of_type("AWS::IAM::Role") {
        writeln!(view, "{}", role.id).unwrap();
        for policy in role.list("Policies") {
            for (condition, statement) in statements(&policy["PolicyDocument"]) {
                let actions = readable(&statement["Action"]);
                let only_where = condition.iter().map(|it| format!(" where {it}"));
                writeln!(view, "  {actions}{}", only_where.collect::<String>()).unwrap();
                writeln!(view, "    on {}", readable(&statement["Resource"])).unwrap();
                if let Some(condition) = statement.get("Condition") {
                    writeln!(view, "    if {}", readable(condition)).unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(view);
}

#[test]
fn routes() {
    let template = Template::read("platform.yaml").unwrap();
    let paths = paths(&template);
    let mut view = String::from("REST API\n");
    for method in template.of_type("AWS::ApiGateway::Method") {
        let path = &paths[&readable(method.property("ResourceId").unwrap())];
        let text = |name| method.property(name).map(readable).unwrap_or_default();
        writeln!(
            view,
            "  {:<7} {:<18} {:<12} key {:<5} {} {}",
            text("HttpMethod"),
            path,
            text("Integration.Type"),
            text("ApiKeyRequired"),
            text("RequestValidatorId"),
            input(&method),
        )
        .unwrap();
    }
    view.push_str("WebSocket API\n");
    for route in template.of_type("AWS::ApiGatewayV2::Route") {
        let text = |name| route.property(name).map(readable).unwrap_or_default();
        writeln!(
            view,
            "  {:<12} {:<7} {:<20} key {:<5} {}",
            text("RouteKey"),
            text("AuthorizationType"),
            text("AuthorizerId"),
            text("ApiKeyRequired"),
            text("Target"),
        )
        .unwrap();
    }
    let trimmed: Vec<_> = view.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(trimmed.join("\n"));
}

fn input(method: &Resource) -> String {
    let models = method
        .property("RequestModels.application/json")
        .map(readable);
    let parameters = method
        .property("RequestParameters")
        .and_then(Value::as_mapping)
        .map(|map| {
            map.keys()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<Vec<_>>()
                .join(" ")
        });
    models.or(parameters).unwrap_or_default()
}

/// Full paths by the resource's logical id.
fn paths(template: &Template) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for resource in template.of_type("AWS::ApiGateway::Resource") {
        let parent = readable(resource.property("ParentId").unwrap());
        let before: &String = paths.entry(parent).or_default();
        let path = format!(
            "{before}/{}",
            readable(resource.property("PathPart").unwrap())
        );
        paths.insert(resource.id.to_owned(), path);
    }
    paths
}
