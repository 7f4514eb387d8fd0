//! Sample content: a mail-order shop of three backends.

pub(crate) mod acting;
pub(crate) mod case;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod office;
pub(crate) mod record;

use jiff::tz::TimeZone;
use kontor_model::{BackendName, Engine, ResourceName};
use kontor_web::components::shell::{
    Density, Here, NavBackend, NavResource, Shell, SignedIn, Theme, Toast,
};
use kontor_web::pages::failure::Failure;
use kontor_web::pages::mosaic::{Mosaic, Tile, ViewTile};
use kontor_web::pages::sign_in::{SignIn, SignInProblem};
use kontor_web::pages::welcome::Welcome;
use kontor_web::shown::Health;
use kontor_web::texts::Language;

pub(crate) fn backend(name: &str) -> BackendName {
    BackendName::new(name).expect("a name")
}

pub(crate) fn resource(name: &str) -> ResourceName {
    ResourceName::new(name)
}

fn nav(
    name: &str,
    title: &str,
    health: Health,
    resources: &[(&str, &str)],
    more: usize,
) -> NavBackend {
    NavBackend {
        name: backend(name),
        title: title.into(),
        health,
        resources: resources
            .iter()
            .map(|(name, title)| NavResource { name: resource(name), title: (*title).into() })
            .collect(),
        more,
    }
}

pub(crate) fn shell(language: Language) -> Shell {
    Shell {
        texts: language.texts(),
        zone: TimeZone::get("Europe/Berlin").expect("a zone"),
        now: "2026-11-22T10:51:00Z".parse().expect("a time"),
        theme: Theme::System,
        density: Density::Normal,
        user: Some(SignedIn {
            name: "Marta Lindner".into(),
            email: "marta@kontor.example".into(),
            is_administrator: true,
        }),
        backends: vec![
            nav(
                "orders",
                "Auftragssystem",
                Health::Ok,
                &[
                    ("orders", "Bestellungen"),
                    ("order_lines", "Positionen"),
                    ("customers", "Kundschaft"),
                    ("products", "Artikel"),
                    ("shipments", "Sendungen"),
                ],
                4,
            ),
            nav(
                "kunden",
                "Kundenkartei",
                Health::Slow,
                &[("KUNDEN", "Kunden"), ("ADRESSEN", "Adressen")],
                3,
            ),
            nav(
                "lager",
                "Lager",
                Health::Down,
                &[("bestand", "Bestand"), ("plaetze", "Lagerplätze")],
                0,
            ),
        ],
        here: Here::Elsewhere,
        address: "/".into(),
        script: "app.js".into(),
        style: "app.css".into(),
        icon: "/assets/icon.svg".into(),
        toast: None,
        refresh: None,
    }
}

fn tile(name: &str, title: &str, engine: Engine, health: Health) -> Tile {
    Tile {
        name: backend(name),
        title: title.into(),
        purpose: Some("Bestellungen, Positionen, Sendungen und Rechnungen des Versands".into()),
        owner: Some("Team Kasse".into()),
        engine,
        health,
        problem: None,
        latency: Some(4),
        resources: 9,
        writable: 6,
        checked: "2026-11-22T10:50:30Z".parse().ok(),
        proposals: 0,
    }
}

pub(crate) fn mosaic() -> Mosaic {
    let queue = |title: &str| ViewTile {
        title: title.into(),
        place: "Auftragssystem · Bestellungen".into(),
        link: "/b/orders/orders?view=1".into(),
        counter: "/b/orders/orders/count?view=1&short=1".into(),
    };
    Mosaic {
        tiles: vec![
            tile("orders", "Auftragssystem", Engine::Sqlite, Health::Ok),
            Tile {
                latency: Some(1_240),
                proposals: 14,
                writable: 0,
                purpose: None,
                owner: None,
                ..tile("kunden", "Kundenkartei", Engine::Mysql, Health::Slow)
            },
            Tile {
                problem: Some("connection refused: lager-db.intern:5432".into()),
                latency: None,
                checked: "2026-11-22T10:41:00Z".parse().ok(),
                ..tile("lager", "Lager", Engine::Postgres, Health::Down)
            },
            Tile {
                checked: None,
                latency: None,
                ..tile("katalog", "Katalog & Preise", Engine::Postgres, Health::Unknown)
            },
        ],
        views: vec![
            queue("Offen seit gestern"),
            queue("Bezahlt, nicht versandt"),
            queue("Retouren prüfen"),
        ],
        may_connect: true,
    }
}

pub(crate) fn sign_in() -> SignIn {
    SignIn {
        email: "marta@kontor.example".into(),
        problem: Some(SignInProblem::Wrong),
        next: Some("/b/orders/orders".into()),
    }
}

pub(crate) fn welcome() -> Welcome {
    Welcome {
        token: "4f3c".into(),
        is_first: true,
        password_error: Some("Das Passwort ist zu kurz.".into()),
        ..Welcome::default()
    }
}

pub(crate) fn failure() -> Failure {
    Failure {
        status: 504,
        title: "„Lager“ antwortet nicht".into(),
        text: "Das Backend hat nach 5 Sekunden nicht geantwortet. Alle anderen Backends sind davon nicht betroffen.".into(),
        written: Some("Nichts wurde geschrieben.".into()),
        backend: Some("Lager".into()),
        operation: Some("01JD8Z6M3K".into()),
        retry: Some("/b/lager/bestand".into()),
    }
}

pub(crate) fn toast() -> Toast {
    Toast {
        text: "Als bezahlt gebucht".into(),
        about: Some(("B-10248".into(), "/b/laden/bestellung/r/10248".into())),
        undo: Some("01JD8Z6M3K".into()),
        is_bad: false,
    }
}
