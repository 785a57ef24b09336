//! The five DynamoDB tables (DB-1 to DB-7).

/// A table of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// DB-1: profile, preferences and engagement of each supporter.
    Users,
    /// DB-2: every donation.
    Donations,
    /// DB-3: versioned context for personalisation; versions count from 1 without a gap.
    Context,
    /// DB-4: open WebSocket connections; items expire.
    Sessions,
    /// DB-5: every interaction, for analytics and as the agent's memory.
    Interactions,
}

/// The DynamoDB type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// `S`
    String,
    /// `N`
    Number,
}

impl AttributeType {
    /// DynamoDB's own letter for the type.
    pub const fn code(self) -> &'static str {
        match self {
            Self::String => "S",
            Self::Number => "N",
        }
    }
}

/// One attribute of a table's primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Attribute name as stored.
    pub name: &'static str,
    /// Attribute type as stored.
    pub kind: AttributeType,
}

/// A table's primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The `HASH` attribute.
    pub partition: KeyAttribute,
    /// The `RANGE` attribute, where the table has one.
    pub sort: Option<KeyAttribute>,
}

impl Key {
    /// Partition attribute, then sort attribute where there is one.
    pub fn attributes(&self) -> impl Iterator<Item = KeyAttribute> {
        std::iter::once(self.partition).chain(self.sort)
    }
}

const fn string(name: &'static str) -> KeyAttribute {
    KeyAttribute {
        name,
        kind: AttributeType::String,
    }
}

const fn number(name: &'static str) -> KeyAttribute {
    KeyAttribute {
        name,
        kind: AttributeType::Number,
    }
}

/// Days a table can be restored to any second of (`RecoveryPeriodInDays`; AWS allows 1 to 35).
pub const RECOVERY_PERIOD_DAYS: u32 = 35;

impl Table {
    /// All tables, in the order of their requirement ids.
    pub const ALL: [Self; 5] = [
        Self::Users,
        Self::Donations,
        Self::Context,
        Self::Sessions,
        Self::Interactions,
    ];

    /// The name after the prefix; also the stem of the table's logical id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::Donations => "Donations",
            Self::Context => "Context",
            Self::Sessions => "Sessions",
            Self::Interactions => "Interactions",
        }
    }

    /// The table's name in the account, e.g. `SupporterEngagement-Users`.
    pub fn physical_name(self, prefix: &str) -> String {
        format!("{prefix}-{}", self.name())
    }

    /// The requirement that asks for the table.
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::Users => "DB-1",
            Self::Donations => "DB-2",
            Self::Context => "DB-3",
            Self::Sessions => "DB-4",
            Self::Interactions => "DB-5",
        }
    }

    /// The primary key.
    pub const fn key(self) -> Key {
        match self {
            Self::Users => Key {
                partition: string("userId"),
                sort: None,
            },
            Self::Donations => Key {
                partition: string("userId"),
                sort: Some(string("donationId")),
            },
            Self::Context => Key {
                partition: string("userId"),
                sort: Some(number("version")),
            },
            Self::Sessions => Key {
                partition: string("sessionId"),
                sort: None,
            },
            Self::Interactions => Key {
                partition: string("userId"),
                sort: Some(string("timestamp")),
            },
        }
    }

    /// The attribute DynamoDB expires items by (epoch seconds), where TTL is on.
    pub const fn ttl_attribute(self) -> Option<&'static str> {
        match self {
            Self::Sessions => Some("expiresAt"),
            Self::Users | Self::Donations | Self::Context | Self::Interactions => None,
        }
    }

    /// The environment variable that tells a function this table's name.
    pub const fn env(self) -> &'static str {
        match self {
            Self::Users => "USERS_TABLE",
            Self::Donations => "DONATIONS_TABLE",
            Self::Context => "CONTEXT_TABLE",
            Self::Sessions => "SESSIONS_TABLE",
            Self::Interactions => "INTERACTIONS_TABLE",
        }
    }
}
