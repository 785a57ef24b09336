//! A template with its parameters filled in, as far as that is known without asking CloudFormation.
//! What only a deployment knows stays as `${Id}` or `${Id.Attribute}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml::{Mapping, Value as Yaml};

/// What a template is resolved with.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The parameters' values; those left out have the template's default.
    pub parameters: BTreeMap<String, String>,
    /// Account id.
    pub account: String,
    /// Region name.
    pub region: String,
    /// The stack's name.
    pub stack: String,
}

/// A resource, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its type.
    pub kind: String,
    /// Its properties; an object.
    pub properties: Value,
    /// Its attributes (`DeletionPolicy`, …) without type, properties and order; an object.
    pub attributes: Value,
}

/// Resources by logical id.
pub type Resources = BTreeMap<String, Resource>;

/// Attributes that say nothing about the resource itself.
const OTHER: [&str; 4] = ["Type", "Properties", "DependsOn", "Condition"];

/// The resources of a template that its conditions let exist.
pub fn resources(document: &Mapping, scope: &Scope) -> Resources {
    let resolver = Resolver { document, scope };
    section(document, "Resources")
        .filter_map(|(id, body)| Some((id.as_str()?, body.as_mapping()?)))
        .filter(|(_, body)| resolver.exists(body))
        .filter_map(|(id, body)| {
            let attributes = body
                .iter()
                .filter_map(|(name, value)| Some((name.as_str()?, value)))
                .filter(|(name, _)| !OTHER.contains(name))
                .map(|(name, value)| (name.to_owned(), resolver.value(value)));
            let resource = Resource {
                kind: body.get("Type")?.as_str()?.to_owned(),
                properties: body
                    .get("Properties")
                    .map_or_else(|| Value::Object(Map::new()), |value| resolver.value(value)),
                attributes: Value::Object(attributes.collect()),
            };
            Some((id.to_owned(), resource))
        })
        .collect()
}

fn section<'a>(document: &'a Mapping, name: &str) -> impl Iterator<Item = (&'a Yaml, &'a Yaml)> {
    document
        .get(name)
        .and_then(Yaml::as_mapping)
        .into_iter()
        .flatten()
}

struct Resolver<'a> {
    document: &'a Mapping,
    scope: &'a Scope,
}

