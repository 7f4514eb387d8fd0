//! The programs that are measured, as they are shipped, and what measures them.

use std::future::Future;
use std::path::{Path, PathBuf};

use crate::demo::target_folder;
use crate::failure::{Failure, Outcome};
use crate::program::{cargo, run as run_program};

/// The program of a package: the one that is named, else one that is built now.
pub(super) fn program(named: Option<&Path>, package: &str) -> Outcome<PathBuf> {
    if let Some(named) = named {
        let wrong = |error| Failure::new(format!("--binary {}: {error}", named.display()));
        return named.canonicalize().map_err(wrong);
    }
    println!("Building {package} as it is shipped (minutes the first time) …");
    if package == "kontor" {
        crate::assets::run()?;
    }
    run_program(&mut cargo(&["build", "--release", "--package", package]))?;
    Ok(target_folder()?.join("release").join(package))
}

/// Measures to the end, on all cores.
pub(super) fn wait_for(measured: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(error.to_string()))?.block_on(measured)
}
