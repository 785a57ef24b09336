//! Made-up documents and queries, the same on every machine.
//!
//! Words are as frequent as in a language (Zipf), topics as in the samples.

use std::path::Path;

use anyhow::anyhow;
use search::content::{Document, parse};

/// Words that there are.
const VOCABULARY: usize = 40_000;

const TOPICS: [&str; 24] = [
    "screening",
    "prevention",
    "research",
    "donations",
    "fundraising",
    "carers",
    "treatment",
    "diet",
    "genetics",
    "smoking",
    "events",
    "volunteering",
    "clinical trials",
    "bowel cancer",
    "breast cancer",
    "lung cancer",
    "skin cancer",
    "prostate cancer",
    "sun safety",
    "side effects",
    "data science",
    "legacy giving",
    "mental wellbeing",
    "early diagnosis",
];

/// Numbers that look random and are the same for the same seed (xorshift).
pub struct Chance(u64);

impl Chance {
    /// Begins with `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from((self.0 >> 11) % bound).unwrap_or(0)
    }

    fn topic(&mut self) -> &'static str {
        TOPICS[self.below(TOPICS.len())]
    }

    /// A word of the language: the n-th is drawn about 1/n as often as the first.
    fn word(&mut self) -> String {
        let mut ceiling = 2;
        // Each doubling is as likely as the one before it, which is Zipf's law.
        let doublings = self.below(16);
        for _ in 0..doublings {
            ceiling *= 2;
        }
        spell(self.below(ceiling.min(VOCABULARY)))
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }
}

/// The n-th word: syllables, so that words look and stem like words.
fn spell(mut number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ce", "di", "fo", "gu", "ha", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
        "tra", "ple", "sti", "cro", "shu",
    ];
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[number % SYLLABLES.len()]);
        number /= SYLLABLES.len();
        if number == 0 && word.len() > 4 {
            break;
        }
    }
    word
}

/// The `number`-th document: a title of 7 words, a summary of 24, a text of 150.
pub fn document(number: u32) -> anyhow::Result<Document> {
    let mut chance = Chance::new(u64::from(number) + 1);
    let kind = if chance.below(3) == 0 {
        "paper"
    } else {
        "article"
    };
    let mut topics = vec![chance.topic(), chance.topic(), chance.topic()];
    topics.sort_unstable();
    topics.dedup();
    let paper = "authors: [A. Sample]\ndoi: 10.5555/sample.1\n";
    let source = format!(
        "---\nid: generated-{number:06}\nkind: {kind}\ntitle: {title}\nsummary: {summary}\n\
         topics: [{topics}]\naudience: [everyone]\npublished: 2026-01-31\n\
         url: https://www.example.org/generated/{number}\nsample: true\n{paper}---\n{body}\n",
        title = chance.words(7),
        summary = chance.words(24),
        topics = topics.join(", "),
        paper = if kind == "paper" { paper } else { "" },
        body = chance.words(150),
    );
    let document = parse(Path::new("generated.md"), &source);
    let (document, _) = document.map_err(|errors| anyhow!("{errors:?}"))?;
    Ok(document)
}

/// The `number`-th query: of one to four words, some a topic, one in six unfinished, one in six
/// with a slip, one in ten with a phrase.
pub fn query(number: u32) -> String {
    let mut chance = Chance::new(u64::from(number) + 1_000_003);
    let count = 1 + chance.below(4);
    let mut text = match chance.below(3) {
        0 => chance.topic().to_owned(),
        _ => chance.words(count),
    };
    match chance.below(30) {
        0..=4 => {
            let keep = text.len().saturating_sub(2).max(1);
            text.truncate(keep);
        }
        5..=9 => {
            let at = chance.below(text.len());
            text.insert(at, 'q');
        }
        10..=12 => text = format!("\"{} {}\" {text}", chance.word(), chance.word()),
        _ => {}
    }
    text
}
