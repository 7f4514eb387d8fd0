//! An import, as its pages show it.

use kontor_office::{ImportMode, Spelling};
use kontor_web::pages::import::{
    Columns, ImportAsk, ImportColumnLine, ImportRow, ImportScreen, Shown, Stage, Written,
};

use super::record::changes;
use super::{backend, resource};

fn fields() -> Vec<(String, String)> {
    [("sku", "Artikelnummer"), ("price_cents", "Preis")]
        .map(|(name, title)| (name.to_owned(), title.to_owned()))
        .to_vec()
}

pub(crate) fn ask() -> ImportAsk {
    ImportAsk {
        backend: backend("orders"),
        resource: resource("products"),
        resource_title: "Artikel".into(),
        fields: fields(),
        problem: Some(
            "Zeile 3, Spalte 2: Ein Anführungszeichen ist nicht richtig geschlossen.".into(),
        ),
    }
}

fn row(number: u64, link: Option<&str>) -> ImportRow {
    ImportRow {
        number,
        title: "Teekanne".into(),
        link: link.map(str::to_owned),
        changes: changes(),
    }
}

/// Each stage of an import.
pub(crate) fn stages() -> Vec<(&'static str, Stage)> {
    let written = |is_done| {
        Stage::Applied(Box::new(Written {
            records: 48,
            written: 40,
            missed: 1,
            failed: vec![(
                7,
                "TEE-1".into(),
                "wurde inzwischen von jemand anderem geändert".into(),
            )],
            is_done,
            is_stopped: false,
            failure: None,
            operation: is_done.then(|| "01JD8Z6M3Q".into()),
        }))
    };
    let shown = Shown {
        counts: [1, 42, 1, 2],
        refused: vec![(4, "Preis „auf Anfrage“: Erwartet wird eine Dezimalzahl wie 12,50.".into())],
        changed: vec![row(2, Some("/b/orders/products/r/1"))],
        new: vec![row(3, None)],
        same: vec![ImportRow { changes: Vec::new(), ..row(5, Some("/b/orders/products/r/2")) }],
        is_reversible: true,
    };
    vec![
        ("import-checking", Stage::Checking { checked: 200 }),
        ("import-checked", Stage::Checked(Box::new(shown))),
        ("import-ended", Stage::Ended("Das Prüfen wurde angehalten.".into())),
        ("import-writing", written(false)),
        ("import-written", written(true)),
    ]
}

pub(crate) fn screen(stage: Stage) -> ImportScreen {
    let line = |head: &str, field: Option<&str>, spelling| ImportColumnLine {
        head: head.into(),
        sample: "a · b · c".into(),
        field: field.map(str::to_owned),
        left_out: field.is_none().then(|| "Kein Feld heißt so.".into()),
        spelling,
        is_open: spelling.is_some(),
    };
    ImportScreen {
        backend: backend("orders"),
        resource: resource("products"),
        resource_title: "Artikel".into(),
        id: "01JD8Z6M3R".into(),
        file: "Preise.csv · CSV mit Semikolon, UTF-8".into(),
        rows: 46,
        columns: Columns {
            lines: vec![
                line("Artikelnummer", Some("sku"), None),
                line("Preis", Some("price_cents"), Some(Spelling::German)),
                line("Lieferant", None, None),
            ],
            matches: vec!["ID".into(), "Artikelnummer".into()],
            matched: Some(1),
            modes: ImportMode::ALL.to_vec(),
            mode: ImportMode::Both,
            fields: fields(),
        },
        stage,
        problem: None,
    }
}
