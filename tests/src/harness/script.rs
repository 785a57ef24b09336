//! What the stand-in for Bedrock says, how fast, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::gate::Gate;

/// How a reply ends, counted in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Whole,
    /// The connection breaks after so many words.
    Cut(usize),
    /// An exception of this kind comes after so many words.
    Exception(usize, &'static str),
    /// Nothing comes after so many words; the connection stays.
    Stall(usize),
    /// It is refused as throttled before it begins.
    Throttled,
}

type Words = dyn Fn(&Value) -> Vec<String> + Send + Sync;

/// How prompts are answered.
#[derive(Clone)]
pub struct Script {
    words: Arc<Words>,
    /// The time before each word.
    pub pause: Duration,
    /// How the reply ends.
    pub ending: Ending,
    /// From this word on it waits until the gate is open.
    pub held: Option<(usize, Gate)>,
}

impl Script {
    /// Every prompt is answered with these words, at once.
    pub fn saying(words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Self::answering(move |_| words.clone())
    }

    /// Numbered words, `count` of them.
    pub fn counting(count: usize) -> Self {
        let words: Vec<String> = (1..=count)
            .map(|number| format!("word-{number} "))
            .collect();
        Self::answering(move |_| words.clone())
    }

    /// The words depend on the prompt.
    pub fn answering(words: impl Fn(&Value) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self {
            words: Arc::new(words),
            pause: Duration::ZERO,
            ending: Ending::Whole,
            held: None,
        }
    }

    /// With this time before each word.
    #[must_use]
    pub fn every(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Ending like this.
    #[must_use]
    pub fn ending(self, ending: Ending) -> Self {
        Self { ending, ..self }
    }

    /// With so many words said, it waits until `gate` is open.
    #[must_use]
    pub fn held_after(self, words: usize, gate: &Gate) -> Self {
        let held = Some((words, gate.clone()));
        Self { held, ..self }
    }

    /// What it says to `prompt`.
    pub fn words(&self, prompt: &Value) -> Vec<String> {
        (self.words)(prompt)
    }
}
