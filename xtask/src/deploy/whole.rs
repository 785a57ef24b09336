//! The steps of a whole deployment.

use std::thread;

use anyhow::{Context, bail};
use contract::{Exit, Failure};
use serde_json::{Map, Value};

use super::args::{Args, package_flag};
use super::{smoke, words};
use crate::host::Recipe;
use crate::siblings::{OPS, PROVISION};
use crate::steps::Steps;
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{engine, outputs, package, page, siblings};

/// A task's steps, with all that they need.
struct Deploy<'a> {
    workspace: &'a Workspace,
    target: &'a Target,
    args: &'a Args,
    steps: Steps,
}

/// What is live in the end.
struct Live {
    outputs: Map<String, Value>,
    /// The page's URL.
    page: String,
}

/// Runs them.
pub(super) fn run(
    workspace: &Workspace,
    target: &Target,
    recipe: &Recipe,
    args: &Args,
) -> anyhow::Result<Exit> {
    let total = 6 + usize::from(args.rollback_on_smoke_failure);
    let mut deploy = Deploy {
        workspace,
        target,
        args,
        steps: Steps::new(total, words::again(target), words::untouched(target)),
    };
    deploy.prepare(recipe)?;
    let applied = deploy.apply()?;
    let live = match target.aws {
        None => deploy.serve_and_verify()?,
        Some(_) => deploy.upload_and_verify()?,
    };
    if args.rollback_on_smoke_failure {
        deploy.smoke(applied.updated)?;
    }
    outputs::print(&live.outputs, Some(&live.page), &words::next(target))?;
    Ok(Exit::Done)
}

impl Deploy<'_> {
    /// The programs and the packages. What would stop the deployment shows before minutes of
    /// compiling; where there is likely nothing to compile, the packages are made sure of meanwhile.
    fn prepare(&mut self, recipe: &Recipe) -> anyhow::Result<()> {
        let (workspace, content) = (self.workspace, &self.args.content);
        let make = || package::make(workspace, recipe, content);
        thread::scope(|scope| {
            let meanwhile = package::is_likely_current(workspace).then(|| scope.spawn(make));
            self.programs()?;
            self.steps.run("package", &package::doing(recipe), || {
                meanwhile.map_or_else(make, joined)
            })?;
            Ok(())
        })
    }

    fn programs(&mut self) -> anyhow::Result<()> {
        let (workspace, target) = (self.workspace, self.target);
        self.steps.run("programs", siblings::DOING, || {
            Ok(siblings::build(workspace)?)
        })?;
        let doctor = [
            target.command(&["doctor", "--brief"]),
            self.args.options(workspace),
        ]
        .concat();
        let looking = format!("what could stop a deployment to {}", target.place());
        self.steps.run("doctor", &looking, || {
            if target.aws.is_none() {
                engine::ensure(&workspace.local)?;
            }
            Ok(siblings::run(workspace, PROVISION, &doctor)?)
        })
    }

    /// Shows the plan, asks, and changes the stack. The plan is made once: what is shown is what
    /// is applied.
    fn apply(&mut self) -> anyhow::Result<Applied> {
        let (workspace, target) = (self.workspace, self.target);
        self.steps.left(words::left(target));
        let consent = self.args.consent(self.args.options(workspace));
        let apply = [target.command(&["apply"]), consent].concat();
        let doing = "what would change, and the change, through CloudFormation";
        let applied = self.steps.run("apply", doing, || {
            applied(&siblings::answer(workspace, PROVISION, &apply)?)
        })?;
        if let Some(announcement) = &applied.announcement {
            outputs::write(&format!("{announcement}\n"))?;
        }
        Ok(applied)
    }

    /// Serves the page on this machine and reads the outputs, while the stack is verified: none
    /// of the three looks at what another does.
    fn serve_and_verify(&mut self) -> anyhow::Result<Live> {
        let (workspace, target) = (self.workspace, self.target);
        thread::scope(|scope| {
            let page = scope.spawn(|| page::start(workspace, target));
            let outputs = scope.spawn(|| outputs::read(workspace, target));
            self.verify()?;
            let page = self
                .steps
                .run("page", "serving the page", || joined(page))?;
            let outputs = joined(outputs)?;
            Ok(Live {
                outputs,
                page: page.url,
            })
        })
    }

    /// Uploads the page to its hosting; what is live there is verified too.
    fn upload_and_verify(&mut self) -> anyhow::Result<Live> {
        let (workspace, target) = (self.workspace, self.target);
        let upload = target.command(&["page", "upload"]);
        let url = self
            .steps
            .run("page", "uploading the page where it changed", || {
                Ok(siblings::stdout(workspace, PROVISION, &upload)?)
            })?;
        self.verify()?;
        Ok(Live {
            outputs: outputs::read(workspace, target)?,
            page: String::from_utf8_lossy(&url).trim().to_owned(),
        })
    }

    fn verify(&mut self) -> anyhow::Result<()> {
        let (workspace, target) = (self.workspace, self.target);
        let verify = [target.command(&["verify"]), package_flag(workspace)].concat();
        let doing = "comparing what runs with what is declared";
        self.steps.run("verify", doing, || {
            Ok(siblings::run(workspace, PROVISION, &verify)?)
        })
    }

    fn smoke(&mut self, updated: bool) -> anyhow::Result<()> {
        let (workspace, target) = (self.workspace, self.target);
        self.steps.run("smoke", "checking every requirement", || {
            let smoke = target.command(&["smoke", "--json"]);
            let told = siblings::told(workspace, OPS, &smoke)?;
            let back = target.command(&["rollback", "--previous", "--yes"]);
            let take_back = || match siblings::answer(workspace, PROVISION, &back)?.as_slice() {
                [] => Err(Failure::new("there is no other deployment to return to")),
                _ => Ok(()),
            };
            Ok(smoke::judge(&told, updated, target, take_back)?)
        })
    }
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, anyhow::Result<T>>) -> anyhow::Result<T> {
    thread
        .join()
        .unwrap_or_else(|_| bail!("a thread of ours ended early"))
}

/// What `provision apply --json` says.
#[derive(serde::Deserialize)]
struct Applied {
    /// Whether the stack is another than before: one that can be taken back.
    updated: bool,
    /// What the person is told, once: a new password of the page.
    announcement: Option<String>,
}

fn applied(json: &[u8]) -> anyhow::Result<Applied> {
    serde_json::from_slice(json).context("cannot read what `provision apply` printed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apply_prints_is_read() {
        let read =
            applied(br#"{"stack":"Blue","changed":true,"updated":true,"announcement":null}"#)
                .unwrap();
        assert!(read.updated && read.announcement.is_none());
        assert!(applied(b"").is_err());
    }
}
