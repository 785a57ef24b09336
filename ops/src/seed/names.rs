//! Lists that sample supporters' names, campaigns and events are drawn from.

/// First names.
pub const FIRST: [&str; 60] = [
    "Aisha",
    "Alan",
    "Alice",
    "Amara",
    "Amir",
    "Anna",
    "Arthur",
    "Beatrice",
    "Ben",
    "Bronwen",
    "Callum",
    "Carmen",
    "Catherine",
    "Chidi",
    "Chloe",
    "Daniel",
    "David",
    "Deepa",
    "Dylan",
    "Eilidh",
    "Elena",
    "Emily",
    "Ewan",
    "Fatima",
    "Fiona",
    "George",
    "Grace",
    "Hannah",
    "Harpreet",
    "Hugo",
    "Imran",
    "Isla",
    "Jack",
    "Jasmine",
    "Jelena",
    "Joan",
    "José",
    "Kofi",
    "Leila",
    "Lewis",
    "Maeve",
    "Marcus",
    "Margaret",
    "Mei",
    "Mohammed",
    "Nadia",
    "Niamh",
    "Oliver",
    "Olu",
    "Patricia",
    "Priya",
    "Rhys",
    "Rosa",
    "Ruth",
    "Siân",
    "Sophie",
    "Tariq",
    "Thomas",
    "Wei",
    "Zoë",
];

/// Last names.
pub const LAST: [&str; 60] = [
    "Abbott",
    "Adeyemi",
    "Ahmed",
    "Bailey",
    "Begum",
    "Bennett",
    "Brown",
    "Campbell",
    "Chen",
    "Clarke",
    "Cohen",
    "Cooper",
    "Davies",
    "Dias",
    "Edwards",
    "Evans",
    "Ferguson",
    "Fernández",
    "Fisher",
    "Gill",
    "Graham",
    "Green",
    "Hall",
    "Harris",
    "Hughes",
    "Hussain",
    "Ivanova",
    "Jackson",
    "Jones",
    "Kaur",
    "Kelly",
    "Khan",
    "Kowalski",
    "Lewis",
    "MacDonald",
    "Mensah",
    "Mitchell",
    "Morgan",
    "Murphy",
    "Müller",
    "Nguyen",
    "O'Brien",
    "O'Connor",
    "Okafor",
    "Owen",
    "Patel",
    "Phillips",
    "Reid",
    "Roberts",
    "Robinson",
    "Scott",
    "Shah",
    "Singh",
    "Smith",
    "Stewart",
    "Taylor",
    "Thompson",
    "Walker",
    "Williams",
    "Wright",
];

/// A campaign that asks for one-off gifts; the year is added to its name.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// Its name.
    pub name: &'static str,
    /// How loudly it asks in each month, from January.
    pub months: [u32; 12],
}

const fn campaign(name: &'static str, months: [u32; 12]) -> Campaign {
    Campaign { name, months }
}

/// Every campaign, each with its season.
pub const CAMPAIGNS: [Campaign; 8] = [
    campaign("spring-appeal", [0, 0, 6, 9, 6, 0, 0, 0, 0, 0, 0, 0]),
    campaign("walk-all-over-cancer", [0, 2, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
    campaign("race-for-research", [0, 0, 0, 2, 8, 9, 6, 1, 0, 0, 0, 0]),
    campaign("summer-raffle", [0, 0, 0, 0, 0, 5, 8, 8, 3, 0, 0, 0]),
    campaign("dryathlon", [12, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    campaign("christmas-appeal", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 20]),
    campaign("stand-up-day", [0, 0, 0, 0, 0, 0, 0, 0, 7, 12, 2, 0]),
    campaign("lab-equipment-fund", [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]),
];

/// How much is given in each month, from January: the most before Christmas.
pub const GIVING: [u32; 12] = [10, 6, 9, 8, 9, 9, 7, 5, 7, 10, 13, 20];

/// Events that supporters attend.
pub const EVENTS: [&str; 8] = [
    "Race for Research 5K",
    "Shine Night Walk",
    "Laboratory open day",
    "Relay weekend",
    "Volunteer thank-you tea",
    "Carol concert",
    "Winter swim",
    "Research evening lecture",
];

/// Where events are held.
pub const PLACES: [&str; 10] = [
    "Belfast",
    "Birmingham",
    "Brighton",
    "Bristol",
    "Cardiff",
    "Edinburgh",
    "Glasgow",
    "Leeds",
    "London",
    "Manchester",
];

/// Subjects of newsletters.
pub const SUBJECTS: [&str; 8] = [
    "What your gift did this month",
    "Five minutes with a researcher",
    "A new trial opens",
    "Screening: what changes this year",
    "Thank you",
    "Your event is coming up",
    "Questions supporters ask",
    "How prevention saves lives",
];
