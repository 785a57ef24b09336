//! A call of an AWS API, in words.

use super::proxy::{Sent, target_operation};

/// A call of an AWS API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET`
    pub method: String,
    /// With the query.
    pub path: String,
    /// The operation (of `x-amz-target`, or of the form's `Action`): `ExecuteChangeSet`; for the
    /// services that are addressed by path, `PUT /path`.
    pub action: String,
    /// As it was sent.
    pub body: String,
}

impl Call {
    pub(super) fn of(sent: &Sent) -> Self {
        let body = String::from_utf8_lossy(&sent.body).into_owned();
        let named = target_operation(&sent.headers)
            .map(str::to_owned)
            .or_else(|| field(&body, "Action"));
        Self {
            method: sent.method.to_string(),
            path: sent.uri.to_string(),
            action: named.unwrap_or_else(|| format!("{} {}", sent.method, sent.uri.path())),
            body,
        }
    }

    /// A field of its form, as it stands there.
    pub fn field(&self, name: &str) -> Option<String> {
        field(&self.body, name)
    }
}

fn field(body: &str, name: &str) -> Option<String> {
    let fields = body.split('&').filter_map(|field| field.split_once('='));
    let mut named = fields.filter(|(key, _)| *key == name);
    named.next().map(|(_, value)| value.to_owned())
}
