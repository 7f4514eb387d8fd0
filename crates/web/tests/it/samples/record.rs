//! A record, its forms and changes.

use kontor_model::{ChangeKind, Count, FieldType, RecordKey, Value};
use kontor_office::Stop;
use kontor_web::components::diff::FieldChange;
use kontor_web::format::Reader;
use kontor_web::pages::bulk::{BulkForm, BulkItem, BulkPreview, BulkTarget};
use kontor_web::pages::bulk_end::{BulkEnd, Counts};
use kontor_web::pages::change::{ChangeRow, ChangeScreen, Outcome};
use kontor_web::pages::list::ListQuery;
use kontor_web::pages::overtaken::{OvertakenField, OvertakenScreen};
use kontor_web::pages::palette::{Hit, HitGroup, HitKind, Palette};
use kontor_web::pages::record::delete::{DeleteScreen, Fate, Touched};
use kontor_web::pages::record::form::{FormGroup, FormInput, FormScreen};
use kontor_web::pages::record::given::input_text;
use kontor_web::pages::record::peek::Peek;
use kontor_web::pages::record::queue::{QueueBar, QueuePlace};
use kontor_web::pages::record::related::Related;
use kontor_web::pages::record::stale::{Clash, StaleScreen, Theirs};
use kontor_web::pages::record::timeline::Entry;
use kontor_web::pages::record::{
    FieldGroup, Neighbours, RecordField, RecordScreen, RelatedSection,
};
use kontor_web::shown::{Cell, FieldView, Health, RecordRef, Tone};
use kontor_web::texts::Language;

use super::acting::actions;
use super::list::{fields, orders};
use super::{backend, resource};

pub(crate) fn reference() -> RecordRef {
    RecordRef {
        backend: backend("orders"),
        resource: resource("orders"),
        key: RecordKey::Values(vec![Value::Int(10_250)]),
    }
}

pub(crate) fn text(text: &str) -> Cell {
    Cell::of(Value::Text(text.into()))
}

