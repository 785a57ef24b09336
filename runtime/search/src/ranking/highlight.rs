//! Where a summary holds the words that were looked for.

use crate::text::stemmer;

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
    stemmer().token_stream(summary).process(&mut |token| {
        if stems.contains(&token.text) {
            found.push([scalars_at(token.offset_from), scalars_at(token.offset_to)]);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::parse::parse;

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
}
