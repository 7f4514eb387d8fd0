//! Invoices, delivery notes and credit notes of orders: issued once, always the same, and adding up.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use order_inspect::{
    act::Act,
    args,
    error::Error,
    orders::{documents::follow, facts::Facts},
    percent::Percent,
    quote::{
        Refunded, ShippingRefund, Taxed, credit_taxes, refund_amount, refund_shipping, refund_units,
    },
};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, order, place},
};

/// Two rates of tax, a promotion, services and prices that do not divide well.
async fn furnished(bed: &Bed, net: bool) {
    shop::open(bed).await;
    shop::product(bed, 1, "LAMP", 1111, 50, 0).await;
    shop::product(bed, 2, "BOOK", 93, 50, 0).await;
    bed.sql("UPDATE product SET tax_class = 'reduced' WHERE id = 2", vec![]).await;
    if net {
        bed.sql("UPDATE channel SET prices_include_tax = $1", args![false]).await;
    }
    let rule = json!({ "key": "autumn", "name": "Herbst", "currency": "EUR",
        "benefit": { "percent": { "percent": "7.5", "on": "lines" } } });
    bed.put("/setup/promotions/autumn", json!({ "rule": rule })).await.expect(201);
}

async fn ordered(bed: &Bed) -> Value {
    let mut wanted = order(&[("LAMP", 3), ("BOOK", 7)]);
    wanted["lines"][0]["services"] = json!(["assembly"]);
    wanted["delivery_address"] = json!({ "name": "Max Mustermann", "company": "Muster & Söhne", "street": "Weg 1",
        "postal_code": "20095", "city": "Hamburg", "country": "DE" });
    place(bed, "a", wanted).await.expect(201)
}

/// Changes an order and has the documents issued that this makes necessary.
async fn change<F>(bed: &Bed, work: F)
where
    F: for<'t> FnOnce(
            &'t mut order_inspect::db::Tx,
            &'t Act,
            &'t Facts,
        ) -> order_inspect::db::Doing<'t, (), Error>
        + Send
        + 'static,
{
    let act = Act::new(&bed.app.db, bed.clock.now(), "test");
    let done = bed.app.db.write(move |tx| {
        Box::pin(async move {
            let before = Facts::load(tx, "DE-1001", true).await?;
            work(tx, &act, &before).await?;
            let after = Facts::load(tx, "DE-1001", false).await?;
            follow(tx, &act, &before, after).await?;
            Ok::<(), Error>(())
        })
    });
    done.await.expect("a change");
}

async fn ship(bed: &Bed, lines: Value) {
    bed.post("/orders/DE-1001/shipments", json!({ "lines": lines })).await.expect(200);
}

/// What is credited: units of a line, an amount of a line, an amount of the delivery, or the rest of it.
#[derive(Clone, Copy)]
enum Credit {
    Units(i64, u32),
    Amount(i64, i64),
    Delivery(i64),
    RestOfDelivery,
}

/// Credits something and has its credit note issued.
async fn credit(bed: &Bed, id: i64, credits: &'static [Credit]) {
    change(bed, move |tx, act, facts| {
        Box::pin(async move {
            let mut rows = Vec::new();
            for it in credits {
                rows.extend(credited(facts, *it));
            }
            let taxes = taxes(facts, &rows);
            let amount: i64 = rows.iter().map(|it| it.amount).sum();
            let tax: i64 = taxes.iter().sum();
            let sql = "INSERT INTO refund (id, order_id, reason, amount, tax, actor, created_at)
                VALUES ($1, $2, 'Gefällt nicht', $3, $4, 'test', $5)";
            tx.run(sql, args![id, facts.order.id, amount, tax, act.now]).await?;
            for (it, tax) in rows.into_iter().zip(taxes) {
                let Part { position, rate, units, amount } = it;
                let rate = i64::from(rate.thousandths());
                let sql = "INSERT INTO refund_line (refund_id, order_id, position, tax_rate, units, amount, tax)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
                tx.run(sql, args![id, facts.order.id, position, rate, units, amount, tax]).await?;
            }
            Ok(())
        })
    })
    .await;
}

