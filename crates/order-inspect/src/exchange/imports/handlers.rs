//! `/imports/…`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    items::bare,
    run::{self, ImportRun, ImportState},
};
use crate::{
    app::App,
    args,
    db::{DbError, Tx},
    error::Refusal,
    exchange::plan::FieldChange,
    http::{Answer, NoBody, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    refuse,
};

/// Imports, the latest first.
#[utoipa::path(get, path = "/imports", tag = "Import and export", operation_id = "list_imports",
    params(Paging), responses((status = 200, description = "A page", body = PageOf<ImportRun>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let runs =
        app.db.read(move |tx| Box::pin(async move { run::list(tx, before, limit).await })).await?;
    Reply::ok(&paging.page(runs, |it| it.id)?)
}

/// An import, as far as it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "Import and export", operation_id = "read_import",
    params(("id" = i64, Path)), responses((status = 200, description = "It", body = ImportRun)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
) -> Answer {
    Reply::ok(&app.db.read(move |tx| Box::pin(async move { run::one(tx, id).await })).await?)
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ItemOutcome {
    /// The product would be made.
    Created,
    /// Fields of it would change.
    Changed,
    /// It is as the file says.
    Unchanged,
    /// It cannot be done; see the errors.
    Failed,
}

/// What became of an item when the import was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ItemResult {
    /// It was written.
    Applied,
    /// Somebody else has changed it since the dry run; it is left as it is.
    Conflict,
    /// It could not be written; see the errors.
    Failed,
}

/// A product of the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ImportItem {
    /// The record that speaks of it first, counted from 1.
    position: i64,
    /// Its code, or the handle or SKU by which the file knows a new one.
    item: String,
    /// What the dry run says.
    outcome: ItemOutcome,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ItemResult>,
    /// The fields that change; long values are cut.
    changes: Vec<FieldChange>,
}

/// Which items.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangesQuestion {
    /// Those of this outcome only.
    #[param(inline)]
    outcome: Option<ItemOutcome>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// What an import changes, item by item in the order of the file.
#[utoipa::path(get, path = "/imports/{id}/changes", tag = "Import and export",
    operation_id = "list_import_changes", params(("id" = i64, Path), ChangesQuestion),
    responses((status = 200, description = "A page", body = PageOf<ImportItem>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn changes(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    Params(question): Params<ChangesQuestion>,
) -> Answer {
    let paging = Paging { limit: question.limit, after: question.after };
    let after = paging.position()?.unwrap_or(0_i64);
    let limit = paging.one_more()?;
    let only = question.outcome.map(|it| match it {
        ItemOutcome::Created => "created",
        ItemOutcome::Changed => "changed",
        ItemOutcome::Unchanged => "unchanged",
        ItemOutcome::Failed => "failed",
    });
    let items = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                run::one(tx, id).await?;
                Ok::<_, crate::error::Error>(items(tx, id, only, after, limit).await?)
            })
        })
        .await?;
    Reply::ok(&paging.page(items, |it| it.position)?)
}

async fn items(
    tx: &mut Tx,
    id: i64,
    only: Option<&str>,
    after: i64,
    limit: i64,
) -> Result<Vec<ImportItem>, DbError> {
    let which = if only.is_some() { "outcome = $4" } else { "outcome IS NOT NULL AND $4 = ''" };
    let sql = format!(
        "SELECT position, item_key, outcome, result, changes FROM import_item \
         WHERE import_id = $1 AND position > $2 AND {which} ORDER BY position LIMIT $3"
    );
    let rows = tx.rows(&sql, args![id, after, limit, only.unwrap_or_default()]).await?;
    let items = rows.iter().map(|row| {
        Ok(ImportItem {
            position: row.get("position")?,
            item: bare(&row.get::<String>("item_key")?).to_owned(),
            outcome: row.word("outcome")?,
            result: row.maybe_word("result")?,
            changes: row.json("changes")?,
        })
    });
    items.collect()
}

