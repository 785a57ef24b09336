//! Two measures of one answer, both from 0 (bad) to 1 (as good as can be).

use std::collections::BTreeMap;

/// How many results are looked at.
pub const DEPTH: usize = 10;

/// What one answer or the mean of many is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measure {
    /// Whether the best come first ([`ndcg`]).
    pub ndcg: f64,
    /// Whether they are there at all ([`recall`]).
    pub recall: f64,
}

impl Measure {
    /// What `ids`, best first, are worth by `grades`. Where nothing is to be found, an empty answer
    /// is worth 1 and any other 0.
    pub fn of(ids: &[&str], grades: &BTreeMap<String, u8>) -> Self {
        if grades.is_empty() {
            let worth = if ids.is_empty() { 1.0 } else { 0.0 };
            return Self {
                ndcg: worth,
                recall: worth,
            };
        }
        Self {
            ndcg: ndcg(ids, grades),
            recall: recall(ids, grades),
        }
    }

    /// The mean of `all`; zero for none.
    pub fn mean(all: &[Self]) -> Self {
        let count = f64::from(u32::try_from(all.len().max(1)).unwrap_or(u32::MAX));
        Self {
            ndcg: all.iter().map(|one| one.ndcg).sum::<f64>() / count,
            recall: all.iter().map(|one| one.recall).sum::<f64>() / count,
        }
    }
}

/// Normalised discounted cumulative gain of the first ten: gain 2^grade - 1, discount log2(rank + 1).
pub fn ndcg(ids: &[&str], grades: &BTreeMap<String, u8>) -> f64 {
    let found = ids
        .iter()
        .map(|id| grades.get(*id).copied().unwrap_or_default());
    let mut ideal: Vec<u8> = grades.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    gain(found) / gain(ideal.into_iter())
}

fn gain(grades: impl Iterator<Item = u8>) -> f64 {
    let ranked = (2_u32..).map(f64::from).zip(grades).take(DEPTH);
    ranked.fold(0.0, |sum, (place, grade)| {
        sum + (f64::from(grade).exp2() - 1.0) / place.log2()
    })
}

/// The share of graded pieces that are among the first ten.
pub fn recall(ids: &[&str], grades: &BTreeMap<String, u8>) -> f64 {
    let wanted = u32::try_from(grades.len()).unwrap_or(u32::MAX);
    let first = ids.iter().take(DEPTH);
    let found = first.filter(|id| grades.contains_key(**id)).count();
    f64::from(u32::try_from(found).unwrap_or(u32::MAX)) / f64::from(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades() -> BTreeMap<String, u8> {
        BTreeMap::from([("a".into(), 3), ("b".into(), 1)])
    }

    #[test]
    fn the_ideal_order_is_worth_one_and_others_less() {
        let worth = |ids: &[&str]| ndcg(ids, &grades());
        assert!((worth(&["a", "b"]) - 1.0).abs() < 1e-9);
        assert!((worth(&["a", "b", "x"]) - 1.0).abs() < 1e-9);
        // (1 + 7 / log2(3)) / (7 + 1 / log2(3)), worked out by hand.
        assert!((worth(&["b", "a"]) - 0.709_807).abs() < 1e-5);
        assert!(worth(&["x"]).abs() < 1e-9);
    }

    #[test]
    fn only_the_first_ten_count() {
        let mut ids = vec!["x"; 10];
        ids.push("a");
        assert!(ndcg(&ids, &grades()).abs() < 1e-9);
        assert!(recall(&ids, &grades()).abs() < 1e-9);
        ids[9] = "b";
        assert!((recall(&ids, &grades()) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn where_nothing_is_wanted_only_nothing_is_good() {
        let none = BTreeMap::new();
        assert!((Measure::of(&[], &none).ndcg - 1.0).abs() < 1e-9);
        assert!(Measure::of(&["a"], &none).recall.abs() < 1e-9);
        assert_eq!(Measure::mean(&[]), Measure::default());
    }
}
