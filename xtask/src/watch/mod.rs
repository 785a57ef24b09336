//! `watch`: save a handler, and the running local platform answers with it.

mod changes;
mod rebuild;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Context;
use contract::failure::report;
use contract::{Exit, Failure, Function, naming};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::interrupt;
use crate::siblings::{self, PROVISION};
use crate::steps::{Steps, say, seconds};
use crate::target::Target;
use crate::workspace::Workspace;
use changes::{Contents, FOLDERS, affected};
use rebuild::Rebuild;

/// Watch the functions' sources: what is saved, the running local platform answers with
///
/// Needs a running platform (`cargo xtask up`). Builds quickly, without optimisation; the next `up`
/// or `deploy` builds and deploys as usual. Ctrl-C ends it.
#[derive(clap::Args)]
pub struct Args {
    /// Name of the platform's stack
    #[arg(long, default_value = naming::DEFAULT_STACK)]
    stack_name: String,
}

/// How long to wait for more after a file was saved: editors write several times.
const CALM: Duration = Duration::from_millis(80);

/// How often to look whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    let target = Target::local(&args.stack_name);
    let up = target.local_task("cargo xtask up");
    let rebuild = Rebuild::new(&workspace, &target)?;
    let watch = target.local_task("cargo xtask watch");
    let again = format!("mend what the message says, then again: {watch}");
    let mut steps = Steps::new(3, again, "nothing goes on; what is compiled is kept");
    steps.run("programs", siblings::DOING, || {
        Ok(siblings::build(&workspace)?)
    })?;
    steps.next(format!("start the platform first: {up}"));
    steps.run("platform", "looking for the one that runs here", || {
        let outputs = target.command(&["outputs"]);
        Ok(siblings::stdout(&workspace, PROVISION, &outputs)?)
    })?;
    steps.next("mend what the message says, and save it");
    // Before they are compiled: what is saved meanwhile is built again.
    let (_watcher, events) = begin(&workspace)?;
    let known = Contents::read(&workspace);
    first(&mut steps, &rebuild)?;
    say!("watching {}; Ctrl-C ends it", FOLDERS.join(", "));
    follow(&workspace, &rebuild, &events, known)?;
    say!("the platform goes on as it is; bring it up to date: {up}");
    Ok(Exit::Done)
}

/// Compiles all, so that what is saved is built quickly. What cannot be compiled yet is shown: it
/// may be saved later.
fn first(steps: &mut Steps, rebuild: &Rebuild) -> anyhow::Result<()> {
    let built = steps.run(
        "functions",
        "compiling them quickly (minutes the first time)",
        || rebuild.build(&Function::ALL.into()),
    );
    match built {
        Err(error) if !interrupt::requested() => say!("{}", report(error.as_ref())),
        built => return built,
    }
    Ok(())
}

type Events = Receiver<notify::Result<notify::Event>>;

/// Watches until the watcher is dropped.
fn begin(workspace: &Workspace) -> anyhow::Result<(RecommendedWatcher, Events)> {
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // The other end is gone only when the task ends.
        let _ = sender.send(event);
    })
    .context("cannot watch files")?;
    for folder in FOLDERS {
        let path = workspace.root.join(folder);
        let begun = watcher.watch(&path, RecursiveMode::Recursive);
        begun.with_context(|| format!("cannot watch {}", path.display()))?;
    }
    Ok((watcher, events))
}

/// Rebuilds what is saved, until Ctrl-C. What fails is shown, and does not end it: its functions are
/// built again with what is saved next, since a mistake in one keeps the others from compiling.
fn follow(
    workspace: &Workspace,
    rebuild: &Rebuild,
    events: &Events,
    mut known: Contents,
) -> anyhow::Result<()> {
    let mut owed = BTreeSet::<Function>::new();
    while !interrupt::requested() {
        let Some(paths) = saved(events)? else {
            continue;
        };
        let start = Instant::now();
        let changed = known.changed(&paths);
        let functions: Vec<Function> = changed
            .iter()
            .filter_map(|path| path.strip_prefix(&workspace.root).ok())
            .flat_map(affected)
            .collect();
        if functions.is_empty() {
            continue;
        }
        owed.extend(functions);
        let names: Vec<&str> = owed.iter().map(|function| function.name()).collect();
        say!("saved: building {}", names.join(", "));
        match rebuild.run(&owed) {
            Ok(()) => {
                owed.clear();
                say!("live after {}", seconds(start.elapsed()));
            }
            Err(_) if interrupt::requested() => {}
            Err(error) => say!("{}\nwatching on", report(error.as_ref())),
        }
    }
    Ok(())
}

/// The files of the next change, once it is calm; `None` where nothing happened for a while.
fn saved(events: &Events) -> anyhow::Result<Option<BTreeSet<PathBuf>>> {
    let mut paths = BTreeSet::new();
    let mut patience = LOOK;
    loop {
        match events.recv_timeout(patience) {
            Ok(event) => {
                let event = event.context("cannot watch files any more")?;
                if is_change(event.kind) {
                    paths.extend(event.paths);
                    patience = CALM;
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                return Ok(Some(paths).filter(|paths| !paths.is_empty()));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::new("files are no longer watched").into());
            }
        }
    }
}

/// Reading a file is an event too: the compiler's own.
const fn is_change(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any
    )
}