/// Something that is wrong with a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ImportError {
    /// Its number.
    #[serde(skip)]
    id: i64,
    /// The line of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<i64>,
    /// The product, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// The column, the element or the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What is wrong, and what to do.
    message: String,
}

/// What is wrong with a file. Each error costs its own item and no other one.
#[utoipa::path(get, path = "/imports/{id}/errors", tag = "Import and export",
    operation_id = "list_import_errors", params(("id" = i64, Path), Paging),
    responses((status = 200, description = "A page", body = PageOf<ImportError>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn errors(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    Params(paging): Params<Paging>,
) -> Answer {
    let after = paging.position()?.unwrap_or(0_i64);
    let limit = paging.one_more()?;
    let found = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                run::one(tx, id).await?;
                let sql = "SELECT id, line, item, field, message FROM import_error \
                           WHERE import_id = $1 AND id > $2 ORDER BY id LIMIT $3";
                Ok::<_, crate::error::Error>(tx.rows(sql, args![id, after, limit]).await?)
            })
        })
        .await?;
    let errors = found.iter().map(|row| {
        Ok(ImportError {
            id: row.get("id")?,
            line: row.get("line")?,
            item: row.get("item")?,
            field: row.get("field")?,
            message: row.get("message")?,
        })
    });
    let errors = errors.collect::<Result<Vec<_>, DbError>>()?;
    Reply::ok(&paging.page(errors, |it| it.id)?)
}

/// Apply what the dry run has shown. An item that would change something else by now is left as it is.
#[utoipa::path(post, path = "/imports/{id}/apply", tag = "Import and export",
    operation_id = "apply_import", params(("id" = i64, Path)),
    responses((status = 202, description = "It is being applied", body = ImportRun)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn apply(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    write: Write<NoBody>,
) -> Answer {
    let answer = app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let state = locked(tx, id).await?;
            if state != ImportState::Planned {
                let detail = format!(
                    "The import is {}: only one that is planned can be applied.",
                    state.name()
                );
                refuse!(Refusal::conflict("not_allowed", detail));
            }
            let sql = "UPDATE import_run SET state = $2, done = 0, due_at = $3 WHERE id = $1";
            tx.run(sql, args![id, ImportState::Applying.name(), act.now]).await?;
            Reply::accepted(&run::one(tx, id).await?)
        })
    });
    let answer = answer.await;
    app.importer.wake();
    answer
}

/// Stop an import. What was applied already stays.
#[utoipa::path(post, path = "/imports/{id}/cancellation", tag = "Import and export",
    operation_id = "cancel_import", params(("id" = i64, Path)),
    responses((status = 200, description = "Stopped", body = ImportRun)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn cancel(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    write: Write<NoBody>,
) -> Answer {
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let state = locked(tx, id).await?;
            if state.is_over() || state == ImportState::Uploading {
                let detail = format!("The import is {}: there is nothing to stop.", state.name());
                refuse!(Refusal::conflict("not_allowed", detail));
            }
            let sql = "UPDATE import_run SET state = $2, claim = NULL, due_at = NULL, ended_at = $3, \
                       applied = (SELECT COUNT(*) FROM import_item WHERE import_id = $1 AND result = 'applied'), \
                       conflicts = (SELECT COUNT(*) FROM import_item WHERE import_id = $1 AND result = 'conflict') \
                       WHERE id = $1";
            tx.run(sql, args![id, ImportState::Cancelled.name(), act.now]).await?;
            Reply::ok(&run::one(tx, id).await?)
        })
    })
    .await
}

async fn locked(tx: &mut Tx, id: i64) -> crate::Result<ImportState> {
    let row = tx.row("SELECT state FROM import_run WHERE id = $1 FOR UPDATE", args![id]).await?;
    let row = row.ok_or_else(|| Refusal::not_found("import", id))?;
    Ok(row.word("state")?)
}
