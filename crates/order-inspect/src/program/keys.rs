//! `order-inspect key …`.

use super::Key;
use crate::{
    args,
    clock::{Clock, random_token},
    db::Db,
    error::Refusal,
    http::{Scope, key_hash},
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

/// Makes a key. Only its hash is stored.
pub async fn create(db: &Db, name: &str, scopes: &[Scope]) -> crate::Result<String> {
    let key = format!("oi_{}", random_token()?);
    let row = args![
        db.new_id(),
        name,
        key_hash(&key).as_slice(),
        serde_json::json!(scopes),
        Clock::System.now()
    ];
    db.write(move |tx| {
        Box::pin(async move {
            let columns = ["id", "name", "hash", "scopes", "created_at"];
            tx.insert("api_key", &columns, vec![row]).await
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
                tx.rows("SELECT id, name, scopes, revoked_at FROM api_key ORDER BY id", vec![])
                    .await
            })
        })
        .await?;
    for row in rows {
        let revoked = row.get::<Option<i64>>("revoked_at")?.map_or("", |_| "  revoked");
        let (id, name, scopes): (i64, String, String) =
            (row.get("id")?, row.get("name")?, row.get("scopes")?);
        println!("{id}  {name}  {scopes}{revoked}");
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
