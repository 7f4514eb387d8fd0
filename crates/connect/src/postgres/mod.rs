//! PostgreSQL.

mod decode;
mod introspect;
mod refusal;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kontor_model::change::Refusal;
use kontor_model::{ChangeItem, Condition, Engine, Resource, Schema, Value};
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{
    Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _,
    PgConnection, Row as _, SqlSafeStr as _,
};

use crate::driver::{Driver, Estimate};
use crate::error::Failure;
use crate::pool::Opener;
use crate::sql::{self, Bind, Planning, Sql, Taken};
use crate::{Location, Of, Opening};

pub(crate) struct Postgres {
    options: PgConnectOptions,
    setup: String,
    session_name: String,
}

impl Postgres {
    pub(crate) fn of(location: &Location, opening: &Opening) -> Self {
        let options = match location {
            Location::Postgres(options) => options.as_ref().clone(),
            _ => PgConnectOptions::new(),
        };
        Self {
            options: options.application_name(&opening.session_name).statement_cache_capacity(256),
            setup: session_setup(opening),
            session_name: opening.session_name.clone(),
        }
    }
}

/// Texts of values must not depend on the server's settings. A connection begins with shared plans.
fn session_setup(opening: &Opening) -> String {
    format!(
        "SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; \
         SET bytea_output = 'hex'; SET extra_float_digits = 3; SET standard_conforming_strings = on; \
         SET plan_cache_mode = auto; SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_read_only = {}",
        opening.budget.statement_timeout.as_millis(),
        opening.budget.statement_timeout.as_millis() / 2,
        if opening.writable { "off" } else { "on" },
    )
}

#[async_trait]
impl Opener for Postgres {
    type Raw = PgConnection;
    type Cancel = i32;

    async fn open(&self) -> Result<(PgConnection, i32), Failure> {
        let attempt = async {
            let mut raw = self.options.clone().disable_statement_logging().connect().await?;
            (&mut raw).execute(AssertSqlSafe(self.setup.clone())).await?;
            let row = (&mut raw).fetch_one("SELECT pg_backend_pid()").await?;
            let pid: i32 = row.try_get(0)?;
            Ok((raw, pid))
        };
        attempt.await.map_err(|error: sqlx::Error| Self::failure(&error))
    }

    async fn is_alive(&self, raw: &mut PgConnection) -> bool {
        raw.ping().await.is_ok()
    }

    async fn close(&self, raw: PgConnection) -> Result<(), sqlx::Error> {
        raw.close().await
    }

    async fn cancel(&self, pid: i32) {
        let cancelled = async {
            let mut side = self.options.clone().disable_statement_logging().connect().await?;
            sqlx::query("SELECT pg_cancel_backend($1)").bind(pid).execute(&mut side).await?;
            side.close().await
        };
        if let Err(error) = cancelled.await {
            let error: sqlx::Error = error;
            tracing::warn!(pid, %error, "an abandoned statement could not be cancelled; its timeout will end it");
        }
    }
}

#[async_trait]
impl Driver for Postgres {
    const ENGINE: Engine = Engine::Postgres;
    const NEEDS_SAVEPOINTS: bool = true;

    fn rows<'a>(
        raw: &'a mut PgConnection,
        sql: &'a Sql,
        takes: &'a [Taken],
        _resource: Option<&'a Resource>,
    ) -> BoxStream<'a, Result<Vec<Value>, sqlx::Error>> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        query.fetch(raw).map(|row| decode::row(&row?, takes)).boxed()
    }

    async fn execute(raw: &mut PgConnection, sql: &Sql) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        Ok(query.execute(raw).await?.rows_affected())
    }

    async fn prepare(raw: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
        raw.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await.map(|_| ())
    }

    async fn command(raw: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
        raw.execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())
    }

    async fn allow(raw: &mut PgConnection, time: Duration) -> Result<(), sqlx::Error> {
        Self::command(raw, &format!("SET statement_timeout = {}", time.as_millis().max(1))).await
    }

    /// A filtered list gets a plan for its own values (a generic one costs several times as much);
    /// for a record by its key, planning costs more than reading.
    async fn plan(raw: &mut PgConnection, planning: Planning) -> Result<(), sqlx::Error> {
        let mode = match planning {
            Planning::Shared => "SET plan_cache_mode = auto",
            Planning::ForValues => "SET plan_cache_mode = force_custom_plan",
        };
        Self::command(raw, mode).await
    }

    async fn introspect(
        raw: &mut PgConnection,
        _location: &Location,
    ) -> Result<Schema, sqlx::Error> {
        introspect::schema(raw).await
    }

    fn failure(error: &sqlx::Error) -> Failure {
        refusal::failure(error)
    }

    fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
        refusal::refusal(error, resource)
    }

    async fn estimate(
        raw: &mut PgConnection,
        of: &Of<'_>,
        condition: &Condition,
    ) -> Result<Option<Estimate>, sqlx::Error> {
        let sql = sql::explainable(of.schema, of.resource, condition, "EXPLAIN (FORMAT JSON)");
        let query = sqlx::query_with(AssertSqlSafe(sql.text), arguments(&sql.binds));
        let row = query.fetch_one(raw).await?;
        let text: String = row.try_get_unchecked(0)?;
        Ok(plan_estimate(&text))
    }

    async fn last_key(
        _: &mut PgConnection,
        _: &Resource,
        _: &ChangeItem,
    ) -> Result<Vec<Value>, sqlx::Error> {
        Ok(Vec::new())
    }

    fn returns(_: &PgConnection) -> bool {
        true
    }

    async fn earlier_sessions(&self, raw: &mut PgConnection) -> Result<Option<u64>, sqlx::Error> {
        let name = self.session_name.rsplit_once('/').map_or("", |(installation, _)| installation);
        let row = sqlx::query(
            "SELECT count(*) FROM pg_stat_activity WHERE starts_with(application_name, $1) AND application_name <> $2",
        )
        .bind(format!("{name}/"))
        .bind(&self.session_name)
        .fetch_one(raw)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>(0)?).ok())
    }
}

/// Planner units up to which a list is counted exactly: about a tenth of a second.
const CHEAP_COST: f64 = 60_000.0;

fn plan_estimate(json: &str) -> Option<Estimate> {
    let plan: serde_json::Value = serde_json::from_str(json).ok()?;
    let plan = plan.get(0)?.get("Plan")?;
    let cost = plan.get("Total Cost")?.as_f64()?;
    Some(Estimate { rows: plan.get("Plan Rows")?.as_u64()?, is_cheap: cost <= CHEAP_COST })
}

fn arguments(binds: &[Bind]) -> PgArguments {
    let mut arguments = PgArguments::default();
    for bind in binds {
        // Texts and integers always encode.
        let _ = match bind {
            Bind::Null => arguments.add(None::<&str>),
            Bind::Int(n) => arguments.add(n),
            Bind::UInt(n) => arguments.add(n.to_string()),
            Bind::Float(n) => arguments.add(n),
            Bind::Text(text) => arguments.add(text),
            Bind::Bytes(bytes) => arguments.add(bytes),
        };
    }
    arguments
}
