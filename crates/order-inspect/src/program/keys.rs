//! `order-inspect key …`.

use jiff::tz::TimeZone;

use super::Key;
use crate::{
    args,
    clock::{Clock, random_token},
    db::Db,
    error::Refusal,
    http::{Scope, key_hash},
    language::Language,
    moment::Moment,
    refuse,
};

#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
pub(super) async fn run(db: &Db, command: Key) -> crate::Result<()> {
    match command {
        Key::Create { name, scopes } => {
            let scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes };
            println!("{}", create(db, &name, &scopes).await?);
            Ok(())
        }
        Key::List => list(db).await,
        Key::Revoke { id } => revoke(db, id).await,
    }
}

/// Makes a key. Only its hash is stored. Its name stands in timelines: no two keys in force have the same one.
///
/// # Errors
/// The name is empty or long, or another key in force has it.
pub async fn create(db: &Db, name: &str, scopes: &[Scope]) -> crate::Result<String> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        refuse!(Refusal::invalid("name", "1 to 100 characters"));
    }
    let key = format!("oi_{}", random_token()?);
    let row = args![
        db.new_id(),
        name.as_str(),
        key_hash(&key).as_slice(),
        serde_json::json!(scopes),
        Clock::System.now()
    ];
    db.write(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id FROM api_key WHERE name = $1 AND revoked_at IS NULL";
            if tx.row(sql, args![name.as_str()]).await?.is_some() {
                let detail =
                    format!("There is a key “{name}” already: revoke it, or take another name.");
                refuse!(Refusal::conflict("name_taken", detail));
            }
            let columns = ["id", "name", "hash", "scopes", "created_at"];
            tx.insert("api_key", &columns, vec![row]).await?;
            Ok(())
        })
    })
    .await?;
    Ok(key)
}

#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
async fn list(db: &Db) -> crate::Result<()> {
    let rows = db
        .read(|tx| {
            Box::pin(async move {
                let sql =
                    "SELECT id, name, scopes, created_at, revoked_at FROM api_key ORDER BY id";
                tx.rows(sql, vec![]).await
            })
        })
        .await?;
    println!("{:<18}{:<26}{:<26}name and scopes", "number", "made", "revoked");
    for row in rows {
        let (id, name): (i64, String) = (row.get("id")?, row.get("name")?);
        let scopes: Vec<String> = row.json("scopes")?;
        let made: Moment = row.get("created_at")?;
        let revoked: Option<Moment> = row.get("revoked_at")?;
        let [made, revoked] = [Some(made), revoked].map(|at| {
            at.map_or_else(|| "–".to_owned(), |it| it.text(Language::English, &TimeZone::UTC))
        });
        println!("{id:<18}{made:<26}{revoked:<26}{name}: {}", scopes.join(", "));
    }
    Ok(())
}

async fn revoke(db: &Db, id: i64) -> crate::Result<()> {
    let now = Clock::System.now();
    let revoked = db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
                tx.run(sql, args![id, now]).await
            })
        })
        .await?;
    if revoked == 0 {
        refuse!(Refusal::not_found("key that is in force with the number", id));
    }
    Ok(())
}
