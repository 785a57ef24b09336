//! The topics of the charity's content, and which of them a text speaks of.

use std::collections::BTreeMap;

/// Topics that one text can give at most.
const FOUND_MAX: usize = 5;

/// What a cancer charity's supporters speak of, each with other ways to say it; all in lower case.
/// The names are those of the sample content's topics, so that search lifts what was talked about;
/// a supporter's own topics come on top.
const TOPICS: &[(&str, &[&str])] = &[
    ("alcohol", &["drinking"]),
    ("bereavement", &["grief", "grieving"]),
    ("blood cancer", &["lymphoma", "leukaemia", "myeloma"]),
    ("bowel cancer", &["bowel", "colon", "colorectal"]),
    ("brain cancer", &["brain", "brain tumour"]),
    (
        "breast cancer",
        &["breast", "breasts", "mammogram", "mammograms"],
    ),
    ("campaigning", &["campaign", "petition"]),
    ("carers", &["carer", "caring", "caregiver"]),
    ("cervical cancer", &["cervical", "cervix", "smear", "hpv"]),
    ("childhood cancer", &["childhood", "child", "children"]),
    ("clinical trials", &["clinical trial", "trial", "trials"]),
    ("corporate partnerships", &["my company", "corporate"]),
    ("data science", &["ai", "algorithm", "algorithms"]),
    ("diet", &["food", "eating", "fibre", "nutrition"]),
    ("donations", &["donation", "donate", "donating", "gift"]),
    (
        "early diagnosis",
        &["diagnosis", "diagnosed", "symptom", "symptoms"],
    ),
    ("employment", &["job", "employer"]),
    ("events", &["event", "marathon", "run", "walk"]),
    ("fertility", &["having children"]),
    ("fundraising", &["fundraise", "fundraiser", "fundraisers"]),
    (
        "genetics",
        &["genetic", "gene", "genes", "inherited", "brca"],
    ),
    (
        "immunotherapy",
        &["checkpoint inhibitor", "checkpoint inhibitors"],
    ),
    ("in memory", &["in memory of"]),
    (
        "legacy giving",
        &["legacy", "bequest", "in my will", "in your will"],
    ),
    ("living with cancer", &["tiredness", "fatigue", "recovery"]),
    ("lung cancer", &["lung", "lungs"]),
    (
        "mental wellbeing",
        &["anxiety", "anxious", "worried", "wellbeing"],
    ),
    ("money", &["costs", "benefits", "insurance"]),
    ("ovarian cancer", &["ovarian", "ovaries"]),
    ("palliative care", &["palliative", "hospice"]),
    ("pancreatic cancer", &["pancreatic", "pancreas"]),
    ("physical activity", &["exercise", "exercising", "active"]),
    (
        "prevention",
        &["prevent", "preventing", "reduce my risk", "lower my risk"],
    ),
    ("prostate cancer", &["prostate", "psa"]),
    (
        "research",
        &["researcher", "researchers", "study", "studies"],
    ),
    ("screening", &["screened", "screen"]),
    ("shops", &["charity shop", "charity shops"]),
    ("side effects", &["side effect", "nausea"]),
    ("skin cancer", &["melanoma", "skin", "mole", "moles"]),
    ("sleep", &["sleeping", "insomnia"]),
    (
        "smoking",
        &["smoke", "smoker", "tobacco", "vaping", "cigarettes"],
    ),
    ("sun safety", &["sun", "sunscreen", "sunburn"]),
    (
        "treatment",
        &["treatments", "chemotherapy", "radiotherapy", "surgery"],
    ),
    ("vaccination", &["vaccine", "vaccines", "vaccinated"]),
    ("volunteering", &["volunteer", "volunteers"]),
];

