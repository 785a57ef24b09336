//! The page's hosting.

use contract::{Failure, page};
use deploy_target::OrExplain;

use crate::clients::Clients;

/// The hosting app and its branch as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LivePage {
    /// The app's name.
    pub name: String,
    /// Whether it asks for a password.
    pub closed: bool,
    /// The headers, as YAML.
    pub headers: String,
    /// Rewrites: source, target, status.
    pub rewrites: Vec<(String, String, String)>,
    /// Whether the branch is there.
    pub branch: bool,
}

/// Reads the hosting app; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub async fn page(clients: &Clients, app: &str) -> Result<Option<LivePage>, Failure> {
    let (target, amplify) = (&clients.target, &clients.amplify);
    let call = amplify.get_app().app_id(app).send().await;
    let answer = call.found_or_explain(target, "cannot read the page's hosting app")?;
    let Some(live) = answer.and_then(|answer| answer.app) else {
        return Ok(None);
    };
    let call = amplify.get_branch().app_id(app).branch_name(page::BRANCH);
    let branch = call.send().await;
    let branch = branch.found_or_explain(target, "cannot read the page's branch")?;
    let rules = live.custom_rules.unwrap_or_default();
    Ok(Some(LivePage {
        name: live.name,
        closed: live.enable_basic_auth,
        headers: live.custom_headers.unwrap_or_default(),
        rewrites: rules
            .into_iter()
            .map(|rule| (rule.source, rule.target, rule.status.unwrap_or_default()))
            .collect(),
        branch: branch.is_some(),
    }))
}
