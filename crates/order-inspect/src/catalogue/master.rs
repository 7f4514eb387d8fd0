//! Master data: the records that many products share (brands, categories, attributes …). All of them are
//! addressed by their code and are made, read, replaced and deleted in the same way.

use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{
    act::Act,
    app::App,
    args,
    db::{DbError, Row, Tx, Value},
    error::{Findings, Refusal},
    http::{Answer, Expected, PageOf, Paging, Reply},
    refuse,
};

/// A kind of master data.
pub(crate) trait MasterData: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What one of them is called.
    const NAME: &'static str;
    /// Where they are found under `/catalogue`.
    const PLACE: &'static str;
    /// Their table, which has `id`, `code` and `revision` too.
    const TABLE: &'static str;
    /// The other columns, in the order of [`Self::values`].
    const COLUMNS: &'static [&'static str];
    /// `SELECT … FROM table AS it …` with what [`Self::from_row`] reads, and `it.code`, `it.revision`.
    const SELECT: &'static str;

    /// Its code.
    fn code(&self) -> &str;

    /// What is wrong with it, as far as that can be said without looking anything up.
    fn check(&self, found: &mut Findings);

    /// The values of its columns; `before` is what stands there so far. Notes what leads nowhere.
    fn values(
        &self,
        tx: &mut Tx,
        before: Option<&Row>,
        found: &mut Findings,
    ) -> impl Future<Output = crate::Result<Vec<Value>>> + Send;

    /// Reads it.
    fn from_row(row: &Row) -> Result<Self, DbError>;

    /// Refuses a change that what refers to it does not allow; `before` is what stood there.
    fn changed(_tx: &mut Tx, _before: &Row) -> impl Future<Output = crate::Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Refuses to delete it where more than foreign keys points to it.
    fn unused(_tx: &mut Tx, _row: &Row) -> impl Future<Output = crate::Result<()>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A record with the number of its state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Versioned<T> {
    /// The record.
    #[serde(flatten)]
    pub item: T,
    /// Grows with every change; it is the record's ETag.
    pub revision: i64,
}

/// A page of all records of a kind, by code.
pub(crate) async fn list<T: MasterData>(app: &App, paging: Paging) -> Answer {
    let after: String = paging.position()?.unwrap_or_default();
    let limit = paging.one_more()?;
    let items = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                let sql = format!("{} WHERE it.code > $1 ORDER BY it.code LIMIT $2", T::SELECT);
                let rows = tx.rows(&sql, args![after, limit]).await?;
                rows.iter().map(versioned::<T>).collect::<Result<Vec<_>, DbError>>()
            })
        })
        .await?;
    let page: PageOf<Versioned<T>> = paging.page(items, |it| it.item.code().to_owned())?;
    Reply::ok(&page)
}

/// One record.
pub(crate) async fn read<T: MasterData>(app: &App, code: String) -> Answer {
    let found = app.db.read(move |tx| Box::pin(async move { row::<T>(tx, &code).await })).await?;
    let record = versioned::<T>(&found)?;
    Ok(Reply::ok(&record)?.tagged(record.revision))
}

/// Makes a record.
pub(crate) async fn create<T: MasterData>(tx: &mut Tx, act: &Act, item: T) -> Answer {
    let values = checked(tx, &item, None).await?;
    let sql = format!("SELECT 1 AS one FROM {} WHERE code = $1", T::TABLE);
    if tx.row(&sql, args![item.code()]).await?.is_some() {
        let detail = format!("There is a {} {} already.", T::NAME, item.code());
        refuse!(Refusal::conflict("exists", detail));
    }
    let mut columns = vec!["id", "code", "revision"];
    columns.extend(T::COLUMNS);
    let mut row = args![act.new_id(), item.code(), 1_i64];
    row.extend(values);
    tx.insert(T::TABLE, &columns, vec![row]).await?;
    touch(tx).await?;
    let place = format!("/catalogue/{}/{}", T::PLACE, item.code());
    Ok(Reply::created(&Versioned { item, revision: 1 })?.tagged(1).at(place))
}

