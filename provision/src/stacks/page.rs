//! The page's hosting (WEB-1): an app and its branch, on AWS. CloudFormation starts no job there:
//! `provision page upload` does.

use contract::page::{BRANCH, REWRITE, USER, hosting_headers};
use contract::{outputs, parameters as name};

use super::names::{prefixed, tags};
use super::parameters::{HOSTS_PAGE, PAGE_IS_CLOSED};
use super::rest_api::RestApi;
use super::websocket_api::WebSocketApi;
use crate::cfn::amplify::{App, BasicAuthConfig, Branch, CustomRule};
use crate::cfn::{Expr, Template, sub};

/// Declares the hosting.
pub fn page(template: &mut Template, rest: &RestApi, sockets: &WebSocketApi) {
    let app = template.add(
        "Page",
        &App {
            name: prefixed(""),
            description: "The page of the supporter platform",
            platform: "WEB",
            basic_auth_config: password(),
            custom_headers: headers(rest, sockets),
            custom_rules: vec![CustomRule {
                source: REWRITE.0,
                target: REWRITE.1,
                status: "200",
            }],
            tags: tags(),
        },
    );
    template.only_if(&app, HOSTS_PAGE);
    let branch = template.add(
        "PageBranch",
        &Branch {
            app_id: app.app_id(),
            branch_name: BRANCH,
            description: "What is live",
            stage: "PRODUCTION",
            enable_auto_build: false,
            tags: tags(),
        },
    );
    template.only_if(&branch, HOSTS_PAGE);
    template.output_if(
        HOSTS_PAGE,
        outputs::PAGE_APP_ID,
        "Hosting app of the page",
        app.app_id(),
    );
    template.output_if(
        HOSTS_PAGE,
        outputs::PAGE_URL,
        "URL of the page",
        sub!["https://", BRANCH, ".", app.default_domain()],
    );
}

/// A name and a password, where the page is closed.
fn password() -> BasicAuthConfig {
    BasicAuthConfig {
        enable_basic_auth: Expr::when(PAGE_IS_CLOSED, true, false),
        username: Expr::when(PAGE_IS_CLOSED, USER, Expr::NoValue),
        password: Expr::when(
            PAGE_IS_CLOSED,
            Expr::parameter(name::PAGE_PASSWORD),
            Expr::NoValue,
        ),
    }
}

/// The page may reach both APIs, at AWS's own names: elsewhere it is not hosted.
fn headers(rest: &RestApi, sockets: &WebSocketApi) -> Expr {
    let host = |id: &str| format!("${{{id}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}");
    let (rest, sockets) = (host(rest.api.id()), host(sockets.api.id()));
    Expr::Sub(hosting_headers(&format!("https://{rest} wss://{sockets}")))
}
