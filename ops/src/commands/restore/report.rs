//! What a restore or a rehearsal did, for scripts and for people.

use serde_json::{Map, Value, json};

use crate::output;
use crate::progress::{duration, grouped};
use crate::restore::{Rehearsal, Report, TableReport};

fn tables_json(tables: &[TableReport]) -> Map<String, Value> {
    let table = |one: &TableReport| {
        let counts = json!({
            "written": one.counts.written,
            "same": one.counts.same,
            "differing": one.counts.differing,
        });
        (one.table.clone(), counts)
    };
    tables.iter().map(table).collect()
}

/// For scripts.
pub(super) fn report_json(report: &Report) -> Value {
    json!({
        "tables": tables_json(&report.tables),
        "erasedLeftOut": report.left_out,
        "backedUpTo": report.safety,
        "wentOn": report.went_on,
        "dryRun": report.dry_run,
    })
}

/// For scripts.
pub(super) fn rehearsal_json(rehearsal: &Rehearsal) -> Value {
    json!({
        "tables": tables_json(&rehearsal.tables),
        "erasedLeftOut": rehearsal.left_out,
        "recoverySeconds": rehearsal.rto.as_secs_f64(),
        "dataAgeSeconds": rehearsal.rpo.as_secs(),
    })
}

fn tables_text(tables: &[TableReport], written: &str) -> String {
    let mut table = output::table(["table", written, "there, the same", "there, different"]);
    for one in tables {
        let counts = one.counts;
        let [written, same, differing] =
            [counts.written, counts.same, counts.differing].map(grouped);
        table.add_row([one.name.clone(), written, same, differing]);
    }
    table.to_string()
}

fn left_out(count: u64) -> Option<String> {
    (count > 0).then(|| format!("{count} erased supporters were left out"))
}

/// For people.
pub(super) fn report_text(report: &Report) -> String {
    let written = if report.dry_run {
        "would be written"
    } else {
        "written"
    };
    let differing: u64 = report.tables.iter().map(|one| one.counts.differing).sum();
    let saved = report
        .safety
        .as_ref()
        .map(|at| format!("what was there: {at}"));
    let kept = format!(
        "{} items differ and were left as they are",
        grouped(differing)
    );
    let ended = if report.dry_run {
        "nothing was written"
    } else {
        "restored, and read again"
    };
    let lines = [
        Some(tables_text(&report.tables, written)),
        left_out(report.left_out),
        (differing > 0).then_some(kept),
        saved,
        Some(ended.to_owned()),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// For people.
pub(super) fn rehearsal_text(rehearsal: &Rehearsal) -> String {
    let lines = [
        Some(tables_text(&rehearsal.tables, "restored")),
        left_out(rehearsal.left_out),
        Some(format!(
            "recovery takes {} (RTO); the data is {} old (RPO)",
            duration(rehearsal.rto),
            duration(rehearsal.rpo)
        )),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Scripts read these keys: renaming one breaks them.
    #[test]
    fn the_json_keys_are_frozen() {
        let table = TableReport {
            table: "Users".into(),
            name: "S-Users".into(),
            counts: crate::restore::Counts {
                written: 1,
                same: 2,
                differing: 3,
            },
        };
        let report = Report {
            tables: vec![table.clone()],
            ..Report::default()
        };
        insta::assert_snapshot!(report_json(&report), @r#"{"tables":{"Users":{"written":1,"same":2,"differing":3}},"erasedLeftOut":0,"backedUpTo":null,"wentOn":false,"dryRun":false}"#);
        let rehearsal = Rehearsal {
            tables: vec![table],
            left_out: 1,
            rto: Duration::from_secs(1),
            rpo: Duration::from_secs(2),
        };
        insta::assert_snapshot!(rehearsal_json(&rehearsal), @r#"{"tables":{"Users":{"written":1,"same":2,"differing":3}},"erasedLeftOut":1,"recoverySeconds":1.0,"dataAgeSeconds":2}"#);
    }
}
