//! `kontor audit verify`: checks every entry of the audit.

use std::io::Write;

use kontor_office::Verification;
use serde_json::json;

use crate::command_line::Verdict;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::open_existing_store;

/// Verifies the audit and prints what was found.
///
/// # Errors
/// [`CommandError`] when the store is not there or cannot be read.
pub(crate) async fn verify(
    configuration: &Configuration,
    as_json: bool,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let store = open_existing_store(configuration).await?;
    let verification = store.audit().verify().await;
    store.close().await;
    let verification = verification?;
    if as_json {
        print_json(&verification, out)?;
    } else {
        print(&verification, out)?;
    }
    out.flush()?;
    Ok(if verification.is_intact() { Verdict::Well } else { Verdict::Broken })
}

fn print(verification: &Verification, out: &mut dyn Write) -> Result<(), CommandError> {
    let Verification { entries, findings, count } = verification;
    let Some(first) = verification.first() else {
        writeln!(out, "The audit is intact: {entries} entries, each as it was written.")?;
        return Ok(());
    };
    writeln!(out, "The audit is NOT intact. First finding: {first}")?;
    writeln!(out, "{entries} entries read, {count} findings:")?;
    for finding in findings {
        writeln!(out, "  {finding}")?;
    }
    let more = count.saturating_sub(findings.len() as u64);
    if more > 0 {
        writeln!(out, "  and {more} more")?;
    }
    writeln!(
        out,
        "Keep the store as it is, and compare it with a backup: what the backup has before the first \
         finding is genuine."
    )?;
    Ok(())
}

fn print_json(verification: &Verification, out: &mut dyn Write) -> Result<(), CommandError> {
    let finding = |finding: &kontor_store::audit::Finding| json!({ "entry": finding.seq, "problem": finding.to_string() });
    let document = json!({
        "intact": verification.is_intact(),
        "entries": verification.entries,
        "count": verification.count,
        "first": verification.first().map(finding),
        "findings": verification.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    writeln!(out, "{document}")?;
    Ok(())
}
