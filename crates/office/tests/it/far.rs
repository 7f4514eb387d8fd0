//! Links between records of different backends: lists, records, filters.

mod away;
mod filtering;
mod proposing;

use futures_util::StreamExt as _;
use kontor_model::filter::Filter;
use kontor_model::{BackendName, Count, RecordKey, ResourceName, Value};
use kontor_office::{
    ExportFormat, FarTitle, FarTrouble, List, ListRequest, OfficeError, Permit, Read,
};
use kontor_testkit::SqliteFile;

use crate::office::Bureau;

/// Orders that name their customers as a card file does not: with a prefix and without zeros.
pub(super) const ORDERS: &str = "
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, country TEXT, region TEXT, payload JSON);
INSERT INTO orders VALUES
    (1, 'K-17', 'DE', 'north', '{\"customer\":{\"no\":17}}'),
    (2, 'K-18', 'de', 'south', '{\"customer\":{\"no\":18}}'),
    (3, 'K-99', 'AT', 'north', '{\"customer\":null}'),
    (4, NULL, NULL, NULL, NULL),
    (5, 'K-17', 'DE', 'south', '{\"customer\":{\"no\":\"0017\"}}');
CREATE TABLE parcels (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id));
INSERT INTO parcels VALUES (70, 1), (71, 2), (72, 5);
";

pub(super) const ORDERS_SAY: &str = r#"
[resources.orders]
columns = ["id", "customer", "country", "region", "payload"]

[[links]]
from = "orders"
fields = ["customer"]
to = "register:KUNDEN"
to_fields = ["KDNR"]
name = "buyer"
title = { de = "Kundin", en = "Customer" }
value = { remove_prefix = "K-", pad = 4 }

[[links]]
from = "orders"
fields = ["country"]
to = "register:LAENDER"
to_fields = ["LKZ"]
name = "land"
value = { ignore_case = true }

[[links]]
from = "orders"
fields = ["region", "country"]
to = "register:REGIONEN"
to_fields = ["GEBIET", "LKZ"]
name = "area"

[[links]]
from = "orders"
fields = ["payload#/customer/no"]
to = "register:KUNDEN"
to_fields = ["KDNR"]
name = "payer"
value = { pad = 4 }
"#;

pub(super) const REGISTER: &str = "
CREATE TABLE KUNDEN (KDNR CHAR(4) PRIMARY KEY, NAME TEXT NOT NULL, ORT TEXT);
INSERT INTO KUNDEN VALUES ('0017', 'Anna Meier', 'Kiel'), ('0018', 'Bert Kunze', 'Ulm');
CREATE TABLE LAENDER (LKZ TEXT PRIMARY KEY, NAME TEXT NOT NULL);
INSERT INTO LAENDER VALUES ('DE', 'Deutschland');
CREATE TABLE REGIONEN (GEBIET TEXT, LKZ TEXT, NAME TEXT NOT NULL, PRIMARY KEY (GEBIET, LKZ));
INSERT INTO REGIONEN VALUES ('north', 'DE', 'Küste'), ('south', 'DE', 'Alpen');
";

pub(super) const REGISTER_SAYS: &str = r#"
[resources.KUNDEN]
title_field = "NAME"
[resources.LAENDER]
title_field = "NAME"
[resources.REGIONEN]
title_field = "NAME"
"#;

pub(super) async fn database(sql: &str) -> SqliteFile {
    let file = SqliteFile::fresh();
    let mut connection = file.connect().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    file
}

/// The orders and the register as backends of one office.
pub(super) struct House {
    pub(super) bureau: Bureau,
    _files: [SqliteFile; 2],
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with("").await
    }

    /// With more records in the register.
    pub(super) async fn with(more: &str) -> Self {
        let orders = database(ORDERS).await;
        let register = database(&format!("{REGISTER}{more}")).await;
        let backends =
            [("orders", &*orders.url(), ORDERS_SAY), ("register", &*register.url(), REGISTER_SAYS)];
        Self { bureau: Bureau::saying(&backends).await, _files: [orders, register] }
    }

    pub(super) async fn orders(&self, filter: &str) -> Result<List, OfficeError> {
        list(&self.bureau, &self.bureau.reading("orders"), "orders", filter).await
    }
}

