//! First the file is read into records, and each record is put to the product that it speaks of. After a restart the
//! file is read again, and the records that are stored already are passed over.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use tokio::runtime::Handle;

use super::{
    run::ImportState,
    source::Source,
    turn::{Lost, Turn},
    worker::Shared,
};
use crate::{
    args,
    db::{DbError, Row, Tx},
    error::Error,
    exchange::{
        file::{Edition, FileError, Head},
        item::{Intent, Item, Record, RecordKey},
        plan::MissingProducts,
    },
};

/// How many records are stored at once.
const AT_ONCE: usize = 200;
/// After how many microseconds the reader says again that the import is its own.
const SAY_AGAIN: i64 = 1_000_000;

/// Reads the file to its end, or until the turn is lost.
pub(super) async fn read(shared: &std::sync::Arc<Shared>, turn: &Turn) -> crate::Result<()> {
    let (shared, turn, handle) = (std::sync::Arc::clone(shared), turn.clone(), Handle::current());
    let reading = tokio::task::spawn_blocking(move || read_here(&shared, &turn, &handle));
    reading.await.map_err(|_| Error::Broken("the reading of an import broke off".to_owned()))?
}

fn read_here(shared: &Shared, turn: &Turn, handle: &Handle) -> crate::Result<()> {
    let (source, broken) = Source::new(shared.db.clone(), handle.clone(), turn.id);
    let outcome = read_all(shared, turn, handle, source);
    match (outcome, broken.take()) {
        (_, Some(error)) => Err(error.into()),
        (Ok(outcome), None) => outcome,
        (Err(error), None) => handle.block_on(fail(shared, turn, error.to_string())),
    }
}

/// The inner result is the database's, the outer one the file's.
fn read_all(
    shared: &Shared,
    turn: &Turn,
    handle: &Handle,
    source: Source,
) -> Result<crate::Result<()>, FileError> {
    let context = &turn.context;
    let encoding = context.choices.encoding.as_deref();
    let mut reader = context.format.read(source, context.setting(), encoding)?;
    let mut batch = Vec::new();
    let (mut position, mut said) = (0, shared.clock.now());
    while let Some(record) = reader.next()? {
        position += 1;
        // What is passed over takes its time too, and so do large records.
        let now = shared.clock.now();
        if now.0 - said.0 >= SAY_AGAIN {
            said = now;
            match handle.block_on(store(shared, turn, Vec::new())) {
                Ok(Ok(())) if !shared.stopped.load(Ordering::Relaxed) => {}
                Ok(_) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            }
        }
        if position <= turn.records {
            continue;
        }
        batch.push(record);
        if batch.len() < AT_ONCE {
            continue;
        }
        let stored = handle.block_on(store(shared, turn, std::mem::take(&mut batch)));
        let stopped = shared.stopped.load(Ordering::Relaxed);
        match stored {
            Ok(Ok(())) if !stopped => {}
            Ok(_) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(handle.block_on(async {
        match store(shared, turn, batch).await? {
            Ok(()) => end(shared, turn, reader.head()).await,
            Err(Lost) => Ok(()),
        }
    }))
}

/// Stores records with the progress; none where the turn is only to be prolonged.
async fn store(
    shared: &Shared,
    turn: &Turn,
    records: Vec<Record>,
) -> crate::Result<Result<(), Lost>> {
    let (now, turn) = (shared.clock.now(), turn.clone());
    let act = turn.act(&shared.db, now);
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = match turn.hold(tx, now).await? {
                    Ok(row) => row,
                    Err(lost) => return Ok(Err(lost)),
                };
                let keys = keys(tx, &turn, &records).await?;
                let first: i64 = row.get("records")?;
                let (mut rows, mut items, mut failed) = (Vec::new(), Vec::new(), 0_i64);
                for (record, position) in records.iter().zip(first + 1..) {
                    let Some(key) = record.key.as_ref().and_then(|it| keys.get(&name(it))) else {
                        turn.errors(tx, &act, None, &record.problems).await?;
                        failed += 1;
                        continue;
                    };
                    let content = serde_json::json!(record).to_string();
                    rows.push(args![turn.id, position, key, content]);
                    items.push((ITEM, args![turn.id, position, key]));
                }
                tx.insert("import_record", &["import_id", "position", "item_key", "content"], rows)
                    .await?;
                let new: u64 = tx.run_all(items).await?.iter().sum();
                let sql = "UPDATE import_run SET records = records + $2, items = items + $3, \
                           failed = failed + $4 WHERE id = $1";
                let read = i64::try_from(records.len()).unwrap_or(i64::MAX);
                tx.run(sql, args![turn.id, read, i64::try_from(new).unwrap_or(0), failed]).await?;
                Ok(Ok(()))
            })
        })
        .await
}

