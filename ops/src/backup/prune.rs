//! Which archives of a place are kept: the newest of each of so many days, weeks and months.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::archive::{Listed, State};

/// Unfinished archives this old are nobody's any more.
const ABANDONED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// How many to keep.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Days that have an archive.
    pub daily: usize,
    /// Weeks (ISO 8601) that have one.
    pub weekly: usize,
    /// Months that have one.
    pub monthly: usize,
}

/// What becomes of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, for these reasons ("daily").
    Keep(Vec<&'static str>),
    /// It goes.
    Delete,
}

/// The verdict on each archive, in the order given. Each stack's are judged by themselves, the
/// newest whole one always stays, and so does what cannot be read: a person should look at it.
pub fn judge(archives: &[Listed], keep: Keep, now: Timestamp) -> Vec<Verdict> {
    let stacks: BTreeSet<&str> = archives.iter().map(|one| stack_of(&one.name)).collect();
    let mut verdicts: Vec<Verdict> = archives.iter().map(|one| unfinished(one, now)).collect();
    for stack in stacks {
        let ours = |index: &usize| {
            let one = &archives[*index];
            stack_of(&one.name) == stack && one.state() == State::Whole
        };
        let mut whole: Vec<(usize, Date)> = (0..archives.len())
            .filter(ours)
            .filter_map(|index| Some((index, day_of(&archives[index].name)?)))
            .collect();
        whole.sort_by(|one, other| archives[other.0].name.cmp(&archives[one.0].name));
        for (index, reasons) in reasons(&whole, keep) {
            verdicts[index] = if reasons.is_empty() {
                Verdict::Delete
            } else {
                Verdict::Keep(reasons)
            };
        }
    }
    verdicts
}

/// Newest first in, the same order out.
fn reasons(whole: &[(usize, Date)], keep: Keep) -> Vec<(usize, Vec<&'static str>)> {
    let (mut days, mut weeks, mut months) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut judged = Vec::new();
    for (nth, &(index, day)) in whole.iter().enumerate() {
        let week = day.iso_week_date();
        let mut reasons = Vec::new();
        if nth == 0 {
            reasons.push("newest");
        }
        if days.len() < keep.daily && days.insert(day) {
            reasons.push("daily");
        }
        if weeks.len() < keep.weekly && weeks.insert((week.year(), week.week())) {
            reasons.push("weekly");
        }
        if months.len() < keep.monthly && months.insert((day.year(), day.month())) {
            reasons.push("monthly");
        }
        judged.push((index, reasons));
    }
    judged
}

fn unfinished(one: &Listed, now: Timestamp) -> Verdict {
    match one.state() {
        State::Whole => Verdict::Keep(vec!["its name has no time"]),
        State::Damaged => Verdict::Keep(vec!["damaged: look at it"]),
        State::Unfinished => match time_of(&one.name) {
            Some(time) if now.duration_since(time) >= ABANDONED => Verdict::Delete,
            _ => Verdict::Keep(vec!["under way"]),
        },
    }
}

fn stack_of(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(stack, _)| stack)
}

/// The time that an archive's name ends with.
pub fn time_of(name: &str) -> Option<Timestamp> {
    let time = name.rsplit('-').next()?;
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn day_of(name: &str) -> Option<Date> {
    Some(TimeZone::UTC.to_datetime(time_of(name)?).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Manifest, Source};

    fn listed(name: &str, whole: bool) -> Listed {
        let point_in_time = false;
        let manifest = Manifest::new("S", "r", Source::Scan { point_in_time });
        Listed {
            name: name.into(),
            manifest: Ok(whole.then_some(manifest)),
            bytes: 1,
        }
    }

    const SOME: Keep = Keep {
        daily: 2,
        weekly: 2,
        monthly: 2,
    };

    fn kept(names: &[&str], keep: Keep) -> Vec<String> {
        let archives: Vec<Listed> = names.iter().map(|name| listed(name, true)).collect();
        let now = "2026-11-30T00:00:00Z".parse().unwrap();
        let verdicts = judge(&archives, keep, now);
        let kept = archives.iter().zip(verdicts);
        kept.filter(|(_, verdict)| *verdict != Verdict::Delete)
            .map(|(one, _)| one.name.clone())
            .collect()
    }

    #[test]
    fn the_newest_of_days_weeks_and_months_stay() {
        let names = [
            "S-20260901T000000Z",
            "S-20261031T000000Z",
            "S-20261115T000000Z",
            "S-20261122T000000Z",
            "S-20261123T010000Z",
            "S-20261123T020000Z",
            "S-20261124T000000Z",
        ];
        assert_eq!(
            kept(&names, SOME),
            [
                "S-20261031T000000Z", // the month before
                "S-20261122T000000Z", // the week before
                "S-20261123T020000Z", // the day before, its newest
                "S-20261124T000000Z",
            ]
        );
    }

    #[test]
    fn the_newest_stays_whatever_the_numbers_and_stacks_do_not_mix() {
        let none = Keep {
            daily: 0,
            weekly: 0,
            monthly: 0,
        };
        let names = [
            "A-B-20261120T000000Z",
            "S-20261123T000000Z",
            "S-20261124T000000Z",
        ];
        assert_eq!(kept(&names, none), [names[0], names[2]]);
    }

    #[test]
    fn unfinished_ones_go_after_a_day() {
        let archives = [
            listed("S-20261101T000000Z", false),
            listed("S-20261129T120000Z", false),
        ];
        let now = "2026-11-30T00:00:00Z".parse().unwrap();
        let verdicts = judge(&archives, SOME, now);
        assert_eq!(
            verdicts,
            [Verdict::Delete, Verdict::Keep(vec!["under way"])]
        );
    }
}
