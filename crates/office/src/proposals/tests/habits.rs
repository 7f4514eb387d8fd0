use kontor_model::ResourceName;

use super::*;

/// `n` rows of which the last fields follow a pattern, numbered from 1.
fn rows(n: u32, pattern: &[&str]) -> Vec<String> {
    (1..=n).map(|i| format!("{i}|{}", pattern[i as usize % pattern.len()])).collect()
}

async fn only(memory: Memory, kind: Kind) -> ManifestEdit {
    let mut edits = memory.edits(kind).await;
    assert_eq!(edits.len(), 1, "{edits:?}");
    edits.remove(0)
}

#[tokio::test]
async fn a_time_or_a_flag_of_deletion_is_a_soft_delete() {
    for (fields, pattern, deleted, alive) in [
        ("deleted_at:time", ["-", "2026-01-01 00:00:00"], Mark::Now, None),
        ("is_deleted:int", ["0", "1"], Mark::Text("1".into()), Some(Mark::Text("0".into()))),
        ("geloescht:bool", ["-", "-"], Mark::Bool(true), Some(Mark::Bool(false))),
        ("LOESCHKZ", ["N", "J"], Mark::Text("J".into()), Some(Mark::Text("N".into()))),
    ] {
        let memory =
            Memory::new().with(table("kunden", &format!("id:int* {fields}")), rows(10, &pattern));
        let field = fields.split(':').next().unwrap().to_owned();
        let resource = ResourceName::new("kunden");
        let expected = ManifestEdit::SoftDelete { resource, field, deleted, alive };
        assert_eq!(only(memory, Kind::SoftDelete).await, expected);
    }
}

#[tokio::test]
async fn what_is_switched_off_or_counted_is_not_deleted() {
    let memory = Memory::new().with(
        table("users", "id:int* active:bool enabled:int deleted_count:int is_deleted:int visible:bool deleted_by:int"),
        ["1|1|1|3|7|1|2"],
    );
    assert_eq!(lines(&memory, Kind::SoftDelete).await, Vec::<String>::new());
}

#[tokio::test]
async fn json_and_comma_lists_in_texts_are_known_by_their_content() {
    let memory = Memory::new().with(
        table("p", "id:int* data tags price author note one"),
        [
            "1|{\"a\":1}|red,blue|12,50|Mann, Thomas|Well, it is late.|x",
            "2|{\"a\":2}|blue|13,50|Mann, Heinrich|No, thanks, Sir.|y",
            "3|[1,2]|red,green,blue|9,99|Zweig, Stefan|Oh, well.|z",
            "4|-|green,red|12,50|Roth, Joseph|So, so.|w",
        ],
    );
    let formats: Vec<(String, Format)> = memory
        .edits(Kind::List)
        .await
        .into_iter()
        .filter_map(|edit| match edit {
            ManifestEdit::Format { field, format, .. } => Some((field, format)),
            _ => None,
        })
        .collect();
    assert_eq!(formats, [("data".into(), Format::Json), ("tags".into(), Format::List)]);
}

#[tokio::test]
async fn minor_units_are_money_and_quantities_are_not() {
    let memory = Memory::new().with(
        table(
            "lines",
            "id:int* unit_price_cents:int quantity:int percent:int amount:int points_total:int currency",
        ),
        (1..=8).map(|n| format!("{n}|{}|{n}|19|{}|{n}|EUR", n * 125, n * 1331)),
    );
    assert_eq!(lines(&memory, Kind::Money).await, ["lines.unit_price_cents", "lines.amount"]);
}

#[tokio::test]
async fn yen_have_no_minor_unit_and_an_amount_takes_its_own_currency() {
    let memory = Memory::new()
        .with(table("t", "id:int* fee_minor:int fee_currency currency"), ["1|1250|JPY|EUR"]);
    let edit = only(memory, Kind::Money).await;
    let ManifestEdit::Money { currency, decimals, .. } = edit else { panic!("{edit:?}") };
    assert_eq!((currency, decimals), (Some(Currency::Field("fee_currency".into())), 0));
}

#[tokio::test]
async fn a_table_of_texts_per_language_gives_its_record_a_title() {
    let memory = Memory::new()
        .with(table("products", "products_id:int* model"), ["1|a"])
        .with(
            table("products_description", "products_id:int* language* products_url products_name"),
            ["1|fr|u|Chaise", "1|en|u|Chair", "1|de|u|Stuhl"],
        )
        .with(table("article_texts", "id:int* language article_id:int name"), ["1|de|1|x"]);
    let expected = ManifestEdit::Translations {
        resource: "products".into(),
        texts: "products_description".into(),
        base: vec!["products_id".into()],
        language: "language".into(),
        title: "products_name".into(),
        prefer: vec!["de".into(), "en".into(), "fr".into()],
    };
    assert_eq!(only(memory, Kind::Translations).await, expected);
}