/// Replaces a record.
pub(crate) async fn change<T: MasterData>(
    tx: &mut Tx,
    code: String,
    item: T,
    expected: Expected,
) -> Answer {
    let before = locked::<T>(tx, &code).await?;
    let revision: i64 = before.get("revision")?;
    expected.require(revision, T::NAME)?;
    if item.code() != code {
        refuse!(Refusal::invalid("/code", "a code never changes: others know the record by it"));
    }
    let values = checked(tx, &item, Some(&before)).await?;
    let places: Vec<String> =
        T::COLUMNS.iter().zip(3..).map(|(column, at)| format!(", {column} = ${at}")).collect();
    let sql = format!("UPDATE {} SET revision = $2{} WHERE code = $1", T::TABLE, places.concat());
    let mut row = args![code, revision + 1];
    row.extend(values);
    tx.run(&sql, row).await?;
    T::changed(tx, &before).await?;
    touch(tx).await?;
    let revision = revision + 1;
    Ok(Reply::ok(&Versioned { item, revision })?.tagged(revision))
}

/// Deletes a record that nothing needs.
pub(crate) async fn delete<T: MasterData>(tx: &mut Tx, code: String, expected: Expected) -> Answer {
    let before = locked::<T>(tx, &code).await?;
    expected.require(before.get("revision")?, T::NAME)?;
    T::unused(tx, &before).await?;
    let sql = format!("DELETE FROM {} WHERE code = $1", T::TABLE);
    match tx.run(&sql, args![code.as_str()]).await {
        Err(error) if error.is_dangling() => refuse!(in_use(T::NAME, &code)),
        outcome => outcome?,
    };
    touch(tx).await?;
    Reply::nothing()
}

/// 409: something still needs it.
pub(crate) fn in_use(name: &str, code: &str) -> Refusal {
    let detail = format!("The {name} {code} is still in use: take it out of everything first.");
    Refusal::conflict("in_use", detail)
}

/// Says that master data has changed. It is shown on any number of pages: instead of touching each product,
/// one number grows, which every rendered page is compared with.
pub(crate) async fn touch(tx: &mut Tx) -> Result<(), DbError> {
    tx.run("UPDATE catalogue_state SET revision = revision + 1", vec![]).await?;
    Ok(())
}

/// The number of the record that a reference means; notes where it leads nowhere.
pub(crate) async fn refer(
    tx: &mut Tx,
    table: &str,
    code: &str,
    pointer: impl Into<String>,
    found: &mut Findings,
) -> Result<Option<i64>, DbError> {
    let sql = format!("SELECT id FROM {table} WHERE code = $1");
    match tx.row(&sql, args![code]).await? {
        Some(row) => row.get("id").map(Some),
        None => {
            let name = table.replace('_', " ");
            found.note(pointer, format!("there is no {name} {code}"));
            Ok(None)
        }
    }
}

async fn checked<T: MasterData>(
    tx: &mut Tx,
    item: &T,
    before: Option<&Row>,
) -> crate::Result<Vec<Value>> {
    let mut found = Findings::default();
    item.check(&mut found);
    let values = item.values(tx, before, &mut found).await?;
    found.end()?;
    Ok(values)
}

async fn row<T: MasterData>(tx: &mut Tx, code: &str) -> crate::Result<Row> {
    let sql = format!("{} WHERE it.code = $1", T::SELECT);
    let found = tx.row(&sql, args![code]).await?;
    Ok(found.ok_or_else(|| Refusal::not_found(T::NAME, code))?)
}

/// The record as nobody else changes it meanwhile: what is decided by it holds when it is written.
async fn locked<T: MasterData>(tx: &mut Tx, code: &str) -> crate::Result<Row> {
    let sql = format!("SELECT id FROM {} WHERE code = $1 FOR UPDATE", T::TABLE);
    tx.row(&sql, args![code]).await?;
    row::<T>(tx, code).await
}

fn versioned<T: MasterData>(row: &Row) -> Result<Versioned<T>, DbError> {
    Ok(Versioned { item: T::from_row(row)?, revision: row.get("revision")? })
}

