//! From the click on a resource to its first rows, in Chromium.

use std::{process::Command, time::Duration};

use super::office::{BACKEND, Office};
use crate::{
    failure::{Failure, Outcome},
    program::{find, root},
};

/// Clicks through the sidebar to the largest list. `None`, and said aloud, where there is no
/// browser or what drives it is not installed.
pub(super) fn measure(office: &Office) -> Outcome<Option<Duration>> {
    let Some(chromium) = find("chromium") else {
        println!("SKIPPED: first rows in Chromium; `chromium` is not installed.");
        return Ok(None);
    };
    let driver = ["playwright-core", "playwright"]
        .iter()
        .map(|name| root().join("e2e/node_modules").join(name))
        .find(|folder| folder.is_dir());
    let (Some(driver), Some(node)) = (driver, find("node")) else {
        println!(
            "SKIPPED: first rows in Chromium; run `npm ci` in e2e/ to install what drives it."
        );
        return Ok(None);
    };
    let output = Command::new(node)
        .arg(root().join("xtask/src/bench/first_rows.mjs"))
        .arg(driver)
        .arg(chromium)
        .args([&office.base, &office.cookie, &format!("/b/{BACKEND}/orders")])
        .output()
        .map_err(|error| Failure::new(format!("node cannot be started: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let milliseconds: f64 = text.trim().parse().map_err(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        Failure::new(format!("first rows in Chromium: {text}{errors}"))
    })?;
    Ok(Some(Duration::from_secs_f64(milliseconds / 1000.0)))
}
