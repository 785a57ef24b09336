//! An estimate for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Estimate, LEFT_OUT, Prices};

/// A line each, the sum, and what is left out.
pub fn table(estimate: &Estimate, prices: &Prices) -> String {
    let mut text = String::new();
    for line in &estimate.lines {
        let name = format!("{}: {}", line.service, line.what);
        let quantity = grouped(line.quantity);
        let _ = writeln!(
            text,
            "  {name:36} {quantity:>14} {:12} {:>9.2}",
            line.unit, line.usd
        );
    }
    let _ = writeln!(
        text,
        "  {:36} {:>14} {:12} {:>9.2} USD a month",
        "sum", "", "", estimate.usd
    );
    for note in &estimate.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = write!(
        text,
        "{}; left out: {}",
        prices.place(),
        LEFT_OUT.join("; ")
    );
    text
}

/// One line for a plan: before, after, and which lines make the difference.
pub fn compared(before: Option<&Estimate>, after: &Estimate, prices: &Prices) -> String {
    let place = prices.place();
    let Some(before) = before else {
        return format!("about {:.2} USD a month ({place})", after.usd);
    };
    let difference = after.usd - before.usd;
    if difference.abs() < 0.005 {
        return format!("about {:.2} USD a month, as before ({place})", after.usd);
    }
    let mut moved: Vec<(f64, String)> = sides(before, after)
        .into_iter()
        .map(|(name, (old, new))| (new - old, name))
        .filter(|(change, _)| change.abs() >= 0.005)
        .map(|(change, name)| (change, format!("{name} {change:+.2}")))
        .collect();
    moved.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    let moved: Vec<String> = moved.into_iter().map(|(_, text)| text).collect();
    format!(
        "about {:.2} USD a month, {:.2} before ({difference:+.2}: {}; {place})",
        after.usd,
        before.usd,
        moved.join(", ")
    )
}

fn sides(before: &Estimate, after: &Estimate) -> BTreeMap<String, (f64, f64)> {
    let mut sides: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for line in &before.lines {
        sides
            .entry(format!("{} {}", line.service, line.what))
            .or_default()
            .0 += line.usd;
    }
    for line in &after.lines {
        sides
            .entry(format!("{} {}", line.service, line.what))
            .or_default()
            .1 += line.usd;
    }
    sides
}

/// `1,234,567`; small numbers with two places.
fn grouped(number: f64) -> String {
    if number < 100.0 {
        return format!("{number:.2}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;

    fn estimate(alarms: f64) -> Estimate {
        let line = Line {
            service: "CloudWatch",
            what: "alarms",
            quantity: alarms,
            unit: "metrics",
            usd: alarms / 10.0,
        };
        Estimate {
            usd: line.usd,
            lines: vec![line],
            notes: vec![],
        }
    }

    #[test]
    fn a_change_of_the_bill_is_one_line() {
        let prices = Prices::bundled().unwrap();
        let said = |before: f64, after: f64| {
            let text = compared(Some(&estimate(before)), &estimate(after), &prices);
            text.replace(&prices.place(), "PLACE")
        };
        assert_eq!(
            said(35.0, 40.0),
            "about 4.00 USD a month, 3.50 before (+0.50: CloudWatch alarms +0.50; PLACE)"
        );
        assert_eq!(
            said(35.0, 35.0),
            "about 3.50 USD a month, as before (PLACE)"
        );
    }

    #[test]
    fn a_table_ends_with_what_it_leaves_out() {
        let prices = Prices::bundled().unwrap();
        let text = table(&estimate(35.0), &prices);
        assert!(
            text.contains("sum") && text.contains("of tokens on") && text.ends_with(LEFT_OUT[8]),
            "{text}"
        );
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }
}