pub(super) async fn list(
    bureau: &Bureau,
    permit: &Permit<Read>,
    resource: &str,
    filter: &str,
) -> Result<List, OfficeError> {
    let request = ListRequest {
        filter: Some(Filter::parse(filter).unwrap()),
        sort: vec![("id".to_owned(), false)],
        titles: true,
        brief: true,
        ..ListRequest::default()
    };
    bureau.office.list(permit, &ResourceName::new(resource), &request).await
}

/// What each record of a column points to, in a word.
pub(super) fn column(list: &List, name: &str) -> Vec<String> {
    let resource = list.catalog.resource(list.face());
    let at = list.columns.iter().position(|&field| resource.fields[field].name == name).unwrap();
    list.records.iter().map(|record| word(record.far.get(at).and_then(Option::as_ref))).collect()
}

pub(super) fn word(title: Option<&FarTitle>) -> String {
    match title {
        None => "-".to_owned(),
        Some(FarTitle::Found(found)) => {
            let title = found.title.clone().unwrap_or_default();
            format!("{title} ({}/{}/{})", found.backend, found.resource, found.key.to_text())
        }
        Some(FarTitle::Missing { backend }) => format!("missing in {}", backend.en),
        Some(FarTitle::Unavailable(FarTrouble::OutOfReach)) => "out of reach".to_owned(),
        Some(FarTitle::Unavailable(FarTrouble::Misfit { .. })) => "misfit".to_owned(),
        Some(FarTitle::Unavailable(FarTrouble::Slow { .. })) => "slow".to_owned(),
        Some(FarTitle::Unavailable(FarTrouble::Down { .. })) => "down".to_owned(),
        Some(FarTitle::Unavailable(FarTrouble::Refused { .. })) => "refused".to_owned(),
    }
}

#[tokio::test]
async fn a_list_shows_the_titles_of_another_backend_and_tells_apart_what_is_missing() {
    let house = House::open().await;
    let list = house.orders("").await.unwrap();
    let (anna, bert) = ("Anna Meier (register/KUNDEN/0017)", "Bert Kunze (register/KUNDEN/0018)");
    assert_eq!(column(&list, "customer"), [anna, bert, "missing in register", "-", anna]);
    let germany = "Deutschland (register/LAENDER/DE)";
    assert_eq!(column(&list, "country"), [germany, germany, "missing in register", "-", germany]);
    assert!(!list.titles_missing);
}

#[tokio::test]
async fn a_link_over_two_fields_and_one_from_inside_json_find_their_records() {
    let house = House::open().await;
    let list = house.orders("").await.unwrap();
    let [coast, alps] = [("Küste", "north"), ("Alpen", "south")]
        .map(|(n, g)| format!("{n} (register/REGIONEN/{g}~.DE)"));
    let nothing = "missing in register".to_owned();
    let expected = [coast, nothing.clone(), nothing, "-".to_owned(), alps];
    assert_eq!(column(&list, "region"), expected, "`de` is not `DE` where nobody says so");
    let anna = "Anna Meier (register/KUNDEN/0017)";
    let bert = "Bert Kunze (register/KUNDEN/0018)";
    assert_eq!(column(&list, "payload"), [anna, bert, "-", "-", anna]);
}

