//! The template's conditions, decided over parameters: what a stack that is not there yet would
//! have.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

/// The document without the resources whose condition does not hold.
pub fn applied(document: &Mapping, parameters: &BTreeMap<String, String>) -> Mapping {
    let conditions = document.get("Conditions").and_then(Value::as_mapping);
    let mut document = document.clone();
    if let Some(Value::Mapping(resources)) = document.get_mut("Resources") {
        resources.retain(|_, resource| {
            let name = resource.get("Condition").and_then(Value::as_str);
            let condition = name.and_then(|name| conditions?.get(name));
            condition.is_none_or(|condition| holds(condition, parameters))
        });
    }
    document
}

fn holds(condition: &Value, parameters: &BTreeMap<String, String>) -> bool {
    let all = |name: &str| condition.get(name).and_then(Value::as_sequence);
    if let Some(sides) = all("Fn::Equals") {
        let mut sides = sides.iter().map(|side| text(side, parameters));
        return sides.next() == sides.next();
    }
    if let Some(inner) = all("Fn::Not") {
        return !inner.iter().any(|inner| holds(inner, parameters));
    }
    all("Fn::And").is_some_and(|inner| inner.iter().all(|inner| holds(inner, parameters)))
}

fn text<'a>(side: &'a Value, parameters: &'a BTreeMap<String, String>) -> Option<&'a str> {
    match side.get("Ref").and_then(Value::as_str) {
        Some(name) => parameters.get(name).map(String::as_str),
        None => side.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use contract::parameters::{PAGE_ACCESS, PAGE_ACCESSES};

    use super::*;
    use crate::stacks;

    #[test]
    fn the_page_is_in_the_plan_where_it_is_hosted() {
        let hosts = |access: &str| {
            let parameters = BTreeMap::from([(PAGE_ACCESS.to_owned(), access.to_owned())]);
            let document = applied(&stacks::platform().document(), &parameters);
            let resources = document["Resources"].as_mapping().unwrap().clone();
            ["Page", "PageBranch", "UsersTable"].map(|id| resources.contains_key(id))
        };
        assert_eq!(
            PAGE_ACCESSES.map(hosts),
            [[false, false, true], [true, true, true], [true, true, true]]
        );
    }
}
