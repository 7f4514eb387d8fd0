//! The table: what was measured, beside what was wanted.

use std::time::Duration;

use super::{
    Way,
    case::{Case, LIST_LARGE, LIST_LINKED, LIST_PLAIN, LIST_SMALL},
    export::Exported,
    load::{CLIENTS, Measured},
};

/// Two lists are equally fast when they differ by no more than what two runs of the same one do.
const EQUAL: f64 = 1.10;

const MEGABYTE: f64 = 1_000_000.0;
/// Memory is counted in units of 1,048,576 bytes, as other tools do.
const MEBIBYTE: f64 = 1_048_576.0;

struct Line {
    case: &'static str,
    way: Way,
    goal: Option<f64>,
    measured: Measured,
}

/// Everything that was measured.
pub(super) struct Report {
    lines: Vec<Line>,
    first_start: Duration,
    binary: u64,
    /// Resident memory at rest, in bytes.
    pub(super) idle: u64,
    /// Resident memory after the run, in bytes.
    pub(super) after: u64,
    /// The export, if it was wanted.
    pub(super) export: Option<Exported>,
    /// From the click to the first rows, if there is a browser.
    pub(super) first_rows: Option<Duration>,
}

impl Report {
    /// A report without figures of cases.
    pub(super) fn new(first_start: Duration, binary: u64) -> Self {
        Self {
            lines: Vec::new(),
            first_start,
            binary,
            idle: 0,
            after: 0,
            export: None,
            first_rows: None,
        }
    }

    /// Adds a figure.
    pub(super) fn add(&mut self, case: &Case, way: Way, measured: Measured) {
        let goal = case.goal.filter(|_| way == Way::Api);
        self.lines.push(Line { case: case.name, way, goal, measured });
    }

    /// Prints everything.
    pub(super) fn print(&self) {
        println!(
            "\n{CLIENTS} clients ask in closed loops; one machine serves and asks. CPU is milliseconds per request, user and\n\
             system: db are PostgreSQL's processes; server is Kontor, and for the floor the process that runs the\n\
             same SQL over prepared statements and writes the rows as JSON. A share is the floor's CPU over Kontor's.\n"
        );
        println!(
            "{:<30}{:<6}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{:>8}  goal",
            "case", "way", "requests/s", "p50 ms", "p99 ms", "CPU db", "server", "sum", "share"
        );
        for line in &self.lines {
            self.print_line(line);
        }
        self.print_lists();
        self.print_linked();
        if let Some(export) = &self.export {
            print_export(export);
        }
        println!();
        goal_line("ready after the first start", self.first_start.as_secs_f64(), 0.3, "s");
        goal_line("binary without symbols", float(self.binary) / MEGABYTE, 40.0, "MB");
        goal_line("resident at rest", float(self.idle) / MEBIBYTE, 50.0, "MiB");
        goal_line("resident after the run", float(self.after) / MEBIBYTE, 100.0, "MiB");
        match self.first_rows {
            Some(took) => goal_line("first rows in Chromium", took.as_secs_f64(), 0.3, "s"),
            None => println!("{:<30}SKIPPED, see above", "first rows in Chromium"),
        }
    }

    fn print_line(&self, line: &Line) {
        let m = &line.measured;
        print!(
            "{:<30}{:<6}{:>10.1}{:>9.2}{:>9.2}{:>9.3}{:>9.3}{:>9.3}",
            if line.way == Way::Floor { line.case } else { "" },
            word(line.way),
            m.rate,
            m.p50,
            m.p99,
            m.database,
            m.server,
            m.cpu()
        );
        let Some(floor) = self.find(line.case, Way::Floor).filter(|_| line.way != Way::Floor)
        else {
            return println!();
        };
        let share = floor.cpu() / m.cpu();
        print!("{:>7.0}%", share * 100.0);
        match line.goal {
            Some(goal) => println!("  ≥ {:.0}% {}", goal * 100.0, verdict(share >= goal)),
            None => println!(),
        }
    }

    /// A list of millions beside one of thousands.
    fn print_lists(&self) {
        let pair = (self.find(LIST_LARGE, Way::Api), self.find(LIST_SMALL, Way::Api));
        if let (Some(large), Some(small)) = pair {
            let ratio = large.cpu() / small.cpu();
            println!(
                "\n{:<30}{ratio:.2} × the CPU of {LIST_SMALL}   goal: equal (≤ {EQUAL:.2}) {}",
                LIST_LARGE,
                verdict(ratio <= EQUAL)
            );
        }
    }

    /// A list with two columns that are linked to another backend beside the same list without.
    fn print_linked(&self) {
        for way in [Way::Api, Way::Page] {
            let pair = (self.find(LIST_LINKED, way), self.find(LIST_PLAIN, way));
            if let (Some(linked), Some(plain)) = pair {
                println!(
                    "\n{LIST_LINKED:<30}{:<6}{:.2} × the CPU of {LIST_PLAIN}, {:+.2} ms CPU, {:+.2} ms at p50, {:+.2} ms at p99",
                    word(way),
                    linked.cpu() / plain.cpu(),
                    linked.cpu() - plain.cpu(),
                    linked.p50 - plain.p50,
                    linked.p99 - plain.p99
                );
            }
        }
    }

    fn find(&self, case: &str, way: Way) -> Option<&Measured> {
        let found = self.lines.iter().find(|line| line.case == case && line.way == way);
        found.map(|line| &line.measured)
    }
}

fn print_export(export: &Exported) {
    let (copy, kontor) = (&export.copy, &export.kontor);
    println!("\nexport of {} orders with customer, the middle one of several:", export.orders);
    for (way, once) in [("COPY", copy), ("Kontor", kontor)] {
        println!(
            "  {way:<8}{:>8.0} ms {:>8.0} ms CPU {:>8.1} MB",
            once.took.as_secs_f64() * 1000.0,
            once.cpu.as_secs_f64() * 1000.0,
            float(once.bytes) / MEGABYTE
        );
    }
    let cpu = kontor.cpu.as_secs_f64() / copy.cpu.as_secs_f64();
    println!("  {cpu:.2} × the CPU of COPY");
    goal_line(
        "  time, in that of COPY",
        kontor.took.as_secs_f64() / copy.took.as_secs_f64(),
        1.5,
        "×",
    );
    goal_line("  extra resident memory", float(export.extra) / MEBIBYTE, 30.0, "MiB");
}

fn goal_line(what: &str, figure: f64, most: f64, unit: &str) {
    println!("{what:<30}{figure:>7.2} {unit:<4} ≤ {most} {unit} {}", verdict(figure <= most));
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "ok" } else { "MISSED" }
}

fn word(way: Way) -> &'static str {
    match way {
        Way::Floor => "floor",
        Way::Api => "API",
        Way::Page => "page",
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files and memory are below 2^52")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}
