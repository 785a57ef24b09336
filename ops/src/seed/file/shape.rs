//! What the records of each table may hold: the one declaration that validation and schema are
//! made of.

use contract::Table;
use contract::limits::{ID_PATTERN, is_id};
use jiff::Timestamp;

/// What values a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A supporter's id.
    Id,
    /// Text of 1 to this many characters.
    Text(usize),
    /// An address with one `@`.
    Email,
    /// A time, ISO 8601 UTC.
    Time,
    /// A time with milliseconds, `#`, and what keeps two in one millisecond apart.
    Moment,
    /// A whole number from this one to 2^53 - 1, which every JSON reader takes.
    Integer(u64),
    /// `true` or `false`.
    Flag,
    /// ISO 4217, e.g. `GBP`.
    Currency,
    /// Texts.
    Texts,
    /// Fields of its own.
    Object(&'static [Field]),
}

/// The largest whole number that is exact in every JSON reader.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Pattern of [`Kind::Time`].
const TIME: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$";
/// Pattern of [`Kind::Moment`].
const MOMENT: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[!-~]{1,64}$";
/// Pattern of [`Kind::Email`].
const EMAIL: &str = r"^[^@\s]+@[^@\s]+$";
/// Pattern of [`Kind::Currency`].
const CURRENCY: &str = "^[A-Z]{3}$";

impl Kind {
    /// The pattern of a text that is more than any text.
    pub const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Id => Some(ID_PATTERN),
            Self::Email => Some(EMAIL),
            Self::Time => Some(TIME),
            Self::Moment => Some(MOMENT),
            Self::Currency => Some(CURRENCY),
            _ => None,
        }
    }

    /// What it must be, for a person.
    pub fn must_be(self) -> String {
        match self {
            Self::Id => format!("an id: {ID_PATTERN}"),
            Self::Text(most) => format!("a text of 1 to {most} characters"),
            Self::Email => "an address with one @".to_owned(),
            Self::Time => "a time like 2026-10-01T09:30:00Z".to_owned(),
            Self::Moment => "a time and a suffix like 2026-10-01T09:30:00.000Z#000001".to_owned(),
            Self::Integer(least) => format!("a whole number from {least} on"),
            Self::Flag => "true or false".to_owned(),
            Self::Currency => "a currency like GBP".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        }
    }

    /// Whether a text is of this kind.
    pub fn takes_text(self, text: &str) -> bool {
        match self {
            Self::Id => is_id(text),
            Self::Text(most) => (1..=most).contains(&text.chars().count()),
            Self::Email => is_email(text),
            Self::Time => is_time(text),
            Self::Moment => is_moment(text),
            Self::Currency => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
            _ => false,
        }
    }
}

fn is_email(text: &str) -> bool {
    let halves = text.split_once('@');
    let whole = halves.is_some_and(|(name, domain)| {
        !name.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    whole && !text.contains(char::is_whitespace)
}

fn is_time(text: &str) -> bool {
    let shaped = text.len() >= 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
    shaped && text.is_ascii() && text.parse::<Timestamp>().is_ok()
}

fn is_moment(text: &str) -> bool {
    text.split_once('#').is_some_and(|(time, suffix)| {
        time.len() == 24
            && is_time(time)
            && (1..=64).contains(&suffix.len())
            && suffix.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there; where it need not, `null` will do.
    pub required: bool,
    /// What it is.
    pub about: &'static str,
}

const fn required(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        required: true,
        about,
    }
}

const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        required: false,
        about,
    }
}

/// The records of one table.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The table.
    pub table: Table,
    /// What a record is.
    pub about: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Whether it may have other fields, which are kept as they are.
    pub open: bool,
}

const USER_ID: Field = required("userId", Kind::Id, "The supporter");