/// Defines the five routes of a kind of master data: `master_data_routes!(Brand, "brand", "brands")`.
#[macro_export]
macro_rules! master_data_routes {
    ($kind:ident, $one:literal, $many:literal, $list:literal, $single:literal) => {
        use $crate::{catalogue::Versioned, http::PageOf};

        /// The routes.
        pub(super) fn routes() -> utoipa_axum::router::OpenApiRouter<$crate::app::App> {
            utoipa_axum::router::OpenApiRouter::new()
                .routes(utoipa_axum::routes!(list, create))
                .routes(utoipa_axum::routes!(read, change, delete))
        }

        #[utoipa::path(get, path = $list, tag = "Catalogue",
                            operation_id = concat!("list_", $many), params($crate::http::Paging),
                            summary = concat!("All ", $many, " by code"),
                            responses((status = 200, description = "A page",
                                body = PageOf<Versioned<$kind>>)),
                            security(("api_key" = ["catalogue"])))]
        async fn list(
            axum::extract::State(app): axum::extract::State<$crate::app::App>,
            _: $crate::http::Permit<$crate::http::allowed::Catalogue>,
            $crate::http::Params(paging): $crate::http::Params<$crate::http::Paging>,
        ) -> $crate::http::Answer {
            $crate::catalogue::master::list::<$kind>(&app, paging).await
        }

        #[utoipa::path(post, path = $list, tag = "Catalogue",
                            operation_id = concat!("create_", $one), request_body = $kind,
                            summary = concat!("Make a ", $one),
                            responses((status = 201, description = "Made",
                                body = Versioned<$kind>)),
                            security(("api_key" = ["catalogue"])))]
        async fn create(
            axum::extract::State(app): axum::extract::State<$crate::app::App>,
            permit: $crate::http::Permit<$crate::http::allowed::Catalogue>,
            write: $crate::http::Write<$kind>,
        ) -> $crate::http::Answer {
            let made = app.write(permit, write.once, |tx, act| {
                Box::pin($crate::catalogue::master::create(tx, act, write.input))
            });
            let made = made.await;
            app.setup.forget();
            made
        }

        #[utoipa::path(get, path = $single, tag = "Catalogue",
                            operation_id = concat!("read_", $one), params(("code" = String, Path)),
                            summary = concat!("One ", $one),
                            responses((status = 200, description = "It",
                                body = Versioned<$kind>)),
                            security(("api_key" = ["catalogue"])))]
        async fn read(
            axum::extract::State(app): axum::extract::State<$crate::app::App>,
            _: $crate::http::Permit<$crate::http::allowed::Catalogue>,
            $crate::http::PathParams(code): $crate::http::PathParams<String>,
        ) -> $crate::http::Answer {
            $crate::catalogue::master::read::<$kind>(&app, code).await
        }

        #[utoipa::path(put, path = $single, tag = "Catalogue",
                            operation_id = concat!("change_", $one), request_body = $kind,
                            params(("code" = String, Path), $crate::http::IfMatch),
                            summary = concat!("Replace a ", $one),
                            responses((status = 200, description = "Replaced",
                                body = Versioned<$kind>)),
                            security(("api_key" = ["catalogue"])))]
        async fn change(
            axum::extract::State(app): axum::extract::State<$crate::app::App>,
            permit: $crate::http::Permit<$crate::http::allowed::Catalogue>,
            $crate::http::PathParams(code): $crate::http::PathParams<String>,
            write: $crate::http::Write<$kind>,
        ) -> $crate::http::Answer {
            let $crate::http::Write { input, expected, once } = write;
            let changed = app.write(permit, once, move |tx, _| {
                Box::pin($crate::catalogue::master::change(tx, code, input, expected))
            });
            let changed = changed.await;
            app.setup.forget();
            changed
        }

        #[utoipa::path(delete, path = $single, tag = "Catalogue",
                            operation_id = concat!("delete_", $one),
                            params(("code" = String, Path), $crate::http::IfMatch),
                            summary = concat!("Delete a ", $one, " that nothing needs"),
                            responses((status = 204, description = "Deleted")),
                            security(("api_key" = ["catalogue"])))]
        async fn delete(
            axum::extract::State(app): axum::extract::State<$crate::app::App>,
            permit: $crate::http::Permit<$crate::http::allowed::Catalogue>,
            $crate::http::PathParams(code): $crate::http::PathParams<String>,
            write: $crate::http::Write<$crate::http::NoBody>,
        ) -> $crate::http::Answer {
            let $crate::http::Write { expected, once, .. } = write;
            let deleted = app.write(permit, once, move |tx, _| {
                Box::pin($crate::catalogue::master::delete::<$kind>(tx, code, expected))
            });
            let deleted = deleted.await;
            app.setup.forget();
            deleted
        }
    };
}
