//! Another backend that hangs, dies or has changed costs only its own cells.

use kontor_model::ResourceName;
use kontor_office::{FarRefusal, FarTrouble, OfficeError};
use kontor_testkit::{PostgresServer, Proxy, SqliteFile, eventually};
use sqlx::{Connection as _, PgConnection};

use super::{ORDERS, ORDERS_SAY, REGISTER, REGISTER_SAYS, column, database, list};
use crate::office::Bureau;

/// The orders in a file, the register behind a proxy.
struct House {
    bureau: Bureau,
    proxy: Proxy,
    _orders: SqliteFile,
}

impl House {
    async fn open() -> Self {
        let server = PostgresServer::shared().await;
        let url = server.fresh_database().await;
        let mut direct = PgConnection::connect(&url).await.unwrap();
        // As PostgreSQL takes names: in quotes, where they are not to become lower case.
        let names = ["KUNDEN", "KDNR", "LAENDER", "LKZ", "REGIONEN", "GEBIET", "NAME", "ORT"];
        let sql = names
            .iter()
            .fold(REGISTER.to_owned(), |sql, name| sql.replace(name, &format!("\"{name}\"")));
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut direct).await.unwrap();
        let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
        let (from, to) = (format!(":{}/", server.port()), format!(":{}/", proxy.port()));
        let through = url.replace(&from, &to);
        let orders = database(ORDERS).await;
        let backends =
            [("orders", &*orders.url(), ORDERS_SAY), ("register", through.as_str(), REGISTER_SAYS)];
        Self { bureau: Bureau::saying(&backends).await, proxy, _orders: orders }
    }

    async fn customers(&self) -> Vec<String> {
        let list = list(&self.bureau, &self.bureau.reading("orders"), "orders", "id <= 2").await;
        let list = list.unwrap();
        assert_eq!(list.records.len(), 2, "the list itself comes");
        column(&list, "customer")
    }
}

#[tokio::test]
async fn a_far_side_that_hangs_leaves_its_cells_unavailable_and_the_list_comes() {
    let house = House::open().await;
    let there = house.customers().await;
    assert_eq!(there[0], "Anna Meier (register/KUNDEN/0017)");
    house.proxy.stall();
    assert_eq!(house.customers().await, ["slow", "slow"]);
    let permit = house.bureau.reading("orders");
    let refused = list(&house.bureau, &permit, "orders", "buyer.ORT = Kiel").await;
    assert!(
        matches!(
            refused,
            Err(OfficeError::FarFilter {
                refusal: FarRefusal::Trouble(FarTrouble::Slow { .. }),
                ..
            })
        ),
        "{refused:?}"
    );
    house.proxy.restore();
    eventually("it is asked again", async || house.customers().await == there).await;
}

#[tokio::test]
async fn a_far_side_that_is_dead_leaves_its_cells_unavailable_and_its_filters_refused() {
    let house = House::open().await;
    house.proxy.refuse();
    assert_eq!(house.customers().await, ["down", "down"]);
    let permit = house.bureau.reading("orders");
    let refused = list(&house.bureau, &permit, "orders", "buyer.ORT = Kiel").await;
    assert!(
        matches!(
            refused,
            Err(OfficeError::FarFilter {
                refusal: FarRefusal::Trouble(FarTrouble::Down { .. }),
                ..
            })
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_link_to_what_is_not_there_says_so() {
    let orders = database(ORDERS).await;
    let said = ORDERS_SAY.replace("register:KUNDEN", "register:NOBODY");
    let register = database(REGISTER).await;
    let backends = [("orders", &*orders.url(), said.as_str()), ("register", &*register.url(), "")];
    let bureau = Bureau::saying(&backends).await;
    let shown = list(&bureau, &bureau.reading("orders"), "orders", "id = 1").await.unwrap();
    assert_eq!(column(&shown, "customer"), ["misfit"]);
    let without = Bureau::saying(&[("orders", &*orders.url(), ORDERS_SAY)]).await;
    let shown = list(&without, &without.reading("orders"), "orders", "id = 1").await.unwrap();
    assert_eq!(column(&shown, "customer"), ["out of reach"], "the backend is not registered");
    let incoming =
        bureau.office.far_incoming(&bureau.reading("register"), &ResourceName::new("KUNDEN"));
    assert!(incoming.is_empty());
}
