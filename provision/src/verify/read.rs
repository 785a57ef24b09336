//! Reads everything at once, and compares.

use std::path::Path;

use contract::{
    Failure, Function, KeyHolder, Table, artifact, env, limits, local, outputs, parameters,
};
use futures::{StreamExt, TryStreamExt, stream, try_join};

use super::arns::Names;
use super::functions::{self, Code};
use super::report::{Check, Report, Skip};
use super::usage::{self, Purpose};
use super::{page, rest, roles, tables, websocket};
use crate::apply::bootstrap::Bootstrap;
use crate::apply::client::{Client, Identity};
use crate::apply::manifest::Manifest;
use crate::clients::Clients;
use crate::live;
use crate::page::{Bundle, Hosting, config};
use crate::platform::Platform;

/// Reads at once, of each kind.
const AT_ONCE: usize = 6;

/// Compares the target's platform. `package` is the folder of the packages that should run; where
/// there is none, the code that the stack was deployed with should.
///
/// # Errors
/// Where something cannot be read.
pub async fn verify(clients: &Clients, package: &Path) -> anyhow::Result<Report> {
    Box::pin(compare(clients, Some(package))).await
}

/// Compares the target's platform with what it was deployed with, whatever packages there are now.
///
/// # Errors
/// Where something cannot be read.
pub async fn verify_deployed(clients: &Clients) -> anyhow::Result<Report> {
    Box::pin(compare(clients, None)).await
}

async fn compare(clients: &Clients, package: Option<&Path>) -> anyhow::Result<Report> {
    let client = Client::new(clients);
    let (platform, identity) = try_join!(Platform::read(clients), client.identity())?;
    let names = names(clients, &platform, &identity)?;
    let code = code(&platform, package)?;
    let (tables, functions, roles, apis, page) = try_join!(
        table_checks(clients, &names),
        function_checks(clients, &names, &code),
        role_checks(clients, &names),
        api_checks(clients, &names, &platform),
        page_checks(clients, &names, &platform),
    )?;
    let skipped = if clients.target.is_local() {
        LOCAL_SKIPS.to_vec()
    } else {
        Vec::new()
    };
    Ok(Report {
        stack: clients.target.stack.clone(),
        checks: [tables, functions, roles, apis, page].concat(),
        skipped,
    })
}

/// What the local engine cannot tell.
const LOCAL_SKIPS: [Skip; 3] = [
    Skip {
        requirement: "DB-7",
        what: "how many days back a table can be restored",
        reason: "the local engine does not keep it",
    },
    Skip {
        requirement: "OBS-1",
        what: "the REST stage's access log",
        reason: "the local engine drops it",
    },
    Skip {
        requirement: "WEB-1",
        what: "the page's hosting",
        reason: "the local engine has none; `cargo xtask up` serves the page",
    },
];

fn names(clients: &Clients, platform: &Platform, identity: &Identity) -> anyhow::Result<Names> {
    let target = &clients.target;
    let output = |name| platform.output(name).map(str::to_owned);
    let base = target.endpoint().filter(|_| target.is_local());
    Ok(Names {
        partition: identity.arn.split(':').nth(1).unwrap_or("aws").to_owned(),
        region: target.region().to_owned(),
        account: identity.account.clone(),
        stack_id: platform.stack.id.clone(),
        prefix: output(outputs::PREFIX)?,
        rest_api: output(outputs::REST_API_ID)?,
        websocket_api: output(outputs::WEB_SOCKET_API_ID)?,
        api_keys: api_keys(platform)?,
        model: output(outputs::MODEL_ID)?,
        model_settings: env::MODEL_SETTINGS
            .map(|(variable, parameter)| {
                let deployed = platform.stack.parameters.get(parameter);
                (variable, deployed.cloned().unwrap_or_default())
            })
            .into(),
        execute_api_base: base.map(|url| format!("{url}{}", local::EXECUTE_API_PATH)),
    })
}

/// Each holder's key and, while that is replaced, the one to move away from.
fn api_keys(platform: &Platform) -> Result<Vec<String>, Failure> {
    let mut keys = Vec::new();
    for holder in KeyHolder::ALL {
        keys.push(platform.output(holder.output())?.to_owned());
        keys.extend(platform.outputs().get(holder.previous_output()).cloned());
    }
    Ok(keys)
}

fn code(platform: &Platform, package: Option<&Path>) -> anyhow::Result<Code> {
    if let Some(package) = package.filter(|package| package.join(artifact::MANIFEST).exists()) {
        let Manifest { arch, packages } = Manifest::read(package)?;
        let sha256 = packages
            .into_iter()
            .map(|(function, package)| (function, package.sha256));
        return Ok(Code {
            architecture: arch,
            sha256: sha256.collect(),
        });
    }
    let deployed = &platform.stack.parameters;
    let sha256 = Function::ALL.into_iter().filter_map(|function| {
        let key = deployed.get(&parameters::code_key(function))?;
        let file = key.rsplit('/').next()?;
        Some((function, file.strip_suffix(".zip")?.to_owned()))
    });
    Ok(Code {
        architecture: deployed
            .get(parameters::ARCHITECTURE)
            .cloned()
            .unwrap_or_default(),
        sha256: sha256.collect(),
    })
}

