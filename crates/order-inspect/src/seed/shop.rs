//! How the seeded shop is set up: four channels, five warehouses, taxes, ways to deliver and to pay, services,
//! promotions, and the master data of the catalogue.

use serde_json::{Value as Json, json};

use super::{
    Plan,
    words::{BRANDS, KINDS, MATERIALS, ROOMS},
};
use crate::{
    act::Act,
    args,
    db::{Db, Insert, Tx, Value},
    error::Error,
    setup::{
        Channel, DeliveryMethod, PaymentMethod, Service, Setting, Stored, StoredPromotion, TaxClass,
    },
};

/// A channel as the rest of the seed needs it; its id is its place in the list, from 1.
pub(super) struct Shop {
    pub(super) code: &'static str,
    pub(super) country: &'static str,
    pub(super) currency: &'static str,
    pub(super) prefix: &'static str,
    name: &'static str,
    zone: &'static str,
    locales: &'static [&'static str],
    /// What it sells from.
    pub(super) locations: &'static [&'static str],
    /// Of twenty orders (and customers) so many come here.
    pub(super) of_twenty: u64,
    /// Minor units of its currency for a hundred cents, and what amounts are rounded to.
    rate: (i64, i64),
}

pub(super) const SHOPS: [Shop; 4] = [
    Shop {
        code: "de",
        country: "DE",
        currency: "EUR",
        prefix: "DE-",
        name: "Wohnhaus Deutschland",
        zone: "Europe/Berlin",
        locales: &["de", "en"],
        locations: &["ham", "lej"],
        of_twenty: 13,
        rate: (100, 10),
    },
    Shop {
        code: "at",
        country: "AT",
        currency: "EUR",
        prefix: "AT-",
        name: "Wohnhaus Österreich",
        zone: "Europe/Vienna",
        locales: &["de"],
        locations: &["vie", "lej"],
        of_twenty: 4,
        rate: (104, 10),
    },
    Shop {
        code: "jp",
        country: "JP",
        currency: "JPY",
        prefix: "JP-",
        name: "Wohnhaus Japan",
        zone: "Asia/Tokyo",
        locales: &["en"],
        locations: &["osa"],
        of_twenty: 2,
        rate: (165, 10),
    },
    Shop {
        code: "kw",
        country: "KW",
        currency: "KWD",
        prefix: "KW-",
        name: "Wohnhaus Kuwait",
        zone: "Asia/Kuwait",
        locales: &["en"],
        locations: &["kwi"],
        of_twenty: 1,
        rate: (335, 50),
    },
];

impl Shop {
    /// The number of one of the locations that it sells from.
    pub(super) fn location(&self, at: usize) -> i64 {
        let code = self.locations.get(at).or_else(|| self.locations.first());
        let place = LOCATIONS.iter().position(|it| Some(&it.0) == code).unwrap_or(0);
        super::id(place as u64 + 1)
    }

    /// The language that it speaks first.
    pub(super) fn locale(&self) -> &'static str {
        self.locales.first().copied().unwrap_or("de")
    }

    /// What costs so many cents costs here so many minor units.
    pub(super) fn price(&self, cents: i64) -> i64 {
        let (rate, step) = self.rate;
        (cents * rate / 100 / step).max(1) * step
    }
}

/// Warehouses: code, name, country, postcode; their ids are their places in the list, from 1.
pub(super) const LOCATIONS: [(&str, &str, &str, &str); 5] = [
    ("ham", "Hamburg", "DE", "21129"),
    ("lej", "Leipzig", "DE", "04356"),
    ("vie", "Wien", "AT", "1230"),
    ("osa", "Osaka", "JP", "559-0034"),
    ("kwi", "Kuwait", "KW", "70070"),
];

/// The code that a visitor enters for five percent off.
pub(super) const COUPON: &str = "HERBST5";

const SINCE: &str = "2020-01-01T00:00:00Z";

/// Writes all of it.
pub(super) async fn write(db: &Db, plan: Plan) -> crate::Result<u64> {
    let act = Act::new(db, plan.begin(), "seed");
    db.write(move |tx| {
        Box::pin(async move {
            let inserts = master_data();
            let rows: usize = inserts.iter().map(|it| it.rows.len()).sum();
            tx.load(inserts).await?;
            let settings = settings(tx, &act).await?;
            Ok(rows as u64 + settings)
        })
    })
    .await
}