/// Every kind of record. Sessions are never loaded: they belong to open connections.
pub const SHAPES: [Shape; 4] = [
    Shape {
        table: Table::Users,
        about: "A supporter",
        open: false,
        fields: &[
            USER_ID,
            required("name", Kind::Text(200), "Full name"),
            optional("email", Kind::Email, "Address"),
            optional("joinedAt", Kind::Time, "When they joined"),
            optional(
                "preferences",
                Kind::Object(&[
                    optional("topics", Kind::Texts, "Topics they chose"),
                    optional("channel", Kind::Text(40), "How to reach them, e.g. email"),
                    optional("language", Kind::Text(35), "Language tag, e.g. en-GB"),
                ]),
                "What they asked for",
            ),
            optional(
                "engagement",
                Kind::Object(&[
                    optional("eventsAttended", Kind::Integer(0), "Events they came to"),
                    optional("emailsOpened", Kind::Integer(0), "Newsletters they opened"),
                    optional("lastSeenAt", Kind::Time, "When they were last seen"),
                    optional("segments", Kind::Texts, "Groups they belong to"),
                ]),
                "How they take part",
            ),
        ],
    },
    Shape {
        table: Table::Donations,
        about: "A gift",
        open: false,
        fields: &[
            USER_ID,
            required(
                "donationId",
                Kind::Text(128),
                "Its id, one for each gift of a supporter",
            ),
            required("amount", Kind::Integer(1), "Minor units (pence)"),
            required("currency", Kind::Currency, "ISO 4217"),
            required("donatedAt", Kind::Time, "When"),
            optional("campaign", Kind::Text(200), "What asked for it"),
            optional(
                "recurring",
                Kind::Flag,
                "Whether it is part of a regular gift",
            ),
        ],
    },
    Shape {
        table: Table::Context,
        about: "What the agent knows of a supporter, in versions",
        open: false,
        fields: &[
            USER_ID,
            required("version", Kind::Integer(1), "Counts from 1 without a gap"),
            required("summary", Kind::Text(2000), "A few sentences"),
            optional("interests", Kind::Texts, "Topics, heaviest first"),
            optional("lastTopics", Kind::Texts, "Topics of the newest turn"),
            required("updatedAt", Kind::Time, "When"),
        ],
    },
    Shape {
        table: Table::Interactions,
        about: "Something that a supporter did",
        open: true,
        fields: &[
            USER_ID,
            required(
                "timestamp",
                Kind::Moment,
                "When, and a suffix that keeps two apart",
            ),
            required("type", Kind::Text(64), "What happened, e.g. email_opened"),
        ],
    },
];

/// The shape of a table's records.
pub fn shape_of(table: Table) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.table == table)
}

/// The table that is called so, of those that can be loaded.
pub fn table_of(name: &str) -> Option<Table> {
    let shape = SHAPES.iter().find(|shape| shape.table.name() == name);
    shape.map(|shape| shape.table)
}

/// `Users, Donations, …`
pub fn names() -> String {
    SHAPES.map(|shape| shape.table.name()).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_take_what_they_say() {
        assert!(Kind::Time.takes_text("2026-10-01T09:30:00Z"));
        assert!(Kind::Time.takes_text("2026-10-01T09:30:00.123Z"));
        for wrong in [
            "2026-10-01",
            "2026-13-01T09:30:00Z",
            "2026-10-01T09:30:00+01:00",
        ] {
            assert!(!Kind::Time.takes_text(wrong), "{wrong}");
        }
        assert!(Kind::Moment.takes_text("2026-10-01T09:30:00.000Z#1"));
        assert!(!Kind::Moment.takes_text("2026-10-01T09:30:00Z#1"));
        assert!(!Kind::Moment.takes_text("2026-10-01T09:30:00.000Z"));
        assert!(Kind::Email.takes_text("a@b.org"));
        assert!(!Kind::Email.takes_text("a@b@c") && !Kind::Email.takes_text("@b"));
        assert!(Kind::Currency.takes_text("GBP") && !Kind::Currency.takes_text("gbp"));
        assert!(Kind::Text(2).takes_text("éé") && !Kind::Text(2).takes_text(""));
    }
}
