//! `order-inspect key …`.

use jiff::tz::TimeZone;

use super::Key;
use crate::{
    args,
    clock::{Clock, random_token},
    db::{Db, Tx},
    error::Refusal,
    http::{Scope, key_hash},
    language::Language,
    moment::Moment,
    refuse,
};

#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
pub(super) async fn run(db: &Db, command: Key) -> crate::Result<()> {
    match command {
        Key::Create { name, scopes, channel } => {
            let scopes = match (scopes.is_empty(), &channel) {
                (true, Some(_)) => vec![Scope::Shop],
                (true, None) => Scope::ALL.to_vec(),
                (false, _) => scopes,
            };
            println!("{}", create_for(db, &name, &scopes, channel).await?);
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
    create_for(db, name, scopes, None).await
}

/// The same for one shop, named by its code: it sees no baskets, customers and orders of others.
///
/// # Errors
/// Also where there is no such shop, and for other scopes than `shop`: those who manage orders do so for all shops.
pub async fn create_for(
    db: &Db,
    name: &str,
    scopes: &[Scope],
    channel: Option<String>,
) -> crate::Result<String> {
    if channel.is_some() && scopes != [Scope::Shop] {
        refuse!(Refusal::invalid("scopes", "a key of one shop has the scope “shop” only"));
    }
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        refuse!(Refusal::invalid("name", "1 to 100 characters"));
    }
    let key = format!("oi_{}", random_token()?);
    let (id, hash, scopes) = (db.new_id(), key_hash(&key), serde_json::json!(scopes));
    db.write(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id FROM api_key WHERE name = $1 AND revoked_at IS NULL";
            if tx.row(sql, args![name.as_str()]).await?.is_some() {
                let detail =
                    format!("There is a key “{name}” already: revoke it, or take another name.");
                refuse!(Refusal::conflict("name_taken", detail));
            }
            let channel_id = match channel {
                Some(code) => Some(channel_id(tx, code).await?),
                None => None,
            };
            let now = Clock::System.now();
            let row = args![id, name.as_str(), hash.as_slice(), scopes, channel_id, now];
            let columns = ["id", "name", "hash", "scopes", "channel_id", "created_at"];
            tx.insert("api_key", &columns, vec![row]).await?;
            Ok(())
        })
    })
    .await?;
    Ok(key)
}

async fn channel_id(tx: &mut Tx, code: String) -> crate::Result<i64> {
    match tx.row("SELECT id FROM channel WHERE code = $1", args![&code]).await? {
        Some(row) => Ok(row.get("id")?),
        None => refuse!(Refusal::not_found("channel", code)),
    }
}

#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
async fn list(db: &Db) -> crate::Result<()> {
    let rows = db
        .read(|tx| {
            Box::pin(async move {
                let sql =
                    "SELECT k.id, k.name, k.scopes, k.created_at, k.revoked_at, c.code AS channel
                    FROM api_key k LEFT JOIN channel c ON c.id = k.channel_id ORDER BY k.id";
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
        let channel: Option<String> = row.get("channel")?;
        let of = channel.map_or_else(String::new, |code| format!(" of {code}"));
        println!("{id:<18}{made:<26}{revoked:<26}{name}: {}{of}", scopes.join(", "));
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
