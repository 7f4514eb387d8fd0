//! A list of orders with everything that a list can show.

use kontor_model::filter::Filter;
use kontor_model::{Count, FieldType, RecordKey, Value};
use kontor_web::components::icon::Icon;
use kontor_web::format::{Format, Reader};
use kontor_web::pages::list::builder::{BuilderScreen, Part};
use kontor_web::pages::list::describe::Names;
use kontor_web::pages::list::{
    LinkedFields, ListAction, ListQuery, ListRights, ListScreen, ListState, QuickFilter, Row,
    SearchBox, ViewScope, ViewTab,
};
use kontor_web::shown::{Cell, Concealed, FieldView, Health, LinkView, Linked, Locked, RecordRef};
use kontor_web::texts::Language;

use super::{backend, resource};

pub(crate) fn field(name: &str, title: &str, ty: FieldType) -> FieldView {
    FieldView { title: title.into(), ..FieldView::new(name, ty) }
}

const DECIMAL: FieldType = FieldType::Decimal { precision: Some(10), scale: Some(2) };

pub(crate) fn fields() -> Vec<FieldView> {
    vec![
        FieldView {
            is_key: true,
            nullable: false,
            locked: Some(Locked::Generated),
            ..field("number", "Bestellnr.", FieldType::int(64, false))
        },
        FieldView {
            link: Some(LinkView {
                name: "customer".into(),
                backend: backend("orders"),
                resource: resource("customers"),
            }),
            ..field("customer_id", "Kundschaft", FieldType::int(64, false))
        },
        FieldView {
            is_status: true,
            nullable: false,
            required: true,
            ..field(
                "status",
                "Status",
                FieldType::Enum {
                    choices: ["open", "paid", "shipped", "cancelled"].map(Into::into).to_vec(),
                },
            )
        },
        FieldView {
            format: Format::Money { currency: Some("€".into()), minor: None },
            help: Some("Brutto, mit Versand".into()),
            ..field("total", "Summe", DECIMAL)
        },
        field("items", "Positionen", FieldType::int(32, false)),
        field("placed_at", "Bestellt", FieldType::Instant),
        field("gift", "Geschenk", FieldType::Bool),
        FieldView {
            format: Format::Lines,
            sortable: false,
            ..field("note", "Notiz", FieldType::text())
        },
        field("due", "Fällig", FieldType::Date),
        field("payment_token", "Zahlungsmarke", FieldType::text()),
        field("options", "Optionen", FieldType::Json { binary: true }),
        field("slip", "Lieferschein", FieldType::Bytes),
    ]
}

fn customer(id: i64, title: &str) -> Cell {
    Cell {
        linked: Some(Linked {
            title: title.into(),
            to: (!title.is_empty()).then(|| RecordRef {
                backend: backend("orders"),
                resource: resource("customers"),
                key: RecordKey::Values(vec![Value::Int(id)]),
            }),
        }),
        ..Cell::of(Value::Int(id))
    }
}

fn editable(value: Value) -> Cell {
    Cell { editable: true, ..Cell::of(value) }
}

