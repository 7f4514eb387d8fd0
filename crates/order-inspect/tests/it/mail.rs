//! Mails as a real SMTP server gets them.

use std::{path::Path, process::Command, time::Duration};

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use order_inspect::documents::DocumentKind;
use order_inspect::mail::{
    Attachment, Cancellation, Content, DocumentCopy, Language, Mail, MailError, MailLine, Mailer,
    MailerOptions, Occasion, OrderConfirmation, Parcel, Refund, ReturnAnnounced, ReturnReason,
    ReturnReceived, Section, Shipment, Shop, Sum, UnusableMailer,
};
use serde::Deserialize;

use crate::program::Program;

/// What the server took.
#[derive(Deserialize)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    user: Option<String>,
    secure: bool,
    pub(crate) raw: String,
}

/// A mail server.
pub(crate) struct Server {
    program: Program,
    /// What it shows by TLS, in PEM, and the folder where that lies.
    certificate: Option<(String, tempfile::TempDir)>,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self { program: start(arguments), certificate: None }
    }

    fn start_with_tls(mode: &str, arguments: &[&str]) -> Self {
        let names = vec!["localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let (key, cert) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
        std::fs::write(&key, made.signing_key.serialize_pem()).expect("a key");
        std::fs::write(&cert, made.cert.pem()).expect("a certificate");
        let paths = [&key, &cert].map(|path| path.to_str().expect("a path"));
        let tls = ["--tls", mode, "--key", paths[0], "--cert", paths[1]];
        let program = start(&[&tls, arguments].concat());
        Self { program, certificate: Some((made.cert.pem(), folder)) }
    }

    /// The server's two ports: of mails, and of what became of them.
    pub(crate) fn ports(&self) -> (&str, &str) {
        self.program.address().split_once(' ').expect("two ports")
    }

    fn options(&self, user: &str, query: &str) -> MailerOptions {
        let scheme = if query == "wrapper" { "smtps" } else { "smtp" };
        let query = if query == "wrapper" { "" } else { query };
        options(&format!("{scheme}://{user}localhost:{}{query}", self.ports().0))
    }

    fn mailer(&self) -> Mailer {
        Mailer::new(&self.options("", "")).expect("a mailer")
    }

    pub(crate) async fn taken(&self) -> Vec<Taken> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().build().expect("a client");
        let answer = client.get(format!("http://127.0.0.1:{}/mails", self.ports().1)).send().await;
        answer.expect("an answer").json().await.expect("mails")
    }
}

fn start(arguments: &[&str]) -> Program {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = here.join("../../e2e");
    assert!(
        packages.join("node_modules/smtp-server").is_dir(),
        "the npm package smtp-server is missing: `cargo xtask test` installs it, and so does \
         `npm ci` in {}",
        packages.display()
    );
    let script = here.join("tests/it/smtp-server.mjs");
    Program::start(Command::new("node").arg(script).args(arguments))
}

fn options(url: &str) -> MailerOptions {
    MailerOptions {
        url: url.to_owned(),
        from_name: "Möbelhaus Größe".to_owned(),
        from_address: "service@moebel.example".to_owned(),
        reply_to: Some("hilfe@moebel.example".to_owned()),
        timeout: Duration::from_secs(2),
        root_certificate: None,
    }
}

fn shop() -> Shop {
    Shop {
        name: "Möbelhaus Größe & Söhne".to_owned(),
        contact: "+49 40 1234567".to_owned(),
        imprint: vec![
            "Möbelhaus Größe & Söhne GmbH, Hafenstraße 12, 20457 Hamburg".to_owned(),
            "Amtsgericht Hamburg, HRB 99999, Geschäftsführung: Änne Größe".to_owned(),
        ],
    }
}

fn confirmation() -> OrderConfirmation {
    OrderConfirmation {
        occasion: Occasion::Placed,
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        lines: vec![MailLine {
            quantity: "2".to_owned(),
            name: "Stuhl „Příbor“ <Buche>".to_owned(),
            details: vec!["Farbe: Moosgrün".to_owned()],
            total: Some("499,00 €".to_owned()),
        }],
        sums: vec![Sum { label: "Versand".to_owned(), amount: "49,00 €".to_owned() }],
        grand_total: "548,00 €".to_owned(),
        payment_note: Some("Bezahlt mit Kreditkarte.".to_owned()),
        payment_url: Some("https://pay.example/B-2026-10023?a=1&b=2".to_owned()),
        delivery_address: vec!["Małgorzata Świątek".to_owned(), "Ulica Łąkowa 7/3".to_owned()],
        legal: vec![Section {
            title: "Widerrufsbelehrung".to_owned(),
            text: Some(
                "Sie können binnen vierzehn Tagen widerrufen.\n\nFolgen des Widerrufs".to_owned(),
            ),
            url: Some("https://moebel.example/widerruf".to_owned()),
        }],
    }
}

