//! What only the server itself can tell: time zone, encoding, modes, and how far the account may
//! go. Nothing is written, and each server is asked with few and cheap statements.

use std::path::Path;
use std::time::Duration;

use kontor_connect::Location;
use kontor_office::manifest::Manifest;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::finding::Diagnosis;

/// A server that does not tell these things within this time is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server. What it does not tell is a note, since the account may well be allowed less.
pub(super) async fn examine(location: &Location, manifest: &Manifest, found: &mut Diagnosis) {
    let writes =
        manifest.writable || manifest.resources.iter().any(|(_, said)| said.writable == Some(true));
    let asked = async {
        match location {
            Location::Sqlite(path) => sqlite(path, writes, found).await,
            Location::Postgres(options) => {
                postgres(options, manifest.budget.connections, writes, found).await
            }
            Location::Mysql(options) => mysql(options, writes, found).await,
            // Its description has told all that there is.
            Location::Openapi(..) | Location::Graphql(..) => Ok(()),
        }
    };
    let problem = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    found.note(format!("the server does not tell how it is set up: {problem}"), "");
}

async fn sqlite(path: &Path, writes: bool, found: &mut Diagnosis) -> sqlx::Result<()> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = options.connect().await?;
    let encoding: String = sqlx::query_scalar("PRAGMA encoding").fetch_one(&mut connection).await?;
    let journal: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await?;
    connection.close().await?;
    if encoding != "UTF-8" {
        found.note(format!("texts are kept as {encoding}, and read and written as UTF-8"), "");
    }
    if !writes {
        return Ok(());
    }
    // Opening for writing changes nothing, and tells what permissions alone do not: a file system
    // that is mounted read-only.
    if let Err(error) = std::fs::OpenOptions::new().append(true).open(path) {
        found.broken(
            format!("the manifest permits changes, and the file cannot be written: {error}"),
            "let this user write the file and its folder, or say writable = false",
        );
    }
    if journal != "wal" {
        found.note(
            format!("journal mode is {journal}: while the shop or Kontor writes, the other waits"),
            "with PRAGMA journal_mode = WAL, set once by the file's owner, they do not",
        );
    }
    Ok(())
}

