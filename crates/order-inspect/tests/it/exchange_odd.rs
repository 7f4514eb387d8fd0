//! Files as they come in from the world: what is understood all the same, and what is refused with a reason.

use std::{collections::BTreeSet, time::Duration};

use order_inspect::http::Scope;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{open, sell_chair},
    exchange::{applied, errors, planned, settled},
    on_both_engines,
};

const CHOICES: &str = "format=shopify_csv&product_type=lamp&tax_class=standard";

async fn sent(bed: &Bed, question: &str, file: &[u8]) -> Value {
    let run = bed.upload(&format!("/imports?channel=de&{question}"), file, &[]).await.expect(202);
    settled(bed, run["id"].as_i64().expect("a number")).await
}

on_both_engines! {
    async fn marks_line_ends_quotes_and_encodings_are_understood(bed) {
        open(&bed).await;
        let rows = "Handle;Title;Body (HTML);Variant SKU;Variant Price\r\nleuchte;\"Leuchte \"\"Köln\"\"; groß\";\
            \"<p>Zeile\r\nzwei</p>\";L-1;\"1.234,50 €\"\r\n";
        let run = sent(&bed, CHOICES, format!("\u{feff}{rows}").as_bytes()).await;
        assert_eq!(run["created"], 1, "{:?}", errors(&bed, &run).await);
        applied(&bed, &run).await;
        let made = bed.get("/catalogue/products/leuchte").await.expect(200);
        assert_eq!(made["texts"][0]["name"], "Leuchte \"Köln\"; groß");
        assert_eq!(made["texts"][0]["description"], "Zeile zwei");
        let prices = bed.get("/catalogue/variants/L-1/prices").await.expect(200);
        assert_eq!(prices["items"][0]["amount"], 123_450);

        let latin: Vec<u8> = rows.chars().filter(|it| *it != '€').map(|it| u8::try_from(u32::from(it)).expect("latin")).collect();
        let run = sent(&bed, CHOICES, &latin).await;
        assert_eq!(run["failed"], 1);
        assert!(errors(&bed, &run).await[0].contains("is no UTF-8"));
        let run = sent(&bed, &format!("{CHOICES}&encoding=iso-8859-1"), &latin).await;
        assert_eq!(run["unchanged"], 1, "{:?}", errors(&bed, &run).await);
    }

    async fn a_file_that_cannot_be_read_changes_nothing_and_says_why(bed) {
        open(&bed).await;
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss><channel><item>\
            <id>&b;</id></item></channel></rss>";
        for (format, file, wanted) in [
            ("google_xml", bomb, "DOCTYPE"),
            ("google_xml", "<rss><channel><item><id>A</id>", "cut off"),
            ("google_xml", "<BMECAT version=\"2005\"><HEADER/></BMECAT>", "begins with <rss>"),
            ("bmecat", "<rss><channel/></rss>", "begins with <BMECAT>"),
            ("bmecat", "<BMECAT version=\"1.2\"></BMECAT>", "BMEcat 1.2"),
            ("google_tsv", "sku\tprice\n1\t2\n", "“id”"),
            ("shopify_csv", "sku,price\n1,2\n", "URL handle"),
            ("shopify_csv", "Handle,Title\n", "no records"),
        ] {
            let run = planned(&bed, &format!("format={format}"), file).await;
            assert_eq!(run["state"], "failed", "{file}");
            let failure = run["failure"].as_str().expect("a text");
            assert!(failure.contains(wanted), "{file}: {failure}");
            let refused = bed.post(&format!("/imports/{}/apply", run["id"]), Value::Null).await;
            assert_eq!(refused.problem(409), "not_allowed");
        }
        let endless = format!("Handle,Title\nlamp,\"{}", "x\n".repeat(3_000_000));
        let run = planned(&bed, CHOICES, &endless).await;
        assert!(run["failure"].as_str().expect("a text").contains("quotation mark"), "{run}");
    }

    async fn what_is_asked_for_has_to_be_there(bed) {
        open(&bed).await;
        for question in ["format=excel&channel=de", "format=bmecat&channel=de&location=moon",
            "format=bmecat&channel=de&currency=USD", "format=bmecat&channel=de&encoding=klingon", "format=bmecat"] {
            let refused = bed.upload(&format!("/imports?{question}"), b"x", &[]).await;
            assert_eq!(refused.problem(400), "invalid_parameter", "{question}");
        }
        let refused = bed.upload("/imports?format=bmecat&channel=mars", b"x", &[]).await;
        assert_eq!(refused.problem(404), "not_found");
        let refused = bed.upload("/imports?format=bmecat&channel=de", b"", &[]).await;
        assert_eq!(refused.problem(400), "unreadable");
        assert_eq!(bed.get("/imports").await.expect(200)["items"], json!([]), "nothing is left of what was refused");
        let shop = format!("Bearer {}", bed.key_with(&[Scope::Shop]).await);
        let refused = bed.send("GET", "/imports", None, &[("authorization", &shop)]).await;
        assert_eq!(refused.problem(403), "forbidden");
    }

    async fn an_import_whose_currency_is_gone_fails_and_stops_no_other_one(bed) {
        open(&bed).await;
        let mut channel = bed.get("/setup/channels/de").await.expect(200);
        for field in ["id", "code", "revision"] {
            channel.as_object_mut().expect("an object").remove(field);
        }
        let mut wider = channel.clone();
        wider["currencies"] = json!(["EUR", "USD"]);
        bed.put("/setup/channels/de", wider).await.expect(200);
        let dollars = planned(&bed, &format!("{CHOICES}&currency=USD"), "Title,Variant Price\nLamp,9.90\n").await;
        assert_eq!(dollars["state"], "planned", "{dollars}");
        bed.put("/setup/channels/de", channel).await.expect(200);
        let failed = applied(&bed, &dollars).await;
        assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!("The shop de does not take USD.")));
        assert_eq!(planned(&bed, CHOICES, "Title\nLamp\n").await["state"], "planned");
    }

    async fn who_passes_over_what_is_stored_keeps_the_turn(bed) {
        open(&bed).await;
        let rows: String = (0..100_000).map(|at| format!("lamp-{at},Lamp\n")).collect();
        let file = format!("Handle,Title\n{rows}");
        bed.upload(&format!("/imports?channel=de&{CHOICES}"), file.as_bytes(), &[]).await.expect(202);
        let again = "UPDATE import_run SET claim = NULL, due_at = 0, records = 1000000000 WHERE state = 'reading'";
        assert_eq!(bed.sql(again, vec![]).await, 1);
        let mut said = BTreeSet::new();
        while let [due] = bed.numbers("SELECT due_at AS n FROM import_run WHERE state = 'reading'").await[..] {
            said.insert(due);
            bed.clock.advance(Duration::from_millis(300));
        }
        assert!(said.len() > 3, "the turn was prolonged again and again: {said:?}");
    }

    async fn the_same_request_is_one_import(bed) {
        open(&bed).await;
        let file = b"Title\nLamp\n";
        let path = format!("/imports?channel=de&{CHOICES}");
        let once = [("idempotency-key", "upload-1")];
        let first = bed.upload(&path, file, &once).await.expect(202);
        let again = bed.upload(&path, file, &once).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.expect(202)["id"], first["id"]);
        assert_eq!(bed.upload(&path, b"Title\nOther\n", &once).await.problem(422), "idempotency_key_reused");
        let all = bed.get("/imports").await.expect(200);
        assert_eq!(all["items"].as_array().expect("a list").len(), 1);
        assert_eq!(bed.numbers("SELECT COUNT(*) AS n FROM import_chunk").await, [1]);
    }

    async fn an_import_that_was_cancelled_changes_nothing(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let run = planned(&bed, CHOICES, "Title\nLamp\n").await;
        let place = format!("/imports/{}/cancellation", run["id"]);
        assert_eq!(bed.post(&place, Value::Null).await.expect(200)["state"], "cancelled");
        assert_eq!(bed.post(&place, Value::Null).await.problem(409), "not_allowed");
        let refused = bed.post(&format!("/imports/{}/apply", run["id"]), Value::Null).await;
        assert_eq!(refused.problem(409), "not_allowed");
        bed.get("/catalogue/products/lamp").await.expect(404);
    }
}
