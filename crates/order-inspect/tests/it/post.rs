//! Mails that follow from what has happened, as a real SMTP server gets them, and the feed of events.

use std::time::Duration;

use kontor_testkit::eventually;
use mail_parser::{MessageParser, MimeHeaders as _};
use order_inspect::{args, cashier::Tills, error::Error, http::Scope, outbox::MailServer};
use serde_json::{Value, json};

use crate::{
    bed::{Bed, START},
    mail::{Server, Taken},
    on_both_engines,
    shop::{self, HAMBURG, order},
    world::furnish,
};

fn at(port: &str) -> Option<MailServer> {
    Some(MailServer { url: format!("smtp://127.0.0.1:{port}"), timeout: Duration::from_secs(5) })
}

/// A shop with a mail server.
async fn open(bed: &Bed) -> (Bed, Server) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 50, 0).await;
    let server = Server::start(&[]);
    (bed.server(Tills::default(), at(server.ports().0)), server)
}

async fn kinds(bed: &Bed, number: &str) -> Vec<String> {
    let timeline = bed.get(&format!("/orders/{number}/timeline")).await.expect(200);
    let items = timeline["items"].as_array().expect("events").clone();
    items.iter().map(|it| it["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn becomes(bed: &Bed, number: &str, kind: &str) {
    eventually(&format!("{number} is {kind}"), || async {
        kinds(bed, number).await.iter().any(|it| it == kind)
    })
    .await;
}

/// The mail of this subject, once the server has taken it.
async fn mail_of(server: &Server, subject: &str) -> Taken {
    eventually(&format!("there is a mail “{subject}”"), || async {
        server.taken().await.iter().any(|it| subject_of(it) == subject)
    })
    .await;
    let mut taken = server.taken().await.into_iter();
    taken.find(|it| subject_of(it) == subject).expect("the mail")
}

fn subject_of(taken: &Taken) -> String {
    let mail = MessageParser::default().parse(taken.raw.as_bytes()).expect("a mail");
    mail.subject().unwrap_or_default().to_owned()
}

/// The names of the files that go with a mail.
fn attached(taken: &Taken) -> Vec<String> {
    let mail = MessageParser::default().parse(taken.raw.as_bytes()).expect("a mail");
    let name = |it: &mail_parser::MessagePart<'_>| {
        assert!(it.contents().starts_with(b"%PDF-"));
        it.attachment_name().unwrap_or_default().to_owned()
    };
    mail.attachments().map(name).collect()
}

async fn text_of(server: &Server, subject: &str) -> String {
    let taken = mail_of(server, subject).await;
    let mail = MessageParser::default().parse(taken.raw.as_bytes()).expect("a mail");
    mail.body_text(0).expect("a text").into_owned()
}

/// Puts a row into the outbox, as a change of an order does.
async fn enqueue(bed: &Bed, topic: &'static str, payload: Value) {
    let sql = "INSERT INTO outbox (id, topic, order_id, payload, created_at, attempts, due_at)
        SELECT $1, $2, o.id, $3, $4, 0, $4 FROM orders o";
    let (id, now) = (bed.app.db.new_id(), bed.clock.now());
    assert_eq!(bed.sql(sql, args![id, topic, payload, now]).await, 1);
    bed.app.post.wake();
}

on_both_engines! {
    async fn an_order_is_confirmed_once_in_the_language_of_its_customer(bed) {
        let (bed, server) = open(&bed).await;
        let second = bed.server(Tills::default(), at(server.ports().0));
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        second.app.post.wake();
        becomes(&bed, "DE-1001", "mail_sent").await;
        let mut english = order(&[("RED", 1)]);
        english["locale"] = json!("en");
        shop::place(&bed, "b", english).await.expect(201);
        becomes(&bed, "DE-1002", "mail_sent").await;
        let taken = server.taken().await;
        assert_eq!(taken.len(), 2);
        assert_eq!((taken[0].from.as_str(), &taken[0].to[0]), ("service@lampen.example", &"erika@example.org".to_owned()));
        let mails: Vec<_> = taken.iter().map(|it| MessageParser::default().parse(it.raw.as_bytes()).expect("a mail")).collect();
        assert_eq!(mails[0].subject(), Some("Vielen Dank für Ihre Bestellung DE-1001"));
        assert_eq!(mails[1].subject(), Some("Thank you for your order DE-1002"));
        let text = mails[0].body_text(0).expect("a text");
        assert!(text.contains("2 × Lampe RED: 39,98\u{a0}€") && text.contains("Gesamtbetrag: 44,93\u{a0}€"), "{text}");
        assert!(text.contains("darin 19\u{a0}% MwSt.: 7,17\u{a0}€"), "{text}");
        let text = mails[1].body_text(0).expect("a text");
        assert!(text.contains("Total amount: €24.94"), "{text}");
        let open = "SELECT id AS n FROM outbox WHERE due_at IS NOT NULL OR done_at IS NULL";
        assert_eq!(bed.numbers(open).await, [0_i64; 0]);
    }

    async fn who_has_not_paid_yet_is_not_told_that_the_order_goes_on(bed) {
        furnish(&bed).await;
        let server = Server::start(&[]);
        let bed = bed.server(Tills::default(), at(server.ports().0));
        let mut wanted = order(&[("RED", 1)]);
        wanted["payment_method"] = json!("card");
        shop::place(&bed, "a", wanted).await.expect(201);
        let put_off = "SELECT id AS n FROM outbox WHERE topic = 'order.placed' AND attempts = 0
            AND due_at > created_at AND claimed_until IS NULL";
        eventually("it was put off", || async { !bed.numbers(put_off).await.is_empty() }).await;
        bed.clock.advance(Duration::from_secs(3_600));
        bed.app.cashier.wake();
        becomes(&bed, "DE-1001", "expired").await;
        bed.app.post.wake();
        eventually("nothing is left to send", || async {
            bed.numbers("SELECT id AS n FROM outbox WHERE done_at IS NULL").await.is_empty()
        }).await;
        assert_eq!(server.taken().await.len(), 0);
    }

    async fn a_mail_waits_for_a_server_that_is_away(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let nowhere = free.local_addr().expect("an address").port().to_string();
        drop(free);
        let away = bed.server(Tills::default(), at(&nowhere));
        shop::place(&away, "a", order(&[("RED", 1)])).await.expect(201);
        let tried = "SELECT id AS n FROM outbox WHERE error IS NOT NULL AND claimed_until IS NULL AND due_at > created_at";
        eventually("it was tried", || async { !away.numbers(tried).await.is_empty() }).await;
        drop(away);
        let server = Server::start(&[]);
        let back = bed.server(Tills::default(), at(server.ports().0));
        back.clock.advance(Duration::from_secs(20));
        back.app.post.wake();
        becomes(&back, "DE-1001", "mail_sent").await;
        assert_eq!(server.taken().await.len(), 1);
    }

    async fn a_mail_that_nobody_takes_is_given_up_and_the_timeline_says_why(bed) {
        let (bed, server) = open(&bed).await;
        let mut wanted = order(&[("RED", 1)]);
        wanted["email"] = json!("unknown@example.org");
        shop::place(&bed, "a", wanted).await.expect(201);
        becomes(&bed, "DE-1001", "mail_failed").await;
        let timeline = bed.get("/orders/DE-1001/timeline").await.expect(200);
        assert!(timeline["items"][0]["facts"]["why"].as_str().is_some_and(|why| why.contains("550")), "{timeline}");
        let kept = "SELECT id AS n FROM outbox WHERE error IS NOT NULL AND due_at IS NULL AND done_at IS NULL";
        assert_eq!(bed.numbers(kept).await.len(), 1);
        assert!(server.taken().await.is_empty());
    }

    async fn a_shipment_is_announced_with_its_tracking_and_sent_again_when_somebody_asks(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        becomes(&bed, "DE-1001", "mail_sent").await;
        let path = "/orders/DE-1001/mails";
        let early = bed.post(path, json!({ "kind": "shipment" })).await;
        assert_eq!(early.problem(409), "nothing_to_tell");
        let parcels = json!([{ "tracking": "0034", "url": "https://track.example/0034" }]);
        let sql = "INSERT INTO shipment (id, order_id, location_id, number, carrier, parcels, shipped_at)
            SELECT 77, o.id, $1, 'DE-L1001', 'DHL', $2, $3 FROM orders o";
        bed.sql(sql, args![HAMBURG, parcels, bed.clock.now()]).await;
        bed.sql("INSERT INTO shipment_line (shipment_id, position, quantity) VALUES (77, 1, 1)", vec![]).await;
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        enqueue(&bed, "shipment.created", json!({ "shipment": "DE-L1001" })).await;
        eventually("it was sent", || async { server.taken().await.len() == 2 }).await;
        bed.post(path, json!({ "kind": "shipment", "subject": "DE-L1001" })).await.expect(202);
        eventually("it was sent again", || async { server.taken().await.len() == 3 }).await;
        let taken = server.taken().await;
        for taken in &taken[1..] {
            let mail = MessageParser::default().parse(taken.raw.as_bytes()).expect("a mail");
            assert_eq!(mail.subject(), Some("Ein Teil Ihrer Bestellung DE-1001 ist unterwegs"));
            assert!(mail.body_html(0).expect("a page").contains("href=\"https://track.example/0034\""));
            let invoice = mail.attachment(0).expect("the invoice");
            assert_eq!(invoice.attachment_name(), Some("Rechnung DE-R1001.pdf"));
            assert!(invoice.contents().starts_with(b"%PDF-"));
        }
    }

    async fn a_refund_is_announced_when_the_money_has_gone(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        becomes(&bed, "DE-1001", "mail_sent").await;
        let now = bed.clock.now();
        let sql = "INSERT INTO payment (id, order_id, provider, method, reference, amount, created_at)
            SELECT 5, o.id, 'manual', 'invoice', 'x-1', 4493, $1 FROM orders o";
        bed.sql(sql, args![now]).await;
        let sql = "INSERT INTO payment_operation (id, payment_id, order_id, kind, amount, state, attempts, created_at)
            SELECT 6, 5, o.id, 'refund', 1999, 'pending', 0, $1 FROM orders o";
        bed.sql(sql, args![now]).await;
        let sql = "INSERT INTO refund (id, order_id, operation_id, reason, amount, tax, actor, created_at)
            SELECT 7, o.id, 6, 'Zu groß', 1999, 319, 'test', $1 FROM orders o";
        bed.sql(sql, args![now]).await;
        enqueue(&bed, "refund.created", json!({ "refund_id": 7 })).await;
        let put_off = "SELECT id AS n FROM outbox WHERE topic = 'refund.created' AND due_at > created_at AND claimed_until IS NULL";
        eventually("it was put off", || async { !bed.numbers(put_off).await.is_empty() }).await;
        bed.sql("UPDATE payment_operation SET state = 'succeeded'", vec![]).await;
        bed.clock.advance(Duration::from_secs(61));
        bed.app.post.wake();
        eventually("it was sent", || async { server.taken().await.len() == 2 }).await;
        let taken = server.taken().await;
        let mail = MessageParser::default().parse(taken[1].raw.as_bytes()).expect("a mail");
        assert_eq!(mail.subject(), Some("Wir haben Ihnen 19,99\u{a0}€ erstattet"));
        assert!(mail.body_text(0).expect("a text").contains("Zu groß"));
    }

    async fn who_sent_less_back_than_announced_is_told_what_arrived_and_what_is_missing(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 4)])).await.expect(201);
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let announced = json!({ "kind": "return", "lines": [{ "position": 1, "quantity": 4, "reason": "Too dark" }] });
        bed.post("/orders/DE-1001/returns", announced).await.expect(200);
        let received = json!({ "lines": [{ "position": 1, "restock": 2, "write_off": 1 }] });
        bed.post("/orders/DE-1001/returns/DE-RT1001/receipt", received).await.expect(200);
        let text = text_of(&server, "Ihre Rücksendung DE-RT1001 ist angekommen").await;
        let (arrived, missing) = text.split_once("Das hier lag nicht im Paket").expect("what is missing");
        assert!(arrived.contains("3 × Lampe RED") && !arrived.contains("4 ×"), "{text}");
        assert!(missing.contains("1 × Lampe RED"), "{text}");
    }

    async fn who_has_lines_cancelled_gets_told_with_the_credit_note(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 4)])).await.expect(201);
        let some = |quantity: u32| json!({ "reason": "Zu wenig da", "lines": [{ "position": 1, "quantity": quantity }] });
        bed.post("/orders/DE-1001/cancellation", some(1)).await.expect(200);
        let subject = "Ein Teil Ihrer Bestellung DE-1001 ist storniert";
        let text = text_of(&server, subject).await;
        assert!(text.contains("1 × Lampe RED") && text.contains("Zu wenig da"), "{text}");
        assert!(text.contains("Zu bezahlen sind damit noch 64,92\u{a0}€."), "{text}");
        assert_eq!(attached(&mail_of(&server, subject).await), [""; 0], "there was no invoice yet");
        // With an invoice, the next one has its credit note.
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        bed.post("/orders/DE-1001/cancellation", some(3)).await.expect(200);
        let subject = "Ihre Bestellung DE-1001 ist storniert";
        let mail = mail_of(&server, subject).await;
        assert_eq!(attached(&mail), ["Rechnungskorrektur DE-G1001.pdf"]);
        assert!(text_of(&server, subject).await.contains("Sie müssen nichts mehr bezahlen."));
        bed.post("/orders/DE-1001/mails", json!({ "kind": "cancellation" })).await.expect(202);
        eventually("it was sent again", || async {
            server.taken().await.iter().filter(|it| subject_of(it) == subject).count() == 2
        }).await;
    }

    async fn an_unpaid_return_is_credited_and_its_credit_note_reaches_the_customer(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let announced = json!({ "kind": "return", "lines": [{ "position": 1, "quantity": 1, "reason": "Too dark" }] });
        bed.post("/orders/DE-1001/returns", announced).await.expect(200);
        let received = json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true });
        bed.post("/orders/DE-1001/returns/DE-RT1001/receipt", received).await.expect(200);
        let subject = "Wir haben Ihnen 19,99\u{a0}€ gutgeschrieben";
        let text = text_of(&server, subject).await;
        assert!(text.contains("Zu bezahlen sind damit noch 24,94\u{a0}€.") && text.contains("Rücksendung DE-RT1001"), "{text}");
        assert_eq!(attached(&mail_of(&server, subject).await), ["Rechnungskorrektur DE-G1001.pdf"]);
    }

    async fn an_invoice_that_was_issued_before_goes_with_the_first_shipment(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        bed.clock.advance(Duration::from_hours(24));
        let one = json!({ "lines": [{ "position": 1, "quantity": 1 }] });
        bed.post("/orders/DE-1001/shipments", one).await.expect(200);
        let first = mail_of(&server, "Ein Teil Ihrer Bestellung DE-1001 ist unterwegs").await;
        assert_eq!(attached(&first), ["Rechnung DE-R1001.pdf"]);
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let second = mail_of(&server, "Ihre Bestellung DE-1001 ist unterwegs").await;
        assert_eq!(attached(&second), [""; 0]);
    }

    async fn every_document_can_be_sent_again_by_kind_and_number(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        let path = "/orders/DE-1001/mails";
        assert_eq!(bed.post(path, json!({ "kind": "invoice" })).await.problem(409), "nothing_to_tell");
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        bed.post("/orders/DE-1001/payments", json!({ "amount": 4493, "reference": "SEPA 1" })).await.expect(200);
        let goodwill = json!({ "reason": "Kratzer", "lines": [{ "position": 1, "amount": 100 }] });
        bed.post("/orders/DE-1001/refunds", goodwill).await.expect(200);
        for (kind, number, title) in [
            ("invoice", "DE-R1001", "Rechnung DE-R1001"),
            ("delivery_note", "DE-L1001", "Lieferschein DE-L1001"),
            ("credit_note", "DE-G1001", "Rechnungskorrektur DE-G1001"),
        ] {
            bed.post(path, json!({ "kind": kind, "subject": number })).await.expect(202);
            assert_eq!(attached(&mail_of(&server, title).await), [format!("{title}.pdf")]);
        }
        let other = json!({ "kind": "invoice", "subject": "DE-G1001" });
        assert_eq!(bed.post(path, other).await.problem(409), "nothing_to_tell");
    }

    async fn a_confirmation_carries_withdrawal_terms_and_who_sells(bed) {
        let (bed, server) = open(&bed).await;
        let mut channel = bed.get("/setup/channels/de").await.expect(200);
        for field in ["id", "code", "revision"] {
            channel.as_object_mut().expect("an object").remove(field);
        }
        channel["seller"] = json!({ "name": "Lampenladen GmbH", "address": ["Lange Straße 1", "20095 Hamburg"],
            "vat_id": "DE123456789", "email": "service@lampen.example", "phone": "+49 40 12",
            "register": ["Amtsgericht Hamburg, HRB 1"], "directors": ["Änne Größe"],
            "bank": { "name": "Bank", "iban": "DE02 1203 0000 0000 2020 51" } });
        channel["legal"] = json!({
            "de": { "withdrawal": { "text": "Binnen vierzehn Tagen.\n\nFolgen des Widerrufs." },
                "terms": { "url": "https://lampen.example/agb" } },
            "en": { "withdrawal": { "text": "Within 14 days." } } });
        let mut empty = channel.clone();
        empty["legal"]["de"]["terms"] = json!({});
        assert_eq!(bed.put("/setup/channels/de", empty).await.expect(422)["errors"][0]["pointer"], "/legal/de/terms");
        let mut mistyped = channel.clone();
        mistyped["seller"]["bank"]["iban"] = json!("DE03 1203 0000 0000 2020 51");
        assert_eq!(bed.put("/setup/channels/de", mistyped).await.expect(422)["errors"][0]["pointer"], "/seller/bank/iban");
        bed.put("/setup/channels/de", channel).await.expect(200);
        let mut method = json!({ "channel": "de", "provider": "manual", "flow": "invoice", "due_days": 14,
            "names": { "de": "Rechnung", "en": "Invoice" } });
        bed.put("/setup/channels/de/payment-methods/invoice", method.clone()).await.expect(200);
        method["flow"] = json!("prepayment");
        assert_eq!(bed.put("/setup/channels/de/payment-methods/invoice", method).await.expect(422)["errors"][0]["pointer"], "/due_days");
        shop::place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        let text = text_of(&server, "Vielen Dank für Ihre Bestellung DE-1001").await;
        for part in ["Widerrufsbelehrung", "Binnen vierzehn Tagen.", "Folgen des Widerrufs.", "https://lampen.example/agb",
            "Amtsgericht Hamburg, HRB 1", "Geschäftsführung: Änne Größe", "USt-IdNr.: DE123456789", "Tel. +49 40 12",
            "innerhalb von 14 Tagen nach dem Rechnungsdatum auf DE02 1203 0000 0000 2020 51 (Bank), Verwendungszweck DE-1001."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        let json = [("accept", "application/json")];
        let invoice = bed.send("GET", "/orders/DE-1001/documents/DE-R1001", None, &json).await.expect(200);
        assert_eq!(invoice["payment_note"], "Bitte überweisen Sie 44,93\u{a0}€ bis zum 29.06.2026 auf \
            DE02 1203 0000 0000 2020 51 (Bank), Verwendungszweck DE-1001.");
        assert_eq!(invoice["seller"]["management"], "Änne Größe");
    }

    async fn a_withdrawal_is_confirmed_at_once(bed) {
        let (bed, server) = open(&bed).await;
        shop::place(&bed, "a", order(&[("RED", 4)])).await.expect(201);
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let announced = json!({ "kind": "return", "lines": [{ "position": 1, "quantity": 3, "reason": "Too dark" }] });
        bed.post("/orders/DE-1001/returns", announced).await.expect(200);
        let text = text_of(&server, "Ihr Widerruf ist eingegangen: Rücksendung DE-RT1001").await;
        assert!(text.contains("am 15.06.2026, 12:00 Uhr") && text.contains("3 × Lampe RED"), "{text}");
    }

    async fn what_has_happened_can_be_followed_without_missing_anything(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        for key in ["a", "b", "c"] {
            shop::place(&bed, key, order(&[("RED", 1)])).await.expect(201);
        }
        let early = bed.get("/events").await.expect(200);
        assert_eq!(early["items"], json!([]), "what may still be overtaken is held back");
        bed.clock.advance(Duration::from_secs(11));
        let early = bed.get("/events").await.expect(200);
        assert_eq!(early["items"], json!([]), "when it was written counts, and not when it was asked for");
        shop::age_events(&bed).await;
        let mut position = early["next"].as_str().expect("a position").to_owned();
        let mut seen = Vec::new();
        for _ in 0..4 {
            let page = bed.get(&format!("/events?limit=1&after={position}")).await.expect(200);
            seen.extend(page["items"].as_array().expect("events").clone());
            position = page["next"].as_str().expect("a position").to_owned();
        }
        let orders: Vec<&Value> = seen.iter().map(|it| &it["order"]).collect();
        assert_eq!(orders, [&json!("DE-1001"), &json!("DE-1002"), &json!("DE-1003")]);
        assert_eq!((&seen[0]["topic"], &seen[0]["facts"]["total"]), (&json!("order.placed"), &json!(2494)));
        assert_eq!(seen[0]["at"], json!(START));
        let key = bed.key_with(&[Scope::Shop]).await;
        let refused = bed.send("GET", "/events", None, &[("authorization", &format!("Bearer {key}"))]).await;
        assert_eq!(refused.problem(403), "forbidden");
    }
}

/// Whoever reads the feed has gone past it by then.
#[tokio::test(flavor = "multi_thread")]
async fn what_tells_of_something_too_late_is_taken_back() {
    let bed = Bed::postgres().await;
    let late: Result<(), Error> = bed
        .app
        .db
        .write(|tx| {
            Box::pin(async move {
                tx.ends_within(Duration::ZERO);
                let sql = "INSERT INTO webhook_receipt (provider, event_id, received_at) VALUES ('a', 'b', 0)";
                tx.run(sql, vec![]).await?;
                Ok(())
            })
        })
        .await;
    let Err(Error::Db(late)) = late else { panic!("it was kept") };
    assert!(late.is_passing(), "{late}");
    assert_eq!(bed.numbers("SELECT COUNT(*) AS n FROM webhook_receipt").await, [0]);
}
