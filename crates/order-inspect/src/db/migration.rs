//! The tables, and how a database comes to have them. Forward only: a migration that was published is never
//! changed.

use super::{Db, DbError, Engine, sql::definition_for_sqlite};
use crate::args;

/// All migrations in their order: name and text.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_shop", include_str!("../../migrations/0001_shop.sql")),
    ("0002_catalogue", include_str!("../../migrations/0002_catalogue.sql")),
    ("0003_orders", include_str!("../../migrations/0003_orders.sql")),
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    name TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);";

/// Applies what is missing, each migration in one transaction. Servers that start together do it once.
pub(super) async fn migrate(db: &Db) -> Result<(), DbError> {
    let sqlite = matches!(*db.engine, Engine::Sqlite(_));
    db.write(move |tx| {
        Box::pin(async move {
            if !sqlite {
                tx.batch("SELECT pg_advisory_xact_lock(7301953)").await?;
            }
            tx.batch(LEDGER).await
        })
    })
    .await?;
    for (name, text) in MIGRATIONS {
        db.write(move |tx| {
            Box::pin(async move {
                if !sqlite {
                    tx.batch("SELECT pg_advisory_xact_lock(7301953)").await?;
                }
                let sql = "SELECT text FROM schema_migration WHERE name = $1";
                match tx.row(sql, args![*name]).await? {
                    Some(row) if row.get::<String>("text")? == *text => return Ok(()),
                    Some(_) => {
                        return Err(DbError::Schema(format!(
                            "migration {name} differs from the one that made this database"
                        )));
                    }
                    None => {}
                }
                tracing::info!(name, "migrating the database");
                let definition =
                    if sqlite { definition_for_sqlite(text) } else { (*text).to_owned() };
                tx.batch(&definition).await?;
                tx.run(
                    "INSERT INTO schema_migration (name, text) VALUES ($1, $2)",
                    args![*name, *text],
                )
                .await?;
                Ok(())
            })
        })
        .await?;
    }
    newer_than_us(db).await
}

/// A database that a newer program has changed is left alone.
async fn newer_than_us(db: &Db) -> Result<(), DbError> {
    let names = db
        .read(|tx| {
            Box::pin(async move {
                let rows = tx.rows("SELECT name FROM schema_migration", vec![]).await?;
                rows.iter().map(|row| row.get::<String>("name")).collect::<Result<Vec<_>, _>>()
            })
        })
        .await?;
    match names.iter().find(|name| MIGRATIONS.iter().all(|(known, _)| known != name)) {
        Some(name) => Err(DbError::Schema(format!(
            "the database was made by a newer version (migration {name} is unknown): update order-inspect"
        ))),
        None => Ok(()),
    }
}
