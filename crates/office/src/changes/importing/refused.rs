//! The rows that were refused, as a file with their reasons, to be mended and imported again.

use kontor_model::ResourceName;

use super::table::{Cell, Table};
use super::{ImportProblem, ImportStage, RefusedRow, RowProblem};
use crate::Office;
use crate::actor::{Edit, Permit};
use crate::error::OfficeError;
use crate::records::comma_separated::{csv_record, harmless};

impl Office {
    /// The refused rows as comma-separated values, as they stand in the file, with a column of
    /// reasons called `head`, each told by `tell`.
    ///
    /// # Errors
    /// [`OfficeError::Import`] before all rows were looked at; else as [`Office::import`].
    pub fn import_refused(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
        head: &str,
        tell: impl Fn(&RowProblem) -> String,
    ) -> Result<Vec<u8>, OfficeError> {
        self.imported(permit, name, id, |kept| match &kept.stage {
            ImportStage::Checked(check) => Ok(written(&kept.table, &check.refused, head, tell)),
            _ => Err(ImportProblem::NotReady.into()),
        })
    }
}

fn written(
    table: &Table,
    refused: &[RefusedRow],
    head: &str,
    tell: impl Fn(&RowProblem) -> String,
) -> Vec<u8> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    let heads = table.heads.iter().map(String::as_str).chain([head]);
    csv_record(&mut out, &heads.map(|head| Some(harmless(head.into()))).collect::<Vec<_>>());
    for row in refused {
        let Some(found) = table.rows.get(row.at) else { continue };
        let reasons: Vec<String> = row.problems.iter().map(&tell).collect();
        let cells = found.cells.iter().map(|cell| match cell {
            Cell::Absent | Cell::Empty | Cell::Null => None,
            // What the file wrote with a mark has it still; numbers need none.
            Cell::Text(text) if text.parse::<f64>().is_err() => Some(harmless(text.into())),
            other => Some(other.text().into()),
        });
        let reasons = Some(harmless(reasons.join(" ").into()));
        csv_record(&mut out, &cells.chain([reasons]).collect::<Vec<_>>());
    }
    out
}
