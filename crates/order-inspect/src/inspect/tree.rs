//! `GET /inspect/categories`.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::window::{Looking, Window};
use crate::{
    app::App,
    catalogue::{
        categories::CategoryText,
        words::{Locale, in_language},
    },
    http::{Answer, Params, Reply, Visitor},
};

/// The categories of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CategoryTree {
    /// Those that stand at the top.
    categories: Vec<CategoryNode>,
}

/// A category with what is below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CategoryNode {
    /// Its code.
    code: String,
    /// What it says.
    text: CategoryText,
    /// What is below it, in its order.
    #[schema(no_recursion)]
    children: Vec<CategoryNode>,
}

/// The tree of categories.
#[utoipa::path(get, path = "/inspect/categories", tag = "Inspect", operation_id = "inspect_categories",
    params(Looking), responses((status = 200, description = "The tree", body = CategoryTree)))]
pub(super) async fn tree(
    State(app): State<App>,
    visitor: Visitor,
    Params(looking): Params<Looking>,
) -> Answer {
    let window = Window::open(&app, &visitor, &looking).await?;
    let sql = "SELECT id, code, parent_id, texts FROM category ORDER BY position, code";
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(sql, vec![]).await })).await?;
    let mut below: BTreeMap<Option<i64>, Vec<(i64, CategoryNode)>> = BTreeMap::new();
    for row in rows {
        let texts: BTreeMap<Locale, CategoryText> = row.json("texts")?;
        let Some(text) = in_language(&texts, &window.locale).cloned() else { continue };
        let node = CategoryNode { code: row.get("code")?, text, children: Vec::new() };
        below.entry(row.get("parent_id")?).or_default().push((row.get("id")?, node));
    }
    Reply::ok(&CategoryTree { categories: grow(None, &mut below) })
}

/// What stands below a category; the tree is not deeper than it may be, see `Category`.
fn grow(
    above: Option<i64>,
    below: &mut BTreeMap<Option<i64>, Vec<(i64, CategoryNode)>>,
) -> Vec<CategoryNode> {
    let children = below.remove(&above).unwrap_or_default();
    let grown = children.into_iter().map(|(id, node)| {
        let children = grow(Some(id), below);
        CategoryNode { children, ..node }
    });
    grown.collect()
}
