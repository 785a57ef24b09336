//! `ops logs`: what the functions log, merged by time.

use std::io::{self, ErrorKind, IsTerminal, Write};

use contract::{Exit, Failure, Function, outputs};
use deploy_target::{Target, TargetArgs, connect};
use jiff::Timestamp;

use crate::clients::Clients;
use crate::logs::follow::Place;
use crate::logs::view::Style;
use crate::logs::{Entry, Filter, Group, filter};
use crate::output;
use crate::stack::Stack;

/// Show the logs of all functions, merged by time
///
/// Times are UTC. A supporter stands in them as a keyed hash; what people write is never logged.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a flag each")]
pub struct Args {
    /// Go on as lines come, until Ctrl-C
    #[arg(long, short)]
    follow: bool,

    /// Only this function, e.g. search (may be repeated)
    #[arg(long, value_name = "NAME", value_parser = function)]
    function: Vec<Function>,

    /// Only warnings, errors, and requests whose client was told of one
    #[arg(long)]
    errors: bool,

    /// Only this request, through all functions: the requestId of an error's body, or the header
    /// x-amzn-RequestId
    #[arg(long, value_name = "ID", value_parser = request)]
    request: Option<String>,

    /// From when on: how long ago (10m, 2h, 1d), or a time (2026-01-31T12:00:00Z)
    #[arg(long, value_name = "WHEN", default_value = "15m")]
    since: String,

    /// Also Lambda's own lines of invocations that went well
    #[arg(long)]
    platform: bool,

    /// Print each line as JSON
    #[arg(long)]
    json: bool,
}

fn function(name: &str) -> Result<Function, String> {
    Function::from_name(name)
        .ok_or_else(|| format!("one of {}", Function::ALL.map(Function::name).join(", ")))
}

/// Ids are letters, digits and a few signs; anything else would be read as a search of its own.
fn request(id: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte);
    if !id.is_empty() && id.bytes().all(plain) {
        return Ok(id.to_owned());
    }
    Err("an id of letters, digits, -, _ and =".to_owned())
}

/// Runs the command.
///
/// # Errors
/// Where there is no platform, or its logs cannot be read.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let now = Timestamp::now();
    let since = filter::since(&args.since, now)
        .map_err(|wanted| Failure::usage(format!("--since `{}` is not {wanted}", args.since)))?;
    let target = target.resolve()?;
    let config = connect(&target).await;
    let clients = Clients::new(&config);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let prefix = stack.output(outputs::PREFIX)?;
    let filter = filter_of(args);
    let group = |function| {
        let (from, until) = (since.as_millisecond(), now.as_millisecond());
        Group::new(function, prefix, filter.pattern(), from, until)
    };
    let mut groups: Vec<Group> = filter.functions().into_iter().map(group).collect();
    let place = Place {
        client: &clients.logs,
        target: &target,
    };
    let style = style(args.json);
    let mut shown: u64 = 0;
    let take = |entry: &Entry| {
        if !filter.takes(entry) {
            return Ok(true);
        }
        shown += 1;
        print(&style.line(entry))
    };
    let stop = tokio::signal::ctrl_c();
    if args.follow {
        place.follow(&mut groups, stop, take).await?;
    } else {
        tokio::select! {
            read = place.read(&mut groups, take) => { read?; }
            _ = stop => {}
        }
        if shown == 0 {
            output::note(&nothing(args, since));
        }
    }
    tell_of_missing(&groups, &target);
    Ok(Exit::Done)
}

fn filter_of(args: &Args) -> Filter {
    Filter {
        functions: args.function.clone(),
        errors: args.errors,
        request: args.request.clone(),
        platform: args.platform,
    }
}

/// Groups that the stack declares, and that are not there.
fn tell_of_missing(groups: &[Group], target: &Target) {
    for name in groups.iter().filter_map(Group::missing) {
        let verify = format!("cargo provision verify {}", target.flags());
        output::note(&format!(
            "there is no log group {name}, which the stack declares: {verify}"
        ));
    }
}

fn style(json: bool) -> Style {
    if json {
        return Style::Json;
    }
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Style::Words {
        coloured: wanted && io::stdout().is_terminal(),
    }
}

/// Prints a line; whether anybody reads on.
fn print(line: &str) -> anyhow::Result<bool> {
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(anyhow::Error::new(error).context("cannot write to stdout")),
    }
}

fn nothing(args: &Args, since: Timestamp) -> String {
    let what = match (&args.request, args.errors) {
        (Some(id), _) => format!("no lines of request {id}"),
        (None, true) => "nothing went wrong".to_owned(),
        (None, false) => "no lines".to_owned(),
    };
    format!("{what} since {since:.0} (--since looks further back)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_be_a_search_of_its_own() {
        assert!(request("QkF1bGpHPHcFbVw=").is_ok());
        for wrong in ["", "\"a\" \"b\"", "?x", "a b"] {
            assert!(request(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_function_is_named_as_everywhere() {
        assert_eq!(function("search"), Ok(Function::Search));
        assert!(function("Search").unwrap_err().contains("get-profile"));
    }
}
