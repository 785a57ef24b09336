//! Amplify: web hosting.

use serde::Serialize;

use super::{Expr, Handle, Resource, Tag};

/// `AWS::Amplify::App`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct App {
    pub name: Expr,
    pub description: &'static str,
    pub platform: &'static str,
    pub basic_auth_config: BasicAuthConfig,
    pub custom_headers: Expr,
    pub custom_rules: Vec<CustomRule>,
    pub tags: Vec<Tag>,
}

/// Whether a browser asks for a name and a password.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct BasicAuthConfig {
    pub enable_basic_auth: Expr,
    pub username: Expr,
    pub password: Expr,
}

/// A rewrite or redirect.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct CustomRule {
    pub source: &'static str,
    pub target: &'static str,
    pub status: &'static str,
}

/// `AWS::Amplify::Branch`: what is served under one host name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Branch {
    pub app_id: Expr,
    pub branch_name: &'static str,
    pub description: &'static str,
    pub stage: &'static str,
    pub enable_auto_build: bool,
    pub tags: Vec<Tag>,
}

impl Resource for App {
    const TYPE: &'static str = "AWS::Amplify::App";
}

impl Resource for Branch {
    const TYPE: &'static str = "AWS::Amplify::Branch";
}

impl Handle<App> {
    /// The app's id.
    pub fn app_id(&self) -> Expr {
        self.attribute("AppId")
    }

    /// The domain that its branches are served under.
    pub fn default_domain(&self) -> Expr {
        self.attribute("DefaultDomain")
    }
}
