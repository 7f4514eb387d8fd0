//! Backend, people, account, audit, connecting.

use kontor_model::{Count, Engine, ResourceKind};
use kontor_web::pages::account::{AccountScreen, SessionRow, TokenRow};
use kontor_web::pages::audit::{AuditEntry, AuditFilter, AuditScreen, ChainCheck, Deed};
use kontor_web::pages::backend::{
    BackendScreen, Confidence, Connection, ConnectionPlace, Drift, IndexRow, Proposal,
    ProposalKind, ResourceGroup, ResourceRow,
};
use kontor_web::pages::change::Outcome;
use kontor_web::pages::connect::{Ask, Found, SignIn};
use kontor_web::pages::linking::{FarLinkRow, LinkingScreen, ProposedLink, ProposedLinks};
use kontor_web::pages::people::{PeopleScreen, PersonRow, PersonScreen, PersonState, Role};
use kontor_web::shown::{Health, Locked};

use super::{backend, resource};

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time")
}

fn index_rows() -> Vec<IndexRow> {
    let row = |title: &str, records, is_whole, reading, fresh: Option<&str>| IndexRow {
        title: title.into(),
        records,
        is_whole,
        reading,
        fresh: fresh.map(at),
        is_stuck: false,
    };
    vec![
        row("Kunden", 1_198_402, true, None, Some("2026-11-22T10:44:00Z")),
        row("Adressen", 0, false, Some(12_500), None),
        row("Notizen", 0, false, None, None),
        IndexRow { is_stuck: true, ..row("Protokoll", 0, false, Some(500), None) },
    ]
}

pub(crate) fn backend_screen() -> BackendScreen {
    let row = |name: &str, title: &str, kind, records, key: &[&str], locked| ResourceRow {
        name: resource(name),
        title: title.into(),
        kind,
        records,
        key: key.iter().map(|&key| key.into()).collect(),
        locked,
        comment: None,
    };
    let proposal = |id: &str, kind, subject: &str, evidence: &[&str], confidence| Proposal {
        id: id.into(),
        kind,
        subject: subject.into(),
        evidence: evidence.iter().map(|&line| line.into()).collect(),
        confidence,
    };
    BackendScreen {
        name: backend("kunden"),
        title: "Kundenkartei".into(),
        purpose: Some("Kunden und Adressen seit 1998".into()),
        owner: Some("Team Kundenservice".into()),
        engine: Engine::Mysql,
        version: "10.11.6".into(),
        health: Health::Slow,
        problem: None,
        latency: Some(1_240),
        checked: Some(at("2026-11-22T10:50:30Z")),
        groups: vec![
            ResourceGroup {
                title: Some("Stammdaten".into()),
                resources: vec![
                    row(
                        "KUNDEN",
                        "Kunden",
                        ResourceKind::Table,
                        Count::About(1_200_000),
                        &["NR"],
                        None,
                    ),
                    row(
                        "ADRESSEN",
                        "Adressen",
                        ResourceKind::Table,
                        Count::Exact(48_211),
                        &["KDNR", "LFD"],
                        Some(Locked::ReadOnly),
                    ),
                ],
            },
            ResourceGroup {
                title: Some("Auswertung".into()),
                resources: vec![
                    row(
                        "umsatz je monat",
                        "Umsatz je Monat",
                        ResourceKind::View,
                        Count::Unknown,
                        &[],
                        Some(Locked::View),
                    ),
                    row(
                        "PROTOKOLL",
                        "PROTOKOLL",
                        ResourceKind::Table,
                        Count::MoreThan(10_000),
                        &[],
                        Some(Locked::NoKey),
                    ),
                ],
            },
        ],
        index: index_rows(),
        left_out: vec!["geo.shape: Typ „geometry“ wird nur als Text gezeigt".into()],
        proposals: vec![
            proposal(
                "1",
                ProposalKind::Link,
                "ADRESSEN.KDNR → KUNDEN.NR",
                &[
                    "gleicher Typ int(11)",
                    "1.000 von 1.000 Stichproben gefunden",
                    "Name endet auf NR",
                ],
                Confidence::High,
            ),
            proposal(
                "2",
                ProposalKind::SoftDelete,
                "KUNDEN.GELOESCHT_AM",
                &["Zeitpunkt, meist ohne Wert", "3 % gesetzt"],
                Confidence::Medium,
            ),
            proposal(
                "3",
                ProposalKind::Secret,
                "KUNDEN.PW_HASH",
                &["Name", "alle Werte beginnen mit $2y$"],
                Confidence::High,
            ),
            proposal(
                "4",
                ProposalKind::Status,
                "KUNDEN.ART",
                &["4 verschiedene Werte"],
                Confidence::Low,
            ),
        ],
        far_links: vec![
            FarLinkRow {
                backend: (backend("kunden"), "Kundenkartei".into()),
                from: "Kunden".into(),
                title: "Kundin im Shop".into(),
                to: Some("Auftragssystem".into()),
                problem: None,
                coverage: "2026-11-22T03:10:00Z".parse().ok().map(|at| (81, at)),
                fallen_from: Some(99),
            },
            FarLinkRow {
                backend: (backend("kunden"), "Kundenkartei".into()),
                from: "Mahnungen".into(),
                title: "Beleg".into(),
                to: None,
                problem: None,
                coverage: None,
                fallen_from: None,
            },
        ],
        drift: vec![
            Drift {
                what: "ADRESSEN.LAND ist jetzt char(3)".into(),
                is_breaking: false,
                touches: Vec::new(),
            },
            Drift {
                what: "KUNDEN.FAX gibt es nicht mehr".into(),
                is_breaking: true,
                touches: vec!["Ansicht „Firmenkunden“".into()],
            },
        ],
        schema_read: Some(at("2026-11-22T08:00:00Z")),
        connection: Connection {
            place: Some(ConnectionPlace {
                address: "mysql://leser@db.intern:3306/kunden".into(),
                replica: None,
                manifest: "backends/kunden.toml".into(),
            }),
            connections: 4,
            timeout: 5_000,
            row_cap: 10_000,
            writable: true,
        },
        may_manage: true,
    }
}

