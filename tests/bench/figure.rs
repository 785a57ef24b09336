//! What a measurement gives: named figures, printed as JSON for `cargo xtask bench` to show.

use std::time::Duration;

use serde_json::{Value, json};

/// One figure.
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    most: Option<f64>,
    least: Option<f64>,
}

impl Figure {
    /// A time.
    pub fn ms(name: impl Into<String>, time: Duration) -> Self {
        Self::of(name, time.as_secs_f64() * 1000.0, "ms")
    }

    /// Any number.
    pub fn of(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            most: None,
            least: None,
        }
    }

    /// The same, with what it should not exceed.
    #[must_use]
    pub fn most(mut self, most: f64) -> Self {
        self.most = Some(most);
        self
    }

    /// The same, with what it should reach.
    #[must_use]
    pub fn least(mut self, least: f64) -> Self {
        self.least = Some(least);
        self
    }

    /// `{"name","value","unit","most","least"}`
    pub fn to_json(&self) -> Value {
        let thousandths = (self.value * 1000.0).round() / 1000.0;
        json!({
            "name": self.name, "value": thousandths, "unit": self.unit,
            "most": self.most, "least": self.least,
        })
    }
}