async fn settings(tx: &mut Tx, act: &Act) -> crate::Result<u64> {
    let mut ids = 1..;
    let mut count = 0;
    for (code, value) in taxes() {
        count += save::<TaxClass>(tx, act, &mut ids, code, value).await?;
    }
    for (id, shop) in (1_i64..).zip(&SHOPS) {
        let value = read::<Channel>(channel(shop))?;
        let stored = Stored { id, code: shop.code.to_owned(), revision: 1, value };
        Channel::save(tx, act, &stored).await?;
    }
    for shop in &SHOPS {
        for (code, value) in deliveries(shop) {
            count += save::<DeliveryMethod>(tx, act, &mut ids, code, value).await?;
        }
        for (code, value) in payments(shop) {
            count += save::<PaymentMethod>(tx, act, &mut ids, code, value).await?;
        }
    }
    for (code, value) in services() {
        count += save::<Service>(tx, act, &mut ids, code, value).await?;
    }
    for rule in promotions() {
        let code = rule["key"].as_str().unwrap_or_default().to_owned();
        count += save::<StoredPromotion>(tx, act, &mut ids, &code, json!({ "rule": rule })).await?;
    }
    Ok(count + SHOPS.len() as u64)
}

async fn save<T: Setting>(
    tx: &mut Tx,
    act: &Act,
    ids: &mut std::ops::RangeFrom<i64>,
    code: &str,
    value: Json,
) -> crate::Result<u64> {
    let id = ids.next().unwrap_or_default();
    let stored = Stored { id, code: code.to_owned(), revision: 1, value: read::<T>(value)? };
    T::save(tx, act, &stored).await?;
    Ok(1)
}

fn read<T: serde::de::DeserializeOwned>(value: Json) -> crate::Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Broken(format!("the seed: {error}")))
}

fn taxes() -> Vec<(&'static str, Json)> {
    let class = |name: &str, rates: [&str; 4]| {
        let rates: Vec<Json> = SHOPS
            .iter()
            .zip(rates)
            .map(|(shop, rate)| json!({ "country": shop.country, "rate": rate, "from": SINCE }))
            .collect();
        json!({ "name": name, "rates": rates })
    };
    vec![
        ("standard", class("Regelsteuersatz", ["19", "20", "10", "0"])),
        ("reduced", class("Ermäßigter Steuersatz", ["7", "10", "8", "0"])),
    ]
}

fn channel(shop: &Shop) -> Json {
    json!({
        "name": shop.name, "country": shop.country, "time_zone": shop.zone, "currencies": [shop.currency],
        "locales": shop.locales, "prices_include_tax": true, "number_prefix": shop.prefix,
        "locations": shop.locations,
        "seller": { "name": "Wohnhaus GmbH", "address": ["Lange Straße 1", "20095 Hamburg"], "country": "DE",
            "vat_id": "DE123456789", "tax_number": "22/815/08154",
            "register": ["Amtsgericht Hamburg, HRB 12345"], "directors": ["Änne Größe", "Jörg Sohn"],
            "bank": { "name": "Hanseatische Bank", "iban": "DE02 1203 0000 0000 2020 51", "bic": "BYLADEM1001" },
            "email": "service@wohnhaus.example", "phone": "+49 40 1234567", "website": "www.wohnhaus.example" },
        "legal": super::legal::texts()
    })
}

fn deliveries(shop: &Shop) -> Vec<(&'static str, Json)> {
    let method = |carrier: &str, names: Json, cents: i64, free: Option<i64>, days: (u16, u16)| {
        json!({
            "channel": shop.code, "carrier": carrier, "names": names,
            "prices": [{ "currency": shop.currency, "amount": shop.price(cents), "free_from": free.map(|it| shop.price(it)) }],
            "tracking_url": "https://track.example/{tracking}",
            "areas": [{ "country": shop.country, "transit_days_min": days.0, "transit_days_max": days.1 }]
        })
    };
    vec![
        (
            "parcel",
            method("Hermes", json!({ "de": "Paket", "en": "Parcel" }), 495, Some(15_000), (1, 3)),
        ),
        (
            "freight",
            method(
                "Spedition",
                json!({ "de": "Spedition", "en": "Freight" }),
                4_900,
                None,
                (5, 10),
            ),
        ),
    ]
}