fn person(id: &str, name: &str, role: Role, state: PersonState) -> PersonRow {
    PersonRow {
        id: id.into(),
        name: name.into(),
        email: format!("{id}@kontor.example"),
        role,
        exceptions: usize::from(role == Role::Reader),
        state,
        last_seen: (state == PersonState::Active).then(|| at("2026-11-22T09:12:00Z")),
    }
}

pub(crate) fn people() -> PeopleScreen {
    PeopleScreen {
        people: vec![
            person("marta", "Marta Lindner", Role::Administrator, PersonState::Active),
            person("joerg", "Jörg Pichler", Role::Reader, PersonState::Active),
            person("neu", "neu@kontor.example", Role::Editor, PersonState::Invited),
            person("alt", "Alfred Altmann", Role::Nothing, PersonState::Disabled),
        ],
        invitation: Some((
            "neu@kontor.example".into(),
            "http://localhost:8080/welcome/4f3c9a".into(),
        )),
        email: "kein-at".into(),
        email_error: Some("Das ist keine E-Mail-Adresse.".into()),
    }
}

fn sessions() -> Vec<SessionRow> {
    let session = |id: &str, device: &str, is_current| SessionRow {
        id: id.into(),
        device: device.into(),
        address: "127.0.0.1".into(),
        last_seen: at("2026-11-22T10:49:00Z"),
        is_current,
    };
    vec![session("1", "Firefox, Linux", true), session("2", "Safari, iPhone", false)]
}

fn tokens() -> Vec<TokenRow> {
    vec![TokenRow {
        id: "1".into(),
        title: "Nächtlicher Abgleich".into(),
        reads_only: true,
        expires: Some(at("2027-02-01T00:00:00Z")),
        last_used: Some(at("2026-11-22T01:00:00Z")),
    }]
}

pub(crate) fn person_screen() -> PersonScreen {
    PersonScreen {
        person: person("joerg", "Jörg Pichler", Role::Reader, PersonState::Active),
        is_self: false,
        roles: vec![
            (backend("orders"), "Auftragssystem".into(), Some(Role::Editor)),
            (backend("kunden"), "Kundenkartei".into(), None),
        ],
        sessions: sessions(),
        tokens: Vec::new(),
        reset_link: Some("http://localhost:8080/welcome/9a4f3c".into()),
        problem: None,
    }
}

