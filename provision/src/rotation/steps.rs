//! Which step comes next. Pure.

use contract::{ApiKeys, Failure, KeyHolder};
use deploy_target::Target;

use crate::apply::stack::Stack;

/// The next step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the second key, and wait until it is accepted.
    Begin(ApiKeys),
    /// Both are there: see that the new one is accepted.
    Look,
    /// Delete the old key, once the new one is accepted.
    Finish(ApiKeys),
    /// An earlier call deleted it: nothing is left to do.
    Finished,
}

/// Decides it from the live stack; `settled` says that an earlier call's update has just ended, which
/// may have been the one that is asked for.
///
/// # Errors
/// Exit 3 where there is no rotation to finish; exit 1 where the stack is of a version that rotates
/// no keys.
pub fn decide(
    target: &Target,
    stack: &Stack,
    holder: KeyHolder,
    (finish, settled): (bool, bool),
) -> Result<Step, Failure> {
    let flags = flags(target, holder);
    let live = stack.parameters.get(holder.parameter());
    let keys = live.and_then(|value| ApiKeys::from_value(value));
    let keys = keys.ok_or_else(|| {
        Failure::new(format!(
            "{} was deployed by a version that rotates no keys",
            target.stack
        ))
        .hint(format!(
            "deploy it again first: cargo provision apply {}",
            target.flags()
        ))
    })?;
    match (keys.is_rotating(), finish) {
        (false, false) => Ok(Step::Begin(keys.next())),
        (true, false) => Ok(Step::Look),
        (true, true) => Ok(Step::Finish(keys.next())),
        (false, true) if settled => Ok(Step::Finished),
        (false, true) => Err(Failure::refused(format!(
            "{} has one key{}: no rotation is under way",
            target.stack,
            match holder {
                KeyHolder::Operators => "",
                KeyHolder::Page => " of the page's",
            }
        ))
        .hint(format!("begin one: cargo provision rotate-key {flags}"))),
    }
}

/// The flags of `rotate-key` for this target and holder.
pub fn flags(target: &Target, holder: KeyHolder) -> String {
    match holder {
        KeyHolder::Operators => target.flags(),
        KeyHolder::Page => format!("{} --page", target.flags()),
    }
}

#[cfg(test)]
mod tests {
    use contract::failure::exit_of;
    use contract::{Exit, parameters};

    use super::*;

    fn step(keys: &str, finish: bool) -> Result<Step, Failure> {
        let target = Target::on_aws("us-west-2", "Blue");
        let stack = Stack {
            parameters: [(parameters::API_KEYS.to_owned(), keys.to_owned())].into(),
            ..Stack::default()
        };
        decide(&target, &stack, KeyHolder::Operators, (finish, false))
    }

    #[test]
    fn a_rotation_goes_two_steps_and_back_again() {
        assert_eq!(
            step("first", false).unwrap(),
            Step::Begin(ApiKeys::FirstToSecond)
        );
        assert_eq!(step("first-to-second", false).unwrap(), Step::Look);
        assert_eq!(
            step("first-to-second", true).unwrap(),
            Step::Finish(ApiKeys::Second)
        );
        assert_eq!(
            step("second", false).unwrap(),
            Step::Begin(ApiKeys::SecondToFirst)
        );
        assert_eq!(
            step("second-to-first", true).unwrap(),
            Step::Finish(ApiKeys::First)
        );
    }

    #[test]
    fn each_holder_has_a_rotation_of_its_own() {
        let target = Target::on_aws("us-west-2", "Blue");
        let stack = Stack {
            parameters: [
                (parameters::API_KEYS.to_owned(), "first-to-second".into()),
                (parameters::PAGE_API_KEYS.to_owned(), "second".into()),
            ]
            .into(),
            ..Stack::default()
        };
        let step = |holder| decide(&target, &stack, holder, (false, false)).unwrap();
        assert_eq!(step(KeyHolder::Operators), Step::Look);
        assert_eq!(step(KeyHolder::Page), Step::Begin(ApiKeys::SecondToFirst));
        let none = decide(&target, &stack, KeyHolder::Page, (true, false)).unwrap_err();
        assert!(contract::failure::report(&none).ends_with("--stack-name Blue --page"));
    }

    #[test]
    fn what_an_earlier_call_has_finished_is_finished() {
        let target = Target::on_aws("us-west-2", "Blue");
        let stack = Stack {
            parameters: [(parameters::API_KEYS.to_owned(), "second".to_owned())].into(),
            ..Stack::default()
        };
        let step = decide(&target, &stack, KeyHolder::Operators, (true, true));
        assert_eq!(step.unwrap(), Step::Finished);
    }

    #[test]
    fn nothing_is_finished_that_was_not_begun() {
        assert_eq!(exit_of(&step("second", true).unwrap_err()), Exit::Refused);
        let older = step("other", false).unwrap_err();
        assert!(contract::failure::report(&older).contains("deploy it again first"));
    }
}
