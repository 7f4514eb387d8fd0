//! An empty database of one engine, with a way past the connector to fill it and look into it.

use std::sync::Arc;
use std::time::Duration;

use kontor_connect::{Budget, Connection, Of, Opening, ServiceOptions, WriteFailure, open};
use kontor_model::query::ROW_ID;
use kontor_model::{
    ChangeItem, ChangeKind, Column, Condition, Engine, ItemOutcome, Query, RecordKey, Resource,
    Schema, Sort, Value,
};
use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer, SqliteFile};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, Row, SqliteConnection};

/// An empty database of one engine.
pub(crate) struct Bed {
    engine: Engine,
    url: DatabaseUrl,
    _file: Option<SqliteFile>,
}

/// Services have beds of their own.
fn no_database() -> ! {
    panic!("this bed is one of databases")
}

impl Bed {
    pub(crate) async fn of(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::in_file(SqliteFile::fresh()),
            Engine::Postgres => {
                Self::at(engine, PostgresServer::shared().await.fresh_database().await)
            }
            Engine::Mysql => Self::at(engine, MariaDbServer::shared().await.fresh_database().await),
            Engine::Openapi | Engine::Graphql => no_database(),
        }
    }

    pub(crate) fn in_file(file: SqliteFile) -> Self {
        Self { engine: Engine::Sqlite, url: file.url(), _file: Some(file) }
    }

    pub(crate) fn at(engine: Engine, url: DatabaseUrl) -> Self {
        Self { engine, url, _file: None }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// One of three texts.
    pub(crate) fn pick<T>(&self, sqlite: T, postgres: T, mysql: T) -> T {
        match self.engine {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
            Engine::Mysql => mysql,
            Engine::Openapi | Engine::Graphql => no_database(),
        }
    }

    /// Runs statements past the connector. Names in `⟦brackets⟧` are quoted as the engine does.
    pub(crate) async fn run(&self, script: &str) {
        let script = self.quoted(script);
        let text = AssertSqlSafe(script.clone());
        let ran = async {
            match self.engine {
                Engine::Sqlite => {
                    let mut connection = SqliteConnection::connect(&self.url).await?;
                    sqlx::raw_sql(text).execute(&mut connection).await?;
                    connection.close().await
                }
                Engine::Postgres => {
                    let mut connection = PgConnection::connect(&self.url).await?;
                    sqlx::raw_sql(text).execute(&mut connection).await?;
                    connection.close().await
                }
                Engine::Mysql => {
                    let mut connection = MySqlConnection::connect(&self.url).await?;
                    sqlx::raw_sql(text).execute(&mut connection).await?;
                    connection.close().await
                }
                Engine::Openapi | Engine::Graphql => no_database(),
            }
        };
        ran.await.unwrap_or_else(|error: sqlx::Error| panic!("{error}\n{script}"));
    }

    /// The texts of one column of a question, asked past the connector.
    pub(crate) async fn ask(&self, question: &str) -> Vec<Option<String>> {
        let question = self.quoted(question);
        let text = AssertSqlSafe(question.clone());
        let asked = async {
            Ok(match self.engine {
                Engine::Sqlite => {
                    let mut connection = SqliteConnection::connect(&self.url).await?;
                    let rows = sqlx::query(text).fetch_all(&mut connection).await?;
                    rows.iter().map(|row| row.get_unchecked(0)).collect()
                }
                Engine::Postgres => {
                    let mut connection = PgConnection::connect(&self.url).await?;
                    let rows = sqlx::query(text).fetch_all(&mut connection).await?;
                    rows.iter().map(|row| row.get_unchecked(0)).collect()
                }
                Engine::Mysql => {
                    let mut connection = MySqlConnection::connect(&self.url).await?;
                    let rows = sqlx::query(text).fetch_all(&mut connection).await?;
                    rows.iter().map(|row| row.get_unchecked(0)).collect()
                }
                Engine::Openapi | Engine::Graphql => no_database(),
            })
        };
        asked.await.unwrap_or_else(|error: sqlx::Error| panic!("{error}\n{question}"))
    }

    fn quoted(&self, script: &str) -> String {
        let quote = self.pick("\"", "\"", "`");
        script.replace("⟦", quote).replace("⟧", quote)
    }

    pub(crate) fn opening(&self) -> Opening {
        Opening {
            location: self.url.parse().unwrap(),
            replica: None,
            writable: true,
            budget: Budget { row_cap: 100_000, ..Budget::default() },
            session_name: "kontor-test/1".into(),
            service: ServiceOptions::default(),
        }
    }

    /// The connection with its schema, after some statements.
    pub(crate) async fn with(&self, script: &str) -> Shop {
        self.run(script).await;
        self.shop(self.opening()).await
    }

    pub(crate) async fn shop(&self, opening: Opening) -> Shop {
        Shop::of(open(opening)).await
    }
}

/// A budget that ends statements soon.
pub(crate) fn short(time: Duration) -> Budget {
    Budget { statement_timeout: time, row_cap: 100_000, ..Budget::default() }
}

/// A connection with the schema that it found.
pub(crate) struct Shop {
    pub(crate) connection: Arc<dyn Connection>,
    pub(crate) schema: Schema,
}