const ITEM: &str = "INSERT INTO import_item (import_id, position, item_key, changes) VALUES ($1, $2, $3, '[]') \
                    ON CONFLICT (import_id, item_key) DO NOTHING";

/// A key as the file has it.
fn name(key: &RecordKey) -> String {
    match key {
        RecordKey::Handle(it) => format!("handle {it}"),
        RecordKey::Sku(it) => format!("sku {it}"),
        RecordKey::Code(it) => format!("code {it}"),
    }
}

/// The products that keys mean: `=` and the code of one that is there, `+` and the key of a new one.
async fn keys(
    tx: &mut Tx,
    turn: &Turn,
    records: &[Record],
) -> Result<BTreeMap<String, String>, DbError> {
    let (mut handles, mut skus) = (Vec::new(), Vec::new());
    let mut keys = BTreeMap::new();
    for key in records.iter().filter_map(|it| it.key.as_ref()) {
        let new = match key {
            RecordKey::Handle(it) => {
                handles.push(it.clone());
                format!("+{it}")
            }
            RecordKey::Sku(it) => {
                skus.push(it.clone());
                format!("+{it}")
            }
            RecordKey::Code(it) => format!("={it}"),
        };
        keys.insert(name(key), new);
    }
    let channel = turn.context.channel_id;
    let slugs = "SELECT t.slug AS name, p.code FROM product_text AS t JOIN product AS p ON p.id = t.product_id \
                 WHERE t.slug = ANY($1) AND (t.channel_id = 0 OR t.channel_id = $2)";
    let codes = "SELECT code AS name, code FROM product WHERE code = ANY($1)";
    let variants = "SELECT v.sku AS name, p.code FROM variant AS v JOIN product AS p ON p.id = v.product_id \
                    WHERE v.sku = ANY($1)";
    let questions = vec![
        (codes, args![handles.clone()]),
        (slugs, args![handles, channel]),
        (variants, args![skus]),
    ];
    let found = tx.rows_all(questions).await?;
    // A handle is an address before it is a code.
    for (rows, kind) in found.iter().zip(["handle", "handle", "sku"]) {
        for row in rows {
            let (name, code): (String, String) = (row.get("name")?, row.get("code")?);
            keys.insert(format!("{kind} {name}"), format!("={code}"));
        }
    }
    Ok(keys)
}

/// The file was read to its end.
async fn end(shared: &Shared, turn: &Turn, head: Head) -> crate::Result<()> {
    let (now, turn) = (shared.clock.now(), turn.clone());
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let Ok(row) = turn.hold(tx, now).await? else { return Ok(()) };
                let mut warnings = head.warnings;
                let withdraws = turn.context.choices.missing == MissingProducts::Withdraw;
                if let Some(edition) = &head.edition {
                    if let Some(wrong) = misfit(tx, &turn, edition, withdraws, &mut warnings).await? {
                        return failed(tx, &turn, wrong, now).await;
                    }
                    let text = serde_json::json!(edition).to_string();
                    tx.run("UPDATE import_run SET edition = $2 WHERE id = $1", args![turn.id, text]).await?;
                }
                if row.get::<i64>("records")? == 0 {
                    return failed(tx, &turn, "the file has no records in it".to_owned(), now).await;
                }
                let unknown = head.broken || row.get::<i64>("failed")? > 0;
                if withdraws && unknown {
                    let told = "Some rows cannot be put to a product: nothing is withdrawn, as it may be one of theirs.";
                    warnings.push(told.to_owned());
                }
                turn.warn(tx, &row, warnings).await?;
                let next = if withdraws && !unknown { ImportState::Matching } else { ImportState::Comparing };
                turn.go_on(tx, next, now).await
            })
        })
        .await
}

