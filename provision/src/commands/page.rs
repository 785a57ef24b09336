//! `provision page`: the page on AWS, or on this machine.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use contract::{Exit, Failure, outputs, page, parameters};
use deploy_target::TargetArgs;
use futures::FutureExt;
use tokio::net::TcpListener;

use crate::apply::bootstrap::Bootstrap;
use crate::apply::client::Client;
use crate::clients::Clients;
use crate::output::{note, print};
use crate::page::{Bundle, Hosting, Lookup, Published, config, serve};
use crate::platform::Platform;

/// Upload the page to its hosting, or serve it on this machine
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Make the page live on AWS; nothing is sent where it is live already
    Upload {
        /// Folder with the page's files
        #[arg(long = "page", value_name = "DIR", default_value = page::DIR)]
        dir: PathBuf,
    },
    /// Serve the page on 127.0.0.1, with the headers it has on AWS, until it is stopped
    Serve {
        /// Folder with the page's files
        #[arg(long = "page", value_name = "DIR", default_value = page::DIR)]
        dir: PathBuf,

        /// Port; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

/// Runs the command.
///
/// # Errors
/// Where there is no stack, hosting fails, or the port is taken.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let platform = Platform::read(&clients).await?;
    match &args.command {
        Command::Upload { dir } => upload(&clients, &platform, dir).await?,
        Command::Serve { dir, port } => here(clients, &platform, dir, *port).await?,
    }
    Ok(Exit::Done)
}

async fn upload(clients: &Clients, platform: &Platform, dir: &Path) -> anyhow::Result<()> {
    let target = &clients.target;
    let Some(app) = platform.outputs().get(outputs::PAGE_APP_ID) else {
        return Err(Failure::refused(format!("{} hosts no page", target.stack))
            .hint(if target.is_local() {
                "the local engine has no hosting; serve it here: cargo provision page serve --local"
            } else {
                "it was deployed by an older version; deploy it again: cargo provision apply"
            })
            .into());
    };
    publish(clients, platform, app, dir).await?;
    print(&platform.output(outputs::PAGE_URL)?)?;
    let access = platform.stack.parameters.get(parameters::PAGE_ACCESS);
    if access.is_some_and(|access| access == parameters::PAGE_CLOSED) {
        note(&format_args!(
            "it asks for a name ({}) and the password that was shown when it was set",
            page::USER
        ));
    }
    Ok(())
}

/// Makes the page live on a hosting app, with the platform's key for it.
///
/// # Errors
/// Where the page cannot be read, or hosting fails.
pub(super) async fn publish(
    clients: &Clients,
    platform: &Platform,
    app: &str,
    dir: &Path,
) -> anyhow::Result<()> {
    let bundle = Bundle::read(dir, &config(clients, platform).await?)?;
    let bootstrap = Bootstrap::read(Client::new(clients)).await?;
    let bucket = bootstrap.live_bucket().unwrap_or_default();
    let hosting = Hosting::new(clients, bucket, app);
    match hosting.publish(&bundle).await? {
        Published::Now => note(&format_args!("the page is live ({} bytes)", bundle.bytes())),
        Published::Already => note(&"the page is live already; nothing was sent"),
    }
    Ok(())
}

/// What a deployment would do to the page's files, in words; `None` where it hosts none.
///
/// # Errors
/// Where what is live cannot be read.
pub async fn planned(clients: &Clients) -> anyhow::Result<Option<String>> {
    let target = &clients.target;
    let dir = Path::new(page::DIR);
    if target.is_local() || !dir.exists() {
        return Ok(None);
    }
    let client = Client::new(clients);
    let stack = client.stack(&target.stack).await?;
    let hosted = stack.and_then(|stack| stack.outputs.get(outputs::PAGE_APP_ID).cloned());
    let Some(app) = hosted else {
        return Ok(Some(
            "the page would be uploaded, for the first time".to_owned(),
        ));
    };
    let platform = Platform::read(clients).await?;
    let bundle = Bundle::read(dir, &config(clients, &platform).await?)?;
    let bootstrap = Bootstrap::read(client).await?;
    let bucket = bootstrap.live_bucket().unwrap_or_default();
    let live = Hosting::new(clients, bucket, &app).live().await?;
    Ok(Some(if live == Some(bundle.sha256()) {
        "the page's files are live already".to_owned()
    } else {
        format!("the page would be uploaded ({} bytes)", bundle.bytes())
    }))
}

async fn here(clients: Clients, platform: &Platform, dir: &Path, port: u16) -> anyhow::Result<()> {
    let first = config(&clients, platform).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| {
            Failure::new(format!("port {port} on 127.0.0.1 cannot be used"))
                .because(error)
                .hint("any free one: --port 0")
        })?;
    let address = listener.local_addr().context("the page has no address")?;
    print(&format_args!("http://{address}/"))?;
    serve(listener, dir.to_owned(), (first, lookup(clients)), leave()).await
}

/// What the page is told, as the platform is when it is asked.
fn lookup(clients: Clients) -> Lookup {
    let clients = Arc::new(clients);
    Box::new(move || {
        let clients = Arc::clone(&clients);
        async move {
            let platform = Platform::read(&clients).await.ok()?;
            config(&clients, &platform).await.ok()
        }
        .boxed()
    })
}

/// Ends with SIGTERM or Ctrl-C.
async fn leave() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
