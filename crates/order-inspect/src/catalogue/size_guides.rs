//! Size guides: which size fits whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, LONG, SHORT},
    master::MasterData,
    words::{Code, Locale},
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings},
};

/// A table of sizes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeGuide {
    /// Its code.
    pub code: Code,
    /// The table, by locale.
    #[schema(value_type = BTreeMap<String, SizeTable>)]
    pub texts: BTreeMap<Locale, SizeTable>,
}

/// A table of sizes in one language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeTable {
    /// Its title.
    #[schema(min_length = 1, max_length = 200, examples("Sizes of shirts"))]
    pub title: String,
    /// How to measure.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub intro: String,
    /// What stands above the columns.
    #[schema(min_items = 1, max_items = 20, examples(json!(["Size", "Chest in cm"])))]
    pub columns: Vec<String>,
    /// The rows, each with a cell for every column.
    #[schema(min_items = 1, max_items = 100, examples(json!([["M", "96"]])))]
    pub rows: Vec<Vec<String>>,
}

impl MasterData for SizeGuide {
    const NAME: &'static str = "size guide";
    const PLACE: &'static str = "size-guides";
    const TABLE: &'static str = "size_guide";
    const COLUMNS: &'static [&'static str] = &["texts"];
    const SELECT: &'static str = "SELECT it.code, it.revision, it.texts FROM size_guide AS it";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        found.check(!self.texts.is_empty(), "/texts", "must have a text in one language at least");
        for (locale, table) in &self.texts {
            check_table(found, &format!("/texts/{locale}"), table);
        }
    }

    async fn values(
        &self,
        _tx: &mut Tx,
        _before: Option<&Row>,
        _found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        let texts = serde_json::to_string(&self.texts)
            .map_err(|error| Error::Broken(format!("texts cannot be stored: {error}")))?;
        Ok(args![texts])
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self { code: row.word("code")?, texts: row.json("texts")? })
    }
}

fn check_table(found: &mut Findings, place: &str, table: &SizeTable) {
    check::length(found, &format!("{place}/title"), &table.title, 1..=SHORT);
    check::length(found, &format!("{place}/intro"), &table.intro, 0..=LONG);
    let columns = table.columns.len();
    found.check((1..=20).contains(&columns), format!("{place}/columns"), "must be 1 to 20 columns");
    for (at, column) in table.columns.iter().enumerate() {
        check::length(found, &format!("{place}/columns/{at}"), column, 1..=SHORT);
    }
    let rows = table.rows.len();
    found.check((1..=100).contains(&rows), format!("{place}/rows"), "must be 1 to 100 rows");
    for (at, row) in table.rows.iter().enumerate() {
        let pointer = format!("{place}/rows/{at}");
        found.check(row.len() == columns, pointer.as_str(), "must have a cell for every column");
        for (cell, text) in row.iter().enumerate() {
            check::length(found, &format!("{pointer}/{cell}"), text, 0..=SHORT);
        }
    }
}

crate::master_data_routes!(
    SizeGuide,
    "size_guide",
    "size_guides",
    "/catalogue/size-guides",
    "/catalogue/size-guides/{code}"
);
