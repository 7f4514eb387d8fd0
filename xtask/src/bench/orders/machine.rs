//! What it is measured on.

use std::{fs, io::Write as _, path::Path, time::Instant};

/// Processor, load by others, and how long the disk takes to keep four kilobytes.
pub(super) fn describe(folder: &Path) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let sync = match sync_times(folder) {
        Ok(times) => {
            format!("fdatasync of 4 kB: median {} µs, 99 of 100 within {} µs", times.0, times.1)
        }
        Err(error) => format!("fdatasync could not be measured: {error}"),
    };
    format!(
        "{} × {}, load average {load} before the run; {sync}",
        cores,
        named.map_or("?", |it| it.1)
    )
}

fn sync_times(folder: &Path) -> std::io::Result<(u128, u128)> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut times = Vec::new();
    for _ in 0..500 {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.as_file().sync_data()?;
        times.push(begun.elapsed().as_micros());
    }
    times.sort_unstable();
    Ok((times[250], times[495]))
}