/// A part of a credit, before its tax.
struct Part {
    position: i64,
    rate: Percent,
    units: i64,
    amount: i64,
}

fn taxes(facts: &Facts, parts: &[Part]) -> Vec<i64> {
    let lines =
        facts.lines.iter().map(|it| Taxed { rate: it.tax_rate, amount: it.total, tax: it.tax });
    let delivery = facts.order.quote.shipping.parts.iter();
    let delivery = delivery.map(|it| Taxed { rate: it.rate, amount: it.gross, tax: it.tax });
    let charged: Vec<Taxed> = lines.chain(delivery).collect();
    let before = facts.refunds.iter().flat_map(|it| &it.lines);
    let before: Vec<Taxed> =
        before.map(|it| Taxed { rate: it.tax_rate, amount: it.amount, tax: it.tax }).collect();
    let parts: Vec<_> = parts.iter().map(|it| (it.rate, it.amount)).collect();
    credit_taxes(&charged, &before, &parts)
}

fn credited(facts: &Facts, credit: Credit) -> Vec<Part> {
    let position = match credit {
        Credit::Units(position, _) | Credit::Amount(position, _) => position,
        Credit::Delivery(_) | Credit::RestOfDelivery => 0,
    };
    let before = facts.refunds.iter().flat_map(|it| &it.lines).filter(|it| it.position == position);
    if position == 0 {
        let before: Vec<ShippingRefund> =
            before.map(|it| ShippingRefund { rate: it.tax_rate, amount: it.amount }).collect();
        let shipping = &facts.order.quote.shipping;
        let amount = match credit {
            Credit::Delivery(amount) => amount,
            _ => shipping.total - before.iter().map(|it| it.amount).sum::<i64>(),
        };
        let refunds = refund_shipping(&shipping.parts, &before, amount).expect("a refund");
        let part =
            |it: ShippingRefund| Part { position, rate: it.rate, units: 0, amount: it.amount };
        return refunds.into_iter().map(part).collect();
    }
    let line = facts.line(position).expect("a line");
    let charge = line.shares.total;
    let so_far = before.fold(Refunded::default(), |sum, it| Refunded {
        units: sum.units + u32::try_from(it.units).expect("units"),
        amount: sum.amount + it.amount,
    });
    let refund = match credit {
        Credit::Units(_, units) => {
            refund_units(charge, so_far, NonZeroU32::new(units).expect("units"))
        }
        Credit::Amount(_, amount) => refund_amount(charge, so_far, amount),
        Credit::Delivery(_) | Credit::RestOfDelivery => unreachable!("the delivery is no line"),
    };
    let refund = refund.expect("a refund");
    let (units, amount) = (i64::from(refund.units), refund.amount);
    vec![Part { position, rate: line.tax_rate, units, amount }]
}

async fn read(bed: &Bed, number: &str) -> Value {
    let path = format!("/orders/DE-1001/documents/{number}");
    bed.send("GET", &path, None, &[("accept", "application/json")]).await.expect(200)
}

/// An amount as a document writes it, in cents.
pub(crate) fn cents(text: &Value) -> i64 {
    let text = text.as_str().expect("an amount");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let amount: i64 = digits.parse().expect("digits");
    if text.starts_with('-') { -amount } else { amount }
}

fn sum(list: &Value, field: &str) -> i64 {
    list.as_array().expect("a list").iter().map(|it| cents(&it[field])).sum()
}

/// A document adds up: its lines, discounts and delivery to its total, and its taxes to the same.
#[track_caller]
pub(crate) fn assert_adds_up(document: &Value) {
    let totals = &document["totals"];
    let shipping =
        if totals["shipping"].is_null() { 0 } else { cents(&totals["shipping"]["amount"]) };
    let charged = cents(&totals["subtotal"]) + sum(&totals["discounts"], "amount") + shipping;
    let taxes = &totals["taxes"];
    let total = cents(&totals["grand_total"]);
    assert_eq!(sum(&document["lines"], "total"), cents(&totals["subtotal"]), "{document}");
    let expected = if document["prices"] == "net" { sum(taxes, "net") } else { total };
    assert_eq!(charged, expected, "{document}");
    assert_eq!(sum(taxes, "net") + sum(taxes, "tax"), total, "{document}");
    assert_eq!(sum(taxes, "gross"), total, "{document}");
}

