//! Each function alone, over stand-ins that answer at once: cold start against a bare program,
//! time of its own when warm, memory.
//!
//! A cold start has two parts: until the program asks for its first event (`init`), and from that
//! event to its answer. In the second a function makes calls; the bare program is told to make as
//! many, in the same rounds: all on one client, and, where the function calls two services, also with
//! a second client at another endpoint, since a second handshake is no function's doing. They start in turn, and the ratio is the median over
//! such rounds, so that a busy machine weighs on all; processor time is compared too, which a busy
//! machine does not stretch. All call over TLS, with a machine's certificates, as on AWS.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use contract::{Function as Name, Table, env, model};
use platform_tests::harness::{
    Bedrock, Connections, DynamoDb, Function, Outcome, Script, Tls, Unpacked,
};
use serde_json::{Value, json};

use crate::figure::Figure;
use crate::process::{cpu_time, peak_memory_kib};
use crate::stats::Samples;
use crate::workload;

/// Starts of each function; those of the bare program stand between them, so that all see the
/// same machine.
const STARTS: u32 = 60;

/// Warm invocations.
const WARM: u32 = 500;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a cold start may take, against the bare program's.
const COLD_RATIO: f64 = 1.3;

/// What a warm invocation without calls may take, in milliseconds.
const WARM_MS: f64 = 1.0;

/// Measures all functions; `bare` is the program to compare with.
pub fn measure(bare: &Path) -> Result<Vec<Figure>> {
    let around = Around::start()?;
    let mut figures = Vec::new();
    for name in Name::ALL {
        let of_one = around.figures(name, bare);
        figures.extend(of_one.with_context(|| name.name())?);
    }
    Ok(figures)
}

/// The stand-ins.
struct Around {
    dynamodb: DynamoDb,
    bedrock: Bedrock,
    connections: Connections,
    variables: Vec<(&'static str, String)>,
    // Ends with the rest.
    _tls: Tls,
}

/// One cold start, each part in wall time and in processor time.
#[derive(Clone, Copy)]
struct Start {
    init: Duration,
    init_cpu: Duration,
    whole: Duration,
    whole_cpu: Duration,
}

/// A part of a start.
type Part = fn(&Start) -> Duration;

/// The parts that are compared.
const PARTS: [(&str, Part); 4] = [
    ("init", |start| start.init),
    ("init, cpu", |start| start.init_cpu),
    ("cold", |start| start.whole),
    ("cold, cpu", |start| start.whole_cpu),
];

/// Picks a bare program's start.
type Bare = fn(&Round) -> Option<Start>;

/// The bare programs that a function is compared with.
const AGAINST: [(&str, Bare); 2] = [
    ("bare", |round| Some(round.bare)),
    ("bare of two services", |round| round.bare_of_two),
];

/// A start of a function, and beside it those of the bare program with one client and with two.
struct Round {
    ours: Start,
    bare: Start,
    bare_of_two: Option<Start>,
}

impl Round {
    /// Of a function's part to the bare program's, the median; `None` where that was not started.
    fn ratio(rounds: &[Self], part: Part, bare: Bare) -> Option<f64> {
        let ratio = |round: &Self| {
            let bare = part(&bare(round)?).as_secs_f64();
            Some(part(&round.ours).as_secs_f64() / bare)
        };
        let mut ratios: Vec<f64> = rounds.iter().filter_map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied()
    }
}

impl Around {
    fn start() -> Result<Self> {
        let dynamodb = DynamoDb::start()?;
        let bedrock = Bedrock::playing(Script::saying(&["Screening ", "finds it early."]))?;
        let connections = Connections::start()?;
        let tls = Tls::start()?;
        let mut variables: Vec<_> = Table::ALL
            .iter()
            .map(|table| (table.env(), table.physical_name("Bench")))
            .collect();
        variables.extend([
            (env::MODEL_ID, model::DEFAULT_MODEL.to_owned()),
            (
                env::AGENT_FUNCTION,
                Name::PersonalizationAgent.name().to_owned(),
            ),
            (env::CONNECTIONS_ENDPOINT, tls.before(&connections.url())?),
            ("AWS_ENDPOINT_URL", tls.before(&dynamodb.url())?),
            (
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                tls.before(&bedrock.url())?,
            ),
            ("AWS_ENDPOINT_URL_ELSEWHERE", tls.before(&dynamodb.url())?),
            ("SSL_CERT_FILE", tls.bundle()),
        ]);
        Ok(Self {
            dynamodb,
            bedrock,
            connections,
            variables,
            _tls: tls,
        })
    }

