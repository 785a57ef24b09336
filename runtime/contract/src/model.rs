//! The model on Amazon Bedrock (AI-1, AI-2).
//!
//! The described Claude 3.5 Sonnet v2 has reached its end of life on Bedrock, so the model is a
//! parameter. Current Claude models are invoked through an inference profile, whose prefix says
//! which regions may call it and to which regions it routes.

/// The model without its profile prefix: the nearest live drop-in for the described one.
pub const DEFAULT_FOUNDATION_MODEL: &str = "anthropic.claude-sonnet-4-6";

/// The default inference profile, for the default region.
pub const DEFAULT_MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// A geographic group of inference profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileGroup {
    /// What the profile's id starts with, before the dot.
    pub prefix: &'static str,
    /// Regions whose callers may use the profile; requests are routed among them.
    pub regions: &'static [&'static str],
}

/// The profile groups known to the toolkit.
/// Source: "Supported Regions and models for inference profiles", Amazon Bedrock user guide.
pub const PROFILE_GROUPS: &[ProfileGroup] = &[
    ProfileGroup {
        prefix: "us",
        regions: &["us-east-1", "us-east-2", "us-west-2"],
    },
    ProfileGroup {
        prefix: "eu",
        regions: &[
            "eu-central-1",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-3",
        ],
    },
    ProfileGroup {
        prefix: "jp",
        regions: &["ap-northeast-1", "ap-northeast-3"],
    },
    ProfileGroup {
        prefix: "au",
        regions: &["ap-southeast-2", "ap-southeast-4"],
    },
];

/// The group whose profiles `region` may call.
pub fn group_of_region(region: &str) -> Option<&'static ProfileGroup> {
    PROFILE_GROUPS
        .iter()
        .find(|group| group.regions.contains(&region))
}

/// The group that `model` (`us.anthropic…`) belongs to.
pub fn group_of_model(model: &str) -> Option<&'static ProfileGroup> {
    let prefix = model.split('.').next()?;
    PROFILE_GROUPS.iter().find(|group| group.prefix == prefix)
}

/// The default model's profile for `region`.
pub fn default_model(region: &str) -> Option<String> {
    group_of_region(region).map(|group| format!("{}.{DEFAULT_FOUNDATION_MODEL}", group.prefix))
}

/// The ARNs of the foundation model behind the profile `model`, one for each region that it routes
/// to; they have no account. Empty where the profile's group is unknown.
pub fn foundation_model_arns(model: &str) -> Vec<String> {
    let (Some(group), Some((_, foundation_model))) = (group_of_model(model), model.split_once('.'))
    else {
        return Vec::new();
    };
    group
        .regions
        .iter()
        .map(|region| format!("arn:aws:bedrock:{region}::foundation-model/{foundation_model}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_routes_to_its_groups_regions() {
        let arns = foundation_model_arns(DEFAULT_MODEL);
        assert_eq!(arns.len(), 3);
        assert_eq!(
            arns[0],
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"
        );
        assert!(foundation_model_arns("anthropic.claude-sonnet-4-6").is_empty());
    }

    #[test]
    fn the_default_model_is_that_of_the_default_region() {
        assert_eq!(default_model("us-west-2").as_deref(), Some(DEFAULT_MODEL));
        assert_eq!(default_model("mars-north-1"), None);
    }
}
