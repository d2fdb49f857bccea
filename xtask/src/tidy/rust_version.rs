//! The Rust version that the crates promise is one that everything below them builds with.

use super::Report;
use super::metadata::Package;
use super::project::Project;

pub(super) fn check(project: &Project) -> Report {
    let Some(promise) = project.crates().filter_map(demand).min() else {
        return Report { findings: vec!["no crate declares a rust-version".to_owned()], ..Report::default() };
    };
    let silent = project.crates().filter(|package| demand(package).is_none());
    let mut findings: Vec<String> =
        silent.map(|package| format!("{} declares no rust-version", package.name)).collect();
    let others: Vec<&Package> = project.shipped.iter().filter(|package| !is_own(project, package)).collect();
    let beyond = others.iter().filter(|package| demand(package).is_some_and(|demand| promise < demand));
    findings.extend(beyond.map(|package| format!("{}, but the crates promise {}", say(package), text(promise))));
    let highest = others.iter().max_by_key(|package| demand(package));
    let highest =
        highest.map_or("nothing below demands one".to_owned(), |package| format!("the highest: {}", say(package)));
    Report { note: format!("promised {}; of {} packages below, {highest}", text(promise), others.len()), findings }
}

fn is_own(project: &Project, package: &Package) -> bool {
    project.members.iter().any(|member| member.id == package.id)
}

fn demand(package: &Package) -> Option<[u32; 3]> {
    let mut numbers = package.rust_version.as_deref()?.split('.').map(|part| part.parse().unwrap_or(0));
    Some([numbers.next()?, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)])
}

fn say(package: &Package) -> String {
    let demand = package.rust_version.as_deref().unwrap_or("nothing");
    format!("{} {} demands {demand}", package.name, package.version)
}

fn text([major, minor, patch]: [u32; 3]) -> String {
    if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, rust_version: Option<&str>) -> Package {
        Package {
            id: name.to_owned(),
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            manifest_path: format!("crates/{name}/Cargo.toml"),
            rust_version: rust_version.map(str::to_owned),
            ..Package::default()
        }
    }

    fn check_promise(promise: Option<&str>) -> Report {
        let own = package("stt-model", promise);
        let shipped =
            vec![own.clone(), package("old", None), package("clap", Some("1.85")), package("new", Some("1.90.1"))];
        check(&Project { members: vec![own], shipped, ..Project::default() })
    }

    #[test]
    fn a_promise_below_what_a_dependency_demands_is_found_and_says_which() {
        let report = check_promise(Some("1.88"));
        assert_eq!(["new 1.2.3 demands 1.90.1, but the crates promise 1.88"], report.findings.as_slice());
        assert_eq!(2, check_promise(Some("1.9")).findings.len(), "1.9 is older than 1.85, not newer");
    }

    #[test]
    fn a_promise_as_high_as_the_highest_demand_is_kept_and_none_at_all_is_found() {
        let report = check_promise(Some("1.90.1"));
        assert!(report.findings.is_empty());
        assert!(report.note.ends_with("new 1.2.3 demands 1.90.1"), "{}", report.note);
        assert_eq!(["no crate declares a rust-version"], check_promise(None).findings.as_slice());
    }
}
