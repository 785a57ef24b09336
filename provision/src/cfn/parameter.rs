//! Parameters of a template.

use serde::Serialize;

/// A parameter's type.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum ParameterType {
    /// Any text.
    String,
    /// A number.
    Number,
    /// Texts with commas between.
    CommaDelimitedList,
}

/// A parameter of the template.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Its type.
    pub r#type: ParameterType,
    /// What it is, for the console.
    pub description: &'static str,
    /// The value where none is given; required otherwise.
    pub default: Option<String>,
    /// The only values it takes.
    pub allowed_values: Option<Vec<String>>,
    /// A pattern its values match.
    pub allowed_pattern: Option<&'static str>,
    /// What a person reads when a value is refused.
    pub constraint_description: Option<&'static str>,
    /// Never shown by CloudFormation.
    pub no_echo: Option<bool>,
}

impl Parameter {
    /// A text parameter without default or constraint.
    pub const fn text(description: &'static str) -> Self {
        Self {
            r#type: ParameterType::String,
            description,
            default: None,
            allowed_values: None,
            allowed_pattern: None,
            constraint_description: None,
            no_echo: None,
        }
    }

    /// A secret: CloudFormation never shows it.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.no_echo = Some(true);
        self
    }

    /// With a default.
    #[must_use]
    pub fn default(mut self, value: impl Into<String>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Only these values.
    #[must_use]
    pub fn one_of(mut self, values: &[&str]) -> Self {
        self.allowed_values = Some(values.iter().map(|&value| value.into()).collect());
        self
    }

    /// Only what matches; `means` is what a person reads otherwise.
    #[must_use]
    pub const fn matching(mut self, pattern: &'static str, means: &'static str) -> Self {
        self.allowed_pattern = Some(pattern);
        self.constraint_description = Some(means);
        self
    }

    /// Of another type.
    #[must_use]
    pub const fn of(mut self, kind: ParameterType) -> Self {
        self.r#type = kind;
        self
    }
}
