//! Quotas that a deployment of this platform meets.

use contract::{Failure, Function, Table, limits};

use super::finding::Finding;

/// A quota of Service Quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// What it counts.
    pub what: &'static str,
    /// Service Quotas' code of the service.
    pub service: &'static str,
    /// Service Quotas' code of the quota.
    pub code: &'static str,
}

/// Stacks in the account and region. Codes: "AWS service quotas", AWS general reference.
pub(super) const STACKS: Quota = Quota {
    what: "stacks",
    service: "cloudformation",
    code: "L-0485CB21",
};
/// Tables in the account and region.
pub(super) const TABLES: Quota = Quota {
    what: "tables",
    service: "dynamodb",
    code: "L-F98FE922",
};
/// Usage plans in the account and region.
pub(super) const USAGE_PLANS: Quota = Quota {
    what: "usage plans",
    service: "apigateway",
    code: "L-E8693075",
};
/// Executions at once in the account and region.
const CONCURRENCY: Quota = Quota {
    what: "executions at once",
    service: "lambda",
    code: "L-B99A9384",
};
/// Roles in the account. Its limit and count come from IAM itself.
pub(super) const ROLES: Quota = Quota {
    what: "roles",
    service: "iam",
    code: "L-FE177D64",
};

/// What a deployment makes that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// Stacks.
    pub stacks: u64,
    /// Tables.
    pub tables: u64,
    /// Usage plans.
    pub usage_plans: u64,
    /// Roles.
    pub roles: u64,
}

impl Needs {
    /// What is made where the bootstrap stack, the platform's stack and `tables` of its tables are
    /// there or not.
    pub fn of(bootstrapped: bool, deployed: bool, tables: usize) -> Self {
        let unless = |there, count| if there { 0 } else { count };
        Self {
            stacks: unless(bootstrapped, 1) + unless(deployed, 1),
            tables: unless(deployed, Table::ALL.len().saturating_sub(tables) as u64),
            usage_plans: unless(deployed, 2),
            roles: unless(bootstrapped, 1) + unless(deployed, Function::ALL.len() as u64),
        }
    }
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The most there may be.
    pub limit: u64,
    /// What there is.
    pub used: u64,
}

/// Whether `needed` more fit.
pub(super) fn fits(quota: Quota, needed: u64, read: &Result<Use, Failure>) -> Finding {
    let look = "quota";
    let Use { limit, used } = match read {
        Err(failure) => return Finding::unread(look, failure),
        Ok(read) => *read,
    };
    let what = quota.what;
    let after = used + needed;
    if after > limit {
        return Finding::error(
            look,
            format!("{used} of {limit} {what} are used; {needed} more are needed"),
        )
        .because("the deployment would fail half-way, and be rolled back")
        .next(raise(quota, after.max(limit.saturating_mul(2))));
    }
    Finding::ok(
        look,
        format!("{what}: {used} of {limit}, {needed} more needed"),
    )
}

/// Whether as many requests as the plans let through can run at once. A chat holds two executions.
pub(super) fn concurrency(read: &Result<Use, Failure>) -> Finding {
    let look = "quota";
    let Use { limit, used } = match read {
        Err(failure) => return Finding::unread(look, failure),
        Ok(read) => *read,
    };
    let free = limit.saturating_sub(used);
    let wanted = u64::from(limits::RATE_PER_SECOND);
    let found = format!("executions at once: {free} free of {limit}");
    if free >= wanted {
        return Finding::ok(look, found);
    }
    Finding::warning(look, found)
        .because(format!(
            "the plans let {wanted} requests a second through, and a chat holds two executions \
             while the model answers; the rest is throttled. New accounts have 10"
        ))
        .next(raise(CONCURRENCY, 1000))
}

fn raise(quota: Quota, to: u64) -> String {
    format!(
        "aws service-quotas request-service-quota-increase --service-code {} --quota-code {} \
         --desired-value {to}",
        quota.service, quota.code
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn a_fresh_account_needs_everything_and_a_deployed_stack_nothing() {
        let fresh = Needs::of(false, false, 0);
        assert_eq!(
            fresh,
            Needs {
                stacks: 2,
                tables: 5,
                usage_plans: 2,
                roles: 7
            }
        );
        let deployed = Needs::of(true, true, 0);
        assert_eq!(
            deployed,
            Needs {
                stacks: 0,
                tables: 0,
                usage_plans: 0,
                roles: 0
            }
        );
        assert_eq!(Needs::of(true, false, 5).tables, 0);
    }

    #[test]
    fn a_full_quota_is_an_error_with_the_command_that_raises_it() {
        let read = Ok(Use { limit: 10, used: 9 });
        assert_eq!(fits(USAGE_PLANS, 1, &read).severity, Severity::Ok);
        let finding = fits(USAGE_PLANS, 2, &read);
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.found,
            "9 of 10 usage plans are used; 2 more are needed"
        );
        assert_eq!(
            finding.next.as_deref(),
            Some(
                "aws service-quotas request-service-quota-increase --service-code apigateway \
                 --quota-code L-E8693075 --desired-value 20"
            )
        );
    }

    #[test]
    fn a_new_accounts_concurrency_is_a_warning() {
        let look = |limit, used| concurrency(&Ok(Use { limit, used })).severity;
        assert_eq!(look(1000, 0), Severity::Ok);
        assert_eq!(look(10, 0), Severity::Warning);
        assert_eq!(look(1000, 950), Severity::Warning);
    }
}