/// Net, tax and gross by rate.
fn by_rate(document: &Value) -> BTreeMap<String, [i64; 3]> {
    let taxes = document["totals"]["taxes"].as_array().expect("taxes");
    let line = |it: &Value| {
        (it["rate"].to_string(), ["net", "tax", "gross"].map(|field| cents(&it[field])))
    };
    taxes.iter().map(line).collect()
}

async fn numbers(bed: &Bed, kind: &str) -> Vec<String> {
    let order = bed.get("/orders/DE-1001").await.expect(200);
    let documents = order["documents"].as_array().expect("documents").clone();
    let of_kind = documents.into_iter().filter(|it| it["kind"] == kind);
    of_kind.map(|it| it["number"].as_str().expect("a number").to_owned()).collect()
}

/// medusa#13972, vendure#2662: credits that leave a cent, and taxes that are off by one.
async fn credits_take_the_whole_invoice_back(bed: &Bed) {
    let placed = ordered(bed).await;
    // What is cancelled before the invoice is not on it.
    credit(bed, 900, &[Credit::Units(3, 1)]).await;
    assert_eq!(numbers(bed, "credit_note").await, [""; 0]);
    ship(bed, json!([{ "position": 1, "quantity": 1 }])).await;
    let invoice = read(bed, "DE-R1001").await;
    assert_adds_up(&invoice);
    let total = cents(&invoice["totals"]["grand_total"]);
    let before = bed.get("/orders/DE-1001").await.expect(200)["money"]["owed"].as_i64();
    assert_eq!(Some(total), before);
    assert!(total < placed["total"].as_i64().expect("a total"));
    credit(bed, 901, &[Credit::Units(1, 1), Credit::Amount(3, 111)]).await;
    credit(bed, 902, &[Credit::Units(3, 2), Credit::Units(2, 2)]).await;
    credit(bed, 903, &[Credit::Amount(1, 1), Credit::Delivery(77)]).await;
    credit(
        bed,
        904,
        &[Credit::Units(1, 2), Credit::Units(2, 1), Credit::Units(3, 4), Credit::RestOfDelivery],
    )
    .await;
    let mut left = by_rate(&invoice);
    let notes = numbers(bed, "credit_note").await;
    assert_eq!(notes, ["DE-G1001", "DE-G1002", "DE-G1003", "DE-G1004"]);
    for number in notes {
        let note = read(bed, &number).await;
        assert_adds_up(&note);
        assert_eq!(note["references"][0]["number"], "DE-R1001");
        for (rate, amounts) in by_rate(&note) {
            let line = left.get_mut(&rate).expect("a rate of the invoice");
            *line = [line[0] - amounts[0], line[1] - amounts[1], line[2] - amounts[2]];
        }
    }
    assert!(left.values().all(|it| *it == [0, 0, 0]), "{left:?}");
}