    fn figures(&self, name: Name, bare: &Path) -> Result<Vec<Figure>> {
        let rounds = self.rounds(name, bare)?;
        let of = |what: &str| format!("{}: {what}", name.name());
        let mut figures = Vec::new();
        for (what, part) in PARTS {
            let ours: Samples = rounds.iter().map(|round| part(&round.ours)).collect();
            figures.push(Figure::ms(of(what), ours.median()));
            for (against, bare) in AGAINST {
                let name = of(&format!("{what}, against {against}"));
                let ratio = Round::ratio(&rounds, part, bare);
                figures.extend(ratio.map(|it| Figure::of(name, it, "times").most(COLD_RATIO)));
            }
        }
        let warm = self.warm(name)?;
        let alone = warm.alone.map(|time| Figure::ms(of("warm, alone"), time));
        figures.extend(alone.map(|figure| figure.most(WARM_MS)));
        figures.push(Figure::ms(of("cpu, whole"), warm.cpu));
        let most = workload::memory_mib(name);
        figures.push(Figure::of(of("memory"), warm.memory_mib, "MiB").most(most));
        Ok(figures)
    }

    /// Cold starts of the function and of the bare program, in turn.
    fn rounds(&self, name: Name, bare: &Path) -> Result<Vec<Round>> {
        let (event, rounds) = (workload::whole(name), workload::rounds(name));
        let told =
            |rounds: &[workload::Round]| json!({ "userId": "user-000001", "rounds": rounds });
        let one: Vec<_> = rounds.iter().map(|&(calls, _)| (calls, false)).collect();
        let (one, two) = (told(&one), told(rounds));
        let before = self.calls();
        self.cold(name, Unpacked::of(name)?, &event)?;
        let calls = self.calls() - before;
        ensure!(
            calls == rounds.iter().map(|(calls, _)| calls).sum::<usize>(),
            "it makes {calls} calls, not {rounds:?}"
        );
        let ours = || self.cold(name, Unpacked::of(name)?, &event);
        let bare = |told| self.cold(name, Unpacked::executable(bare)?, told);
        // Who is second finds the machine as the first has left it: they take turns at that, too.
        let round = |number| {
            let first = (number % 2 == 0).then(&ours).transpose()?;
            let alone = bare(&one)?;
            let bare_of_two = (one != two).then(|| bare(&two)).transpose()?;
            Ok(Round {
                ours: first.map_or_else(&ours, Ok)?,
                bare: alone,
                bare_of_two,
            })
        };
        (0..STARTS).map(round).collect()
    }

    /// Calls that functions have made.
    fn calls(&self) -> usize {
        let frames = self.connections.heard(workload::CONNECTION).len();
        let tables = usize::try_from(self.dynamodb.calls()).unwrap_or(usize::MAX);
        tables + self.bedrock.asked().len() + frames
    }

    /// From spawn to the first answer.
    fn cold(&self, name: Name, unpacked: Unpacked, event: &Value) -> Result<Start> {
        let mut function = unpacked.begin(name)?;
        let spawned = Instant::now();
        function.add(name, &self.variables)?;
        let asked = function
            .asked_at(PATIENCE)
            .context("it asks for no event")?;
        let init = asked.saturating_duration_since(spawned);
        let init_cpu = cpu_time(function.pid())?;
        let begun = Instant::now();
        invoke(&function, event)?;
        Ok(Start {
            init,
            init_cpu,
            whole: init + begun.elapsed(),
            whole_cpu: cpu_time(function.pid())?,
        })
    }

    fn warm(&self, name: Name) -> Result<Warm> {
        let function = Function::start(name, &self.variables)?;
        let event = workload::whole(name);
        // The first opens the connections.
        invoke(&function, &event)?;
        let before = cpu_time(function.pid())?;
        for _ in 0..WARM {
            invoke(&function, &event)?;
        }
        let cpu = cpu_time(function.pid())?.saturating_sub(before) / WARM;
        let alone = workload::calling_nothing(name)
            .map(|event| alone(&function, &event))
            .transpose()?;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand KiB")]
        let memory_mib = peak_memory_kib(function.pid())? as f64 / 1024.0;
        Ok(Warm {
            alone,
            cpu,
            memory_mib,
        })
    }
}

struct Warm {
    alone: Option<Duration>,
    cpu: Duration,
    memory_mib: f64,
}

fn alone(function: &Function, event: &Value) -> Result<Duration> {
    let mut samples = Samples::default();
    for _ in 0..WARM {
        let answer = Instant::now();
        let begun = function.begin(event.clone(), PATIENCE)?;
        function.outcome(begun, PATIENCE)?;
        samples.add(answer.elapsed());
    }
    Ok(samples.median())
}

fn invoke(function: &Function, event: &Value) -> Result<()> {
    let answer = function.begin(event.clone(), PATIENCE)?;
    fulfilled(&function.outcome(answer, PATIENCE)?)
}

/// An answer that says failure is not what is measured.
fn fulfilled(outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Failed(error) => bail!("it failed: {}", String::from_utf8_lossy(error)),
        Outcome::Answered(body) => {
            let answer: Value = serde_json::from_slice(body).unwrap_or_default();
            match answer["statusCode"].as_u64() {
                None | Some(200) => Ok(()),
                Some(status) => bail!("it answers with {status}: {answer}"),
            }
        }
    }
}