/// Why an edition does not fit what was imported before: updates build on each other (BMEcat 2005, attribute
/// `prev_version` of `T_UPDATE_PRODUCTS` and `T_UPDATE_PRICES`).
async fn misfit(
    tx: &mut Tx,
    turn: &Turn,
    edition: &Edition,
    withdraws: bool,
    warnings: &mut Vec<String>,
) -> crate::Result<Option<String>> {
    if edition.whole {
        return Ok(None);
    }
    if withdraws {
        let wrong =
            "missing=withdraw is for whole catalogues (T_NEW_CATALOG), this file is an update";
        return Ok(Some(wrong.to_owned()));
    }
    let sql = "SELECT edition FROM import_run WHERE channel_id = $1 AND state = 'applied' AND edition IS NOT NULL \
               AND id < $2 ORDER BY id DESC LIMIT 200";
    let rows: Vec<Row> = tx.rows(sql, args![turn.context.channel_id, turn.id]).await?;
    for row in rows {
        let last: Edition = row.json("edition")?;
        if last.catalogue != edition.catalogue {
            continue;
        }
        // The same update again is no harm: it finds nothing to change.
        if (last.version..=last.version + 1).contains(&edition.version) {
            return Ok(None);
        }
        return Ok(Some(format!(
            "this update has prev_version {}, but the last version of this catalogue that was imported is {}: import \
             what lies between first",
            edition.version - 1,
            last.version
        )));
    }
    warnings.push("The catalogue that this update builds on was not imported here; prev_version cannot be checked.".to_owned());
    Ok(None)
}

/// The file cannot be taken.
async fn fail(shared: &Shared, turn: &Turn, why: String) -> crate::Result<()> {
    let (now, turn) = (shared.clock.now(), turn.clone());
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                match turn.hold(tx, now).await? {
                    Ok(_) => failed(tx, &turn, why, now).await,
                    Err(Lost) => Ok(()),
                }
            })
        })
        .await
}

async fn failed(
    tx: &mut Tx,
    turn: &Turn,
    why: String,
    now: crate::moment::Moment,
) -> crate::Result<()> {
    tx.run("UPDATE import_run SET failure = $2 WHERE id = $1", args![turn.id, why]).await?;
    turn.go_on(tx, ImportState::Failed, now).await
}

/// Searches the shop for products that the file does not have, some at a time.
pub(super) async fn match_some(shared: &Shared, turn: &Turn) -> crate::Result<Result<bool, Lost>> {
    let (now, turn) = (shared.clock.now(), turn.clone());
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = match turn.hold(tx, now).await? {
                    Ok(row) => row,
                    Err(lost) => return Ok(Err(lost)),
                };
                let missing = missing(tx, &turn, row.get("matched")?, now).await?;
                let Some(last) = missing.last().map(|(code, _)| code.clone()) else {
                    turn.go_on(tx, ImportState::Comparing, now).await?;
                    return Ok(Ok(false));
                };
                let first: i64 = row.get("records")?;
                let (mut records, mut items) = (Vec::new(), Vec::new());
                let gone = missing.into_iter().filter(|(_, known)| !known);
                for ((code, _), position) in gone.zip(first + 1..) {
                    let item = Item { intent: Intent::Withdraw, ..Item::default() };
                    let key = format!("={code}");
                    let record = Record { line: 0, key: Some(RecordKey::Code(code)), item, problems: Vec::new() };
                    records.push(args![turn.id, position, key.as_str(), serde_json::json!(record).to_string()]);
                    items.push((ITEM, args![turn.id, position, key]));
                }
                let new = i64::try_from(records.len()).unwrap_or(0);
                tx.insert("import_record", &["import_id", "position", "item_key", "content"], records).await?;
                tx.run_all(items).await?;
                let sql = "UPDATE import_run SET matched = $2, records = records + $3, items = items + $3 WHERE id = $1";
                tx.run(sql, args![turn.id, last, new]).await?;
                Ok(Ok(true))
            })
        })
        .await
}

/// The next products that the shop shows, and whether the file has them. Those that it shows later are none of
/// them, as no export has them.
async fn missing(
    tx: &mut Tx,
    turn: &Turn,
    after: String,
    now: crate::moment::Moment,
) -> Result<Vec<(String, bool)>, DbError> {
    let sql = "SELECT p.code, EXISTS (SELECT 1 FROM import_item AS i WHERE i.import_id = $1 \
                 AND i.item_key = '=' || p.code) AS known \
               FROM product AS p WHERE p.code > $2 AND EXISTS (SELECT 1 FROM product_channel AS pc \
                 WHERE pc.product_id = p.id AND pc.channel_id = $3 \
                 AND pc.published_from <= $4 AND (pc.published_until IS NULL OR pc.published_until > $4)) \
               ORDER BY p.code LIMIT 500";
    let rows = tx.rows(sql, args![turn.id, after, turn.context.channel_id, now]).await?;
    rows.iter().map(|row| Ok((row.get("code")?, row.get("known")?))).collect()
}