fn mail(to_address: &str) -> Mail {
    Mail {
        event_id: "0192f0c1-7d3e-7000-8000-000000000001".to_owned(),
        occurred_at: Timestamp::from_second(1_795_000_000).expect("a time"),
        to_name: "Małgorzata Świątek".to_owned(),
        to_address: to_address.to_owned(),
        content: confirmation().write(Language::German, &shop()),
        attachments: Vec::new(),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_text_and_as_html() {
    let server = Server::start(&[]);
    server.mailer().send(&mail("malgorzata@example.com")).await.unwrap();
    let taken = server.taken().await.remove(0);
    assert_eq!(taken.from, "service@moebel.example");
    assert_eq!(taken.to, ["malgorzata@example.com"]);
    let read = MessageParser::default().parse(taken.raw.as_bytes()).unwrap();
    assert_eq!(read.subject(), Some("Vielen Dank für Ihre Bestellung B-2026-10023"));
    let to = read.to().unwrap().first().unwrap();
    assert_eq!(to.name(), Some("Małgorzata Świątek"));
    assert_eq!(read.reply_to().unwrap().first().unwrap().address(), Some("hilfe@moebel.example"));
    assert_eq!(read.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    let text = read.body_text(0).unwrap();
    assert!(text.contains("2 × Stuhl „Příbor“ <Buche> (Farbe: Moosgrün): 499,00 €"), "{text}");
    let html = read.body_html(0).unwrap();
    assert!(html.contains("Stuhl „Příbor“ &lt;Buche&gt;"), "{html}");
    assert!(html.contains("?a=1&amp;b=2\""), "{html}");
}

#[tokio::test]
async fn a_repeated_sending_is_the_same_mail_byte_for_byte() {
    let server = Server::start(&[]);
    let mut mail = mail("malgorzata@example.com");
    mail.attachments.push(invoice());
    for mailer in [server.mailer(), server.mailer()] {
        mailer.send(&mail).await.unwrap();
    }
    let other = Mail { event_id: "another".to_owned(), ..mail };
    server.mailer().send(&other).await.unwrap();
    let taken = server.taken().await;
    assert_eq!(taken[0].raw, taken[1].raw);
    let ids: Vec<String> = taken
        .iter()
        .map(|taken| {
            let read = MessageParser::default().parse(taken.raw.as_bytes()).unwrap();
            read.message_id().unwrap().to_owned()
        })
        .collect();
    assert!(ids[0] == ids[1] && ids[0] != ids[2], "{ids:?}");
    assert!(ids[0].ends_with("@moebel.example"), "{ids:?}");
}

fn invoice() -> Attachment {
    Attachment {
        name: "Rechnung RE-2026-004711.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7 \x00\xff\r\n.\r\n".to_vec(),
    }
}

#[tokio::test]
async fn an_attachment_arrives_whole() {
    let server = Server::start(&[]);
    let with_invoice = Mail { attachments: vec![invoice()], ..mail("malgorzata@example.com") };
    server.mailer().send(&with_invoice).await.unwrap();
    let taken = server.taken().await.remove(0);
    let read = MessageParser::default().parse(taken.raw.as_bytes()).unwrap();
    let attachment = read.attachment(0).unwrap();
    assert_eq!(attachment.contents(), invoice().bytes);
    assert_eq!(attachment.attachment_name(), Some("Rechnung RE-2026-004711.pdf"));
}

#[tokio::test]
async fn an_unknown_address_fails_and_a_busy_server_is_tried_again() {
    let server = Server::start(&[]);
    let mailer = server.mailer();
    let unknown = mailer.send(&mail("unknown@example.com")).await;
    assert!(matches!(&unknown, Err(MailError::Fail(why)) if why.contains("550")), "{unknown:?}");
    let later = mailer.send(&mail("later@example.com")).await;
    assert!(matches!(&later, Err(MailError::Retry(why)) if why.contains("451")), "{later:?}");
    let silent = mailer.send(&mail("silent@example.com")).await;
    assert!(matches!(silent, Err(MailError::Retry(_))), "{silent:?}");
    mailer.send(&mail("malgorzata@example.com")).await.unwrap();
    assert_eq!(server.taken().await.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://127.0.0.1:{}", free.local_addr().unwrap().port());
    drop(free);
    let absent = Mailer::new(&options(&url)).unwrap().send(&mail("a@example.com")).await;
    assert!(matches!(absent, Err(MailError::Retry(_))), "{absent:?}");
}

#[tokio::test]
async fn no_text_can_begin_another_header() {
    let server = Server::start(&[]);
    let mut evil = mail("malgorzata@example.com");
    evil.to_name = "Eve\r\nBcc: victim@example.com".to_owned();
    evil.content.subject = "Hello\r\nBcc: victim@example.com\r\n\r\nBody".to_owned();
    evil.attachments.push(Attachment { name: "a\"\r\nX-Evil: 1.pdf".to_owned(), ..invoice() });
    server.mailer().send(&evil).await.unwrap();
    let taken = server.taken().await.remove(0);
    assert_eq!(taken.to, ["malgorzata@example.com"]);
    let read = MessageParser::default().parse(taken.raw.as_bytes()).unwrap();
    assert!(read.bcc().is_none() && read.header("X-Evil").is_none(), "{}", taken.raw);
    assert!(!taken.raw.contains("\r\nX-Evil"), "{}", taken.raw);
    for address in ["a@b.example\r\nRCPT TO:<victim@example.com>", "a@b.example, c@d.example", ""] {
        let refused = server.mailer().send(&mail(address)).await;
        assert!(matches!(refused, Err(MailError::Fail(_))), "{address:?}: {refused:?}");
    }
    assert_eq!(server.taken().await.len(), 1);
}

#[tokio::test]
async fn tls_is_spoken_from_the_beginning_or_by_starttls_and_the_password_is_shown() {
    for (mode, query) in [("wrapper", "wrapper"), ("starttls", "?tls=required")] {
        let server = Server::start_with_tls(mode, &["--user", "shop", "--password", "p@ss"]);
        let mut options = server.options("shop:p%40ss@", query);
        options.root_certificate = server.certificate.as_ref().map(|(pem, _)| pem.clone());
        let mailer = Mailer::new(&options).unwrap();
        mailer.send(&mail("malgorzata@example.com")).await.unwrap();
        let taken = server.taken().await.remove(0);
        assert_eq!((taken.user.as_deref(), taken.secure), (Some("shop"), true), "{mode}");
    }
}

#[tokio::test]
async fn an_unknown_certificate_and_a_missing_starttls_get_no_mail() {
    let stranger = Server::start_with_tls("wrapper", &[]);
    let plain = Server::start(&[]);
    for (server, query) in [(stranger, "wrapper"), (plain, "?tls=required")] {
        let mailer = Mailer::new(&server.options("", query)).unwrap();
        let refused = mailer.send(&mail("malgorzata@example.com")).await;
        assert!(matches!(refused, Err(MailError::Retry(_))), "{refused:?}");
        assert!(server.taken().await.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_the_mails_fault() {
    let server = Server::start(&["--user", "shop", "--password", "right"]);
    let mailer = Mailer::new(&server.options("shop:wrong@", "")).unwrap();
    let refused = mailer.send(&mail("malgorzata@example.com")).await;
    assert!(matches!(&refused, Err(MailError::Retry(why)) if why.contains("535")), "{refused:?}");
}

#[test]
fn a_password_does_not_travel_in_the_open() {
    let insecure = Mailer::new(&options("smtp://shop:secret@mail.example"));
    assert!(matches!(insecure, Err(UnusableMailer::Insecure)), "{insecure:?}");
    for url in ["smtps://shop:secret@mail.example", "smtp://shop:secret@mail.example?tls=required"]
    {
        let mailer = Mailer::new(&options(url)).unwrap();
        assert!(!format!("{mailer:?}").contains("secret"));
    }
    assert!(matches!(Mailer::new(&options("mail.example")), Err(UnusableMailer::Url(_))));
}

fn line() -> MailLine {
    MailLine { total: None, ..confirmation().lines.remove(0) }
}

fn shipment() -> Shipment {
    Shipment {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        lines: vec![line()],
        parcels: vec![Parcel {
            carrier: "DHL".to_owned(),
            tracking_number: "00340434161094042557".to_owned(),
            tracking_url: Some("https://track.example/00340434161094042557".to_owned()),
        }],
        more_follows: true,
        delivery_address: confirmation().delivery_address,
    }
}

fn return_announced(reason: ReturnReason) -> ReturnAnnounced {
    ReturnAnnounced {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        return_number: "R-2026-0007".to_owned(),
        reason,
        registered_at: "16.11.2026, 09:30".to_owned(),
        lines: vec![line()],
        label_number: Some("00340434161094042557".to_owned()),
    }
}

fn return_received() -> ReturnReceived {
    ReturnReceived {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        return_number: "R-2026-0007".to_owned(),
        lines: vec![line()],
        missing: vec![MailLine { quantity: "1".to_owned(), ..line() }],
    }
}

fn refund() -> Refund {
    Refund {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        credited: "249,50 €".to_owned(),
        refunded: Some("249,50 €".to_owned()),
        money_note: None,
        method: "Kreditkarte".to_owned(),
        reason: Some("Rücksendung R-2026-0007".to_owned()),
        credit_note_number: Some("RK-2026-000012".to_owned()),
    }
}

fn cancellation(is_whole: bool) -> Cancellation {
    Cancellation {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        is_whole,
        lines: vec![line()],
        reason: Some("Nicht mehr lieferbar".to_owned()),
        money_note: Some("Sie müssen nichts mehr bezahlen.".to_owned()),
        credit_note_number: (!is_whole).then(|| "RK-2026-000012".to_owned()),
    }
}

fn copy(kind: DocumentKind) -> DocumentCopy {
    DocumentCopy {
        customer: "Małgorzata Świątek".to_owned(),
        order_number: "B-2026-10023".to_owned(),
        kind,
        number: "X-2026-000012".to_owned(),
        date: "16.11.2026".to_owned(),
    }
}

#[test]
fn every_mail_reads_as_it_should_in_german() {
    let contents = all(Language::German);
    insta::assert_snapshot!(texts(&contents));
}

#[test]
fn every_mail_reads_as_it_should_in_english() {
    let contents = all(Language::English);
    insta::assert_snapshot!(texts(&contents));
}

#[test]
fn a_link_that_is_no_address_of_the_web_is_not_linked() {
    let mut shipment = shipment();
    shipment.parcels[0].tracking_url = Some("javascript:alert(1)".to_owned());
    let html = shipment.write(Language::German, &shop()).html;
    assert!(!html.contains("href"), "{html}");
}

fn all(language: Language) -> Vec<Content> {
    let shop = shop();
    let changed = OrderConfirmation {
        occasion: Occasion::Changed,
        payment_url: Some("https://pay.example/17".to_owned()),
        legal: Vec::new(),
        ..confirmation()
    };
    let replaces = Occasion::Replaces {
        order: "B-2026-10001".to_owned(),
        return_number: "R-2026-0007".to_owned(),
    };
    let replacement = OrderConfirmation { occasion: replaces, legal: Vec::new(), ..confirmation() };
    let less = Refund { refunded: None, money_note: Some("…".to_owned()), ..refund() };
    let kinds = [DocumentKind::Invoice, DocumentKind::CreditNote, DocumentKind::DeliveryNote];
    let mut contents = vec![
        confirmation().write(language, &shop),
        changed.write(language, &shop),
        replacement.write(language, &shop),
        shipment().write(language, &shop),
        return_announced(ReturnReason::Withdrawal).write(language, &shop),
        return_announced(ReturnReason::Exchange).write(language, &shop),
        return_announced(ReturnReason::Claim).write(language, &shop),
        return_received().write(language, &shop),
        refund().write(language, &shop),
        less.write(language, &shop),
        cancellation(true).write(language, &shop),
        cancellation(false).write(language, &shop),
    ];
    contents.extend(kinds.map(|kind| copy(kind).write(language, &shop)));
    contents
}

fn texts(contents: &[Content]) -> String {
    let written = contents.iter().map(|content| {
        assert!(content.html.contains("<html lang=") && content.html.contains(&shop().imprint[1]));
        format!("Subject: {}\n\n{}", content.subject, content.text)
    });
    written.collect::<Vec<_>>().join("\n════════\n\n")
}
