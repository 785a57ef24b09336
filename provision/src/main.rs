//! `provision`: the stack, from template to deletion.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use contract::Exit;
use deploy_target::{Completions, TargetArgs, run};
use provision::commands::{
    apply, continue_rollback, destroy, function_env, outputs, page, plan, preflight, rollback,
    synth, verify, watch,
};
use provision::commands::{cost, doctor, drift, graph, hotswap, policy, rotate_key, service_role};

/// Generates, plans, applies and verifies the platform's stack
///
/// Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a gate, 4 differs.
#[derive(Parser)]
#[command(name = "provision", version = VERSION, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    target: TargetArgs,

    /// Service role that CloudFormation works with, instead of the caller's own rights
    #[arg(
        long,
        global = true,
        value_name = "ARN",
        value_parser = service_role::parse,
        help_heading = "Target"
    )]
    role_arn: Option<String>,

    #[command(subcommand)]
    command: Command,
}

const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commit ",
    env!("PROVISION_COMMIT"),
    ")"
);

#[derive(Subcommand)]
enum Command {
    Synth(synth::Args),
    Preflight(preflight::Args),
    Doctor(doctor::Args),
    Plan(plan::Args),
    Cost(cost::Args),
    Graph(graph::Args),
    Apply(apply::Args),
    Watch(watch::Args),
    Rollback(rollback::Args),
    Continue(continue_rollback::Args),
    Verify(verify::Args),
    Drift(drift::Args),
    Policy(policy::Args),
    Hotswap(hotswap::Args),
    RotateKey(rotate_key::Args),
    Outputs(outputs::Args),
    Page(page::Args),
    FunctionEnv(function_env::Args),
    Destroy(destroy::Args),
    /// Print a shell's completion script
    Completions(Completions),
}

fn main() -> ExitCode {
    run(async {
        let Cli {
            mut target,
            role_arn,
            command,
        } = Cli::parse();
        target.role_arn = role_arn;
        match command {
            Command::Synth(args) => synth::run(&args),
            Command::Preflight(args) => preflight::run(&target, &args).await,
            Command::Doctor(args) => doctor::run(&target, &args).await,
            Command::Plan(args) => plan::run(&target, &args).await,
            Command::Cost(args) => cost::run(&args),
            Command::Graph(args) => graph::run(&args),
            Command::Apply(args) => apply::run(&target, &args).await,
            Command::Watch(args) => watch::run(&target, &args).await,
            Command::Rollback(args) => rollback::run(&target, &args).await,
            Command::Continue(args) => continue_rollback::run(&target, &args).await,
            Command::Verify(args) => verify::run(&target, &args).await,
            Command::Drift(args) => drift::run(&target, &args).await,
            Command::RotateKey(args) => rotate_key::run(&target, &args).await,
            Command::Hotswap(args) => hotswap::run(&target, &args).await,
            Command::Policy(args) => policy::run(&target, &args).await,
            Command::Outputs(args) => outputs::run(&target, &args).await,
            Command::Page(args) => page::run(&target, &args).await,
            Command::FunctionEnv(args) => function_env::run(&target, &args).await,
            Command::Destroy(args) => destroy::run(&target, &args).await,
            Command::Completions(shell) => {
                shell.print::<Cli>();
                Ok(Exit::Done)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_service_role_is_an_arn_or_the_usage_is_wrong() {
        let parse = |role| Cli::try_parse_from(["provision", "apply", "--role-arn", role]);
        let given = parse("arn:aws:iam::111122223333:role/deployer").map(|cli| cli.role_arn);
        let role = given.expect("a role").expect("taken");
        assert_eq!(role, "arn:aws:iam::111122223333:role/deployer");
        let refused = parse("deployer").err().expect("not an ARN");
        assert_eq!(refused.exit_code(), Exit::Usage as i32);
        let said = refused.to_string();
        assert!(
            said.contains("'deployer' for '--role-arn <ARN>': not the ARN of an IAM role, like"),
            "{said}"
        );
    }

    #[test]
    fn the_version_names_a_commit() {
        assert!(VERSION.contains("(commit "));
    }
}
