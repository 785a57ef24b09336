//! Whether only code differs. Pure.

use contract::{Failure, Table, parameters};
use deploy_target::Target;
use serde_yaml::{Mapping, Value};

use crate::apply::adoption::with_literal_names;
use crate::apply::gates;
use crate::apply::stack::{Stack, Standing};

/// How many differing parts are named.
const NAMED: usize = 5;

/// Whether new code may go straight into the functions: the stack rests, is none of production's,
/// and was deployed with this template, `wanted`; `live` is the stack's own.
///
/// # Errors
/// Exit 3 where it may not.
pub fn may_swap(
    target: &Target,
    stack: &Stack,
    live: &str,
    wanted: &Mapping,
) -> Result<(), Failure> {
    let name = &target.stack;
    let deploy = format!("deploy it whole: cargo xtask deploy {}", target.flags());
    if gates::may_start(target, name, Some(stack))? != Standing::Steady {
        return Err(Failure::refused(format!("{name} is {}", stack.status)).hint(deploy));
    }
    let environment = stack.parameters.get(parameters::ENVIRONMENT);
    if environment.is_none_or(|environment| environment == parameters::ENVIRONMENTS[1]) {
        return Err(Failure::refused(format!(
            "{name} is a production environment: its code changes with its stack only"
        ))
        .hint(deploy));
    }
    let live: Mapping = serde_yaml::from_str(live).map_err(|error| {
        Failure::new(format!("the template of {name} cannot be read")).because(error)
    })?;
    let differing = differing(&live, wanted);
    if differing.is_empty() {
        return Ok(());
    }
    let more = match differing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = differing.get(..NAMED).unwrap_or(&differing).join(", ");
    Err(Failure::refused(format!(
        "not only code differs from what {name} was deployed with"
    ))
    .because(format!("the template has other {named}{more}"))
    .hint(deploy))
}

/// What of two templates differs: `Resources.X`, `Parameters.Y`, … Tables that were taken over
/// have their names written out, which is no difference.
fn differing(one: &Mapping, other: &Mapping) -> Vec<String> {
    let plain = |document: &Mapping| with_literal_names(document.clone(), &Table::ALL, "");
    let (one, other) = (plain(one), plain(other));
    let mut found = Vec::new();
    for section in ["Parameters", "Conditions", "Resources", "Outputs"] {
        let of = |document: &Mapping| {
            let value = document.get(section).and_then(Value::as_mapping);
            value.cloned().unwrap_or_default()
        };
        let (one, other) = (of(&one), of(&other));
        let keys = one
            .keys()
            .chain(other.keys().filter(|key| !one.contains_key(*key)));
        found.extend(
            keys.filter(|key| one.get(*key) != other.get(*key))
                .filter_map(|key| Some(format!("{section}.{}", key.as_str()?))),
        );
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use contract::Exit;
    use contract::failure::{exit_of, report};

    use super::*;
    use crate::stacks;

    fn swap(environment: &str, status: &str, live: &str) -> Result<(), Failure> {
        let target = Target::on_aws("us-west-2", "Blue");
        let stack = Stack {
            status: status.into(),
            parameters: [(parameters::ENVIRONMENT.into(), environment.into())].into(),
            ..Stack::default()
        };
        may_swap(&target, &stack, live, &stacks::platform().document())
    }

    fn yaml() -> String {
        stacks::platform().to_yaml().unwrap()
    }

    #[test]
    fn the_same_template_may_be_swapped_also_where_tables_were_adopted() {
        swap("dev", "UPDATE_COMPLETE", &yaml()).unwrap();
        let adopted = with_literal_names(stacks::platform().document(), &[Table::Users], "Blue");
        swap(
            "dev",
            "CREATE_COMPLETE",
            &serde_yaml::to_string(&adopted).unwrap(),
        )
        .unwrap();
    }

    #[test]
    fn another_template_is_refused_by_what_differs() {
        let other = yaml().replace("MemorySize: 256", "MemorySize: 128");
        let refusal = swap("dev", "CREATE_COMPLETE", &other).unwrap_err();
        assert_eq!(exit_of(&refusal), Exit::Refused);
        insta::assert_snapshot!(report(&refusal), @r"
        error: not only code differs from what Blue was deployed with
          cause: the template has other Resources.WsConnectFunction, Resources.WsDisconnectFunction
        hint: deploy it whole: cargo xtask deploy --region us-west-2 --stack-name Blue
        ");
    }

    #[test]
    fn production_and_a_stack_at_work_are_refused() {
        let prod = swap("prod", "CREATE_COMPLETE", &yaml()).unwrap_err();
        assert_eq!(exit_of(&prod), Exit::Refused);
        let busy = swap("dev", "UPDATE_IN_PROGRESS", &yaml()).unwrap_err();
        assert_eq!(exit_of(&busy), Exit::Refused);
        let failed = swap("dev", "ROLLBACK_COMPLETE", &yaml()).unwrap_err();
        assert_eq!(exit_of(&failed), Exit::Refused);
    }
}
