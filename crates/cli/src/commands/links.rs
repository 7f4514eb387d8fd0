//! `kontor links`: what seems to lead from one backend to another.

use std::io::Write;

use kontor_office::proposals::{Coverage, FarProposal};

use crate::command_line::Verdict;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::{Installation, Role};

/// Compares the backends of all manifests and prints the proposals that nobody has decided yet,
/// each with its evidence and with what would stand in the manifest.
///
/// # Errors
/// [`CommandError`] when the installation cannot be opened or the answer cannot be written.
pub(crate) async fn run(
    configuration: &Configuration,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let Installation { office, store, .. } =
        Installation::open(configuration, Role::Command).await?;
    let compared = office.compare_for_operator().await;
    store.close().await;
    let (report, unread) = compared?;
    for problem in &unread {
        writeln!(out, "Left out: {problem}")?;
    }
    for proposal in &report.proposals {
        print(proposal, out)?;
    }
    for (backend, cost) in &report.costs {
        let (statements, records) = (cost.statements, cost.records);
        writeln!(out, "{backend}: {statements} statements, {records} records read")?;
    }
    match report.proposals.len() {
        0 => writeln!(out, "Nothing new is proposed.")?,
        1 => writeln!(
            out,
            "1 link is proposed. The page Links of the office accepts or rejects it."
        )?,
        count => writeln!(
            out,
            "{count} links are proposed. The page Links of the office accepts or rejects them."
        )?,
    }
    out.flush()?;
    Ok(if unread.is_empty() { Verdict::Well } else { Verdict::Broken })
}

fn print(proposal: &FarProposal, out: &mut dyn Write) -> Result<(), CommandError> {
    let evidence = &proposal.evidence;
    let sure = proposal.confidence.as_percent();
    writeln!(out, "{}: {}  ({sure} % sure)", proposal.from, proposal.subject())?;
    if evidence.names_agree {
        writeln!(out, "    the names mean the same")?;
    }
    writeln!(out, "    {} there{}", counted(&evidence.here), orphans(&evidence.here))?;
    if let Some(there) = &evidence.there {
        writeln!(out, "    {} of the other side here{}", counted(there), orphans(there))?;
    }
    for line in proposal.link.to_toml().lines() {
        writeln!(out, "        {line}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn counted(coverage: &Coverage) -> String {
    format!("{} of {} values are", coverage.found, coverage.of)
}

fn orphans(coverage: &Coverage) -> String {
    if coverage.orphans.is_empty() {
        return String::new();
    }
    format!(", not for example {}", coverage.orphans.join(", "))
}
