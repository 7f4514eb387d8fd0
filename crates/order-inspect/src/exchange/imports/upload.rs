//! `POST /imports`: a file comes in as it is, and is stored piece by piece.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, Uri},
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::run::{self, ImportRun, ImportState};
use crate::{
    app::App,
    args,
    catalogue::words::{Code, Locale},
    db::DbError,
    error::{Error, Refusal},
    exchange::{
        format::Format,
        plan::{Choices, Context, MissingProducts},
    },
    http::{Answer, Once, Params, Permit, Reply, allowed, idempotency_key},
    money::Currency,
    refuse,
};

/// The largest file, in bytes: 1 GiB, which is some million variants.
const LARGEST_FILE: usize = 1024 * 1024 * 1024;
/// How large a stored piece of it is.
const PIECE: usize = 512 * 1024;

/// What is imported, and how.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuestion {
    /// The file's format.
    #[param(inline, example = "shopify_csv")]
    format: Format,
    /// The shop whose prices, texts and publication change.
    #[param(value_type = String, example = "de")]
    channel: Code,
    /// The language of texts that do not say theirs; the shop's first one if it is not said.
    #[param(value_type = Option<String>, example = "de")]
    locale: Option<Locale>,
    /// The currency of prices that do not say theirs; the shop's first one if it is not said.
    #[param(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// Where the quantities of the file lie; without one they are ignored.
    #[param(value_type = Option<String>)]
    location: Option<Code>,
    /// The type of new products that do not say theirs.
    #[param(value_type = Option<String>)]
    product_type: Option<Code>,
    /// How new products are taxed that do not say so.
    #[param(value_type = Option<String>)]
    tax_class: Option<Code>,
    /// What becomes of products that the shop shows and the file, which is whole, does not have.
    #[serde(default)]
    #[param(inline, default = "keep")]
    missing: MissingProducts,
    /// The file's encoding, such as `windows-1252`, where neither a mark at its beginning nor its XML declaration
    /// says so; UTF-8 otherwise.
    #[param(max_length = 40)]
    encoding: Option<String>,
}

/// Send a file (at most 1 GiB). It is compared with the catalogue; nothing changes before it is applied.
#[utoipa::path(post, path = "/imports", tag = "Import and export", operation_id = "create_import",
    params(ImportQuestion),
    request_body(content((String = "text/csv", example = "URL handle,Title,SKU,Price\noak-chair,Oak chair,OAK-1,129.00\n"),
        (String = "application/xml"), (String = "text/tab-separated-values"))),
    responses((status = 202, description = "It is being compared", body = ImportRun)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    Params(question): Params<ImportQuestion>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let key = idempotency_key(&headers)?;
    if let Some(label) = &question.encoding {
        crate::exchange::file::decode::named(label)
            .map_err(|error| Refusal::new(400, "invalid_parameter", error.message))?;
    }
    let id = begin(&app, &permit.caller.name, question).await?;
    let mut fingerprint = Sha256::new();
    fingerprint.update(method.as_str());
    fingerprint.update([0]);
    fingerprint.update(uri.path_and_query().map_or("", |it| it.as_str()));
    fingerprint.update([0]);
    let outcome = match store(&app, id, body, &mut fingerprint).await {
        Ok(size) => {
            let once = Once { key, fingerprint: fingerprint.finalize().into() };
            complete(&app, permit, once, id, size).await
        }
        Err(error) => Err(error),
    };
    let place = place(id);
    if !outcome.as_ref().is_ok_and(|reply| reply.location() == Some(place.as_str())) {
        // It was refused, or is one that came before.
        forget(&app, id).await?;
    }
    app.importer.wake();
    outcome
}

fn place(id: i64) -> String {
    format!("/imports/{id}")
}