async fn table_checks(clients: &Clients, names: &Names) -> anyhow::Result<Vec<Check>> {
    let prefix = &names.prefix;
    let checks: Vec<Vec<Check>> = stream::iter(Table::ALL)
        .map(|table| async move {
            let live = live::table(clients, &table.physical_name(prefix)).await?;
            anyhow::Ok(tables::checks(table, prefix, live.as_ref()))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(checks.concat())
}

async fn function_checks(
    clients: &Clients,
    names: &Names,
    code: &Code,
) -> anyhow::Result<Vec<Check>> {
    let checks: Vec<Vec<Check>> = stream::iter(Function::ALL)
        .map(|function| async move {
            let name = function.physical_name(&names.prefix);
            let live = live::function(clients, &name).await?;
            anyhow::Ok(functions::checks(function, names, code, live.as_ref()))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(checks.concat())
}

async fn role_checks(clients: &Clients, names: &Names) -> anyhow::Result<Vec<Check>> {
    let local = clients.target.is_local();
    let checks: Vec<Vec<Check>> = stream::iter(Function::ALL)
        .map(|function| async move {
            let name = function.physical_name(&names.prefix);
            let live = live::role(clients, &name).await?;
            anyhow::Ok(roles::checks(function, names, local, live.as_ref()))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(checks.concat())
}

async fn api_checks(
    clients: &Clients,
    names: &Names,
    platform: &Platform,
) -> anyhow::Result<Vec<Check>> {
    let rest_plan = platform.output(outputs::REST_USAGE_PLAN_ID)?;
    let socket_plan = platform.output(outputs::WEB_SOCKET_USAGE_PLAN_ID)?;
    let (api, sockets, rest_plan, socket_plan) = try_join!(
        live::rest(clients, &names.rest_api),
        live::websocket(clients, &names.websocket_api),
        live::plan(clients, rest_plan),
        live::plan(clients, socket_plan),
    )?;
    let keys: Vec<&str> = names.api_keys.iter().map(String::as_str).collect();
    let rest_plan_for = Purpose {
        requirement: "REST-7",
        name: &format!("{}-rest", names.prefix),
        api: &names.rest_api,
        keys: &keys,
        quota: Some(limits::QUOTA_PER_DAY),
    };
    let socket_plan_for = Purpose {
        requirement: "WS-4",
        name: &format!("{}-websocket", names.prefix),
        api: &names.websocket_api,
        quota: None,
        ..rest_plan_for
    };
    Ok([
        rest::checks(names, full_logging(platform), &api),
        usage::checks(&rest_plan_for, rest_plan.as_ref()),
        websocket::checks(names, &sockets),
        usage::checks(&socket_plan_for, socket_plan.as_ref()),
    ]
    .concat())
}

/// The page, where the stack hosts it.
async fn page_checks(
    clients: &Clients,
    names: &Names,
    platform: &Platform,
) -> anyhow::Result<Vec<Check>> {
    let Some(app) = platform.outputs().get(outputs::PAGE_APP_ID) else {
        return Ok(Vec::new());
    };
    let config = config(clients, platform).await?;
    let dir = Path::new(contract::page::DIR);
    let here = dir
        .exists()
        .then(|| Bundle::read(dir, &config))
        .transpose()?;
    let bootstrap = Bootstrap::read(Client::new(clients)).await?;
    let bucket = bootstrap.live_bucket().unwrap_or_default();
    let hosting = Hosting::new(clients, bucket, app);
    let (live, bundle) = try_join!(live::page(clients, app), hosting.live())?;
    let access = platform.stack.parameters.get(parameters::PAGE_ACCESS);
    let wanted = page::Wanted {
        name: names.prefix.clone(),
        closed: access.is_some_and(|access| access == parameters::PAGE_CLOSED),
        origins: config.origins(),
        bundle: here.map(|bundle| bundle.sha256()),
    };
    Ok(page::checks(&wanted, live.as_ref(), bundle.as_deref()))
}

/// Whole requests are logged where the deployer says so, and never in production.
fn full_logging(platform: &Platform) -> bool {
    let is = |name, value: &str| {
        platform
            .stack
            .parameters
            .get(name)
            .is_some_and(|live: &String| live == value)
    };
    is(parameters::FULL_REQUEST_LOGGING, "true") && !is(parameters::ENVIRONMENT, "prod")
}
