//! The items of the tables, as stored. Absent values are `NULL`, never left out.

use serde::Serialize;

/// An item of the Users table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Supporter {
    /// Partition key.
    pub user_id: String,
    /// Full name.
    pub name: String,
    /// Address at example.org, which delivers nowhere.
    pub email: String,
    /// ISO 8601 UTC, to the second.
    pub joined_at: String,
    /// What they asked for.
    pub preferences: Preferences,
    /// What they did.
    pub engagement: Engagement,
}

/// What a supporter asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Topics.
    pub topics: Vec<&'static str>,
    /// How they want to hear from us.
    pub channel: &'static str,
    /// BCP 47 tag.
    pub language: &'static str,
}

/// What a supporter did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Engagement {
    /// Events in the Interactions table.
    pub events_attended: usize,
    /// Opened newsletters in the Interactions table.
    pub emails_opened: usize,
    /// The last interaction, ISO 8601 UTC.
    pub last_seen_at: Option<String>,
    /// Groups that campaigns address.
    pub segments: Vec<&'static str>,
}

/// An item of the Donations table.
#[expect(
    clippy::struct_field_names,
    reason = "the attribute is called donationId"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Donation {
    /// Partition key.
    pub user_id: String,
    /// Sort key.
    pub donation_id: String,
    /// Minor units (pence).
    pub amount: u32,
    /// ISO 4217.
    pub currency: &'static str,
    /// ISO 8601 UTC, to the second.
    pub donated_at: String,
    /// What asked for it, where something did.
    pub campaign: Option<String>,
    /// Whether it is part of a regular gift.
    pub recurring: bool,
}

/// An item of the Context table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// Partition key.
    pub user_id: String,
    /// Sort key, from 1 without a gap.
    pub version: u32,
    /// What the agent knows of the supporter.
    pub summary: String,
    /// Topics.
    pub interests: Vec<&'static str>,
    /// Topics of the newest turn.
    pub last_topics: Vec<&'static str>,
    /// ISO 8601 UTC, to the second.
    pub updated_at: String,
}

/// An item of the Interactions table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interaction {
    /// Partition key.
    pub user_id: String,
    /// Sort key: ISO 8601 UTC with milliseconds, `#`, and a suffix that keeps two apart.
    pub timestamp: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[expect(
    clippy::enum_variant_names,
    reason = "the stored type is event_attended"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// A newsletter was opened.
    EmailOpened {
        /// Its subject.
        subject: &'static str,
        /// What it was part of.
        campaign: String,
    },
    /// An event was attended.
    EventAttended {
        /// Its name.
        event: String,
        /// Where it was.
        place: &'static str,
    },
    /// A page was read.
    PageViewed {
        /// Path on the website.
        path: String,
        /// What it is about.
        topic: &'static str,
    },
    /// A message was answered by the agent.
    ChatTurn {
        /// The conversation it belongs to.
        conversation_id: String,
        /// What the supporter wrote.
        message: &'static str,
        /// What the agent answered.
        reply: &'static str,
        /// The model that answered.
        model: &'static str,
        /// The context version that the turn wrote.
        context_version: u32,
    },
}