impl Resolver<'_> {
    fn exists(&self, body: &Mapping) -> bool {
        let condition = body.get("Condition").and_then(Yaml::as_str);
        condition.is_none_or(|name| self.condition(name) != Some(false))
    }

    /// `None` where it cannot be told.
    fn condition(&self, name: &str) -> Option<bool> {
        self.truth(self.document.get("Conditions")?.get(name)?)
    }

    fn truth(&self, condition: &Yaml) -> Option<bool> {
        let (name, argument) = call(condition)?;
        let parts = || argument.as_sequence().into_iter().flatten();
        match name {
            "Condition" => self.condition(argument.as_str()?),
            "Fn::Equals" => {
                let [left, right] = argument.as_sequence()?.as_slice() else {
                    return None;
                };
                Some(plain(&self.value(left)) == plain(&self.value(right)))
            }
            "Fn::Not" => Some(!self.truth(argument.get(0)?)?),
            "Fn::And" => parts()
                .map(|part| self.truth(part))
                .try_fold(true, |a, b| Some(a && b?)),
            "Fn::Or" => parts()
                .map(|part| self.truth(part))
                .try_fold(false, |a, b| Some(a || b?)),
            _ => None,
        }
    }

    fn value(&self, yaml: &Yaml) -> Value {
        if let Some((name, argument)) = call(yaml)
            && let Some(value) = self.function(name, argument)
        {
            return value;
        }
        match yaml {
            Yaml::Sequence(items) => items
                .iter()
                .map(|item| self.value(item))
                .filter(|value| !value.is_null())
                .collect(),
            Yaml::Mapping(map) => map
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), self.value(value))))
                .filter(|(_, value)| !value.is_null())
                .collect::<Map<_, _>>()
                .into(),
            Yaml::Tagged(tagged) => Value::String(format!(
                "{} {}",
                tagged.tag,
                plain(&self.value(&tagged.value))
            )),
            scalar => serde_json::to_value(scalar).unwrap_or_default(),
        }
    }

    /// What an intrinsic function gives; `None` where it is none that is known here.
    fn function(&self, name: &str, argument: &Yaml) -> Option<Value> {
        match name {
            "Ref" => Some(self.reference(argument.as_str()?)),
            "Fn::GetAtt" => Some(Value::String(format!("${{{}}}", attribute(argument)?))),
            "Fn::Sub" => self.substitute(argument),
            "Fn::If" => {
                let [condition, yes, no] = argument.as_sequence()?.as_slice() else {
                    return None;
                };
                let holds = self.condition(condition.as_str()?)?;
                Some(self.value(if holds { yes } else { no }))
            }
            "Fn::Join" => {
                let list = self.value(argument.get(1)?);
                let parts: Vec<String> = list.as_array()?.iter().map(plain).collect();
                Some(parts.join(argument.get(0)?.as_str()?).into())
            }
            "Fn::Split" => {
                let at = argument.get(0)?.as_str()?;
                let text = plain(&self.value(argument.get(1)?));
                let known = !text.contains("${");
                known.then(|| text.split(at).map(Value::from).collect())
            }
            "Fn::Select" => {
                let list = self.value(argument.get(1)?);
                let index = plain(&self.value(argument.get(0)?)).parse::<usize>().ok()?;
                list.as_array()?.get(index).cloned()
            }
            _ => None,
        }
    }

    /// A parameter's or pseudo parameter's value; a resource stays `${Id}`. Null is no value.
    fn reference(&self, name: &str) -> Value {
        let scope = self.scope;
        match name {
            "AWS::NoValue" => return Value::Null,
            "AWS::AccountId" if !scope.account.is_empty() => return scope.account.clone().into(),
            "AWS::Region" if !scope.region.is_empty() => return scope.region.clone().into(),
            "AWS::StackName" if !scope.stack.is_empty() => return scope.stack.clone().into(),
            _ => {}
        }
        let Some(declared) = self
            .document
            .get("Parameters")
            .and_then(|all| all.get(name))
        else {
            return Value::String(format!("${{{name}}}"));
        };
        if declared
            .get("NoEcho")
            .is_some_and(|hidden| plain(&self.value(hidden)) == "true")
        {
            return Value::String(format!("${{{name}}}"));
        }
        let text = scope
            .parameters
            .get(name)
            .cloned()
            .or_else(|| Some(plain(&serde_json::to_value(declared.get("Default")?).ok()?)));
        let Some(text) = text else {
            return Value::String(format!("${{{name}}}"));
        };
        let kind = declared
            .get("Type")
            .and_then(Yaml::as_str)
            .unwrap_or_default();
        if kind == "CommaDelimitedList" || kind.starts_with("List<") {
            return text
                .split(',')
                .map(|item| Value::from(item.trim()))
                .collect();
        }
        text.into()
    }

    fn substitute(&self, argument: &Yaml) -> Option<Value> {
        let (text, local) = match argument {
            Yaml::Sequence(parts) => (parts.first()?.as_str()?, parts.get(1)),
            text => (text.as_str()?, None),
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else {
                break;
            };
            out.push_str(&rest[..start]);
            let name = &rest[start + 2..start + length];
            match (name.strip_prefix('!'), local.and_then(|map| map.get(name))) {
                (Some(literal), _) => out.extend(["${", literal, "}"]),
                (None, Some(value)) => out.push_str(&plain(&self.value(value))),
                (None, None) => out.push_str(&plain(&self.reference(name))),
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        Some(out.into())
    }
}

/// `{name: argument}`, where a mapping is nothing else.
fn call(yaml: &Yaml) -> Option<(&str, &Yaml)> {
    let map = yaml.as_mapping()?;
    let (name, argument) = map.iter().next()?;
    let name = name.as_str()?;
    let is_function = name == "Ref" || name == "Condition" || name.starts_with("Fn::");
    (map.len() == 1 && is_function).then_some((name, argument))
}

fn attribute(argument: &Yaml) -> Option<String> {
    if let Some(text) = argument.as_str() {
        return Some(text.to_owned());
    }
    let parts = argument.as_sequence()?;
    Some(format!(
        "{}.{}",
        parts.first()?.as_str()?,
        parts.get(1)?.as_str()?
    ))
}

/// A value as text: CloudFormation takes `200`, `'200'` and `true`, `'true'` for the same.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(yaml: &str) -> Value {
        let text = format!(
            "Parameters:\n  Prefix: {{Type: String, Default: Blue}}\n  Days: {{Type: Number}}\n  \
             Arns: {{Type: CommaDelimitedList, Default: 'a,b'}}\n  Secret: {{Type: String, NoEcho: true}}\n\
             Conditions:\n  Long: {{'Fn::Not': [{{'Fn::Equals': [{{Ref: Days}}, '7']}}]}}\n\
             Resources:\n  X:\n    Type: T\n    Properties:\n      V: {yaml}\n"
        );
        let document: Mapping = serde_yaml::from_str(&text).unwrap();
        let scope = Scope {
            parameters: BTreeMap::from([
                ("Days".to_owned(), "30".to_owned()),
                ("Secret".to_owned(), "hush".to_owned()),
            ]),
            region: "us-west-2".into(),
            ..Scope::default()
        };
        resources(&document, &scope)["X"].properties["V"].clone()
    }

    #[test]
    fn what_is_known_is_filled_in_and_the_rest_stays_readable() {
        assert_eq!(
            resolved("{'Fn::Sub': '${Prefix}-x-${AWS::Region}'}"),
            "Blue-x-us-west-2"
        );
        assert_eq!(
            resolved("{'Fn::Sub': '${Table.Arn}/${!literal}'}"),
            "${Table.Arn}/${literal}"
        );
        assert_eq!(resolved("{'Fn::GetAtt': [Table, Arn]}"), "${Table.Arn}");
        assert_eq!(resolved("{Ref: Table}"), "${Table}");
        assert_eq!(resolved("{Ref: Arns}"), serde_json::json!(["a", "b"]));
        assert_eq!(resolved("{'Fn::If': [Long, yes, no]}"), "yes");
        assert_eq!(
            resolved("{'Fn::If': [Long, {Ref: 'AWS::NoValue'}, no]}"),
            Value::Null
        );
        assert_eq!(
            resolved("{'Fn::Select': [1, {'Fn::Split': [',', 'a,b']}]}"),
            "b"
        );
        assert_eq!(
            resolved("{'Fn::Join': ['-', [a, {Ref: Prefix}]]}"),
            "a-Blue"
        );
    }

    #[test]
    fn a_hidden_parameter_is_never_filled_in() {
        assert_eq!(resolved("{Ref: Secret}"), "${Secret}");
    }

    #[test]
    fn a_function_nobody_knows_here_stays_as_it_is() {
        assert_eq!(
            resolved("{'Fn::Base64': {Ref: Prefix}}"),
            serde_json::json!({"Fn::Base64": "Blue"})
        );
    }
}
