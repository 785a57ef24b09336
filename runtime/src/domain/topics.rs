//! The topics of the charity's content, and which of them a text speaks of.

/// Topics that one text can give at most.
const FOUND_MAX: usize = 5;

/// Each topic, and other ways to speak of it; all in lower case.
const TOPICS: &[(&str, &[&str])] = &[
    ("bowel cancer", &["bowel", "colon", "colorectal"]),
    (
        "breast cancer",
        &["breast", "breasts", "mammogram", "mammograms"],
    ),
    ("carers", &["carer", "caring", "caregiver"]),
    ("cervical cancer", &["cervical", "cervix", "smear", "hpv"]),
    (
        "childhood cancer",
        &["childhood", "child", "children", "leukaemia"],
    ),
    ("clinical trials", &["clinical trial", "trial", "trials"]),
    ("data science", &["ai", "algorithm", "algorithms"]),
    ("diet", &["food", "eating", "fibre", "nutrition"]),
    ("donations", &["donation", "donate", "donating", "gift"]),
    (
        "early diagnosis",
        &["diagnosis", "diagnosed", "symptom", "symptoms"],
    ),
    ("events", &["event", "run", "marathon", "walk"]),
    ("fundraising", &["fundraise", "fundraiser", "fundraisers"]),
    (
        "genetics",
        &["genetic", "gene", "genes", "inherited", "brca"],
    ),
    (
        "immunotherapy",
        &["checkpoint inhibitor", "checkpoint inhibitors"],
    ),
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
    ("side effects", &["side effect", "nausea"]),
    ("skin cancer", &["melanoma", "skin", "mole", "moles"]),
    (
        "smoking",
        &["smoke", "smoker", "tobacco", "vaping", "cigarettes"],
    ),
    ("sun safety", &["sun", "sunscreen", "sunburn"]),
    (
        "treatment",
        &["treatments", "chemotherapy", "radiotherapy", "surgery"],
    ),
    ("volunteering", &["volunteer", "volunteers"]),
];

/// The topics that `text` speaks of, by first mention, [`FOUND_MAX`] at most. `own` are topics
/// known for this supporter besides the content's.
pub fn spoken_of(text: &str, own: &[String]) -> Vec<String> {
    let text = padded_words(text);
    let content = TOPICS.iter().map(|(topic, others)| {
        let ways = others.iter().copied().chain([*topic]);
        let first = ways.filter_map(|way| text.find(&format!(" {way} "))).min();
        (first, (*topic).to_owned())
    });
    let own = own.iter().map(|topic| {
        let way = padded_words(topic);
        // A topic without any word would be found everywhere.
        let first = (way != " ").then(|| text.find(&way)).flatten();
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

/// Adds `topic` unless it is there already, in whatever case or spacing.
pub fn push_new(topics: &mut Vec<String>, topic: &str) {
    let key = padded_words(topic);
    if key != " " && !topics.iter().any(|known| padded_words(known) == key) {
        topics.push(topic.trim().to_owned());
    }
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
    use std::fs;
    use std::path::Path;

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
    fn every_topic_of_the_content_is_known() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
        let mut seen = 0;
        for kind in ["articles", "papers"] {
            for file in fs::read_dir(content.join(kind)).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                let line = text
                    .lines()
                    .find_map(|line| line.strip_prefix("topics: ["))
                    .and_then(|list| list.strip_suffix(']'));
                for topic in line.expect("a list of topics").split(", ") {
                    assert!(
                        TOPICS.iter().any(|(known, _)| *known == topic),
                        "{topic} is missing in TOPICS"
                    );
                    seen += 1;
                }
            }
        }
        assert!(seen > 30);
    }
}
