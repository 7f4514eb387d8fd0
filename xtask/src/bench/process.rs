//! What processes cost, from `/proc`.

use std::{fs, time::Duration};

use crate::failure::{Failure, Outcome};

/// Clock ticks of `/proc/<pid>/stat` per second: `USER_HZ`, 100 on every Linux that Rust supports.
const TICKS: u64 = 100;

/// Numbers of `/proc/<pid>/stat`.
struct Stat {
    parent: u32,
    own: u64,
    reaped: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may contain anything.
    let rest = text.rsplit_once(')')?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // `rest` begins with the third field; see proc(5).
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        own: number(14)? + number(15)?,
        reaped: number(16)? + number(17)?,
    })
}

/// CPU time, user and system, of a process with its living and its ended children.
pub(super) fn cpu(pid: u32) -> Outcome<Duration> {
    let top = stat(pid).ok_or_else(|| Failure::new(format!("process {pid} has ended")))?;
    let children: u64 = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(stat)
        .filter(|child| child.parent == pid)
        .map(|child| child.own + child.reaped)
        .sum();
    Ok(Duration::from_millis((top.own + top.reaped + children) * 1000 / TICKS))
}

/// CPU time of this thread so far.
pub(super) fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Resident memory of a process in bytes.
pub(super) fn resident(pid: u32) -> Outcome<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| Failure::new(format!("process {pid} has ended")))
}

#[cfg(test)]
mod tests {
    use super::{cpu, resident, thread_cpu};

    #[test]
    fn this_process_uses_time_and_memory() {
        let pid = std::process::id();
        let begun = cpu(pid).unwrap();
        let mut sum = 0_u64;
        while cpu(pid).unwrap() == begun {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(resident(pid).unwrap() > 100_000);
        assert!(thread_cpu() > std::time::Duration::ZERO);
    }

    #[test]
    fn a_process_that_has_ended_is_said_so() {
        assert!(cpu(u32::MAX).is_err());
        assert!(resident(u32::MAX).is_err());
    }
}
