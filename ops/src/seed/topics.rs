//! What supporters care about: the topics of the knowledge content's front matter.

/// A topic, and a conversation about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// As the content's front matter spells it.
    pub name: &'static str,
    /// A question a supporter asks about it.
    pub question: &'static str,
    /// What an assistant says of it, in general terms.
    pub answer: &'static str,
}

const fn topic(name: &'static str, question: &'static str, answer: &'static str) -> Topic {
    Topic {
        name,
        question,
        answer,
    }
}

/// Every topic that sample supporters have.
pub const TOPICS: [Topic; 12] = [
    topic(
        "breast cancer",
        "What is new in breast cancer research?",
        "Several groups we fund look at which early tumours need no chemotherapy. I have put a \
         short summary below.",
    ),
    topic(
        "lung cancer",
        "Does lung screening find cancers earlier?",
        "Low-dose scans find more lung cancers at an early stage in people at high risk. The \
         article below explains who is invited.",
    ),
    topic(
        "bowel cancer",
        "How does the home test for bowel cancer work?",
        "The home kit looks for traces of blood. The article below shows each step.",
    ),
    topic(
        "prostate cancer",
        "My brother is 52. Should he ask about a PSA test?",
        "That is a question for his GP, who can weigh benefit and harm with him. The article \
         below lists what to ask.",
    ),
    topic(
        "skin cancer",
        "What should I look for on my skin?",
        "A mark that is new, changes or does not heal is worth showing to a doctor. The article \
         below has the signs.",
    ),
    topic(
        "childhood cancer",
        "How is treatment for children becoming kinder?",
        "Trials look at how much treatment can safely be left out. I have put a paper summary \
         below.",
    ),
    topic(
        "prevention",
        "Which habits lower the risk most?",
        "Not smoking comes first, then weight, alcohol and sun. The article below puts numbers \
         to each.",
    ),
    topic(
        "screening",
        "Which screening am I invited to at my age?",
        "That depends on age and where you live. The article below has the programmes in one \
         table.",
    ),
    topic(
        "research",
        "Where does the money for research go?",
        "Most goes to laboratories and trials in this country. The article below shows last \
         year's split.",
    ),
    topic(
        "fundraising",
        "I want to organise a bake sale. Where do I start?",
        "Pick a date and a place first; we send a box with posters and a sealed tin. The guide \
         below has a checklist.",
    ),
    topic(
        "volunteering",
        "Can I volunteer only on Saturdays?",
        "Yes: shops and event teams both have Saturday shifts. The article below says how to \
         apply.",
    ),
    topic(
        "legacy giving",
        "How do I leave a gift in my will?",
        "A solicitor can add one sentence to a will you already have. The guide below has the \
         wording.",
    ),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Else nothing would be personalised for the supporters who have it.
    #[test]
    fn every_topic_is_one_of_the_content() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/content");
        let folders = ["articles", "papers"].map(|kind| fs::read_dir(content.join(kind)).unwrap());
        let files = folders
            .into_iter()
            .flatten()
            .map(|file| file.unwrap().path());
        let topics: Vec<String> = files
            .flat_map(|file| {
                let text = fs::read_to_string(file).unwrap();
                text.lines()
                    .filter_map(|line| line.strip_prefix("topics:"))
                    .collect::<String>()
                    .split(['[', ']', ','])
                    .map(|topic| topic.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect();
        for topic in TOPICS {
            assert!(
                topics.iter().any(|known| known == topic.name),
                "{}",
                topic.name
            );
        }
    }
}
