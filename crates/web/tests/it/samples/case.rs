//! A case: what several backends know of one customer.

use kontor_model::{Count, FieldType};
use kontor_web::components::icon::Icon;
use kontor_web::pages::case::{
    BeyondLine, CasePart, CaseScreen, FactLine, Happened, HintLine, Panel, What,
};
use kontor_web::shown::{Health, Tone};

use super::acting::actions;
use super::list::field;
use super::record::{reference, related, text, timeline};

pub(crate) fn case() -> CaseScreen {
    let field = |name: &str, title: &str| field(name, title, FieldType::text());
    CaseScreen {
        of: "Kunde".into(),
        icon: Icon::Person,
        title: "Anna Meier".into(),
        record: reference(),
        facts: vec![
            FactLine {
                title: "E-Mail".into(),
                values: vec![
                    (field("email", "E-Mail"), text("anna@example.org"), "Bestellsystem".into()),
                    (field("EMAIL", "E-Mail"), text("a.meier@example.org"), "Kundenkartei".into()),
                ],
            },
            FactLine {
                title: "Telefon".into(),
                values: vec![(
                    field("phone", "Telefon"),
                    text("+49 431 55"),
                    "Bestellsystem".into(),
                )],
            },
        ],
        hints: vec![
            HintLine {
                text: "Seit fünf Tagen bezahlt und noch nicht versandt:".into(),
                is_warning: true,
                about: Some(("2026-104233".into(), reference())),
            },
            HintLine { text: "Die Adresse weicht ab.".into(), is_warning: false, about: None },
        ],
        panels: vec![
            Panel {
                title: "Bestellsystem".into(),
                link: "/b/orders".into(),
                health: Health::Ok,
                as_of: Some("2026-11-20T12:03:00Z".parse().expect("a moment")),
                problem: None,
                parts: vec![CasePart {
                    record: reference(),
                    title: "Anna Meier".into(),
                    backend_title: "Bestellsystem".into(),
                    resource_title: "Kunden".into(),
                    status: Some((Tone::Active, "aktiv".into())),
                    fields: vec![(field("number", "Kundennummer"), text("K-17"))],
                    actions: actions(),
                    unread: vec!["Merkmale".into()],
                }],
                belongings: vec![related()],
                beyond: vec![BeyondLine {
                    title: "Kunden".into(),
                    count: Count::Exact(2),
                    list: None,
                    records: vec![reference()],
                }],
            },
            Panel {
                title: "Kundenkartei".into(),
                link: "/b/register".into(),
                health: Health::Down,
                as_of: None,
                problem: Some("„Kundenkartei“ antwortet nicht.".into()),
                parts: Vec::new(),
                belongings: Vec::new(),
                beyond: Vec::new(),
            },
        ],
        missing: vec!["Ein Backend ist außer Reichweite.".into()],
        happened: happened(),
        has_more: true,
    }
}

pub(crate) fn happened() -> Vec<Happened> {
    let each = timeline().into_iter();
    let mut all: Vec<Happened> = each
        .map(|entry| Happened { what: What::Changed(entry), backend: "Bestellsystem".into() })
        .collect();
    all.push(Happened {
        what: What::Dated {
            at: "2026-11-18T23:00:00Z".parse().expect("a moment"),
            is_day: true,
            text: "versandt".into(),
            title: "2026-104233".into(),
            record: reference(),
        },
        backend: "Lager".into(),
    });
    all
}
