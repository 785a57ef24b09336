//! Where a summary holds the words that were looked for.

use crate::text::{folder, stem};

/// `[start, end)` of each word of `summary` that is one of `stems`, in Unicode scalar values.
pub(super) fn highlights(summary: &str, stems: &[String]) -> Vec<[usize; 2]> {
    let mut found = Vec::new();
    // Byte and scalar offset up to which has been counted.
    let (mut bytes, mut scalars) = (0, 0);
    let mut scalars_at = |offset: usize| {
        scalars += summary
            .get(bytes..offset)
            .map_or(0, |text| text.chars().count());
        bytes = offset;
        scalars
    };
    folder().token_stream(summary).process(&mut |token| {
        if begins_alike(&token.text, stems) && has_one_of(stems, &token.text) {
            found.push([scalars_at(token.offset_from), scalars_at(token.offset_to)]);
        }
    });
    found
}

/// Whether `word` may have one of `stems`, each of which begins as its words do. Most words have
/// not, and to cut them is most of the work.
fn begins_alike(word: &str, stems: &[String]) -> bool {
    let first = word.chars().next();
    stems.iter().any(|stem| stem.chars().next() == first)
}

fn has_one_of(stems: &[String], word: &str) -> bool {
    let own = stem(word);
    stems.iter().any(|stem| *stem == own)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::content::read_folder;
    use crate::ranking::parse::parse;
    use crate::text::words;

    fn stems(query: &str) -> Vec<String> {
        parse(query)
            .words
            .into_iter()
            .map(|word| word.stem)
            .collect()
    }

    fn highlighted(summary: &str, query: &str) -> Vec<String> {
        highlights(summary, &stems(query))
            .into_iter()
            .map(|[start, end]| summary.chars().skip(start).take(end - start).collect())
            .collect()
    }

    #[test]
    fn highlights_cut_out_whole_words_in_scalar_values() {
        let summary = "🎗️ Früh: screening — and Screened cafés, not screenplay";
        assert_eq!(
            highlighted(summary, "SCREENS cafe"),
            ["screening", "Screened", "cafés"]
        );
        assert_eq!(highlights(summary, &stems("screen"))[0], [9, 18]);
    }

    #[test]
    fn nothing_is_highlighted_without_a_match() {
        assert!(highlights("Bowel screening", &stems("lung")).is_empty());
    }

    #[test]
    fn each_stem_begins_as_its_word_does() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
        let documents = read_folder(&content).unwrap_or_else(|errors| panic!("{errors}"));
        let text: String = documents
            .iter()
            .flat_map(|one| [&*one.body, &one.summary])
            .collect();
        for word in words(&text) {
            assert_eq!(stem(&word).chars().next(), word.chars().next(), "{word}");
        }
    }
}
