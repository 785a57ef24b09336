//! A supporter, as the table Users keeps them.

use serde::Serialize;

use super::Context;

/// A supporter's profile. What the table does not hold is `null` (or empty) in answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Supporter {
    /// Their id.
    pub user_id: String,
    /// Full name.
    pub name: Option<String>,
    /// Address for email.
    pub email: Option<String>,
    /// When they joined, ISO 8601.
    pub joined_at: Option<String>,
    /// What they asked for.
    pub preferences: Preferences,
    /// How they take part.
    pub engagement: Engagement,
}

/// What a supporter asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Topics they chose.
    pub topics: Vec<String>,
    /// How to reach them, e.g. `email`.
    pub channel: Option<String>,
    /// Language tag, e.g. `en-GB`.
    pub language: Option<String>,
}

/// How a supporter takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Engagement {
    /// Events they came to.
    pub events_attended: Option<u64>,
    /// Emails they opened.
    pub emails_opened: Option<u64>,
    /// When they were last seen, ISO 8601.
    pub last_seen_at: Option<String>,
    /// Groups they belong to.
    pub segments: Vec<String>,
}

/// The topics that lift what a search finds: those the supporter chose, then their interests.
pub fn interests(supporter: &Supporter, context: Option<&Context>) -> Vec<String> {
    let known = context.map_or(&[][..], |context| &context.interests);
    let chosen = &supporter.preferences.topics;
    chosen.iter().chain(known).cloned().collect()
}