/// The fields with their cells, as the third row of the list has them, but whole.
fn values() -> Vec<(FieldView, Cell)> {
    let cells = orders().rows.swap_remove(2).cells;
    let mut pairs: Vec<_> = fields().into_iter().zip(cells).collect();
    pairs[7].1 = text("Bitte beim Nachbarn abgeben,\nklingelt sonst nicht. Hof, zweite Tür links.");
    pairs[10].1 =
        text(r#"{"wrap":true,"card":"Alles Gute","weights":[1.50,12345678901234567890]}"#);
    pairs
}

pub(crate) fn record() -> RecordScreen {
    let mut all = values().into_iter().map(|(field, cell)| RecordField {
        is_picture: field.name == "slip",
        field,
        cell,
    });
    let first = all.by_ref().take(6).collect();
    RecordScreen {
        record: reference(),
        title: "Bestellung 10250".into(),
        backend_title: "Auftragssystem".into(),
        health: Health::Ok,
        resource_title: "Bestellungen".into(),
        status: Some((Tone::Active, "shipped".into())),
        groups: vec![
            FieldGroup { title: None, fields: first },
            FieldGroup { title: Some("Versand und Zahlung".into()), fields: all.collect() },
        ],
        related: vec![
            RelatedSection {
                link: "order_lines.order".into(),
                title: "Positionen".into(),
                count: Some(Count::Exact(3)),
            },
            RelatedSection {
                link: "shipments.order".into(),
                title: "Sendungen".into(),
                count: None,
            },
        ],
        case: Some("Bestellung".into()),
        actions: actions(),
        change_locked: None,
        delete_locked: None,
        neighbours: Neighbours {
            list: "/b/orders/orders?f=total%20%3E%3D%20100".into(),
            described: Some("Summe ≥ 100 €".into()),
            previous: Some("/b/orders/orders/r/10249".into()),
            next: Some("/b/orders/orders/r/10251".into()),
        },
        queue: None,
        deleted: None,
    }
}

/// A record in a queue.
pub(crate) fn queued() -> RecordScreen {
    let query = ListQuery { filter: "status = hold".into(), ..ListQuery::default() };
    let bar = QueueBar {
        place: QueuePlace { number: 2, ..QueuePlace::start(&query) },
        view: Some("Angehaltene".into()),
        count: Count::Exact(3),
        is_in: true,
        previous: Some(reference().link()),
        next: Some("10251".into()),
    };
    RecordScreen { queue: Some(bar), ..record() }
}

pub(crate) fn related() -> Related {
    let columns = vec![
        super::list::field("line", "Pos.", FieldType::int(32, false)),
        super::list::field("article", "Artikel", FieldType::text()),
        super::list::field("price", "Preis", FieldType::Decimal { precision: None, scale: None }),
    ];
    let row = |n: i64, article: &str, price: &str| {
        (
            reference(),
            vec![Cell::of(Value::Int(n)), text(article), Cell::of(Value::Decimal(price.into()))],
        )
    };
    Related {
        title: "Positionen".into(),
        count: Count::Exact(12),
        columns,
        rows: vec![
            row(1, "Kaffeemühle Modell 3", "89.00"),
            row(2, "Bohnen „Haus“, 1 kg", "24.90"),
            row(3, "Geschenkpapier", "3.50"),
        ],
        all: "/b/orders/order_lines?f=order%20%3D%2010250".into(),
        is_one: false,
        opens_case: false,
        new: Some("/b/orders/order_lines/new?v.order=10250".into()),
        problem: None,
    }
}

fn change(at: usize, before: Value, after: Value) -> FieldChange {
    FieldChange {
        field: fields().swap_remove(at),
        before: Some(Cell::of(before)),
        after: Some(Cell::of(after)),
    }
}

pub(crate) fn changes() -> Vec<FieldChange> {
    vec![
        change(2, Value::Text("paid".into()), Value::Text("shipped".into())),
        change(3, Value::Decimal("1447.70".into()), Value::Decimal("1447.74".into())),
        change(7, Value::Null, Value::Text("Bitte beim Nachbarn abgeben".into())),
    ]
}

pub(crate) fn timeline() -> Vec<Entry> {
    let entry = |operation: &str, at: &str, who: &str, kind, changes| Entry {
        operation: operation.into(),
        at: at.parse().expect("a time"),
        who: who.into(),
        kind,
        action: None,
        given: Vec::new(),
        is_undo: false,
        records: 1,
        changes,
        undoable: true,
        undo_locked: None,
        is_unknown: false,
        not_written: None,
    };
    vec![
        Entry {
            action: Some("Stornieren".into()),
            given: vec!["customer".into()],
            undoable: false,
            undo_locked: Some("Eine Aktion kann nur das Backend selbst zurücknehmen.".into()),
            ..entry(
                "01JD8Z6M3M",
                "2026-11-22T10:42:00Z",
                "Jörg Pichler",
                ChangeKind::Act,
                changes(),
            )
        },
        Entry {
            undoable: false,
            not_written: Some("wurde inzwischen von jemand anderem geändert".into()),
            ..entry(
                "01JD8Z6M3L",
                "2026-11-22T10:41:00Z",
                "Jörg Pichler",
                ChangeKind::Update,
                changes(),
            )
        },
        entry("01JD8Z6M3K", "2026-11-22T10:40:00Z", "Marta Lindner", ChangeKind::Update, changes()),
        Entry {
            is_undo: true,
            records: 48,
            undoable: false,
            undo_locked: Some("Danach wurden dieselben Felder noch einmal geändert.".into()),
            ..entry(
                "01JD8Z6M3J",
                "2026-11-21T16:00:00Z",
                "Jörg Pichler",
                ChangeKind::Update,
                vec![changes().swap_remove(0)],
            )
        },
        entry(
            "01JD8Z6M3H",
            "2026-10-02T08:00:00Z",
            "Marta Lindner",
            ChangeKind::Create,
            Vec::new(),
        ),
    ]
}

pub(crate) fn peek() -> Peek {
    Peek {
        title: "Café Zentral, Wien".into(),
        resource_title: "Kundschaft".into(),
        status: Some((Tone::Good, "active".into())),
        fields: values().into_iter().take(5).collect(),
    }
}

fn inputs(zone: &jiff::tz::TimeZone) -> Vec<FormInput> {
    values()
        .into_iter()
        .map(|(field, cell)| FormInput {
            text: input_text(Reader { language: Language::German, zone }, &field, &cell.value),
            is_null: cell.value.is_null(),
            was: Some(cell.value.clone()),
            error: (field.name == "total")
                .then(|| "„12,5o“ ist keine Dezimalzahl wie 12.50.".to_owned()),
            default: None,
            field,
            cell,
        })
        .collect()
}

pub(crate) fn form(zone: &jiff::tz::TimeZone) -> FormScreen {
    let mut inputs = inputs(zone);
    let rest = inputs.split_off(6);
    FormScreen {
        record: Some(reference()),
        backend: backend("orders"),
        resource: resource("orders"),
        backend_title: "Auftragssystem".into(),
        resource_title: "Bestellungen".into(),
        title: "Bestellung 10250".into(),
        groups: vec![
            FormGroup { title: None, inputs },
            FormGroup { title: Some("Versand und Zahlung".into()), inputs: rest },
        ],
        problem: None,
        along: Vec::new(),
    }
}

pub(crate) fn create(zone: &jiff::tz::TimeZone) -> FormScreen {
    let mut form = form(zone);
    form.record = None;
    for input in form.groups.iter_mut().flat_map(|group| &mut group.inputs) {
        input.text.clear();
        input.was = None;
        input.error = None;
        input.is_null = input.field.nullable;
        input.cell = Cell::default();
        input.default = (input.field.name == "placed_at").then(|| "now()".to_owned());
    }
    form
}

pub(crate) fn stale() -> StaleScreen {
    let theirs = |at: usize, now: &str, before: Value, by: Option<&str>| Theirs {
        field: fields().swap_remove(at),
        now: Cell::of(Value::Text(now.into())),
        before: Cell::of(before),
        by: by.map(|who| (who.into(), "2026-11-22T10:40:00Z".parse().expect("a time"))),
    };
    let clash = |theirs: Theirs, mine: Value| Clash {
        text: mine.to_text().unwrap_or_default(),
        is_null: mine.is_null(),
        mine: Cell::of(mine),
        theirs,
    };
    let was = |text: &str| Value::Text(text.into());
    StaleScreen {
        record: reference(),
        title: "Bestellung 10250".into(),
        clashes: vec![
            clash(theirs(2, "shipped", was("paid"), Some("Jörg Pichler")), was("cancelled")),
            clash(theirs(7, "Rechnung an Büro", was(""), None), Value::Null),
        ],
        others: vec![theirs(7, "Hintereingang", Value::Null, Some("Jörg Pichler"))],
        rest: vec![("v.total".into(), "12.50".into()), ("was.total".into(), "d12.00".into())],
    }
}

pub(crate) fn overtaken() -> OvertakenScreen {
    let stale = stale();
    let fields = stale.clashes.into_iter().map(|clash| OvertakenField {
        field: clash.theirs.field,
        restored: Some(clash.theirs.before),
        now: clash.theirs.now,
        by: clash.theirs.by,
    });
    OvertakenScreen {
        record: stale.record,
        change: "/changes/01JD8Z6M3K".into(),
        fields: fields.collect(),
    }
}

pub(crate) fn delete() -> DeleteScreen {
    let touched = |title: &str, count, fate| Touched {
        title: title.into(),
        link: "/b/orders/order_lines?f=order%20%3D%2010250".into(),
        count,
        fate,
    };
    DeleteScreen {
        record: reference(),
        title: "Bestellung 10250".into(),
        resource_title: "Bestellungen".into(),
        fields: values().into_iter().take(5).collect(),
        touched: vec![
            touched("Positionen", Count::Exact(3), Fate::Deleted),
            touched("Sendungen", Count::Exact(1), Fate::Refuses),
            touched("Rechnungen", Count::MoreThan(1_000), Fate::Dangling),
            touched("Reklamationen", Count::Exact(2), Fate::Cleared),
        ],
        marks: None,
        reversible: false,
        problem: None,
        expected: vec![("was.status".into(), "tpaid".into())],
    }
}

pub(crate) fn target() -> BulkTarget {
    BulkTarget {
        backend: backend("orders"),
        resource: resource("orders"),
        resource_title: "Bestellungen".into(),
        query: ListQuery { filter: "status = paid".into(), ..ListQuery::default() },
        keys: vec!["10250".into(), "10251".into()],
        count: Count::Exact(2),
    }
}

pub(crate) fn bulk(zone: &jiff::tz::TimeZone) -> BulkForm {
    BulkForm {
        target: target(),
        inputs: inputs(zone).into_iter().filter(|input| input.field.locked.is_none()).collect(),
        chosen: vec!["status".into()],
        problem: None,
    }
}

pub(crate) fn end(is_done: bool) -> BulkEnd {
    let failed = ("10251".into(), reference().link(), "wurde inzwischen geändert".into());
    BulkEnd {
        target: target(),
        plan: "01JD8Z6M3P".into(),
        is_done,
        records: 48,
        written: if is_done { 45 } else { 20 },
        failed: if is_done { vec![failed] } else { Vec::new() },
        missed: if is_done { 3 } else { 1 },
        deed: None,
        counts: Counts { done: 20, refused: 1, open: 27, ..Counts::default() },
        can_retry: true,
        undoable: 0,
        failure: None,
        operation: is_done.then(|| "01JD8Z6M3Q".into()),
        stop: if is_done { Stop::Never } else { Stop::Possible },
    }
}

/// The end of an action with a selection.
pub(crate) fn acted() -> BulkEnd {
    BulkEnd {
        deed: Some("Versenden".into()),
        counts: Counts { done: 12, refused: 1, unchanged: 2, ..Counts::default() },
        missed: 1,
        undoable: 12,
        operation: None,
        ..end(true)
    }
}

pub(crate) fn preview() -> BulkPreview {
    BulkPreview {
        target: target(),
        deletes: false,
        plan: "01JD8Z6M3P".into(),
        changing: 46,
        unchanged: 2,
        items: vec![
            BulkItem {
                title: "Bestellung 10250".into(),
                link: reference().link(),
                changes: changes(),
            },
            BulkItem {
                title: "Bestellung 10251".into(),
                link: reference().link(),
                changes: vec![changes().swap_remove(0)],
            },
        ],
        left_out: 1,
        touched: delete().touched,
        excluded: vec![(
            "Bestellung 10254".into(),
            "Deine Rolle darf stornierte Bestellungen nicht ändern.".into(),
        )],
        reversible: true,
        cut: None,
        confirm: None,
    }
}

pub(crate) fn preview_of_deletion() -> BulkPreview {
    BulkPreview { deletes: true, confirm: Some("45".into()), ..preview() }
}

pub(crate) fn changed() -> ChangeScreen {
    ChangeScreen {
        operation: "01JD8Z6M3K".into(),
        at: "2026-11-22T10:40:00Z".parse().expect("a time"),
        who: "Marta Lindner".into(),
        kind: ChangeKind::Update,
        action: None,
        is_mixed: false,
        place: "Auftragssystem · Bestellungen".into(),
        list: "/b/orders/orders".into(),
        outcome: Outcome::Partly,
        written: (46, 48),
        items: vec![
            ChangeRow {
                title: "Bestellung 10250".into(),
                link: Some(reference().link()),
                changes: changes(),
                problem: None,
            },
            ChangeRow {
                title: "Bestellung 10254".into(),
                link: None,
                changes: Vec::new(),
                problem: Some("Inzwischen gelöscht.".into()),
            },
        ],
        more: 46,
        undo_of: None,
        undone_by: Some("01JD8Z6M3X".into()),
        undo_locked: Some("Schon zurückgenommen.".into()),
        audit: Some((4_711, "9f2c41d0".into())),
    }
}

pub(crate) fn palette() -> Palette {
    let hit = |title: &str, place: &str| Hit {
        also: Vec::new(),
        apart: Vec::new(),
        title: title.into(),
        place: place.into(),
        link: "/b/orders/orders/r/10250".into(),
        reference: None,
        as_of: None,
    };
    Palette {
        words: "10250".into(),
        within: None,
        groups: vec![
            HitGroup {
                kind: HitKind::Record,
                hits: vec![
                    hit("Bestellung 10250", "Auftragssystem · Bestellungen"),
                    Hit {
                        also: vec!["Kundenkartei".into()],
                        as_of: Some("2026-11-22T08:03:00Z".parse().expect("a time")),
                        ..hit("Rechnung R-10250", "Auftragssystem · Rechnungen")
                    },
                ],
            },
            HitGroup { kind: HitKind::Page, hits: vec![hit("Bestellungen", "Auftragssystem")] },
        ],
        silent: vec!["Lager".into()],
        skipped: vec!["Kundenkartei · PROTOKOLL".into()],
    }
}
