//! Answers of the REST API.

use super::Shape::{
    Bool, Choice, Count, Id, Integer, List, Map, Number, Object, OrNull, Range, Text,
};
use super::{Answer, Part, meaning, part};
use crate::schema::CONTENT_KINDS;
use crate::{ErrorCode, Function};

const ISO: &str = "ISO 8601.";

/// Parts that say when or what, where the tables know.
const fn maybe(name: &'static str, what: &'static str) -> Part {
    meaning(name, OrNull(&Text), what)
}

const PREFERENCES: Answer = Answer {
    name: "Preferences",
    meaning: "What a supporter asked for.",
    parts: &[
        part("topics", List(&Text)),
        maybe("channel", "How to reach them, e.g. `email`."),
        maybe("language", "Language tag, e.g. `en-GB`."),
    ],
};

const ENGAGEMENT: Answer = Answer {
    name: "Engagement",
    meaning: "How a supporter takes part.",
    parts: &[
        part("eventsAttended", OrNull(&Count)),
        part("emailsOpened", OrNull(&Count)),
        maybe("lastSeenAt", ISO),
        part("segments", List(&Text)),
    ],
};

const PROFILE: Answer = Answer {
    name: "Profile",
    meaning: "Who a supporter is.",
    parts: &[
        part("userId", Id),
        maybe("name", "Full name."),
        maybe("email", "Address for email."),
        maybe("joinedAt", ISO),
        part("preferences", Object(&PREFERENCES)),
        part("engagement", Object(&ENGAGEMENT)),
    ],
};

const DONATION: Answer = Answer {
    name: "Donation",
    meaning: "One gift.",
    parts: &[
        part("donationId", Text),
        meaning(
            "amount",
            Integer,
            "In minor units of the currency, e.g. pence.",
        ),
        meaning("currency", Text, "ISO 4217."),
        maybe("donatedAt", ISO),
        maybe("campaign", "The campaign it belongs to."),
        meaning("recurring", Bool, "Whether it comes every month."),
    ],
};

const DONATION_SUMMARY: Answer = Answer {
    name: "DonationSummary",
    meaning: "Figures over all gifts, those not shown included.",
    parts: &[
        part("count", Count),
        meaning("total", Map(&Integer), "Minor units, by currency."),
        maybe("lastDonatedAt", ISO),
    ],
};

const CONTEXT: Answer = Answer {
    name: "Context",
    meaning: "The newest version of what is known for personalisation.",
    parts: &[
        meaning("version", Count, "Counts from 1 without a gap."),
        meaning("summary", Text, "A few sentences."),
        meaning("interests", List(&Text), "Topics, heaviest first."),
        maybe("updatedAt", ISO),
    ],
};

/// `GET /profile…`, 200.
pub const PROFILE_ANSWER: Answer = Answer {
    name: "ProfileAnswer",
    meaning: "A supporter's profile, giving and newest context.",
    parts: &[
        part("profile", Object(&PROFILE)),
        meaning(
            "donations",
            List(&Object(&DONATION)),
            "The newest 100, newest first.",
        ),
        part("donationSummary", Object(&DONATION_SUMMARY)),
        part("context", OrNull(&Object(&CONTEXT))),
    ],
};

/// A piece of content that an answer recommends, over REST and in frames.
pub(super) const RECOMMENDATION: Answer = Answer {
    name: "Recommendation",
    meaning: "A piece of content that may be of use.",
    parts: &[
        part("id", Text),
        part("kind", Choice(CONTENT_KINDS)),
        part("title", Text),
    ],
};

const USAGE: Answer = Answer {
    name: "Usage",
    meaning: "Tokens that the turn took.",
    parts: &[part("inputTokens", Count), part("outputTokens", Count)],
};

/// `POST /agent`, 200.
pub const AGENT_ANSWER: Answer = Answer {
    name: "AgentAnswer",
    meaning: "The agent's reply; the turn is written.",
    parts: &[
        part("reply", Text),
        meaning(
            "conversationId",
            Id,
            "Made where the request has none; send it to go on.",
        ),
        meaning("model", Text, "The inference profile that answered."),
        meaning(
            "contextVersion",
            Count,
            "The version of the context that the turn made.",
        ),
        part("recommendations", List(&Object(&RECOMMENDATION))),
        part("usage", Object(&USAGE)),
        meaning("latencyMs", Count, "From the request to the reply."),
    ],
};

const HIT: Answer = Answer {
    name: "SearchResult",
    meaning: "One match.",
    parts: &[
        part("id", Text),
        part("kind", Choice(CONTENT_KINDS)),
        part("title", Text),
        part("summary", Text),
        meaning(
            "highlights",
            List(&Range),
            "[start, end) of matching words in `summary`, in Unicode scalar values.",
        ),
        meaning("url", Text, "Where the whole piece is."),
        meaning(
            "score",
            Number,
            "Never rises from one result to the next; comparable within one answer only.",
        ),
        meaning("personalised", Bool, "Whether an interest lifted it."),
    ],
};

const FACETS: Answer = Answer {
    name: "Facets",
    meaning: "Counts over all matches.",
    parts: &[part("kind", Map(&Count)), part("topic", Map(&Count))],
};

/// `POST /search`, 200.
pub const SEARCH_ANSWER: Answer = Answer {
    name: "SearchAnswer",
    meaning: "What was found.",
    parts: &[
        meaning("results", List(&Object(&HIT)), "Best first."),
        meaning("total", Count, "All matches, those not shown included."),
        part("facets", Object(&FACETS)),
        part("tookMs", Count),
    ],
};

const ERROR_DETAIL: Answer = Answer {
    name: "ErrorDetail",
    meaning: "What is wrong.",
    parts: &[
        meaning("code", Text, "What a program may branch on."),
        meaning("message", Text, "What a person may read."),
        meaning("requestId", Text, "What to name to the operator."),
    ],
};

/// Every error, on every path.
pub const ERROR: Answer = Answer {
    name: "Error",
    meaning: "An error.",
    parts: &[part("error", Object(&ERROR_DETAIL))],
};

/// What a function answers over REST with 200; `None` for those behind the WebSocket API.
pub const fn answer_of(function: Function) -> Option<&'static Answer> {
    match function {
        Function::GetProfile => Some(&PROFILE_ANSWER),
        Function::PersonalizationAgent => Some(&AGENT_ANSWER),
        Function::Search => Some(&SEARCH_ANSWER),
        Function::WsConnect | Function::WsDisconnect | Function::WsMessage => None,
    }
}

/// The errors that a function answers over REST itself, besides the gateway's.
pub const fn problems(function: Function) -> &'static [ErrorCode] {
    match function {
        Function::GetProfile => &[
            ErrorCode::InvalidRequest,
            ErrorCode::UserNotFound,
            ErrorCode::Internal,
        ],
        Function::PersonalizationAgent => &[
            ErrorCode::InvalidRequest,
            ErrorCode::UserNotFound,
            ErrorCode::Internal,
            ErrorCode::ModelThrottled,
            ErrorCode::ModelTimeout,
        ],
        Function::Search => &[ErrorCode::InvalidRequest, ErrorCode::Internal],
        Function::WsConnect | Function::WsDisconnect | Function::WsMessage => &[],
    }
}
