//! Which crate may know which: `contract` is below everything, runtime, provision and ops never
//! see each other's insides, and xtask links no SDK.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(platform_tests::template::workspace().join("Cargo.toml"));
    command.no_deps().exec().unwrap()
}

/// Each member's own normal and build dependencies.
fn dependencies(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let members = metadata.workspace_packages();
    members
        .iter()
        .map(|package| {
            let used = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .collect();
            (package.name.to_string(), used)
        })
        .collect()
}

#[test]
fn members_depend_only_downwards() {
    let allowed = BTreeMap::from([
        ("contract", vec![]),
        ("search", vec!["contract"]),
        ("runtime", vec!["contract", "search"]),
        ("deploy-target", vec!["contract"]),
        ("provision", vec!["contract", "deploy-target"]),
        ("ops", vec!["contract", "deploy-target", "search"]),
        ("platform-tests", vec!["contract"]),
        ("xtask", vec!["contract"]),
    ]);
    let used = dependencies(&metadata());
    let members: BTreeSet<_> = used.keys().map(String::as_str).collect();
    assert_eq!(members, allowed.keys().copied().collect());
    for (member, used) in &used {
        for inner in used.iter().filter(|name| members.contains(name.as_str())) {
            let fine = allowed[member.as_str()].contains(&inner.as_str());
            assert!(fine, "{member} may not depend on {inner}");
        }
    }
}

#[test]
fn contract_has_no_dependencies() {
    assert!(dependencies(&metadata())["contract"].is_empty());
}

#[test]
fn xtask_links_no_sdk() {
    let used = &dependencies(&metadata())["xtask"];
    let sdk: Vec<_> = used.iter().filter(|name| name.starts_with("aws")).collect();
    assert!(sdk.is_empty(), "{sdk:?}");
}

#[test]
fn versions_stand_in_the_workspace_only() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        let own = manifest
            .lines()
            .skip_while(|line| !line.contains("dependencies]"));
        for line in own.filter(|line| !line.trim_start().starts_with('#')) {
            let pinned = line.contains("version =") || line.contains("= \"");
            assert!(!pinned, "{}: {line}", package.manifest_path);
        }
    }
}
