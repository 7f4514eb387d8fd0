//! Actions: what a record offers, the form, and with many records.

use kontor_web::components::icon::Icon;
use kontor_web::pages::bulk_acting::{BulkAct, Foretold};
use kontor_web::pages::record::acting::{ActionScreen, ForeseenPart, OfferedAction};
use kontor_web::pages::record::picking::{PickAsked, PickGroup, PickRow};
use kontor_web::shown::{ChoiceView, Tone};

use super::record::{form, reference, target};

/// An action with many records.
pub(crate) fn bulk_acting(zone: &jiff::tz::TimeZone) -> BulkAct {
    BulkAct {
        target: target(),
        action: "Versenden".into(),
        description: Some("Was offen ist, geht aus dem Haus.".into()),
        question: Some("Die Kundschaft bekommt dann eine E-Mail.".into()),
        plan: "01JD8Z6M3Q".into(),
        allowed: 12,
        unchanged: 2,
        reversible: true,
        items: Vec::new(),
        more: 11,
        foreseen: Some(Foretold {
            rows: vec![(
                "Bestellung 10251 · 10251".into(),
                reference().link(),
                ForeseenPart::Told(vec![("Wird erstattet".into(), "49,90 EUR".into())]),
            )],
            more: 11,
        }),
        excluded: vec![(
            "Bestellung 10250".into(),
            reference().link(),
            "Die Bestellung ist angehalten.".into(),
        )],
        left_out: 3,
        groups: form(zone).groups.into_iter().take(1).collect(),
        cut: Some(1_000),
        problem: Some("Das Backend antwortet gerade nicht.".into()),
    }
}

pub(crate) fn actions() -> Vec<OfferedAction> {
    let action = |name: &str, title: &str, refused: Option<&str>| OfferedAction {
        name: name.into(),
        title: title.into(),
        help: (name == "note").then(|| "Steht danach im Verlauf.".into()),
        icon: (name == "release").then_some(Icon::Play),
        key: name.chars().next(),
        at_once: name == "release",
        refused: refused.map(str::to_owned),
    };
    vec![
        action("cancel", "Stornieren", Some("Die Bestellung ist schon unterwegs.")),
        action("note", "Notiz anfügen", None),
        action("release", "Freigeben", None),
    ]
}

pub(crate) fn acting(zone: &jiff::tz::TimeZone) -> ActionScreen {
    ActionScreen {
        record: reference(),
        title: "Bestellung 10250".into(),
        backend_title: "Auftragssystem".into(),
        resource_title: "Bestellungen".into(),
        name: "cancel".into(),
        action: "Stornieren".into(),
        description: Some("Was noch nicht unterwegs ist, wird nicht mehr geliefert.".into()),
        question: Some("Danach gibt es kein Zurück.".into()),
        expects: vec!["Status".into(), "Stopps".into()],
        picks: vec![picks()],
        groups: form(zone).groups.into_iter().take(1).collect(),
        foreseen: Some(ForeseenPart::Told(vec![("Wird erstattet".into(), "49,90 EUR".into())])),
        problem: Some("Die Bestellung ist schon unterwegs.".into()),
        back: reference().link(),
        seen: vec![("seen.version".into(), "i4".into())],
        along: vec![("queue", "2".into())],
    }
}

fn picks() -> PickGroup {
    let reasons = ["Zu klein", "Beschädigt"].map(|reason| ChoiceView {
        value: reason.into(),
        title: reason.into(),
        tone: Tone::Neutral,
    });
    let row = |title: &str, is_picked| PickRow {
        title: title.into(),
        mark: r#"{"position":1,"quantity":2}"#.into(),
        is_picked,
        number: Some(("1".into(), 2)),
        asked: vec![PickAsked {
            name: "reason".into(),
            title: "Grund".into(),
            text: "Beschädigt".into(),
            choices: reasons.to_vec(),
        }],
    };
    PickGroup {
        name: "lines".into(),
        title: "Positionen".into(),
        help: Some("Ohne Auswahl alle.".into()),
        rows: vec![row("Lampe · L-1", true), row("Stuhl · S-4", false)],
        problem: Some("Das muss angegeben werden.".into()),
    }
}
