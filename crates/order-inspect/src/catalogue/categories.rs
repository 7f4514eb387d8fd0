//! Categories: a tree, so that a product is found where a customer looks for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, LONG, SHORT},
    master::{MasterData, refer},
    words::{Code, Locale},
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings},
};

/// How deep the tree may be.
const DEEPEST: i64 = 12;

/// A place in the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code.
    pub code: Code,
    /// The category that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Code>,
    /// Its place among its siblings; smaller is shown first.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000, default = 0)]
    pub position: u32,
    /// What it says, by locale.
    #[schema(value_type = BTreeMap<String, CategoryText>,
        examples(json!({ "de": { "name": "Stühle" }, "en": { "name": "Chairs" } })))]
    pub texts: BTreeMap<Locale, CategoryText>,
}

/// What a category says in one language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryText {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Chairs"))]
    pub name: String,
    /// What stands above its products.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub description: String,
    /// Its title for search engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub seo_title: Option<String>,
    /// Its description for search engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub seo_description: Option<String>,
}

impl MasterData for Category {
    const NAME: &'static str = "category";
    const PLACE: &'static str = "categories";
    const TABLE: &'static str = "category";
    const COLUMNS: &'static [&'static str] = &["parent_id", "position", "texts"];
    const SELECT: &'static str = "SELECT it.id, it.code, it.revision, it.position, it.texts, \
                                  above.code AS parent FROM category AS it \
                                  LEFT JOIN category AS above ON above.id = it.parent_id";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::range(found, "/position", i64::from(self.position), 0..=1_000_000);
        found.check(!self.texts.is_empty(), "/texts", "must have a text in one language at least");
        for (locale, text) in &self.texts {
            let at = |field: &str| format!("/texts/{locale}/{field}");
            check::length(found, &at("name"), &text.name, 1..=SHORT);
            check::length(found, &at("description"), &text.description, 0..=LONG);
            check::maybe_length(found, &at("seo_title"), text.seo_title.as_deref(), 1..=SHORT);
            let description = text.seo_description.as_deref();
            check::maybe_length(found, &at("seo_description"), description, 1..=500);
        }
    }

    async fn values(
        &self,
        tx: &mut Tx,
        before: Option<&Row>,
        found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        let parent = match &self.parent {
            Some(code) => refer(tx, "category", code, "/parent", found).await?,
            None => None,
        };
        let own = before.map(|row| row.get::<i64>("id")).transpose()?;
        if let Some(parent) = parent {
            check_place(tx, own, parent, found).await?;
        }
        let texts = serde_json::to_string(&self.texts)
            .map_err(|error| Error::Broken(format!("texts cannot be stored: {error}")))?;
        Ok(args![parent, self.position, texts])
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            parent: row.maybe_word("parent")?,
            position: row.get("position")?,
            texts: row.json("texts")?,
        })
    }
}

/// A category is no part of itself, and the tree does not become too deep.
async fn check_place(
    tx: &mut Tx,
    own: Option<i64>,
    parent: i64,
    found: &mut Findings,
) -> Result<(), DbError> {
    // The lock keeps two moves that would form a circle together from being made at the same time.
    tx.rows("SELECT revision FROM catalogue_state FOR UPDATE", vec![]).await?;
    let sql = "WITH RECURSIVE above (id, parent_id, height) AS ( \
                 SELECT id, parent_id, 1 FROM category WHERE id = $1 \
                 UNION ALL SELECT up.id, up.parent_id, above.height + 1 \
                 FROM category AS up JOIN above ON up.id = above.parent_id WHERE above.height < 100) \
               SELECT id FROM above";
    let above = tx.rows(sql, args![parent]).await?;
    let above = above.iter().map(|row| row.get("id")).collect::<Result<Vec<i64>, _>>()?;
    let circle = own.is_some_and(|own| above.contains(&own));
    found.check(!circle, "/parent", "lies below this category: a tree has no circles");
    if circle {
        return Ok(());
    }
    let below = match own {
        Some(own) => height(tx, own).await?,
        None => 1,
    };
    let depth = i64::try_from(above.len()).unwrap_or(i64::MAX).saturating_add(below);
    found.check(depth <= DEEPEST, "/parent", format!("a tree is {DEEPEST} levels deep at most"));
    Ok(())
}

/// How many levels a category and what is below it take.
async fn height(tx: &mut Tx, category: i64) -> Result<i64, DbError> {
    let sql = "WITH RECURSIVE below (id, height) AS ( \
                 SELECT id, 1 FROM category WHERE id = $1 \
                 UNION ALL SELECT down.id, below.height + 1 \
                 FROM category AS down JOIN below ON down.parent_id = below.id WHERE below.height < 100) \
               SELECT MAX(height) AS height FROM below";
    Ok(i64::from(tx.one(sql, args![category]).await?.get::<i32>("height")?))
}

crate::master_data_routes!(
    Category,
    "category",
    "categories",
    "/catalogue/categories",
    "/catalogue/categories/{code}"
);