pub(crate) fn account() -> AccountScreen {
    AccountScreen {
        name: "Marta Lindner".into(),
        email: "marta@kontor.example".into(),
        zone: "Europe/Berlin".into(),
        zones: vec!["Europe/Berlin".into(), "Europe/Vienna".into()],
        present_error: Some("Das ist nicht das bisherige Passwort.".into()),
        sessions: sessions(),
        tokens: tokens(),
        new_token: Some("ktr_4f3c9a7e".into()),
        ..AccountScreen::default()
    }
}

pub(crate) fn audit() -> AuditScreen {
    let entry = |number, what, subject: &str, outcome: Option<Outcome>| AuditEntry {
        number,
        at: at("2026-11-22T10:40:00Z"),
        who: "Marta Lindner".into(),
        what,
        subject: subject.into(),
        action: (number == 4_713).then(|| "Versenden".into()),
        record: outcome.map(|_| ("B-10250".into(), "/b/orders/orders/r/10250".into())),
        operation: outcome.map(|_| "01JD8Z6M3K".into()),
        outcome,
    };
    AuditScreen {
        filter: AuditFilter { who: "marta".into(), ..AuditFilter::default() },
        people: vec![("marta".into(), "Marta Lindner".into())],
        backends: vec![("orders".into(), "Auftragssystem".into())],
        entries: vec![
            entry(4_713, Deed::Acted(1), "Auftragssystem · Bestellungen", Some(Outcome::Applied)),
            entry(4_712, Deed::Changed(48), "Auftragssystem · Bestellungen", Some(Outcome::Partly)),
            entry(4_711, Deed::Undid(1), "Auftragssystem · Bestellungen", Some(Outcome::Applied)),
            entry(4_710, Deed::Exported(20_214), "Auftragssystem · Bestellungen", None),
            entry(4_709, Deed::SignInFailed, "marta@kontor.example", None),
            entry(4_708, Deed::ManifestChanged, "Kundenkartei", None),
        ],
        older: Some("/audit?before=4708".into()),
        newer: None,
        check: Some(ChainCheck { at: at("2026-11-22T10:50:00Z"), entries: 4_712, fault: None }),
    }
}

pub(crate) fn ask() -> Ask {
    Ask {
        address: "postgres://leser@db.intern/shop".into(),
        sign_in: SignIn {
            kind: "header".into(),
            name: "X-Api-Key".into(),
            is_open: true,
            ..SignIn::default()
        },
        problem: Some("Der Rechner „db.intern“ ist nicht zu finden. Stimmt der Name?".into()),
    }
}

pub(crate) fn found() -> Found {
    Found {
        ticket: "9a4f3c".into(),
        address: "postgres://leser@db.intern/shop".into(),
        engine: Engine::Postgres,
        version: "15.8".into(),
        name: "shop".into(),
        title: "Shop".into(),
        name_error: Some("Diesen Kurznamen gibt es schon.".into()),
        resources: ["orders", "customers", "Order Details", "products", "returns"]
            .map(|name| (name.into(), Count::About(2_000)))
            .to_vec(),
        left_out: Vec::new(),
        proposals: 12,
        has_password: true,
        variable: "KONTOR_SHOP_URL".into(),
        can_write: true,
        problem: None,
    }
}

pub(crate) fn linking() -> LinkingScreen {
    LinkingScreen {
        compared: "2026-11-22T10:40:00Z".parse().ok(),
        cost: Some("104 Abfragen".into()),
        groups: vec![ProposedLinks {
            title: "Kundenkartei".into(),
            proposals: vec![ProposedLink {
                id: "5f2c".into(),
                from: "ADRESSEN.KDNR".into(),
                to: "Auftragssystem: customers.number".into(),
                evidence: vec![
                    "Die Namen meinen dasselbe.".into(),
                    "158 von 165 Werten gibt es in „Auftragssystem“.".into(),
                ],
                examples: vec![("0100001".into(), "K-100001".into())],
                confidence: Confidence::High,
            }],
        }],
        links: backend_screen().far_links,
        may_compare: true,
    }
}