/// A row for what comes in.
async fn begin(app: &App, actor: &str, question: ImportQuestion) -> crate::Result<i64> {
    let (id, now, actor) = (app.db.new_id(), app.clock.now(), actor.to_owned());
    let format = question.format;
    let begun: crate::Result<()> = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let channel = question.channel.clone();
                let context = Context::find(tx, format, &channel, |locale, currency| Choices {
                    channel: question.channel,
                    locale: question.locale.unwrap_or_else(|| locale.clone()),
                    currency: question.currency.unwrap_or(currency),
                    location: question.location,
                    product_type: question.product_type,
                    tax_class: question.tax_class,
                    missing: question.missing,
                    encoding: question.encoding,
                })
                .await?;
                known(tx, &context.choices).await?;
                let row = args![
                    id,
                    format.name(),
                    context.channel_id,
                    serde_json::json!(context.choices).to_string(),
                    ImportState::Uploading.name(),
                    0_i64,
                    0_i64,
                    0_i64,
                    0_i64,
                    "",
                    0_i64,
                    0_i64,
                    0_i64,
                    0_i64,
                    0_i64,
                    0_i64,
                    "[]",
                    actor,
                    now
                ];
                tx.insert("import_run", &COLUMNS, vec![row]).await?;
                Ok(())
            })
        })
        .await;
    begun.map(|()| id)
}

const COLUMNS: [&str; 19] = [
    "id",
    "format",
    "channel_id",
    "choices",
    "state",
    "size",
    "records",
    "items",
    "done",
    "matched",
    "created",
    "changed",
    "unchanged",
    "failed",
    "applied",
    "conflicts",
    "warnings",
    "actor",
    "created_at",
];

/// What is named has to be there: better said before a large file is sent than after.
async fn known(tx: &mut crate::db::Tx, choices: &Choices) -> crate::Result<()> {
    let named = [
        ("location", &choices.location),
        ("product_type", &choices.product_type),
        ("tax_class", &choices.tax_class),
    ];
    for (table, code) in named {
        let Some(code) = code else { continue };
        let sql = format!("SELECT 1 AS one FROM {table} WHERE code = $1");
        if tx.row(&sql, args![code]).await?.is_none() {
            let what = table.replace('_', " ");
            refuse!(Refusal::new(
                400,
                "invalid_parameter",
                format!("{table}: there is no {what} {code}.")
            ));
        }
    }
    Ok(())
}

/// Stores the body in pieces; answers with its size.
async fn store(app: &App, id: i64, body: Body, fingerprint: &mut Sha256) -> crate::Result<usize> {
    let mut stream = body.into_data_stream();
    let (mut piece, mut position, mut size) = (Vec::with_capacity(PIECE), 0, 0);
    loop {
        let next = stream.next().await.transpose().map_err(|error| {
            Refusal::new(400, "unreadable", format!("The file did not come in whole: {error}."))
        })?;
        let ended = next.is_none();
        let bytes = next.unwrap_or_default();
        size += bytes.len();
        if size > LARGEST_FILE {
            let detail =
                "The file is larger than 1 GiB: send it in parts, each with whole products.";
            refuse!(Refusal::new(413, "too_large", detail));
        }
        fingerprint.update(&bytes);
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE || ended && !piece.is_empty() {
            let row = args![id, position, std::mem::take(&mut piece)];
            app.db.write(move |tx| insert(tx, row)).await?;
            position += 1_i64;
        }
        if ended {
            break;
        }
    }
    if size == 0 {
        refuse!(Refusal::new(400, "unreadable", "The body is empty: send the file as it is."));
    }
    Ok(size)
}

fn insert(tx: &mut crate::db::Tx, row: Vec<crate::db::Value>) -> crate::db::Doing<'_, (), DbError> {
    Box::pin(async move {
        tx.insert("import_chunk", &["import_id", "position", "bytes"], vec![row]).await
    })
}

/// The file is here: from now on the worker has it.
async fn complete(
    app: &App,
    permit: Permit<allowed::Catalogue>,
    once: Once,
    id: i64,
    size: usize,
) -> Answer {
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            let sql = "UPDATE import_run SET state = $2, size = $3, due_at = $4 WHERE id = $1";
            tx.run(sql, args![id, ImportState::Reading.name(), size, act.now]).await?;
            let run = run::one(tx, id).await?;
            Ok(Reply::accepted(&run)?.at(place(id)))
        })
    })
    .await
}

/// Deletes what came in.
async fn forget(app: &App, id: i64) -> Result<(), Error> {
    app.db
        .write(move |tx| {
            Box::pin(async move {
                tx.run("DELETE FROM import_chunk WHERE import_id = $1", args![id]).await?;
                tx.run("DELETE FROM import_run WHERE id = $1", args![id]).await?;
                Ok(())
            })
        })
        .await
}