#[tokio::test]
async fn kinds_are_told_apart_by_the_fields_that_are_empty_for_others() {
    let memory = Memory::new().with(
        table("coupons", "code* kind percent:int amount:int note"),
        (0..12).map(|n| match n % 2 {
            0 => format!("C{n}|percent|10|-|-"),
            _ => format!("C{n}|amount|-|500|{}", if n == 1 { "x" } else { "-" }),
        }),
    );
    let edit = only(memory, Kind::Kinds).await;
    let ManifestEdit::Kinds { field, common, of, .. } = edit else { panic!("{edit:?}") };
    assert_eq!(field, "kind");
    assert_eq!(common, ["code", "kind", "note"]);
    let expected: [(String, Vec<String>); 2] =
        [("percent".into(), vec!["percent".into()]), ("amount".into(), vec!["amount".into()])];
    assert_eq!(of, expected);
}

#[tokio::test]
async fn a_status_that_fills_fields_one_after_another_makes_no_kinds() {
    let memory = Memory::new().with(
        table("orders", "id:int* type status shipped_at:time paid_at:time"),
        rows(20, &["web|new|-|-", "web|paid|-|2026-01-01", "app|shipped|2026-01-02|2026-01-01"]),
    );
    assert_eq!(lines(&memory, Kind::Kinds).await, Vec::<String>::new());
}

#[tokio::test]
async fn stamps_are_found_in_both_languages() {
    for (fields, created, updated) in [
        ("created_at:time updated_at:time", Some("created_at"), Some("updated_at")),
        ("date_added:time last_modified:time", Some("date_added"), Some("last_modified")),
        ("erstellt_am:time geaendert_am:date", Some("erstellt_am"), Some("geaendert_am")),
        ("sale_date_added:time sold_at:time", Some("sale_date_added"), None),
    ] {
        let memory = Memory::new().with::<&str>(table("sale", &format!("id:int* {fields}")), []);
        let edit = only(memory, Kind::Stamps).await;
        let expected = ManifestEdit::Stamps {
            resource: "sale".into(),
            created: created.map(str::to_owned),
            updated: updated.map(str::to_owned),
        };
        assert_eq!(edit, expected);
    }
}

#[tokio::test]
async fn a_table_of_two_references_only_joins_and_one_with_more_does_not() {
    let memory = Memory::new()
        .with(table("products", "id:int* name"), ["1|x", "2|y"])
        .with(table("stores", "id:int* name"), ["1|x", "2|y"])
        .with(
            table("products_stores", "product_id:int* store_id:int* position:int created_at:time"),
            ["1|1|1|-", "2|2|1|-"],
        )
        .with(table("inventory", "id:int* product_id:int store_id:int"), ["1|1|1"])
        .with(table("reviews", "product_id:int* store_id:int* text"), ["1|1|good"]);
    assert_eq!(lines(&memory, Kind::JoinTable).await, ["products_stores."]);
}

#[tokio::test]
async fn a_status_gets_colours_by_the_meaning_of_its_values() {
    let memory = Memory::new().with(
        table("orders", "id:int* status"),
        rows(12, &["bezahlt", "offen", "storniert", "partly_refunded", "refunded", "xyz"]),
    );
    let edit = only(memory, Kind::Status).await;
    let ManifestEdit::Choices { choices, .. } = edit else { panic!("{edit:?}") };
    let colors: Vec<(&str, Color)> =
        choices.iter().map(|choice| (choice.value.as_str(), choice.color)).collect();
    assert_eq!(
        colors,
        [
            ("offen", Color::Blue),
            ("partly_refunded", Color::Amber),
            ("bezahlt", Color::Green),
            ("refunded", Color::Grey),
            ("xyz", Color::Grey),
            ("storniert", Color::Red),
        ]
    );
}

#[tokio::test]
async fn few_words_in_many_records_are_choices_but_names_codes_and_provinces_are_not() {
    let memory = Memory::new().with(
        table("a", "id:int* carrier country city size state zip"),
        rows(120, &["dhl|de|Ulm|10|Bayern|1", "ups|at|Linz|20|Tirol|2", "gls|ch|Bern|30|Uri|3"]),
    );
    assert_eq!(lines(&memory, Kind::Status).await, ["a.carrier"]);
}

#[tokio::test]
async fn seconds_since_1970_are_times_only_under_a_name_of_a_time() {
    let memory = Memory::new().with(
        table("users", "id:int* last_login:int phone:int expires:int login_count:int"),
        rows(10, &["1760000000|1760000000|12|3", "0|1760000001|1760000000|4"]),
    );
    assert_eq!(lines(&memory, Kind::UnixTime).await, ["users.last_login"]);
}
