//! The line of our source that declared a resource: known to this process, since it made the
//! template; never written into the template.

use contract::naming;

use crate::stacks;

/// `provision/src/stacks/functions.rs:50`; `None` for a resource that today's template has not.
pub fn declared_at(stack: &str, resource: &str) -> Option<String> {
    let template = if stack == naming::BOOTSTRAP_STACK {
        stacks::bootstrap()
    } else {
        stacks::platform()
    };
    let place = template.source(resource)?;
    Some(format!("{}:{}", place.file(), place.line()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_resource_is_declared_on_a_line_that_adds_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let line_of = |place: &str| {
            let (file, line) = place.rsplit_once(':').unwrap();
            let text = fs::read_to_string(root.join(file)).unwrap();
            let line: usize = line.parse().unwrap();
            text.lines().nth(line - 1).unwrap().to_owned()
        };
        let platform = declared_at("Blue", "UsersTable").unwrap();
        assert!(
            platform.starts_with("provision/src/stacks/data.rs:"),
            "{platform}"
        );
        assert!(line_of(&platform).contains("add("), "{platform}");
        let bootstrap = declared_at(naming::BOOTSTRAP_STACK, "ArtifactBucket").unwrap();
        assert!(line_of(&bootstrap).contains("add("), "{bootstrap}");
        assert_eq!(declared_at("Blue", "NoSuch"), None);
    }

    #[test]
    fn no_line_of_source_is_written_into_a_template() {
        for template in [stacks::platform(), stacks::bootstrap()] {
            assert!(!template.to_yaml().unwrap().contains(".rs"));
        }
    }
}
