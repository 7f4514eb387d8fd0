use std::sync::Arc;

use kontor_model::FieldType;
use maud::Markup;

use super::*;
use crate::components::shell::{Density, Here, Theme};
use crate::format::Format;
use crate::shown::{ChoiceView, FieldView, MemberView, Tone};
use crate::texts::Language;

fn shell() -> Shell {
    Shell {
        texts: Language::German.texts(),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone"),
        now: jiff::Timestamp::UNIX_EPOCH,
        theme: Theme::System,
        density: Density::Normal,
        user: None,
        backends: Vec::new(),
        here: Here::default(),
        address: String::new(),
        script: String::new(),
        style: String::new(),
        icon: String::new(),
        toast: None,
        refresh: None,
    }
}

fn member(field: FieldView) -> MemberView {
    MemberView { field, hidden: false, is_named: true, currency: None }
}

fn named(name: &str, title: &str, ty: FieldType) -> FieldView {
    FieldView { title: title.to_owned(), ..FieldView::new(name, ty) }
}

/// Lines of an order as a manifest describes them: the version hidden, the price in the currency
/// beside it, else in the record's.
fn lines() -> Inside {
    let price = FieldView {
        format: Format::Money { currency: None, minor: Some(2) },
        ..named("unit_price", "Preis", FieldType::int(64, false))
    };
    let state = FieldView {
        is_status: true,
        choices: vec![ChoiceView {
            value: "open".into(),
            title: "offen".into(),
            tone: Tone::Active,
        }],
        ..named("state", "Status", FieldType::Any)
    };
    let mut hidden = member(FieldView::new("version", FieldType::int(64, false)));
    hidden.hidden = true;
    let members = [
        member(FieldView {
            is_key: true,
            ..named("position", "Position", FieldType::int(64, false))
        }),
        member(named("name", "Artikel", FieldType::text())),
        member(named("quantity", "Menge", FieldType::int(64, false))),
        MemberView { currency: Some("currency".into()), ..member(price) },
        member(state),
        hidden,
    ];
    Inside { members: Arc::from(members), currency: Some("EUR".into()) }
}

fn table_of(inside: &Inside, text: &str) -> String {
    let shell = shell();
    structure(&shell, inside, text).map(Markup::into_string).unwrap_or_default()
}

fn difference(before: &str, after: &str) -> String {
    let shell = shell();
    let inside = lines();
    let markup = changed(&shell, (&inside, &inside), before, after);
    let text = markup.map(Markup::into_string).unwrap_or_default();
    let mut plain = String::new();
    let mut is_tag = false;
    for c in text.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                plain.push('|');
            }
            c if !is_tag => plain.push(c),
            _ => {}
        }
    }
    let words: Vec<&str> =
        plain.split('|').map(str::trim).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[test]