on_both_engines! {
    async fn an_invoice_is_issued_once_and_is_always_the_same_file(bed) {
        furnished(&bed, false).await;
        let placed = ordered(&bed).await;
        let path = "/orders/DE-1001/documents";
        let issued = bed.post(path, json!({ "kind": "invoice" })).await;
        assert_eq!(issued.headers["location"], "/orders/DE-1001/documents/DE-R1001");
        assert_eq!(issued.expect(201)["number"], "DE-R1001");
        assert_eq!(bed.post(path, json!({ "kind": "invoice" })).await.problem(409), "already_issued");
        let first = bed.get("/orders/DE-1001/documents/DE-R1001").await;
        assert_eq!(first.headers["content-type"], "application/pdf");
        assert!(first.bytes.starts_with(b"%PDF-"));
        // What the shop is called later changes nothing.
        bed.sql("UPDATE channel SET seller = '{}' WHERE code = $1", args!["none"]).await;
        assert_eq!(bed.get("/orders/DE-1001/documents/DE-R1001").await.bytes, first.bytes);
        let invoice = read(&bed, "DE-R1001").await;
        assert_adds_up(&invoice);
        assert_eq!(cents(&invoice["totals"]["grand_total"]), placed["total"].as_i64().expect("a total"));
        assert_eq!(invoice["totals"]["discounts"][0]["label"], "Herbst");
        assert_eq!(invoice["recipient"]["name"], "Erika Mustermann");
        assert_eq!(invoice["delivery_address"]["name"], "Muster & Söhne");
        assert_eq!(bed.get("/orders/DE-1001/documents/DE-R9").await.problem(404), "not_found");
        assert_eq!(bed.get("/orders/DE-1002/documents/DE-R1001").await.problem(404), "not_found");
        let timeline = bed.get("/orders/DE-1001/timeline").await.expect(200);
        assert_eq!(timeline["items"][0]["facts"], json!({ "kind": "invoice", "number": "DE-R1001" }));
    }

    async fn an_invoice_that_lacks_what_the_law_wants_takes_no_number_and_says_so(bed) {
        furnished(&bed, false).await;
        let mut channel = bed.get("/setup/channels/de").await.expect(200);
        for field in ["id", "code", "revision"] {
            channel.as_object_mut().expect("an object").remove(field);
        }
        let mut nameless = channel.clone();
        nameless["seller"]["vat_id"] = json!(" ");
        nameless["seller"]["address"] = json!([""]);
        let refused = bed.put("/setup/channels/de", nameless.clone()).await.expect(422);
        let places: Vec<_> = refused["errors"].as_array().expect("a list").iter().map(|it| &it["pointer"]).collect();
        assert_eq!(places, ["/seller/vat_id", "/seller/address/0"]);
        nameless["seller"]["tax_number"] = json!("22/815/08154");
        nameless["seller"]["address"] = json!(["Weg 1"]);
        bed.put("/setup/channels/de", nameless).await.expect(200);
        let without = json!({ "name": "Lampenladen", "address": ["Weg 1"], "vat_id": "", "email": "a@lampen.example" });
        bed.sql("UPDATE channel SET seller = $1", args![without]).await;
        ordered(&bed).await;
        let refused = bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(409);
        assert_eq!(refused["code"], "incomplete");
        assert!(refused["detail"].as_str().is_some_and(|why| why.contains("VAT ID")), "{refused}");
        assert_eq!(bed.post("/orders/DE-1001/shipments", json!({})).await.problem(409), "incomplete");
        bed.sql("UPDATE channel SET seller = $1", args![channel["seller"].clone()]).await;
        ship(&bed, json!([])).await;
        assert_eq!(numbers(&bed, "invoice").await, ["DE-R1001"]);
        assert!(bed.get("/orders/DE-1001/documents/DE-R1001").await.bytes.starts_with(b"%PDF-"));
    }

    async fn an_invoice_states_why_nothing_is_taxed_as_it_was_when_it_was_ordered(bed) {
        furnished(&bed, false).await;
        let class = |why: &str| {
            let notes = json!({ "de": why, "en": "Exempt" });
            json!({ "name": "Reduced", "rates": [{ "country": "DE", "rate": "0", "from": "2020-01-01T00:00:00Z", "notes": notes }] })
        };
        bed.put("/setup/tax-classes/reduced", class("Steuerfrei nach § 12 Abs. 3 UStG.")).await.expect(200);
        assert_eq!(bed.get("/setup/tax-classes/reduced").await.expect(200)["rates"][0]["notes"]["en"], "Exempt");
        ordered(&bed).await;
        bed.put("/setup/tax-classes/reduced", class("Etwas anderes.")).await.expect(200);
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        let invoice = read(&bed, "DE-R1001").await;
        assert_eq!(invoice["notes"], json!(["Steuerfrei nach § 12 Abs. 3 UStG."]));
        assert_adds_up(&invoice);
        assert!(bed.get("/orders/DE-1001/documents/DE-R1001").await.bytes.starts_with(b"%PDF-"));
    }

    async fn an_invoice_states_when_each_part_of_it_was_delivered(bed) {
        furnished(&bed, false).await;
        ordered(&bed).await;
        bed.clock.advance(Duration::from_hours(48));
        ship(&bed, json!([{ "position": 1, "quantity": 2 }])).await;
        let invoice = read(&bed, "DE-R1001").await;
        // The service was done with its goods; the third lamp and the books are still here.
        assert_eq!(invoice["deliveries"], json!([
            { "date": "2026-06-17", "lines": [{ "position": 1, "quantity": "2" }, { "position": 2, "quantity": "2" }] },
            { "date": null, "lines": [{ "position": 1, "quantity": "1" }, { "position": 2, "quantity": "1" },
                { "position": 3, "quantity": "7" }] },
        ]));
        let note = read(&bed, "DE-L1001").await;
        assert_eq!(note["deliveries"][0]["date"], "2026-06-17");
    }

    async fn an_invoice_before_delivery_states_no_day_but_that_of_the_payment(bed) {
        furnished(&bed, false).await;
        ordered(&bed).await;
        bed.post("/orders/DE-1001/payments", json!({ "amount": 100, "reference": "SEPA 1" })).await.expect(200);
        bed.clock.advance(Duration::from_hours(48));
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        let invoice = read(&bed, "DE-R1001").await;
        assert_eq!((&invoice["deliveries"][0]["date"], &invoice["date"]), (&Value::Null, &json!("2026-06-17")));
        assert_eq!(invoice["paid_on"], "2026-06-15");
        assert_eq!(invoice["deliveries"].as_array().map(Vec::len), Some(1));
    }

    async fn a_credit_of_the_delivery_alone_has_its_credit_note(bed) {
        furnished(&bed, false).await;
        ordered(&bed).await;
        ship(&bed, json!([])).await;
        credit(&bed, 901, &[Credit::RestOfDelivery]).await;
        let note = read(&bed, "DE-G1001").await;
        assert_adds_up(&note);
        let lines = note["lines"].as_array().expect("lines");
        assert!(!lines.is_empty() && lines.iter().all(|it| it["name"] == "Versand"), "{note}");
        assert_eq!(cents(&note["totals"]["grand_total"]), 495);
        assert!(bed.get("/orders/DE-1001/documents/DE-G1001").await.bytes.starts_with(b"%PDF-"));
    }

    async fn each_shipment_has_its_delivery_note_and_the_first_one_the_invoice(bed) {
        furnished(&bed, false).await;
        ordered(&bed).await;
        ship(&bed, json!([{ "position": 1, "quantity": 2 }, { "position": 3, "quantity": 3 }])).await;
        ship(&bed, json!([])).await;
        assert_eq!(numbers(&bed, "delivery_note").await, ["DE-L1001", "DE-L1002"]);
        assert_eq!(numbers(&bed, "invoice").await, ["DE-R1001"]);
        let note = read(&bed, "DE-L1002").await;
        assert_eq!(note["lines"][1]["quantity"], "4");
        assert_eq!((&note["recipient"]["name"], &note["totals"]), (&json!("Muster & Söhne"), &Value::Null));
        assert!(bed.get("/orders/DE-1001/documents/DE-L1002").await.bytes.starts_with(b"%PDF-"));
    }

    /// medusa#13972, medusa#13091, vendure#2662.
    async fn credit_notes_take_back_exactly_what_the_invoice_charged(bed) {
        furnished(&bed, false).await;
        credits_take_the_whole_invoice_back(&bed).await;
    }

    /// spree#6137.
    async fn credit_notes_of_net_prices_take_back_exactly_what_the_invoice_charged(bed) {
        furnished(&bed, true).await;
        credits_take_the_whole_invoice_back(&bed).await;
    }
}
