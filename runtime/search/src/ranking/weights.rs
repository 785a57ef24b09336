//! What counts how much. The figures were chosen by measurement: `README.md` of this crate.

/// How matches are weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// A word in the title.
    pub title: f32,
    /// A word in a topic.
    pub topics: f32,
    /// A word in the summary.
    pub summary: f32,
    /// A word in the text.
    pub body: f32,
    /// How much the length of a field counts: from 0, not at all, to 1, in full.
    pub length: f32,
    /// How soon more of the same word stops counting (BM25's k1).
    pub saturation: f32,
    /// A word that only begins as the query's last one does, against that word itself.
    pub prefix: f32,
    /// A word that is likely meant, against the one that was typed.
    pub typo: f32,
    /// A phrase, against one of its words.
    pub phrase: f32,
    /// How much a match with one of the supporter's topics is lifted.
    pub lift: f32,
}

impl Weights {
    /// The weights in use.
    pub const CHOSEN: Self = Self {
        title: 4.0,
        topics: 2.5,
        summary: 1.5,
        body: 1.0,
        length: 0.5,
        saturation: 1.8,
        prefix: 0.5,
        typo: 0.75,
        phrase: 2.0,
        lift: 2.0,
    };
}
