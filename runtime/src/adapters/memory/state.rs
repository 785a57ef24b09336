//! What the memory adapter holds, and how tests set it up and look at it.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::clock::VirtualClock;
use super::services::Outcome;
use crate::domain::session::expires_at;
use crate::domain::{
    Abandoned, AgentCall, Context, Donation, Interaction, Lease, Prompt, Session, Supporter, UserId,
};
use crate::ports::{Chance, Clock, Unavailable};

/// What a call takes where a test does not say.
const USUAL: Duration = Duration::from_millis(1);

/// A verb that can fail, hang or be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    /// [`crate::ports::FindSupporter`]
    FindSupporter,
    /// [`crate::ports::ListDonations`]
    ListDonations,
    /// [`crate::ports::NewestContext`]
    NewestContext,
    /// [`crate::ports::RecallTurns`]
    RecallTurns,
    /// [`crate::ports::RecordTurn`]
    RecordTurn,
    /// [`crate::ports::Converse`]
    Converse,
    /// [`crate::ports::FindContent`]
    FindContent,
    /// [`crate::ports::OpenSession`]
    OpenSession,
    /// [`crate::ports::CloseSession`]
    CloseSession,
    /// [`crate::ports::KeepSession::touch`]
    TouchSession,
    /// [`crate::ports::KeepSession::take`]
    TakeLease,
    /// [`crate::ports::KeepSession::release`]
    ReleaseLease,
    /// [`crate::ports::AskAgent::ask`]
    AskAgent,
    /// [`crate::ports::AskAgent::abandon`]
    AbandonCall,
    /// [`crate::ports::KeepAbandoned::abandon`]
    WriteAbandoned,
    /// [`crate::ports::KeepAbandoned::is_abandoned`]
    ReadAbandoned,
    /// [`crate::ports::PostFrame`]
    PostFrame,
}

#[derive(Clone, Copy)]
enum Fault {
    Fail,
    Hang,
    Slow(Duration),
}

/// A session with what the table keeps beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The session.
    pub session: Session,
    /// Its end, in seconds since 1970.
    pub expires_at: i64,
    /// Who answers on it.
    pub lease: Option<Lease>,
}

/// All ports, sharing one state. Clones are the same memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Shared>);

#[derive(Default)]
struct Shared {
    clock: VirtualClock,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub supporters: BTreeMap<String, Supporter>,
    pub donations: BTreeMap<String, Vec<Donation>>,
    pub contexts: BTreeMap<String, BTreeMap<u64, Context>>,
    pub interactions: BTreeMap<(String, String), Interaction>,
    pub sessions: BTreeMap<String, StoredSession>,
    pub frames: Vec<(String, String)>,
    pub frame_times: Vec<Duration>,
    pub gone: Vec<String>,
    pub prompts: Vec<Prompt>,
    pub model: VecDeque<Outcome<String>>,
    pub calls: Vec<AgentCall>,
    pub abandoned_calls: Vec<Abandoned>,
    pub abandoned: Vec<Abandoned>,
    pub agent: VecDeque<Outcome<Value>>,
    pub agent_streams: VecDeque<Vec<(Duration, String)>>,
    pub chunks_taken: usize,
    pub parts_taken: usize,
    pub pace: Duration,
    pub interests: Vec<Vec<String>>,
    pub found: search::Results,
    faults: BTreeMap<Port, Fault>,
    made: u64,
}

