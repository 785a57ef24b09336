//! What is to be done with an item, once it is known what the table has under its key.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// What became of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Written.
    pub written: u64,
    /// There already, the same.
    pub same: u64,
    /// There already and different: left as they are.
    pub differing: u64,
}

impl Counts {
    /// Adds `other`.
    pub fn join(&mut self, other: Self) {
        self.written += other.written;
        self.same += other.same;
        self.differing += other.differing;
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.written + self.same + self.differing
    }
}

/// Of canonical items with their keys: those that the table lacks, and counts of the others.
pub fn sift<'a>(
    lines: &[(&'a [u8], Vec<u8>)],
    there: &HashMap<Vec<u8>, Vec<u8>>,
) -> (Vec<&'a [u8]>, Counts) {
    let mut counts = Counts::default();
    let mut missing = Vec::new();
    for (line, key) in lines {
        match there.get(key) {
            None => missing.push(*line),
            Some(found) if found == line => counts.same += 1,
            Some(_) => counts.differing += 1,
        }
    }
    (missing, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_written_and_what_differs_is_counted() {
        let lines: Vec<(&[u8], Vec<u8>)> = vec![
            (b"1", b"a".into()),
            (b"2", b"b".into()),
            (b"3", b"c".into()),
        ];
        let there = HashMap::from([
            (b"a".to_vec(), b"1".to_vec()),
            (b"b".to_vec(), b"x".to_vec()),
        ]);
        let (missing, counts) = sift(&lines, &there);
        assert_eq!(missing, [b"3"]);
        assert_eq!((counts.same, counts.differing, counts.written), (1, 1, 0));
    }
}
