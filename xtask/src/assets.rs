//! `cargo xtask assets`: scripts and styles from npm packages and `crates/web/assets/src`, bundled into
//! `crates/web/assets/dist`, from where the binary embeds them. Nothing of it is committed.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Failure, Outcome},
    program::{first_line, read, root, run as run_program},
};

/// What a page may weigh: script and style together, compressed, in bytes.
const BUDGET: usize = 60_000;

/// The oldest Node that bundles.
pub(crate) const NODE: u32 = 18;

/// Entry point and result of each bundle.
const BUNDLES: [(&str, &str); 2] = [("src/app.ts", "dist/app.js"), ("src/app.css", "dist/app.css")];

/// Prints the compressed size of each file named as an argument.
const MEASURE: &str = "for (const file of process.argv.slice(1)) console.log(\
     require('zlib').gzipSync(require('fs').readFileSync(file), { level: 9 }).length)";

/// Bundles if anything has changed since the last time.
pub(crate) fn run() -> Outcome {
    let folder = folder();
    let inputs = fingerprint(&folder)?;
    let mark = folder.join("dist/.inputs");
    let is_current = BUNDLES.iter().all(|(_, result)| folder.join(result).exists())
        && fs::read_to_string(&mark).is_ok_and(|last| last == inputs);
    if is_current {
        return Ok(());
    }
    install(&folder)?;
    for (entry, result) in BUNDLES {
        let bundle = ["--bundle", "--minify", "--target=es2022", "--log-level=warning"];
        let outfile = format!("--outfile={result}");
        let mut esbuild = tool(&folder, "esbuild");
        run_program(esbuild.arg(entry).args(bundle).args(["--format=iife", &outfile]))?;
    }
    weigh(&folder)?;
    fs::write(&mark, inputs).map_err(|error| unreadable(&mark, &error))
}

/// Checks the types of the scripts.
pub(crate) fn check_types() -> Outcome {
    let folder = folder();
    install(&folder)?;
    run_program(tool(&folder, "tsc").arg("--noEmit"))
}

/// Runs `npm ci` in a folder unless what is installed is as new as its `package-lock.json`.
pub(crate) fn install(folder: &Path) -> Outcome {
    let changed =
        |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    // npm writes this file at the end of each install.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    check_node(NODE)?;
    println!("npm ci in {}", folder.display());
    let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run_program(Command::new("npm").args(quiet).current_dir(folder))
}

/// Fails, with what to do, where npm is missing, or Node is missing or older than `oldest`.
pub(crate) fn check_node(oldest: u32) -> Outcome {
    let advice = format!(
        "Node {oldest} or newer with npm is needed.\n  Debian, Ubuntu: apt-get install -y nodejs npm\n  \
         elsewhere, or where that is too old: https://nodejs.org/en/download"
    );
    let Some(version) = first_line("node", &["--version"]) else {
        return Err(Failure::new(format!("`node` is missing; {advice}")));
    };
    if major(&version).is_none_or(|major| major < oldest) {
        return Err(Failure::new(format!("`node` is {version}; {advice}")));
    }
    match first_line("npm", &["--version"]) {
        Some(_) => Ok(()),
        None => Err(Failure::new(format!("`npm` is missing; {advice}"))),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

fn folder() -> PathBuf {
    root().join("crates/web/assets")
}

fn tool(folder: &Path, name: &str) -> Command {
    let mut tool = Command::new(folder.join("node_modules/.bin").join(name));
    tool.current_dir(folder);
    tool
}

fn weigh(folder: &Path) -> Outcome {
    let results = BUNDLES.map(|(_, result)| result);
    let sizes = read(Command::new("node").args(["-e", MEASURE]).args(results).current_dir(folder))?;
    let sizes: Vec<usize> = sizes.lines().filter_map(|line| line.parse().ok()).collect();
    for (result, size) in results.iter().zip(&sizes) {
        println!("{result}: {size} bytes compressed");
    }
    within_budget(sizes.iter().sum())
}

fn within_budget(total: usize) -> Outcome {
    if total <= BUDGET {
        return Ok(());
    }
    Err(Failure::new(format!(
        "script and style have {total} bytes together, compressed; a page may have {BUDGET}. \
         Drop a package or load a part only where it is used"
    )))
}

/// A text that changes with every file that goes into the bundles, and with how they are made.
fn fingerprint(folder: &Path) -> Outcome<String> {
    let mut files = vec![folder.join("package-lock.json"), folder.join("tsconfig.json")];
    collect(&folder.join("src"), &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    include_str!("assets.rs").hash(&mut hasher);
    for file in files {
        fs::read(&file).map_err(|error| unreadable(&file, &error))?.hash(&mut hasher);
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{BUDGET, fingerprint, major, within_budget};

    #[test]
    fn more_than_the_budget_is_refused() {
        assert!(within_budget(BUDGET).is_ok());
        assert!(within_budget(BUDGET + 1).is_err());
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("node"), None);
    }

    #[test]
    fn any_changed_source_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("src/list")).unwrap();
        for file in ["package-lock.json", "tsconfig.json", "src/app.ts", "src/list/keys.ts"] {
            fs::write(folder.path().join(file), "one").unwrap();
        }
        let before = fingerprint(folder.path()).unwrap();
        assert_eq!(fingerprint(folder.path()).unwrap(), before);
        fs::write(folder.path().join("src/list/keys.ts"), "two").unwrap();
        assert_ne!(fingerprint(folder.path()).unwrap(), before);
    }
}
