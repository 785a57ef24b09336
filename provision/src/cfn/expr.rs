//! Values of properties: literals and intrinsic functions.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Handle, Resource};

/// A property's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A literal string.
    Text(String),
    /// A literal number.
    Number(u32),
    /// A literal truth value.
    Bool(bool),
    /// `Ref`: a parameter, pseudo parameter or resource.
    Ref(String),
    /// `Fn::GetAtt`
    GetAtt(String, &'static str),
    /// `Fn::Sub`, made by [`sub!`].
    Sub(String),
    /// `Fn::Join`
    Join(String, Box<Expr>),
    /// `Fn::Split`: a list.
    Split(String, Box<Expr>),
    /// `Fn::Select`
    Select(u32, Box<Expr>),
    /// `Fn::If`, on a declared condition.
    If(&'static str, Box<Expr>, Box<Expr>),
    /// A list of values.
    List(Vec<Expr>),
    /// `AWS::NoValue`: as if the property were left out.
    NoValue,
}

impl Expr {
    /// `Ref` to a parameter.
    pub fn parameter(name: impl Into<String>) -> Self {
        Self::Ref(name.into())
    }

    /// `Fn::If`
    pub fn when(condition: &'static str, yes: impl Into<Self>, no: impl Into<Self>) -> Self {
        Self::If(condition, Box::new(yes.into()), Box::new(no.into()))
    }

    /// The parts one after the other: a `Fn::Sub` where each part can stand in one, else a
    /// `Fn::Join`.
    pub fn concat(parts: Vec<Self>) -> Self {
        match parts.iter().map(Self::in_sub).collect::<Option<String>>() {
            Some(text) => Self::Sub(text),
            None => Self::Join(String::new(), Box::new(Self::List(parts))),
        }
    }

    /// A text of ours whose placeholders (`${Prefix}`) are meant: a `Fn::Sub`.
    pub fn substituted(text: impl Into<String>) -> Self {
        Self::Sub(text.into())
    }

    /// How it is written within a `Fn::Sub`; `None` where it cannot be.
    pub fn in_sub(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.replace("${", "${!")),
            Self::Ref(name) => Some(format!("${{{name}}}")),
            Self::GetAtt(name, attribute) => Some(format!("${{{name}.{attribute}}}")),
            Self::Sub(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// Concatenates literals, handles and expressions: `sub!["arn:", partition(), …]`.
macro_rules! sub {
    [$($part:expr),+ $(,)?] => {
        $crate::cfn::Expr::concat(vec![$($crate::cfn::Expr::from($part)),+])
    };
}
pub(crate) use sub;

/// `AWS::Partition`
pub fn partition() -> Expr {
    Expr::Ref("AWS::Partition".into())
}

/// `AWS::Region`
pub fn region() -> Expr {
    Expr::Ref("AWS::Region".into())
}

/// `AWS::AccountId`
pub fn account() -> Expr {
    Expr::Ref("AWS::AccountId".into())
}

/// `AWS::StackId`
pub fn stack_id() -> Expr {
    Expr::Ref("AWS::StackId".into())
}

/// `AWS::StackName`
pub fn stack_name() -> Expr {
    Expr::Ref("AWS::StackName".into())
}

/// `AWS::URLSuffix`
pub fn url_suffix() -> Expr {
    Expr::Ref("AWS::URLSuffix".into())
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&Self> for Expr {
    fn from(expr: &Self) -> Self {
        expr.clone()
    }
}

impl From<bool> for Expr {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<R: Resource> From<&Handle<R>> for Expr {
    fn from(handle: &Handle<R>) -> Self {
        handle.reference()
    }
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::List(items) => items.serialize(serializer),
            Self::Ref(name) => function(serializer, "Ref", name),
            Self::NoValue => function(serializer, "Ref", "AWS::NoValue"),
            Self::GetAtt(name, attribute) => {
                function(serializer, "Fn::GetAtt", &[name.as_str(), attribute])
            }
            Self::Sub(text) => function(serializer, "Fn::Sub", text),
            Self::Join(with, list) => function(serializer, "Fn::Join", &(with, list)),
            Self::Split(at, text) => function(serializer, "Fn::Split", &(at, text)),
            Self::Select(index, list) => function(serializer, "Fn::Select", &(index, list)),
            Self::If(condition, yes, no) => function(serializer, "Fn::If", &(condition, yes, no)),
        }
    }
}

fn function<S: Serializer, T: Serialize + ?Sized>(
    serializer: S,
    name: &str,
    argument: &T,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, argument)?;
    map.end()
}

/// A condition of the template.
#[derive(Clone, Debug)]
pub enum Condition {
    /// `Fn::Equals`
    Equals(Expr, Expr),
    /// `Fn::Not`
    Not(Box<Condition>),
    /// `Fn::And`
    And(Vec<Condition>),
    /// `Fn::Or`
    Or(Vec<Condition>),
}

impl Condition {
    /// Whether a parameter has this value.
    pub fn parameter_is(parameter: &str, value: &str) -> Self {
        Self::Equals(Expr::parameter(parameter), value.into())
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Equals(left, right) => function(serializer, "Fn::Equals", &(left, right)),
            Self::Not(condition) => function(serializer, "Fn::Not", &[condition]),
            Self::And(conditions) => function(serializer, "Fn::And", conditions),
            Self::Or(conditions) => function(serializer, "Fn::Or", conditions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(expr: &Expr) -> String {
        serde_yaml::to_string(expr).unwrap()
    }

    #[test]
    fn concat_is_a_readable_sub() {
        let expr = sub![
            "arn:",
            partition(),
            ":s3:::",
            Expr::GetAtt("Bucket".into(), "Name")
        ];
        assert_eq!(
            yaml(&expr),
            "Fn::Sub: arn:${AWS::Partition}:s3:::${Bucket.Name}\n"
        );
    }

    #[test]
    fn concat_of_what_no_sub_can_hold_is_a_join() {
        let expr = sub!["ws", Expr::Select(1, Box::new(Expr::parameter("Parts")))];
        assert_eq!(
            yaml(&expr),
            "Fn::Join:\n- ''\n- - ws\n  - Fn::Select:\n    - 1\n    - Ref: Parts\n"
        );
    }

    #[test]
    fn literal_placeholders_are_escaped() {
        assert_eq!(
            yaml(&sub!["${x}", region()]),
            "Fn::Sub: ${!x}${AWS::Region}\n"
        );
    }
}