fn payments(shop: &Shop) -> Vec<(&'static str, Json)> {
    let method = |flow: &str, names: Json| json!({ "channel": shop.code, "provider": "manual", "flow": flow, "names": names });
    let mut invoice = method("invoice", json!({ "de": "Rechnung", "en": "Invoice" }));
    invoice["due_days"] = json!(14);
    vec![
        ("invoice", invoice),
        ("prepayment", method("prepayment", json!({ "de": "Vorkasse", "en": "Prepayment" }))),
    ]
}

fn services() -> Vec<(&'static str, Json)> {
    let service = |kind: &str, names: Json, cents: i64| {
        let price = |shop: &Shop| json!({ "channel": shop.code, "currency": shop.currency, "amount": shop.price(cents) });
        let prices: Vec<Json> = SHOPS.iter().map(price).collect();
        json!({ "kind": kind, "names": names, "tax_class": "standard", "prices": prices })
    };
    vec![
        ("assembly", service("assembly", json!({ "de": "Aufbau", "en": "Assembly" }), 4_900)),
        (
            "guarantee-5",
            service(
                "guarantee",
                json!({ "de": "Garantie, 5 Jahre", "en": "Guarantee, 5 years" }),
                2_900,
            ),
        ),
        (
            "take-back",
            service(
                "take_back",
                json!({ "de": "Altmöbel mitnehmen", "en": "Take the old one away" }),
                3_900,
            ),
        ),
    ]
}

/// Services are numbered after two tax classes, and two ways to deliver and to pay for each shop.
pub(super) const SERVICES: std::ops::RangeInclusive<i64> = 19..=21;

/// The number of a promotion: they come after the services.
pub(super) fn promotion_id(code: &str) -> i64 {
    let at = ["herbst5", "textilien3fuer2", "versandfrei"].iter().position(|it| *it == code);
    (22..).nth(at.unwrap_or(0)).unwrap_or_default()
}

/// None has a budget: a budget is a row that all orders meet at, and who wants one decides that for themselves.
fn promotions() -> Vec<Json> {
    vec![
        json!({ "key": "herbst5", "name": "Herbst: 5 %", "names": text("Herbst: 5 %", "Autumn: 5%"), "priority": 10,
            "benefit": { "percent": { "percent": "5", "on": "order" } }, "conditions": { "code": COUPON } }),
        json!({ "key": "textilien3fuer2", "name": "Textilien: 3 für 2", "names": text("Textilien: 3 für 2", "Textiles: 3 for 2"), "priority": 20,
            "benefit": { "x_for_y": { "take": 3, "pay": 2 } },
            "conditions": { "include": { "categories": ["textiles"] } } }),
        json!({ "key": "versandfrei", "name": "Versandfrei ab 99 €", "names": text("Versandfrei ab 99 €", "Free delivery from €99"), "currency": "EUR",
            "benefit": "free_shipping", "conditions": { "minimum_subtotal": 9_900 } }),
    ]
}

fn text(german: &str, english: &str) -> Json {
    json!({ "de": german, "en": english })
}

fn master_data() -> Vec<Insert<'static>> {
    vec![locations(), operators(), brands(), categories(), attributes(), product_types()]
}

fn locations() -> Insert<'static> {
    let row = |(id, (code, name, country, postcode)): (i64, (&str, &str, &str, &str))| {
        let zone =
            SHOPS.iter().find(|shop| shop.country == country).map_or("UTC", |shop| shop.zone);
        let holidays = r#"["2026-12-24","2026-12-25","2026-12-26","2027-01-01"]"#;
        let days = "[1,2,3,4,5]";
        args![
            id, code, name, country, postcode, zone, 840_i64, 1_i64, days, holidays, id, true,
            1_i64
        ]
    };
    Insert {
        table: "location",
        columns: &[
            "id",
            "code",
            "name",
            "country",
            "postal_code",
            "time_zone",
            "cut_off_minute",
            "handling_days",
            "working_days",
            "holidays",
            "priority",
            "active",
            "revision",
        ],
        rows: (1..).zip(LOCATIONS).map(row).collect(),
    }
}

