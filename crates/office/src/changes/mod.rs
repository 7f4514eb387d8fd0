//! Changing records. Every edit goes one way: planned (is it permitted, valid, what was there),
//! its intent written to the audit, applied in one transaction of the backend, its outcome written.
//! If the intent cannot be written, nothing is changed.

mod acting;
mod apply;
mod at_work;
mod bulk;
mod dependents;
mod importing;
mod journal;
mod plan;
mod settle;
mod timeline;
mod undo;

pub use acting::{Acted, ActionPlan, ActionRequest, Foreseen, Offered, Surprise};
pub use apply::{Applied, ItemState};
pub use bulk::{BulkForeseen, BulkPreview, BulkProgress, BulkSelection, Excluded, SampleOf, Stop};
pub use dependents::{Fate, Touched};
pub use importing::{
    Changed, CheckedRow, FileKind, FileProblem, Import, ImportCheck, ImportChoice, ImportColumn,
    ImportFailed, ImportField, ImportMapping, ImportMode, ImportOffer, ImportProblem,
    ImportProgress, ImportStage, LeftOut, MOST_IMPORTED_BYTES, RefusedRow, RowProblem, Spelling,
};
pub use journal::{NotWritten, OperationState, Standing};
pub use plan::{Edit as EditRequest, Input, Plan};
pub use timeline::{Author, TimelineEntry, Told};

pub(crate) use at_work::AtWork;
pub(crate) use bulk::BulkPlans;
pub(crate) use importing::Imports;
pub(crate) use settle::LeftOpen;
pub(crate) use undo::Undoing;
