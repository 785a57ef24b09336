//! Tables and models that fail.

use super::super::model::MODEL_ATTEMPTS;
use super::*;

#[test]
fn each_failing_table_is_an_internal_error_and_nothing_is_written() {
    for port in [
        Port::FindSupporter,
        Port::NewestContext,
        Port::RecallTurns,
        Port::RecordTurn,
    ] {
        let memory = memory();
        memory.fail(port);
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_failing_model_is_an_internal_error_and_nothing_is_written() {
    for outcome in [Outcome::Fail, Outcome::Answer(" \n".into())] {
        let memory = memory();
        memory.model_gives(outcome);
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_slow_model_is_a_timeout_in_time_and_nothing_is_written() {
    for (outcome, latest) in [
        (Outcome::TimeOut, Duration::from_secs(3)),
        (Outcome::Hang, REST_DEADLINE),
    ] {
        let memory = memory();
        for _ in 0..MODEL_ATTEMPTS {
            memory.model_gives(outcome.clone());
        }
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!(
            (status, &body["error"]["code"]),
            (504, &json!("model_timeout"))
        );
        assert!(memory.elapsed() < latest);
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_throttled_model_is_asked_again() {
    let memory = memory();
    memory.model_gives(Outcome::Throttle(None));
    memory.model_gives(Outcome::Throttle(Some(Duration::from_secs(2))));
    assert_eq!(ask(&memory, "Hi").0, 200);
    assert!(memory.elapsed() >= Duration::from_secs(2));
}

#[test]
fn a_model_that_stumbles_is_asked_again_and_not_forever() {
    let memory = memory();
    for outcome in [Outcome::Stumble, Outcome::TimeOut, Outcome::Throttle(None)] {
        memory.model_gives(outcome);
    }
    assert_eq!(ask(&memory, "Hi").0, 200);
    assert_eq!(memory.prompts().len(), 4);
    for _ in 0..MODEL_ATTEMPTS {
        memory.model_gives(Outcome::Stumble);
    }
    let (status, body, _) = ask(&memory, "Hi");
    assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
    assert_eq!(memory.prompts().len(), 8);
    assert_eq!(memory.interactions("user-1").len(), 1);
}

#[test]
fn a_model_that_stays_throttled_says_when_to_come_back() {
    for (asked_for, retry_after) in [(None, "5"), (Some(Duration::from_mins(1)), "60")] {
        let memory = memory();
        for _ in 0..4 {
            memory.model_gives(Outcome::Throttle(asked_for));
        }
        let (status, body, header) = ask(&memory, "Hi");
        assert_eq!(
            (status, &body["error"]["code"]),
            (503, &json!("model_throttled"))
        );
        assert_eq!(header, retry_after);
        assert!(memory.elapsed() < REST_DEADLINE);
        assert_nothing_written(&memory);
    }
}
