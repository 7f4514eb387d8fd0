//! Files that become changes: looked at first, applied as they were shown, taken back at once.

mod databases;
mod files;
mod round_trip;
mod services;

use std::sync::Arc;
use std::time::Duration;

use kontor_model::ResourceName;
use kontor_office::{
    Import, ImportCheck, ImportChoice, ImportProgress, ImportStage, OfficeError, RowProblem,
};

use crate::office::Bureau;

/// An import takes no longer in a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// An office over one backend called `shop`, and one resource of it.
struct Desk {
    bureau: Arc<Bureau>,
    resource: ResourceName,
}

impl Desk {
    fn of(bureau: Bureau, resource: &str) -> Self {
        Self { bureau: Arc::new(bureau), resource: ResourceName::new(resource) }
    }

    /// Sends a file, and waits until its rows were looked at.
    async fn send(&self, file: impl Into<Vec<u8>>) -> Result<Import, OfficeError> {
        let permit = self.bureau.editing("shop");
        let file = ("file", file.into().into());
        let id = self.bureau.office.import_begin(&permit, &self.resource, file).await?;
        self.settled(&id).await
    }

    async fn settled(&self, id: &str) -> Result<Import, OfficeError> {
        let permit = self.bureau.editing("shop");
        self.bureau.office.import_settled(&permit, &self.resource, id, PATIENCE).await
    }

    async fn choose(&self, id: &str, choice: ImportChoice) -> Result<Import, OfficeError> {
        let permit = self.bureau.editing("shop");
        self.bureau.office.import_choose(&permit, &self.resource, id, &choice)?;
        self.settled(id).await
    }

    /// Applies an import, and waits for its end.
    async fn apply(&self, id: &str) -> ImportProgress {
        let permit = self.bureau.editing("shop");
        self.bureau.office.import_apply(&permit, &self.resource, id, None).unwrap();
        progress(&self.settled(id).await.unwrap())
    }

    async fn undo(&self, operation: &str) {
        self.bureau.office.undo(&self.bureau.actor, operation).await.unwrap();
    }
}

/// What the rows would do.
fn check(import: &Import) -> Arc<ImportCheck> {
    match &import.stage {
        ImportStage::Checked(check) => Arc::clone(check),
        other => panic!("{other:?}"),
    }
}

fn progress(import: &Import) -> ImportProgress {
    match &import.stage {
        ImportStage::Applied(progress) => progress.clone(),
        other => panic!("{other:?}"),
    }
}

/// New, changed, the same, refused.
fn counts(check: &ImportCheck) -> (usize, usize, usize, usize) {
    (check.new, check.changed, check.same, check.refused.len())
}

/// The fields to which the columns go.
fn fields(import: &Import) -> Vec<Option<&str>> {
    import.mapping.columns.iter().map(|column| column.field.as_deref()).collect()
}

/// The refused rows, with the names of their fields and what is wrong in short.
fn refusals(check: &ImportCheck) -> Vec<(usize, String)> {
    let told = |problem: &RowProblem| match problem {
        RowProblem::Field(problem) => format!("{}: {:?}", problem.field, problem.problem),
        other => format!("{other:?}"),
    };
    let row = |problems: &[RowProblem]| problems.iter().map(told).collect::<Vec<_>>().join("; ");
    check.refused.iter().map(|refused| (refused.number, row(&refused.problems))).collect()
}