impl Shop {
    pub(crate) async fn of(connection: Arc<dyn Connection>) -> Self {
        let schema = connection.introspect().await.unwrap();
        Self { connection, schema }
    }

    pub(crate) fn resource(&self, name: &str) -> &Resource {
        self.schema.resource(&name.into()).unwrap_or_else(|| {
            let names: Vec<&str> = self.schema.resources.iter().map(|r| r.name.as_str()).collect();
            panic!("no resource “{name}” among {names:?}; left out: {:?}", self.schema.left_out)
        })
    }

    pub(crate) fn field(&self, resource: &str, field: &str) -> usize {
        self.resource(resource).position(field).unwrap_or_else(|| panic!("no field {field}"))
    }

    pub(crate) fn of_name(&self, name: &str) -> Of<'_> {
        Of { schema: &self.schema, resource: self.resource(name) }
    }

    /// All records that satisfy a condition, whole, in the order of the key or the row's address.
    pub(crate) async fn rows(&self, name: &str, condition: Condition) -> Vec<Vec<Value>> {
        let resource = self.resource(name);
        let mut query = everything(resource);
        query.condition = condition;
        self.connection.select(&self.of_name(name), &query).await.unwrap().rows
    }

    /// The whole record of a key.
    pub(crate) async fn record(&self, name: &str, key: &[Value]) -> Option<Vec<Value>> {
        let resource = self.resource(name);
        let mut query = everything(resource);
        query.condition = keyed(resource, key);
        self.connection.select(&self.of_name(name), &query).await.unwrap().rows.into_iter().next()
    }

    pub(crate) async fn write(
        &self,
        name: &str,
        kind: ChangeKind,
        items: &[ChangeItem],
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        self.connection.write(&self.of_name(name), kind, items, "test").await
    }

    /// Writes one item; what became of it.
    pub(crate) async fn write_one(
        &self,
        name: &str,
        kind: ChangeKind,
        item: ChangeItem,
    ) -> ItemOutcome {
        let mut outcomes = self.write(name, kind, &[item]).await.unwrap();
        assert_eq!(outcomes.len(), 1);
        outcomes.remove(0)
    }

    /// Changes one field of the record of an integer key, seen as it is given.
    pub(crate) async fn update(
        &self,
        name: &str,
        key: i64,
        field: &str,
        before: Value,
        after: Value,
    ) -> ItemOutcome {
        let field = self.field(name, field);
        let item = item(&[Value::Int(key)], vec![(field, before)], vec![(field, after)]);
        self.write_one(name, ChangeKind::Update, item).await
    }

    /// Makes a record of named values.
    pub(crate) async fn create(&self, name: &str, values: &[(&str, Value)]) -> ItemOutcome {
        let after =
            values.iter().map(|(field, value)| (self.field(name, field), value.clone())).collect();
        let item = ChangeItem { key: None, before: Vec::new(), after, version: None };
        self.write_one(name, ChangeKind::Create, item).await
    }
}

pub(crate) fn item(
    key: &[Value],
    before: Vec<(usize, Value)>,
    after: Vec<(usize, Value)>,
) -> ChangeItem {
    ChangeItem { key: Some(RecordKey::Values(key.to_vec())), before, after, version: None }
}

pub(crate) fn applied(key: &[Value]) -> ItemOutcome {
    ItemOutcome::Applied(RecordKey::Values(key.to_vec()))
}

/// The order completed as the office does it.
pub(crate) fn completed(resource: &Resource, asked: &[Sort]) -> (Vec<Sort>, bool) {
    let mut sort = asked.to_vec();
    let descending = sort.last().is_some_and(|step| step.descending);
    let mut add = |field| {
        if !sort.iter().any(|step: &Sort| step.field == field) {
            sort.push(Sort { field, descending });
        }
    };
    if !resource.key.is_empty() {
        resource.key.iter().for_each(|&field| add(field));
        return (sort, true);
    }
    if resource.row_id.is_some() {
        add(ROW_ID);
        return (sort, true);
    }
    let sortable = (0..resource.fields.len()).filter(|&field| resource.fields[field].sortable);
    sortable.take(12).for_each(add);
    (sort, false)
}

/// All of all records.
pub(crate) fn everything(resource: &Resource) -> Query {
    let (sort, total_order) = completed(resource, &[]);
    Query {
        sort,
        total_order,
        ..Query::unordered(
            (0..resource.fields.len()).map(Column::whole).collect(),
            Condition::everything(),
            100_000,
        )
    }
}

/// The condition that a record has a key.
pub(crate) fn keyed(resource: &Resource, key: &[Value]) -> Condition {
    let tests = resource.key.iter().zip(key).map(|(&field, value)| equal(field, value));
    Condition::All(tests.collect())
}

/// The condition that a field has a value, `NULL` included.
pub(crate) fn equal(field: usize, value: &Value) -> Condition {
    use kontor_model::{Comparison, Test};
    Condition::Field(
        field,
        match value {
            Value::Null => Test::Null,
            value => Test::Compare(Comparison::Eq, value.clone()),
        },
    )
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}
