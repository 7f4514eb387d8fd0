//! Opening a store in a PostgreSQL database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::{Engine, PATIENCE, STATEMENTS};
use crate::{Result, StoreError};

/// Connections one replica keeps to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 10;
/// A PostgreSQL connection unused for longer is tried before it is used.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(5);
/// No statement of the store runs nearly as long, and no transaction pauses so long. Where one
/// does, its replica hangs, and must not keep the others from the audit's head.
const HANGS_AFTER: &str = "60s";

pub(super) async fn open(url: &str) -> Result<Engine> {
    let (url, schema) = split_schema(url);
    // Until the driver has told its parts apart, none of the URL may be shown.
    let options = PgConnectOptions::from_str(&url).map_err(|error| StoreError::Open {
        place: "postgres:…".to_owned(),
        why: error.to_string(),
    })?;
    let place = place(&options);
    let refused = |why: String| StoreError::Open { place: place.clone(), why };
    let schema = schema.unwrap_or("public");
    if !is_plain_name(schema) {
        return Err(refused(format!("schema {schema:?} must be lower-case letters, digits and _")));
    }
    let options = options
        .application_name("kontor")
        .options([
            ("search_path", schema),
            ("statement_timeout", HANGS_AFTER),
            ("idle_in_transaction_session_timeout", HANGS_AFTER),
        ])
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRY_AFTER_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| refused(error.to_string()))?;
    make_schema(&pool, schema)
        .await
        .map_err(|error| refused(format!("schema {schema}: {error}")))?;
    Ok(Engine::Postgres(pool))
}

/// Creates the schema where it is missing; not else, because that takes a right of its own. The
/// lock is for replicas that start at the same time, and ends with the script.
async fn make_schema(pool: &PgPool, schema: &str) -> sqlx::Result<()> {
    let find = "SELECT nspname FROM pg_namespace WHERE nspname = $1";
    if sqlx::query(find).bind(schema).fetch_optional(pool).await?.is_some() {
        return Ok(());
    }
    let create = format!(
        "SELECT pg_advisory_xact_lock(hashtext('kontor_schema')); \
         CREATE SCHEMA IF NOT EXISTS {schema}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(pool).await.map(drop)
}

/// Takes `schema=name` out of a URL's query, because it is ours and not the driver's.
fn split_schema(url: &str) -> (String, Option<&str>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (ours, theirs): (Vec<_>, Vec<_>) =
        query.split('&').partition(|pair| pair.starts_with("schema="));
    let schema = ours.first().and_then(|pair| pair.strip_prefix("schema="));
    let url =
        if theirs.is_empty() { base.to_owned() } else { format!("{base}?{}", theirs.join("&")) };
    (url, schema)
}

fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.len() <= 63
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Where the server is, without user and password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    format!("postgres://{}:{}/{database}", options.get_host(), options.get_port())
}

#[cfg(test)]
mod tests {
    use super::{is_plain_name, open, split_schema};

    #[test]
    fn the_schema_is_taken_out_of_the_url_and_the_rest_stays() {
        let (url, schema) = split_schema("postgres://h/d?sslmode=disable&schema=office");
        assert_eq!((url.as_str(), schema), ("postgres://h/d?sslmode=disable", Some("office")));
        let (url, schema) = split_schema("postgres://h/d?schema=office");
        assert_eq!((url.as_str(), schema), ("postgres://h/d", Some("office")));
    }

    #[test]
    fn a_schema_that_would_need_quotes_is_refused() {
        assert!(is_plain_name("kontor_2"));
        for bad in ["", "2x", "a-b", "A", "a;drop", "a b"] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_password_never_reaches_a_message() {
        for url in [
            "postgres://u:secret@127.0.0.1:1/d?schema=A",
            "postgres://127.0.0.1:1/d?schema=A&user=u&password=secret",
            "postgres://u:secret@127.0.0.1:port/d",
            "postgres://u:se?secret@127.0.0.1:1/d",
            "postgres://u:se/secret@127.0.0.1:1/d",
        ] {
            let told = open(url).await.expect_err("nothing is there").to_string();
            assert!(told.starts_with("cannot open the store postgres:"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
