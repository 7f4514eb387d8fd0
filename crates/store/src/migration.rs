//! The store's tables, forward only: a version is applied once and never edited afterwards.

use sha2::{Digest, Sha256};

use crate::audit::head;
use crate::engine::{Engine, OpenTransaction, Texts};
use crate::param::params;
use crate::secret::hex;
use crate::{Result, SealKey, StoreError, Tx};

/// All migrations; the position is the version, from 1.
const MIGRATIONS: &[Texts] = &[
    both(include_str!("../migrations/0001_tables.sql")),
    Texts {
        sqlite: include_str!("../migrations/0002_audit_guard.sqlite.sql"),
        postgres: include_str!("../migrations/0002_audit_guard.postgres.sql"),
    },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS kontor_migration \
     (version BIGINT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";

const fn both(text: &'static str) -> Texts {
    Texts { sqlite: text, postgres: text }
}

/// Brings the store to the newest version, in one transaction: all of it or nothing.
pub(crate) async fn apply(engine: &Engine, key: &SealKey) -> Result<()> {
    let mut open = engine.begin().await?;
    open.lock_migrations().await?;
    open.script(LEDGER).await?;
    let applied = applied(&mut open, engine).await?;
    for (index, texts) in MIGRATIONS.iter().enumerate().skip(applied) {
        let text = engine.text(texts);
        open.script(text).await?;
        let insert = "INSERT INTO kontor_migration (version, checksum) VALUES ($1, $2)";
        open.run(insert.into(), params![version(index), checksum(text)]).await?;
    }
    let mut tx = Tx::new(open);
    // Only where the tables are new: a head that vanished later must stay missing, else deleting
    // all of the audit would leave a genuine empty one.
    if applied == 0 {
        head::found(&mut tx, key).await?;
    }
    tx.commit().await
}

/// How many migrations the store has; an error where they are not ours.
async fn applied(open: &mut OpenTransaction, engine: &Engine) -> Result<usize> {
    let sql = "SELECT version, checksum FROM kontor_migration ORDER BY version";
    let rows = open.rows(sql.into(), Vec::new()).await?;
    for (index, row) in rows.iter().enumerate() {
        let Some(texts) = MIGRATIONS.get(index) else {
            return Err(StoreError::Newer {
                found: rows.last().map_or(Ok(0), |last| last.int("version"))?,
                known: version(MIGRATIONS.len() - 1),
            });
        };
        let ours = (version(index), checksum(engine.text(texts)));
        if (row.int("version")?, row.text("checksum")?) != ours {
            return Err(StoreError::ForeignMigration { version: ours.0 });
        }
    }
    Ok(rows.len())
}

fn version(index: usize) -> i64 {
    i64::try_from(index).expect("there are fewer than 2^63 migrations") + 1
}

fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
