//! `--role-arn`: the role that CloudFormation is handed with every change.

/// Characters that the name of a role may have at most (`CreateRole`, `RoleName`).
const NAME_MAX: usize = 64;

/// Characters that the path of a role may have at most (`CreateRole`, `Path`).
const PATH_MAX: usize = 512;

/// Takes the ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
///
/// CloudFormation would refuse another only in the middle of a deployment.
///
/// # Errors
/// With what it should look like.
pub fn parse(text: &str) -> Result<String, String> {
    if is_role(text) {
        return Ok(text.to_owned());
    }
    Err("not the ARN of an IAM role, like arn:aws:iam::111122223333:role/deployer".to_owned())
}

fn is_role(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let mut part = || parts.next().unwrap_or_default();
    let (arn, partition, service, region) = (part(), part(), part(), part());
    let (account, resource) = (part(), part());
    let Some(role) = resource.strip_prefix("role/") else {
        return false;
    };
    let (path, name) = role.rsplit_once('/').unwrap_or(("", role));
    arn == "arn"
        && (partition == "aws" || partition.starts_with("aws-"))
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && path.len() <= PATH_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic())
        && (1..=NAME_MAX).contains(&name.len())
        && name.bytes().all(in_a_name)
}

/// What IAM takes in names.
fn in_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_every_partition_and_path_are_taken() {
        for role in [
            "arn:aws:iam::111122223333:role/deployer",
            "arn:aws-us-gov:iam::111122223333:role/deployer",
            "arn:aws-cn:iam::000000000000:role/teams/platform/cfn_role+=,.@-1",
        ] {
            assert_eq!(parse(role).as_deref(), Ok(role));
        }
    }

    #[test]
    fn what_is_not_a_roles_arn_is_refused_with_an_example() {
        let long = "arn:aws:iam::111122223333:role/".to_owned() + &"r".repeat(NAME_MAX + 1);
        for other in [
            "",
            "deployer",
            "arn:aws:iam::111122223333:role",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/teams/",
            "arn:aws:iam::111122223333:user/deployer",
            "arn:aws:iam::1111:role/deployer",
            "arn:aws:iam:us-west-2:111122223333:role/deployer",
            "arn:aws:sts::111122223333:assumed-role/deployer/session",
            "arn:azure:iam::111122223333:role/deployer",
            "arn:aws:iam::111122223333:role/de ployer",
            " arn:aws:iam::111122223333:role/deployer",
            "arn:aws:iam::111122223333:role/deployer:1",
            &long,
        ] {
            let refused = parse(other).expect_err(other);
            assert!(refused.contains(":role/deployer"), "{other}: {refused}");
        }
    }
}