fn a_list_of_like_objects_is_a_table() {
    let inside = Inside::default();
    let table =
        table_of(&inside, r#"[{"sku":"A","qty":2,"price":12.50,"note":null},{"sku":"B","qty":1}]"#);
    for part in ["<th scope=\"col\">SKU</th>", "<td>A</td>", "12,50</td>"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(!table.contains("Note"), "what nobody has is left out: {table}");
}

#[test]
fn members_are_shown_as_the_manifest_says() {
    let table = table_of(
        &lines(),
        r#"[{"name":"Hose","unit_price":4990,"position":1001,"version":7,"state":"open","gift":true}]"#,
    );
    assert!(table.contains("49,90\u{a0}EUR"), "{table}");
    assert!(table.contains(">1001<"), "numbers that tell apart are not counted: {table}");
    assert!(table.contains("offen") && !table.contains(">open<"), "{table}");
    assert!(!table.contains("Version") && !table.contains(">7<"), "hidden: {table}");
    assert!(table.contains("Ja"), "{table}");
    let (position, name) = (table.find("Position"), table.find("Artikel"));
    assert!(position.is_some() && position < name, "in the order of the manifest: {table}");
}

#[test]
fn an_amount_stands_in_the_currency_beside_it() {
    let table = table_of(&lines(), r#"[{"unit_price":500,"currency":"JPY"},{"unit_price":500}]"#);
    assert!(table.contains("500\u{a0}JPY") && table.contains("5,00\u{a0}EUR"), "{table}");
}

#[test]
fn moments_that_nobody_describes_are_shown_as_moments() {
    let inside = Inside::default();
    let shown = table_of(
        &inside,
        r#"{"at":"2026-11-20T12:45:30.123Z","on":"2026-11-21","about":"2026-11-21 was a Saturday","order_id":123456}"#,
    );
    assert!(shown.contains("20.11.2026, 13:45"), "{shown}");
    assert!(shown.contains("21.11.2026</dd>"), "{shown}");
    assert!(shown.contains("2026-11-21 was a Saturday"), "{shown}");
    assert!(shown.contains(">123456<"), "{shown}");
}

#[test]
fn what_is_no_table_stays_json() {
    let inside = Inside::default();
    assert!(table_of(&inside, "[]").contains('–'));
    assert_eq!(table_of(&inside, "[1,[2]]"), "");
    assert_eq!(table_of(&inside, "12"), "");
    assert!(table_of(&inside, r#"["new","paid"]"#).contains("new, paid"));
    let object = table_of(&inside, r#"{"city":"Kiel <b>","geo":{"lat":54.30}}"#);
    assert!(object.contains("Kiel &lt;b&gt;") && object.contains("54,30"), "{object}");
}

#[test]
fn a_line_of_a_list_has_a_few_words() {
    let shell = shell();
    let inside = lines();
    let words = |text: &str| short(&shell, &inside, text).unwrap_or_default();
    assert_eq!(
        words(r#"[{"position":1,"name":"Hose","state":"open"},{"position":2,"name":"Hemd"}]"#),
        "Hose · offen, Hemd"
    );
    assert_eq!(
        words(r#"[{"name":"A"},{"name":"B"},{"name":"C"},{"name":"D"},{"name":"E"}]"#),
        "A, B, C, 2 weitere"
    );
    assert_eq!(words(r#"[{"quantity":2,"unit_price":1250}]"#), "Menge 2 · 12,50\u{a0}EUR");
    assert_eq!(words(r#"[{"name":"A"},{"name":"B"},{"nam"#), "A, B", "what is whole of a cut text");
    assert_eq!(words("[]"), "–");
    assert_eq!(words("17"), "");
}

#[test]
fn of_a_list_is_told_what_was_added_changed_and_removed() {
    let before = r#"[{"position":1,"name":"Hose","quantity":2,"unit_price":4990},{"position":2,"name":"Hemd","quantity":1}]"#;
    let after = r#"[{"position":3,"name":"Schal","quantity":1},{"quantity":3,"position":1,"name":"Hose","unit_price":3990}]"#;
    assert_eq!(
        difference(before, after),
        "Position 1 · Hose Menge vorher: 2 → nachher: 3 Preis vorher: 49,90\u{a0}EUR → nachher: 39,90\u{a0}EUR \
         Entfernt Position 2 · Hemd · Menge 1 Neu Position 3 · Schal · Menge 1"
    );
}

#[test]
fn entries_without_a_key_are_told_apart_by_what_they_hold() {
    let before = r#"[{"quantity":1},{"quantity":2},{"quantity":3}]"#;
    let after = r#"[{"quantity":1},{"quantity":3}]"#;
    assert_eq!(difference(before, after), "Entfernt Menge 2");
    assert_eq!(difference(r#"["a","b"]"#, r#"["b","c"]"#), "Entfernt a Neu c");
    assert_eq!(difference(r#"["a","b"]"#, r#"["b","a"]"#), "Nur die Reihenfolge ist anders.");
}

#[test]
fn what_lies_deeper_is_told_where_it_lies() {
    let before = r#"{"city":"Kiel","parts":[{"id":1,"state":"new"}]}"#;
    let after = r#"{"city":"Lübeck","parts":[{"id":1,"state":"new"},{"id":2,"state":"x"}]}"#;
    assert_eq!(difference(before, after), "City vorher: Kiel → nachher: Lübeck Parts Neu ID 2 · x");
}