fn row(i: i64) -> Row {
    const NAMES: [&str; 7] = [
        "Annegret Vogelsang",
        "Buchhandlung Sommer & Söhne OHG",
        "Jörg Pichler",
        "Café Zentral, Wien",
        "Dr. Katharina von der Heydt",
        "",
        "Mehmet Yıldız",
    ];
    const STATES: [&str; 4] = ["open", "paid", "shipped", "cancelled"];
    const NOTES: [Option<&str>; 5] = [
        None,
        Some(""),
        Some("Bitte beim Nachbarn abgeben, klingelt sonst nicht; Hof, zweite Tür links"),
        Some("Rechnung an Büro"),
        None,
    ];
    let number = 10_248 + i;
    let pick = usize::try_from(i * 5 + i / 3).expect("small");
    let text = |text: &str| Value::Text(text.into());
    Row {
        key: RecordKey::Values(vec![Value::Int(number)]),
        title: format!("B-{number}"),
        cells: vec![
            Cell::of(Value::Int(number)),
            customer(400 + i, NAMES[pick % 7]),
            editable(text(STATES[pick % 4])),
            editable(Value::Decimal(format!("{}.{:02}", (i * 7919) % 2400 + 9, (i * 37) % 100))),
            editable(Value::Int(i % 9 + 1)),
            editable(text(&format!(
                "2026-11-{:02} {:02}:{:02}:11+00",
                22 - i % 20,
                (i * 5) % 24,
                (i * 13) % 60
            ))),
            editable(Value::Bool(i % 6 == 0)),
            editable(NOTES[pick % 5].map_or(Value::Null, text)),
            if i % 3 == 0 {
                editable(Value::Null)
            } else {
                editable(text(&format!("2026-12-{:02}", i % 28 + 1)))
            },
            Cell { concealed: Some(Concealed::Secret), ..Cell::default() },
            Cell::of(Value::Cut(r#"{"wrap":true,"card":"Alles Gute","#.into())),
            Cell::of(Value::Large(123_456)),
        ],
    }
}

fn view(id: &str, title: &str, filter: &str, count: Option<Count>) -> ViewTab {
    ViewTab {
        id: id.into(),
        title: title.into(),
        query: ListQuery { view: Some(id.into()), filter: filter.into(), ..ListQuery::default() },
        scope: ViewScope::Team,
        count,
        counted: true,
        opens_first: false,
        is_own: id == "1",
    }
}

const FILTER: &str = "placed_at during last 30 days and (total >= 100 or customer.country = AT)";

/// The same list with the customers in its first column.
pub(crate) fn customers_first() -> ListScreen {
    let mut list = orders();
    list.columns.swap(0, 1);
    list.rows.iter_mut().for_each(|row| row.cells.swap(0, 1));
    list
}

pub(crate) fn orders() -> ListScreen {
    let fields = fields();
    ListScreen {
        backend: backend("orders"),
        backend_title: "Auftragssystem".into(),
        health: Health::Ok,
        resource: resource("orders"),
        title: "Bestellungen".into(),
        help: Some("Alle Bestellungen der vier Shops".into()),
        query: ListQuery { filter: FILTER.into(), view: Some("1".into()), ..ListQuery::default() },
        linked: vec![LinkedFields {
            name: "customer".into(),
            title: "Kundschaft".into(),
            fields: vec![field("country", "Land", FieldType::text())],
        }],
        columns: (0..fields.len()).map(|i| (i, i == 0)).collect(),
        sort: ListQuery::parse_sort("-placed_at"),
        filter: Filter::parse(FILTER).expect("a filter"),
        filter_error: None,
        quick: vec![QuickFilter {
            field: "status".into(),
            values: ["open", "paid", "shipped", "cancelled"].map(|s| (s.into(), s.into())).to_vec(),
        }],
        views: vec![
            view("1", "Große Bestellungen", "total >= 100", Some(Count::Exact(38))),
            view("2", "Bezahlt, nicht versandt", "status = paid", Some(Count::About(1_200))),
            view("3", "Retouren prüfen", "status = returned", None),
        ],
        search: SearchBox::Over(vec!["Bestellnr.".into(), "Notiz".into()]),
        rows: (0..40).map(row).collect(),
        previous: None,
        next: Some("WyJ0MjAyNiJd".into()),
        page_rows: 50,
        count: Some(Count::About(20_214)),
        actions: ["Freigeben", "Anhalten", "Versenden", "Stornieren"]
            .map(|title| ListAction {
                name: title.to_lowercase(),
                title: title.into(),
                icon: (title == "Freigeben").then_some(Icon::Play),
            })
            .to_vec(),
        rights: ListRights { share_views: true, ..ListRights::default() },
        state: ListState::Ready,
        as_of: None,
        hides_deleted: Some("deleted_at".into()),
        fields,
    }
}

pub(crate) fn nothing(state: ListState, filter: &str) -> ListScreen {
    ListScreen {
        query: ListQuery { filter: filter.into(), ..ListQuery::default() },
        filter: Filter::parse(filter).expect("a filter"),
        rows: Vec::new(),
        next: None,
        count: None,
        health: Health::Down,
        search: SearchBox::WouldScan { records: 2_000_000 },
        actions: Vec::new(),
        rights: ListRights {
            create_locked: Some(Locked::NoRight),
            change_locked: Some(Locked::ReadOnly),
            ..ListRights::default()
        },
        state,
        ..orders()
    }
}

pub(crate) fn builder() -> BuilderScreen {
    let list = orders();
    let names = Names { fields: &list.fields, linked: &list.linked };
    let reader = Reader { language: Language::German, zone: &jiff::tz::TimeZone::UTC };
    let part = Part::of(&list.filter, Some(1), names, reader);
    BuilderScreen {
        backend: list.backend,
        resource: list.resource,
        title: list.title,
        part,
        query: list.query,
        fields: list.fields,
        linked: list.linked,
        error: None,
    }
}
