//! The judged set put to an index.

use std::collections::BTreeMap;
use std::fmt;

use super::measures::{DEPTH, Measure};
use super::{Judged, JudgedSet};
use crate::ranking::Error;
use crate::{Query, SearchIndex};

/// What the answers are worth; prints as a table, with the queries that are answered worst.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Number of queries and their mean, by group.
    pub groups: BTreeMap<String, (usize, Measure)>,
    /// The mean over all queries.
    pub all: Measure,
    /// Queries that are not answered as well as can be, worst first: what was found instead.
    pub worst: Vec<(String, Measure, Vec<String>)>,
}

/// Puts every query of `set` to `index`.
///
/// # Errors
/// Where the index cannot be read.
pub fn measure(index: &SearchIndex, set: &JudgedSet) -> Result<Report, Error> {
    let mut groups = BTreeMap::new();
    let (mut all, mut worst) = (Vec::new(), Vec::new());
    for (group, queries) in set {
        let mut measures = Vec::with_capacity(queries.len());
        for judged in queries {
            let (measure, found) = ask(index, judged)?;
            measures.push(measure);
            if measure.ndcg < 1.0 {
                worst.push((judged.query.clone(), measure, found));
            }
        }
        groups.insert(group.clone(), (queries.len(), Measure::mean(&measures)));
        all.extend(measures);
    }
    worst.sort_by(|a, b| a.1.ndcg.total_cmp(&b.1.ndcg));
    Ok(Report {
        groups,
        all: Measure::mean(&all),
        worst,
    })
}

fn ask(index: &SearchIndex, judged: &Judged) -> Result<(Measure, Vec<String>), Error> {
    let results = index.search(&Query {
        text: &judged.query,
        kind: None,
        limit: DEPTH,
        interests: &[],
    })?;
    let ids: Vec<&str> = results.results.iter().map(|hit| hit.id.as_str()).collect();
    let measure = Measure::of(&ids, &judged.grades);
    Ok((measure, ids.into_iter().map(str::to_owned).collect()))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14}{:>8}{:>10}{:>12}",
            "group", "queries", "nDCG@10", "recall@10"
        )?;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, count: usize, mean: &Measure| {
            writeln!(
                f,
                "{name:<14}{count:>8}{:>10.4}{:>12.4}",
                mean.ndcg, mean.recall
            )
        };
        let mut count = 0;
        for (group, (queries, mean)) in &self.groups {
            row(f, group, *queries, mean)?;
            count += queries;
        }
        row(f, "all", count, &self.all)?;
        for (query, measure, found) in self.worst.iter().take(DEPTH) {
            let first: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
            writeln!(f, "{:.4} {query:?}: {}", measure.ndcg, first.join(", "))?;
        }
        Ok(())
    }
}