#[tokio::test]
async fn who_may_not_read_the_other_backend_sees_the_value_and_no_title() {
    let house = House::open().await;
    let reader = house.bureau.reader_of(&["orders"]).await;
    let permit = house.bureau.office.permit(&reader, &BackendName::new("orders").unwrap()).unwrap();
    let shown = list(&house.bureau, &permit, "orders", "id = 1").await.unwrap();
    assert_eq!(column(&shown, "customer"), ["out of reach"]);
    assert!(!format!("{:?}", shown.records).contains("Anna"), "the title is nowhere");
    let record = house
        .bureau
        .office
        .record(&permit, &ResourceName::new("orders"), &shown.records[0].key)
        .await
        .unwrap();
    assert!(!format!("{:?}", record.far).contains("Anna"), "{:?}", record.far);
    let refused = list(&house.bureau, &permit, "orders", "buyer.ORT = Kiel").await;
    assert!(matches!(refused, Err(OfficeError::FarFilter { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_record_shows_what_it_points_to_and_what_points_to_it_from_elsewhere() {
    let house = House::open().await;
    let office = &house.bureau.office;
    let key = |text: &str| RecordKey::from_text(text).unwrap();
    let orders = house.bureau.reading("orders");
    let order = office.record(&orders, &ResourceName::new("orders"), &key("1")).await.unwrap();
    let at = order.fields.iter().position(|(_, value)| *value == Value::Text("K-17".into()));
    assert_eq!(word(order.far[at.unwrap()].as_ref()), "Anna Meier (register/KUNDEN/0017)");

    let register = house.bureau.reading("register");
    let customers = ResourceName::new("KUNDEN");
    let incoming = office.far_incoming(&register, &customers);
    let names: Vec<&str> = incoming.iter().map(|link| link.name.as_str()).collect();
    assert_eq!(names, ["orders:orders:0", "orders:orders:3"]);
    let related =
        office.related_over(&register, &customers, &key("0017"), names[0], 10).await.unwrap();
    assert_eq!(related.count, Count::Exact(2));
    assert_eq!(related.permit.backend.name.as_str(), "orders");
    assert_eq!(
        related.filter, "customer in (K-0017, K-017, K-17, 0017, 017, 17)",
        "in every way in which the number could be written"
    );
    let nobody = office.related_over(&register, &customers, &key("0018"), names[1], 10).await;
    assert!(
        matches!(nobody, Err(OfficeError::FarFilter { .. })),
        "what stands inside JSON cannot be looked for: {nobody:?}"
    );
}

#[tokio::test]
async fn links_from_elsewhere_are_shown_to_those_who_may_read_there() {
    let house = House::open().await;
    let reader = house.bureau.reader_of(&["register"]).await;
    let office = &house.bureau.office;
    let permit = office.permit(&reader, &BackendName::new("register").unwrap()).unwrap();
    let customers = ResourceName::new("KUNDEN");
    assert!(office.far_incoming(&permit, &customers).is_empty());
    let key = RecordKey::from_text("0017").unwrap();
    let asked = office.related_over(&permit, &customers, &key, "orders:orders:0", 10).await;
    assert!(matches!(asked, Err(OfficeError::Unknown { .. })), "{asked:?}");
}

#[tokio::test]
async fn an_export_has_the_titles_of_the_other_backend_beside_the_values() {
    let house = House::open().await;
    let permit = house.bureau.reading("orders");
    let request = ListRequest {
        columns: Some(vec!["id".to_owned(), "customer".to_owned()]),
        sort: vec![("id".to_owned(), false)],
        ..ListRequest::default()
    };
    let (office, name) = (&house.bureau.office, ResourceName::new("orders"));
    let parts = office.export(&permit, &name, &request, ExportFormat::Csv).await.unwrap();
    let parts: Vec<_> = parts.map(|part| part.unwrap().to_vec()).collect().await;
    let text = String::from_utf8(parts.concat()).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines[..4],
        ["ID,Customer,Customer → Customer", "1,K-17,Anna Meier", "2,K-18,Bert Kunze", "3,K-99,"]
    );
}

#[tokio::test]
async fn a_link_of_one_backend_leads_over_another_spelling_too() {
    let sql = "CREATE TABLE slips (id INTEGER PRIMARY KEY, card TEXT);
        INSERT INTO slips VALUES (1, ' k-0017'), (2, 'K-0099');
        CREATE TABLE cards (number TEXT PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO cards VALUES ('0017', 'Anna Meier');";
    let said =
        "[[links]]\nfrom = \"slips\"\nfields = [\"card\"]\nto = \"cards\"\nto_fields = [\"number\"]
        value = { trim = true, strip = \"kK-\" }\n";
    let shop = database(sql).await;
    let bureau = Bureau::saying(&[("shop", &*shop.url(), said)]).await;
    let permit = bureau.reading("shop");
    let shown = list(&bureau, &permit, "slips", "").await.unwrap();
    assert_eq!(column(&shown, "card"), ["Anna Meier (shop/cards/0017)", "missing in shop"]);
    let incoming = bureau.office.far_incoming(&permit, &ResourceName::new("cards"));
    let key = RecordKey::from_text("0017").unwrap();
    let cards = ResourceName::new("cards");
    let back = bureau.office.related_over(&permit, &cards, &key, &incoming[0].name, 5).await;
    assert!(matches!(back, Err(OfficeError::FarFilter { .. })), "there is no way back: {back:?}");
}