/// The topics that `text` speaks of, by first mention, [`FOUND_MAX`] at most. `own` are topics
/// known for this supporter besides the content's.
pub fn spoken_of(text: &str, own: &[String]) -> Vec<String> {
    let text = padded_words(text);
    let text = Mentions::of(&text);
    let content = TOPICS.iter().map(|(topic, others)| {
        let ways = others.iter().copied().chain([*topic]);
        let first = ways.filter_map(|way| text.first(way)).min();
        (first, (*topic).to_owned())
    });
    let own = own.iter().map(|topic| {
        let first = text.first(padded_words(topic).trim());
        (first, topic.clone())
    });
    let mut found: Vec<(usize, String)> = content
        .chain(own)
        .filter_map(|(first, topic)| Some((first?, topic)))
        .collect();
    found.sort();
    let mut topics = Vec::new();
    for (_, topic) in found {
        push_new(&mut topics, &topic);
    }
    topics.truncate(FOUND_MAX);
    topics
}

/// The words of a text, each with where it stands: a hundred ways to say something are looked for
/// in each message.
struct Mentions<'a> {
    text: &'a str,
    places: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Mentions<'a> {
    /// Of [`padded_words`].
    fn of(text: &'a str) -> Self {
        let mut places = BTreeMap::<_, Vec<_>>::new();
        let mut at = 0;
        for word in text.split(' ') {
            places.entry(word).or_default().push(at);
            at += word.len() + 1;
        }
        Self { text, places }
    }

    /// Where the words of `way` first follow each other; nowhere, if there are none.
    fn first(&self, way: &str) -> Option<usize> {
        let first = way.split(' ').next().filter(|word| !word.is_empty())?;
        let mut places = self.places.get(first)?.iter().copied();
        places.find(|at| {
            let rest = self.text.get(*at..).and_then(|text| text.strip_prefix(way));
            rest.is_some_and(|rest| rest.starts_with(' '))
        })
    }
}

/// Adds `topic` unless it is there already, in whatever case or spacing; tells whether it did.
pub fn push_new(topics: &mut Vec<String>, topic: &str) -> bool {
    let new = padded_words(topic) != " " && !topics.iter().any(|known| is_same(known, topic));
    if new {
        topics.push(topic.trim().to_owned());
    }
    new
}

/// Whether both are one topic, in whatever case or spacing.
pub fn is_same(one: &str, other: &str) -> bool {
    padded_words(one) == padded_words(other)
}

/// The words of `text` in lower case, each with a blank on both sides.
fn padded_words(text: &str) -> String {
    let mut padded = String::with_capacity(text.len() + 2);
    padded.push(' ');
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            padded.extend(word.chars().flat_map(char::to_lowercase));
            padded.push(' ');
        }
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_come_by_first_mention_and_once() {
        assert_eq!(
            spoken_of(
                "My bowel screening letter came; is BOWEL cancer inherited?",
                &[]
            ),
            ["bowel cancer", "screening", "genetics"]
        );
    }

    #[test]
    fn only_whole_words_count() {
        assert!(spoken_of("A trialled smokehouse, sunny", &[]).is_empty());
    }

    #[test]
    fn a_supporters_own_topics_count_too() {
        let own = ["Pancreatic-Cancer".to_owned(), " - ".to_owned()];
        assert_eq!(
            spoken_of("news on pancreatic cancer?", &own),
            ["Pancreatic-Cancer"]
        );
    }

    #[test]
    fn topics_are_the_same_in_any_case_and_spacing() {
        let mut topics = vec!["bowel cancer".to_owned()];
        push_new(&mut topics, "Bowel-Cancer");
        push_new(&mut topics, "  ");
        push_new(&mut topics, " diet ");
        assert_eq!(topics, ["bowel cancer", "diet"]);
    }

    #[test]
    fn each_topic_and_each_way_to_say_it_is_found() {
        assert!(TOPICS.is_sorted_by_key(|(topic, _)| topic));
        for (topic, others) in TOPICS {
            for way in others.iter().chain([topic]) {
                let found = spoken_of(&format!("About {way}?"), &[]);
                assert!(found.contains(&(*topic).to_owned()), "{way}");
            }
        }
    }
}
