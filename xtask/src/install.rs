//! Installing what the tests need.

use std::{fs, path::PathBuf};

use crate::{
    assets,
    failure::{Failure, Outcome},
    program::{cargo, command, find, first_line, run},
};

/// A program that steps need, and what brings it on Debian and Ubuntu.
struct Need {
    programs: &'static [&'static str],
    packages: &'static [&'static str],
    elsewhere: &'static str,
}

const NODE: Need = Need {
    programs: &["node", "npm"],
    packages: &["nodejs", "npm"],
    elsewhere: "Node 18 or newer (20 for browser tests) with npm: https://nodejs.org/en/download",
};
const SERVERS: [Need; 2] = [
    Need {
        programs: &["postgres", "initdb", "psql"],
        packages: &["postgresql"],
        elsewhere: "PostgreSQL 15 or newer with its client: https://www.postgresql.org/download/",
    },
    Need {
        programs: &["mariadbd", "mariadb-install-db", "mariadb"],
        packages: &["mariadb-server", "mariadb-client"],
        elsewhere: "MariaDB 10.11 or newer with its client: https://mariadb.org/download/",
    },
];
const BROWSER: Need = Need {
    programs: &["chromium"],
    packages: &["chromium"],
    elsewhere: "Chromium: https://www.chromium.org/getting-involved/download-chromium/",
};

/// The names under which systems have Chromium or its twin.
const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// The oldest Node that drives a browser.
const NODE_FOR_BROWSER: u32 = 20;

impl Need {
    fn is_missing(&self) -> bool {
        if self.programs == BROWSER.programs {
            return browser().is_none();
        }
        self.programs.iter().any(|program| find(program).is_none())
    }
}

/// The browser for the tests.
pub(crate) fn browser() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| find(name))
}

/// What the chosen steps need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) node: bool,
    pub(crate) servers: bool,
    pub(crate) browser: bool,
}

/// Installs what is missing, or says exactly what to install.
pub(crate) fn run_for(needs: Needs) -> Outcome {
    let mut wanted: Vec<&Need> = Vec::new();
    wanted.extend(needs.node.then_some(&NODE));
    wanted.extend(SERVERS.iter().filter(|_| needs.servers));
    wanted.extend(needs.browser.then_some(&BROWSER));
    wanted.retain(|need| need.is_missing());
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !wanted.is_empty() && is_debian(&system) {
        let packages: Vec<&str> = wanted.iter().flat_map(|need| need.packages).copied().collect();
        install_packages(&packages)?;
        wanted.retain(|need| need.is_missing());
    }
    if !wanted.is_empty() {
        return Err(Failure::new(advice(&wanted)));
    }
    if needs.node {
        assets::check_node(if needs.browser { NODE_FOR_BROWSER } else { assets::NODE })?;
    }
    if needs.servers {
        install_nextest()?;
    }
    Ok(())
}

fn install_packages(packages: &[&str]) -> Outcome {
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let is_root = first_line("id", &["-u"]).as_deref() == Some("0");
    if !is_root && first_line("sudo", &["-n", "id", "-u"]).is_none() {
        return Err(Failure::new(format!(
            "missing for the tests: {}. Neither root nor a sudo without a password, so please run:\n  \
             sudo apt-get update && sudo {line}",
            packages.join(", ")
        )));
    }
    let with_rights = |words: &[&str]| {
        let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
        let mut all: Vec<&str> = if is_root { Vec::new() } else { vec!["sudo", "-n"] };
        all.extend(quiet.iter().chain(words));
        command(all[0], &all[1..])
    };
    println!("Missing for the tests: {}. Installing with\n  {line}", packages.join(", "));
    run(&mut with_rights(&["apt-get", "update", "-qq"]))?;
    let words: Vec<&str> = line.split(' ').collect();
    run(&mut with_rights(&words))
}

fn install_nextest() -> Outcome {
    if cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    println!(
        "Missing for the tests: cargo-nextest. Installing with\n  cargo install --locked cargo-nextest"
    );
    run(&mut cargo(&["install", "--locked", "cargo-nextest"]))
}

/// Whether `/etc/os-release` speaks of Debian, Ubuntu or one of their children.
fn is_debian(os_release: &str) -> bool {
    let values = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")));
    values
        .flat_map(|value| value.trim_matches('"').split(' '))
        .any(|id| id == "debian" || id == "ubuntu")
}

fn advice(missing: &[&Need]) -> String {
    let mut text =
        "the tests need what is not installed, and it can be installed for you only with the \
                    packages of Debian and Ubuntu. Please install:"
            .to_owned();
    for need in missing {
        text.push_str(&format!("\n  {}  (missing: {})", need.elsewhere, need.programs.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{BROWSER, NODE, advice, is_debian};

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(is_debian("NAME=x\nID=debian\n"));
        assert!(is_debian("ID=ubuntu\nID_LIKE=debian"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nHOME_URL=https://debian.example"));
    }

    #[test]
    fn elsewhere_each_missing_thing_is_named() {
        let text = advice(&[&NODE, &BROWSER]);
        assert!(text.contains("nodejs.org") && text.contains("chromium.org"), "{text}");
    }
}