async fn postgres(
    options: &PgConnectOptions,
    connections: u32,
    writes: bool,
    found: &mut Diagnosis,
) -> sqlx::Result<()> {
    let mut connection = options.clone().application_name("kontor-doctor/1").connect().await?;
    let row = sqlx::query(
        "SELECT current_setting('server_encoding') AS encoding, \
                current_setting('TimeZone') AS zone, \
                current_setting('max_connections')::int AS most, \
                pg_is_in_recovery() AS standby, \
                current_setting('default_transaction_read_only') AS read_only, \
                r.rolsuper AS superuser, r.rolconnlimit AS own_most \
         FROM pg_roles r WHERE r.rolname = current_user",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let encoding: String = row.try_get("encoding")?;
    if encoding != "UTF8" {
        found.warning(
            format!("texts are kept as {encoding}: letters that it lacks are refused, and in SQL_ASCII nobody knows what they mean"),
            "nothing can be done here; convert the database some day",
        );
    }
    zone(&row.try_get::<String, _>("zone")?, found);
    if writes && row.try_get::<bool, _>("standby")? {
        found.broken(
            "the manifest permits changes, and the server is a standby that can only be read",
            "give the primary as “url” and this one as “replica”",
        );
    }
    if writes && row.try_get::<String, _>("read_only")? == "on" {
        found.warning(
            "transactions of this account are read-only unless they say otherwise",
            "ALTER ROLE … SET default_transaction_read_only = off, or say writable = false",
        );
    }
    if row.try_get::<bool, _>("superuser")? {
        found.warning(
            "the account is a superuser: a stolen password opens everything",
            "make an account that may only do what the office needs",
        );
    }
    let own_most: i32 = row.try_get("own_most")?;
    let most = if own_most >= 0 { own_most } else { row.try_get::<i32, _>("most")? };
    if i64::from(connections) * 2 > i64::from(most) {
        found.warning(
            format!("[budget] takes {connections} of the {most} connections that there are"),
            "lower “connections” in the manifest, so that the shop has enough",
        );
    }
    Ok(())
}

fn zone(zone: &str, found: &mut Diagnosis) {
    if !matches!(zone, "UTC" | "Etc/UTC" | "GMT" | "+00:00") {
        found.note(
            format!("the server's time zone is {zone}: times that are kept without a zone are probably meant in it, and are shown as they are kept"),
            "",
        );
    }
}

async fn mysql(
    options: &MySqlConnectOptions,
    writes: bool,
    found: &mut Diagnosis,
) -> sqlx::Result<()> {
    let mut connection = options.connect().await?;
    let row = sqlx::query(
        "SELECT CAST(@@character_set_database AS CHAR) AS encoding, \
                CAST(@@global.time_zone AS CHAR) AS zone, CAST(@@system_time_zone AS CHAR) AS system_zone, \
                CAST(@@global.sql_mode AS CHAR) AS mode, CAST(@@global.read_only AS CHAR) AS read_only",
    )
    .fetch_one(&mut connection)
    .await?;
    let grants: Vec<String> = sqlx::query_scalar("SHOW GRANTS").fetch_all(&mut connection).await?;
    connection.close().await?;
    let encoding: String = row.try_get("encoding")?;
    if encoding != "utf8mb4" {
        found.warning(
            format!("new tables keep texts as {encoding}: characters that it lacks, such as 😀, are refused"),
            "nothing can be done here; convert the database to utf8mb4 some day",
        );
    }
    let global: String = row.try_get("zone")?;
    zone(&if global == "SYSTEM" { row.try_get("system_zone")? } else { global }, found);
    if !row.try_get::<String, _>("mode")?.contains("STRICT_") {
        found.note(
            "the server cuts off what does not fit without a word; Kontor's sessions refuse it, the shop's do not",
            "",
        );
    }
    if writes && !matches!(row.try_get::<String, _>("read_only")?.as_str(), "0" | "OFF") {
        found.broken(
            "the manifest permits changes, and the server is read-only",
            "give the primary as “url” and this one as “replica”",
        );
    }
    examine_grants(&grants, writes, found);
    Ok(())
}

fn examine_grants(grants: &[String], writes: bool, found: &mut Diagnosis) {
    let may = |right: &str| grants.iter().any(|grant| grant.contains(right));
    if writes && !may("ALL PRIVILEGES") && !may("UPDATE") {
        found.broken(
            "the manifest permits changes, and the account may not make any",
            "GRANT INSERT, UPDATE, DELETE on the database to it, or say writable = false",
        );
    }
    if grants.iter().any(|grant| grant.contains("ALL PRIVILEGES ON *.*")) {
        found.warning(
            "the account may do everything on the whole server: a stolen password opens everything",
            "make an account that may only do what the office needs",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Diagnosis, Level};
    use super::examine_grants;

    fn counts(grants: &[&str], writes: bool) -> (usize, usize) {
        let grants: Vec<String> = grants.iter().map(|&grant| grant.to_owned()).collect();
        let mut found = Diagnosis::new(String::new());
        examine_grants(&grants, writes, &mut found);
        (found.count(Level::Broken), found.count(Level::Warning))
    }

    #[test]
    fn an_account_that_may_only_read_cannot_serve_a_writable_manifest() {
        let reader = ["GRANT USAGE ON *.* TO `a`@`%`", "GRANT SELECT ON `shop`.* TO `a`@`%`"];
        assert_eq!(counts(&reader, false), (0, 0));
        assert_eq!(counts(&reader, true), (1, 0));
        assert_eq!(counts(&["GRANT SELECT, INSERT, UPDATE ON `shop`.* TO `a`@`%`"], true), (0, 0));
        assert_eq!(counts(&["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"], true), (0, 1));
    }
}
