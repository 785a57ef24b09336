//! Each function alone, over stand-ins that answer at once: cold start against a bare program,
//! time of its own when warm, memory.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use contract::{Function as Name, Table, env, model};
use platform_tests::harness::{
    Bedrock, Connections, DynamoDb, Function, Outcome, Script, Unpacked,
};
use serde_json::{Value, json};

use crate::process::{cpu_time, peak_memory_kib};
use crate::stats::{Samples, ms};
use crate::workload;

/// Starts of each function; those of the bare program stand between them, so that both see the
/// same machine.
const STARTS: u32 = 20;

/// Warm invocations.
const WARM: u32 = 500;

const PATIENCE: Duration = Duration::from_secs(20);

/// Measures all functions; `bare` is the program to compare with.
pub fn measure(bare: &Path) -> Result<String> {
    let around = Around::start()?;
    let mut table = format!(
        "{:<22} {:>5} {:>10} {:>10} {:>6} {:>12} {:>12} {:>10}\n",
        "function", "calls", "cold", "bare", "ratio", "warm, alone", "cpu, whole", "memory"
    );
    for name in Name::ALL {
        let row = around.row(name, bare).with_context(|| name.name())?;
        table.push_str(&row);
    }
    table.push_str(
        "\ncalls: what the first answer takes; the bare program makes one\n\
         cold: spawn to first answer, median of 20; ratio: against the bare program\n\
         warm, alone: an invocation that calls nothing, median of 500, with the Runtime API's way\n\
         cpu, whole: processor time of a whole invocation, mean of 500\n\
         memory: the most held after these (VmHWM)\n",
    );
    Ok(table)
}

/// The stand-ins.
struct Around {
    dynamodb: DynamoDb,
    bedrock: Bedrock,
    connections: Connections,
}

impl Around {
    fn start() -> Result<Self> {
        Ok(Self {
            dynamodb: DynamoDb::start()?,
            bedrock: Bedrock::playing(Script::saying(&["Screening ", "finds it early."]))?,
            connections: Connections::start()?,
        })
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
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
            (env::CONNECTIONS_ENDPOINT, self.connections.url()),
            ("AWS_ENDPOINT_URL", self.dynamodb.url()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", self.bedrock.url()),
        ]);
        variables
    }

    fn row(&self, name: Name, bare: &Path) -> Result<String> {
        let (mut ours, mut theirs) = (Samples::default(), Samples::default());
        let plain = json!({ "userId": "user-000001" });
        let before = self.calls();
        self.cold(name, Unpacked::of(name)?, &workload::whole(name))?;
        let calls = self.calls() - before;
        for _ in 0..STARTS {
            ours.add(self.cold(name, Unpacked::of(name)?, &workload::whole(name))?);
            theirs.add(self.cold(name, Unpacked::executable(bare)?, &plain)?);
        }
        let warm = self.warm(name)?;
        let ratio = ours.median().as_secs_f64() / theirs.median().as_secs_f64();
        let mut row = String::new();
        writeln!(
            row,
            "{:<22} {calls:>5} {:>10} {:>10} {ratio:>6.2} {:>12} {:>12} {:>6.1} MiB",
            name.name(),
            ms(ours.median()),
            ms(theirs.median()),
            warm.alone.map_or_else(|| "-".to_owned(), ms),
            ms(warm.cpu),
            warm.memory_mib,
        )?;
        Ok(row)
    }

    /// Calls that functions have made.
    fn calls(&self) -> usize {
        let frames = self.connections.heard(workload::CONNECTION).len();
        let tables = usize::try_from(self.dynamodb.calls()).unwrap_or(usize::MAX);
        tables + self.bedrock.asked().len() + frames
    }

    /// From spawn to the first answer.
    fn cold(&self, name: Name, unpacked: Unpacked, event: &Value) -> Result<Duration> {
        let mut function = unpacked.begin(name)?;
        let answer = function.begin(event.clone(), PATIENCE)?;
        let start = Instant::now();
        function.add(name, &self.variables())?;
        fulfilled(&function.outcome(answer, PATIENCE)?)?;
        Ok(start.elapsed())
    }

    fn warm(&self, name: Name) -> Result<Warm> {
        let function = Function::start(name, &self.variables())?;
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
