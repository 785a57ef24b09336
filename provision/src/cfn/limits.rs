//! What CloudFormation takes of a template, counted before anything is sent.
//! Source: "Understand CloudFormation quotas", CloudFormation user guide.

use serde_yaml::{Mapping, Value};

/// Bytes of a template in a request.
pub const INLINE_BYTES: usize = 51_200;

/// Bytes of a template in S3.
pub const S3_BYTES: usize = 1_048_576;

/// Bytes of the template's description.
const DESCRIPTION_BYTES: usize = 1024;

/// Characters of a logical id.
const ID_CHARACTERS: usize = 255;

/// Entries of each section.
const SECTIONS: [(&str, usize); 4] = [
    ("Resources", 500),
    ("Parameters", 200),
    ("Outputs", 200),
    ("Mappings", 200),
];

/// Every limit that a template is over, with the count: `513 resources, and CloudFormation takes
/// 500`. `bytes` is how long it is, and `most` how long it may be.
pub fn exceeded(document: &Mapping, bytes: usize, most: usize) -> Vec<String> {
    let over = |count: usize, what: &str, most: usize| {
        (count > most).then(|| format!("{count} {what}, and CloudFormation takes {most}"))
    };
    let entries = |name: &str| document.get(name).and_then(Value::as_mapping);
    let mut found: Vec<String> = SECTIONS
        .into_iter()
        .filter_map(|(name, most)| {
            let count = entries(name).map_or(0, Mapping::len);
            over(count, &name.to_lowercase(), most)
        })
        .collect();
    let description = document
        .get("Description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    found.extend(over(bytes, "bytes", most));
    found.extend(over(
        description.len(),
        "bytes of description",
        DESCRIPTION_BYTES,
    ));
    let long = entries("Resources")
        .into_iter()
        .flatten()
        .filter_map(|(id, _)| id.as_str());
    found.extend(long.filter_map(|id| {
        let count = id.chars().count();
        over(
            count,
            &format!("characters in {}…", id.chars().take(20).collect::<String>()),
            ID_CHARACTERS,
        )
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(resources: usize) -> Mapping {
        let bodies: Mapping = (0..resources)
            .map(|n| (format!("R{n}").into(), Mapping::new().into()))
            .collect();
        Mapping::from_iter([("Resources".into(), Value::Mapping(bodies))])
    }

    #[test]
    fn what_is_over_is_named_with_its_count() {
        assert!(exceeded(&template(500), INLINE_BYTES, INLINE_BYTES).is_empty());
        assert_eq!(
            exceeded(&template(513), INLINE_BYTES + 1, INLINE_BYTES),
            [
                "513 resources, and CloudFormation takes 500",
                "51201 bytes, and CloudFormation takes 51200"
            ]
        );
    }
}
