//! `deploy --hotswap`: build, package, and exchange the functions' code, past CloudFormation.

use contract::Exit;

use crate::host::Recipe;
use crate::siblings::{self, PROVISION};
use crate::steps::Steps;
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{engine, package};

/// Runs it. Refused by `provision hotswap` where more than code differs.
pub fn run(
    workspace: &Workspace,
    target: &Target,
    recipe: &Recipe,
    content: &package::Content,
) -> anyhow::Result<Exit> {
    let whole = target.line("cargo xtask deploy");
    let mut steps = Steps::new(
        3,
        format!("mend what the message says, then again; or deploy it whole: {whole}"),
        format!("each function runs its old code or its new one; deploy it whole: {whole}"),
    );
    steps.run("programs", siblings::DOING, || {
        if target.aws.is_none() {
            engine::ensure(&workspace.local)?;
        }
        Ok(siblings::build(workspace)?)
    })?;
    steps.run("package", &package::doing(recipe), || {
        package::make(workspace, recipe, content)
    })?;
    let package = workspace.package().to_string_lossy().into_owned();
    let flags = ["--package".to_owned(), package];
    let command = [&target.command(&["hotswap"])[..], &flags].concat();
    steps.run("hotswap", "exchanging the code of functions", || {
        Ok(siblings::run(workspace, PROVISION, &command)?)
    })?;
    Ok(Exit::Done)
}