impl Memory {
    pub(super) fn with<O>(&self, look: impl FnOnce(&mut State) -> O) -> O {
        look(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a call's time, then fails if a test says so.
    pub(super) async fn enter(&self, port: Port) -> Result<(), Unavailable> {
        let fault = self.with(|state| state.faults.get(&port).copied());
        match fault {
            None | Some(Fault::Fail) => self.sleep(USUAL).await,
            Some(Fault::Slow(time)) => self.sleep(time).await,
            Some(Fault::Hang) => pending().await,
        }
        self.fail_now(port)
    }

    pub(super) fn fail_now(&self, port: Port) -> Result<(), Unavailable> {
        let fails = self.with(|state| matches!(state.faults.get(&port), Some(Fault::Fail)));
        if fails {
            return Err(Unavailable {
                what: "reach the memory",
                source: format!("{port:?} fails in this test").into(),
            });
        }
        Ok(())
    }

    /// Runs `work` in virtual time.
    pub fn run<W: Future>(&self, work: W) -> W::Output {
        self.0.clock.run(work)
    }

    /// Virtual time since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.0.clock.elapsed()
    }

    /// `port` fails from now on.
    pub fn fail(&self, port: Port) {
        self.with(|state| state.faults.insert(port, Fault::Fail));
    }

    /// `port` never answers from now on.
    pub fn hang(&self, port: Port) {
        self.with(|state| state.faults.insert(port, Fault::Hang));
    }

    /// `port` works again from now on.
    pub fn mend(&self, port: Port) {
        self.with(|state| state.faults.remove(&port));
    }

    /// `port` takes `time` from now on.
    pub fn slow(&self, port: Port, time: Duration) {
        self.with(|state| state.faults.insert(port, Fault::Slow(time)));
    }

    /// Puts a supporter who has a name and chosen topics.
    pub fn put_supporter(&self, user: &str, name: &str, topics: &[&str]) {
        let mut supporter = Supporter {
            user_id: user.to_owned(),
            name: Some(name.to_owned()),
            ..Supporter::default()
        };
        supporter.preferences.topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        self.with(|state| state.supporters.insert(user.to_owned(), supporter));
    }

    /// Removes a supporter.
    pub fn erase_supporter(&self, user: &str) {
        self.with(|state| state.supporters.remove(user));
    }

    /// Puts a donation.
    pub fn put_donation(&self, user: &str, donation: Donation) {
        self.with(|state| {
            let donations = state.donations.entry(user.to_owned()).or_default();
            donations.push(donation);
        });
    }

    /// Puts a version of a context.
    pub fn put_context(&self, user: &str, context: Context) {
        self.with(|state| {
            let versions = state.contexts.entry(user.to_owned()).or_default();
            versions.insert(context.version, context);
        });
    }

    /// Puts a session that begins now.
    pub fn put_session(&self, session_id: &str, user: &str) {
        if let Some(user) = UserId::parse(user) {
            let now = self.now();
            let stored = StoredSession {
                session: Session::begin(session_id.to_owned(), user, now),
                expires_at: expires_at(now),
                lease: None,
            };
            self.with(|state| state.sessions.insert(session_id.to_owned(), stored));
        }
    }

    /// What the model does with the next prompt nothing was said for; else it answers.
    pub fn model_gives(&self, outcome: Outcome<String>) {
        self.with(|state| state.model.push_back(outcome));
    }

    /// What the agent function does with the next call nothing was said for; else it answers.
    pub fn agent_gives(&self, outcome: Outcome<Value>) {
        self.with(|state| state.agent.push_back(outcome));
    }

    /// What the agent function streams for the next call, each chunk after some time.
    pub fn agent_streams(&self, chunks: Vec<(Duration, String)>) {
        self.with(|state| state.agent_streams.push_back(chunks));
    }

    /// The chunks that were read of what the agent function streams.
    pub fn chunks_taken(&self) -> usize {
        self.with(|state| state.chunks_taken)
    }

    /// The model gives its words `pace` apart.
    pub fn model_paces(&self, pace: Duration) {
        self.with(|state| state.pace = pace);
    }

    pub(super) fn pace(&self) -> Duration {
        self.with(|state| state.pace)
    }

    /// The parts that were read of the model's answers.
    pub fn parts_taken(&self) -> usize {
        self.with(|state| state.parts_taken)
    }

    /// When frames were taken, in order.
    pub fn frame_times(&self) -> Vec<Duration> {
        self.with(|state| state.frame_times.clone())
    }

    /// What the index finds.
    pub fn index_finds(&self, results: search::Results) {
        self.with(|state| state.found = results);
    }

    /// The connection is closed.
    pub fn close_connection(&self, connection_id: &str) {
        self.with(|state| state.gone.push(connection_id.to_owned()));
    }

    /// A supporter's contexts, oldest first.
    pub fn contexts(&self, user: &str) -> Vec<Context> {
        let versions = self.with(|state| state.contexts.get(user).cloned());
        versions.unwrap_or_default().into_values().collect()
    }

    /// A supporter's interactions, oldest first.
    pub fn interactions(&self, user: &str) -> Vec<Interaction> {
        self.with(|state| {
            let all = state.interactions.values();
            let theirs = all.filter(|interaction| interaction.user_id.as_str() == user);
            theirs.cloned().collect()
        })
    }

    /// A session.
    pub fn session(&self, session_id: &str) -> Option<StoredSession> {
        self.with(|state| state.sessions.get(session_id).cloned())
    }

    /// The prompts that the model was given.
    pub fn prompts(&self) -> Vec<Prompt> {
        self.with(|state| state.prompts.clone())
    }

    /// The calls that the agent function was given.
    pub fn agent_calls(&self) -> Vec<AgentCall> {
        self.with(|state| state.calls.clone())
    }

    /// The calls that told the agent function of abandoned messages.
    pub fn abandoned_calls(&self) -> Vec<Abandoned> {
        self.with(|state| state.abandoned_calls.clone())
    }

    /// The abandoned messages that Interactions keeps.
    pub fn abandoned(&self) -> Vec<Abandoned> {
        self.with(|state| state.abandoned.clone())
    }

    /// The interests of each search.
    pub fn searched_interests(&self) -> Vec<Vec<String>> {
        self.with(|state| state.interests.clone())
    }

    /// The frames that a connection took, in order.
    pub fn frames(&self, connection_id: &str) -> Vec<String> {
        self.with(|state| {
            let taken = state.frames.iter().filter(|(to, _)| to == connection_id);
            taken.map(|(_, frame)| frame.clone()).collect()
        })
    }
}

impl Clock for Memory {
    fn now(&self) -> jiff::Timestamp {
        self.0.clock.now()
    }

    async fn sleep(&self, time: Duration) {
        self.0.clock.sleep(time).await;
    }
}

impl Chance for Memory {
    fn id(&self) -> Uuid {
        Uuid::from_u128(self.count().into())
    }

    fn up_to(&self, most: Duration) -> Duration {
        // The golden ratio's multiples spread over the unit interval, the same in every run.
        let share = self.count().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
        let share = u32::try_from(share).unwrap_or(0);
        most.saturating_mul(share) / (1 << 16)
    }

    fn suffix(&self) -> (u32, u32) {
        (u32::try_from(self.count()).unwrap_or(u32::MAX), 0)
    }
}

impl Memory {
    fn count(&self) -> u64 {
        self.with(|state| {
            state.made += 1;
            state.made
        })
    }
}