/// Makers, and one responsible person for those outside of the EU (GPSR Art. 4 and 19).
fn operators() -> Insert<'static> {
    let mut rows: Vec<Vec<Value>> = vec![args![
        1_i64,
        "eu-rep",
        "Wohnhaus Produktsicherheit GmbH",
        "Lange Straße 1, 20095 Hamburg, Deutschland",
        "safety@wohnhaus.example",
        "DE",
        1_i64
    ]];
    for (id, (code, name, outside)) in (2_i64..).zip(BRANDS) {
        let (address, country) = if outside {
            ("1 Mill Lane, London, United Kingdom", "GB")
        } else {
            ("Werkstraße 12, 33602 Bielefeld, Deutschland", "DE")
        };
        let mail = format!("contact@{code}.example");
        rows.push(args![
            id,
            format!("{code}-maker"),
            format!("{name} Manufaktur"),
            address,
            mail,
            country,
            1_i64
        ]);
    }
    Insert {
        table: "economic_operator",
        columns: &[
            "id",
            "code",
            "name",
            "postal_address",
            "electronic_address",
            "country",
            "revision",
        ],
        rows,
    }
}

fn brands() -> Insert<'static> {
    let row =
        |(id, (code, name, _)): (i64, (&str, &str, bool))| args![id, code, name, id + 1, 1_i64];
    Insert {
        table: "brand",
        columns: &["id", "code", "name", "manufacturer_id", "revision"],
        rows: (1..).zip(BRANDS).map(row).collect(),
    }
}

/// Rooms, and under each the kinds that stand there. A kind's category has the id 101 and up.
fn categories() -> Insert<'static> {
    let texts = |german: &str, english: &str| json!({ "de": { "name": german, "description": "" }, "en": { "name": english, "description": "" } });
    let mut rows = Vec::new();
    for (id, (code, german, english)) in (1_i64..).zip(ROOMS) {
        rows.push(args![id, code, None::<i64>, id, texts(german, english), 1_i64]);
    }
    for (id, kind) in (101_i64..).zip(&KINDS) {
        let parent = (1_i64..).zip(ROOMS).find(|(_, room)| room.0 == kind.room).map(|(id, _)| id);
        rows.push(args![id, kind.code, parent, id, texts(kind.german, kind.english), 1_i64]);
    }
    Insert {
        table: "category",
        columns: &["id", "code", "parent_id", "position", "texts", "revision"],
        rows,
    }
}

fn attributes() -> Insert<'static> {
    let choice = |(code, german, english): (&str, &str, &str)| json!({ "code": code, "labels": text(german, english) });
    let materials: Vec<Json> = MATERIALS.into_iter().map(choice).collect();
    let row = |id: i64,
               code: &str,
               kind: &str,
               unit: Option<&str>,
               labels: Json,
               choices: Vec<Json>,
               facet: bool| {
        args![id, code, kind, unit, labels, Json::from(choices), facet, 1_i64]
    };
    Insert {
        table: "attribute",
        columns: &["id", "code", "kind", "unit", "labels", "choices", "facet", "revision"],
        rows: vec![
            row(1, "material", "choice", None, text("Material", "Material"), materials, true),
            row(2, "width", "number", Some("cm"), text("Breite", "Width"), vec![], false),
            row(3, "colour", "colour", None, text("Farbe", "Colour"), vec![], true),
            row(4, "washable", "boolean", None, text("Waschbar", "Washable"), vec![], true),
        ],
    }
}

fn product_types() -> Insert<'static> {
    let wanted = json!([
        { "attribute": "material", "level": "product", "required": true },
        { "attribute": "width", "level": "product", "required": false },
        { "attribute": "washable", "level": "product", "required": false },
        { "attribute": "colour", "level": "variant", "required": true }
    ]);
    let row = |(id, kind): (i64, &super::words::Kind)| {
        args![id, kind.code, kind.german, wanted.clone(), 1_i64]
    };
    Insert {
        table: "product_type",
        columns: &["id", "code", "name", "attributes", "revision"],
        rows: (1..).zip(&KINDS).map(row).collect(),
    }
}
