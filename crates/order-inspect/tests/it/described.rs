//! The OpenAPI document: what it shows is what is done.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::{bed::Bed, on_both_engines};

/// The bodies that the document shows, by method and path.
struct Shown(Value);

impl Shown {
    async fn by(bed: &Bed) -> Self {
        Self(bed.get("/openapi.json").await.expect(200))
    }

    /// Operations that take JSON of ours: method and path.
    fn operations(&self) -> BTreeSet<(String, String)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
            let methods = item.as_object().expect("an item").iter();
            let taking = methods
                .filter(|(_, it)| it["requestBody"]["content"]["application/json"].is_object());
            taking.map(|(method, _)| (method.to_uppercase(), path.clone())).collect()
        };
        paths.iter().filter(|(path, _)| !path.starts_with("/webhooks")).flat_map(methods).collect()
    }

    fn example(&self, method: &str, path: &str) -> Value {
        let operation = &self.0["paths"][path][method.to_lowercase()];
        operation["requestBody"]["content"]["application/json"]["example"].clone()
    }
}

/// One after the other: method, path as the document has it, and what stands in its braces.
const STORY: &[(&str, &str, &[&str])] = &[
    ("PUT", "/setup/tax-classes/{code}", &["standard"]),
    ("POST", "/catalogue/locations", &[]),
    ("PUT", "/setup/channels/{code}", &["de"]),
    ("PUT", "/setup/channels/{channel}/delivery-methods/{code}", &["de", "parcel"]),
    ("PUT", "/setup/channels/{channel}/payment-methods/{code}", &["de", "invoice"]),
    ("PUT", "/setup/services/{code}", &["assembly"]),
    ("PUT", "/setup/promotions/{code}", &["winter"]),
    ("POST", "/catalogue/economic-operators", &[]),
    ("POST", "/catalogue/brands", &[]),
    ("POST", "/catalogue/categories", &[]),
    ("POST", "/catalogue/attributes", &[]),
    ("POST", "/catalogue/product-types", &[]),
    ("POST", "/catalogue/size-guides", &[]),
    ("POST", "/catalogue/products", &[]),
    ("PUT", "/catalogue/products/{code}/channels/{channel}", &["lamp", "de"]),
    ("POST", "/catalogue/publications", &[]),
    ("POST", "/catalogue/products/{code}/withdrawal", &["lamp"]),
    ("POST", "/catalogue/products/{code}/publication", &["lamp"]),
    ("POST", "/catalogue/variants/{sku}/prices", &["LAMP-RED"]),
    ("POST", "/catalogue/variants/{sku}/prices", &["LAMP-BLUE"]),
    ("POST", "/catalogue/price-changes", &[]),
    ("POST", "/catalogue/stock", &[]),
    ("PUT", "/catalogue/stock/{sku}/{location}", &["LAMP-RED", "ham"]),
    ("POST", "/catalogue/stock-levels/{id}/correction", &["ham:LAMP-RED"]),
    ("POST", "/inspect/products/{slug}/reviews", &["tischlampe"]),
    ("POST", "/customers", &[]),
    ("POST", "/orders", &[]),
    ("POST", "/orders/{number}/notes", &["DE-1001"]),
    ("POST", "/orders/{number}/payments", &["DE-1001"]),
    ("POST", "/orders/{number}/payments/correction", &["DE-1001"]),
    ("POST", "/orders/{number}/hold", &["DE-1001"]),
    ("POST", "/orders/{number}/address", &["DE-1001"]),
    ("POST", "/orders/{number}/edits/preview", &["DE-1001"]),
    ("POST", "/orders/{number}/edits", &["DE-1001"]),
    ("POST", "/orders/{number}/release", &["DE-1001"]),
    ("POST", "/orders/{number}/documents", &["DE-1001"]),
    ("POST", "/orders/{number}/shipments", &["DE-1001"]),
    ("POST", "/orders/{number}/shipments/{shipment}/delivery", &["DE-1001", "DE-L1001"]),
    ("POST", "/orders/{number}/refunds/preview", &["DE-1001"]),
    ("POST", "/orders/{number}/refunds", &["DE-1001"]),
    ("POST", "/orders/{number}/returns", &["DE-1001"]),
    ("POST", "/orders/{number}/returns/{return}/receipt", &["DE-1001", "DE-RT1001"]),
    ("POST", "/orders/{number}/cancellation", &["DE-1001"]),
    ("POST", "/orders/{number}/mails", &["DE-1001"]),
    ("PATCH", "/catalogue/offers/{offer}", &["de:EUR:LAMP-RED"]),
    ("POST", "/catalogue/offers/{offer}/sale", &["de:EUR:LAMP-RED"]),
    ("PATCH", "/catalogue/variants/{sku}", &["LAMP-RED"]),
];

on_both_engines! {
    async fn an_order_lives_by_the_examples_of_the_document(bed) {
        let shown = Shown::by(&bed).await;
        for (at, (method, path, names)) in STORY.iter().enumerate() {
            if path.starts_with("/catalogue/offers") {
                // No price ends at the moment at which it began.
                bed.clock.advance(Duration::from_secs(60));
            }
            let mut place = (*path).to_owned();
            for name in *names {
                let braces = place.find('{').expect("a name is missing")..=place.find('}').expect("its end");
                place.replace_range(braces, name);
            }
            if path.starts_with("/inspect") {
                place.push_str("?channel=de");
            }
            let key = format!("example-{at}");
            let headers = [("idempotency-key", key.as_str()), ("if-match", "*")];
            let answer = bed.send(method, &place, Some(shown.example(method, path)), &headers).await;
            assert!(answer.status.is_success(), "{method} {place}: {} {}", answer.status, answer.body);
        }
        let order = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(order["fulfilment_status"], "partially_fulfilled", "{order}");
    }
}

/// Others are put to a shop in which what they speak of does not stand as they would have it: they are read, and
/// refused for another reason than what they look like.
#[tokio::test]
async fn every_body_has_an_example_that_can_be_read() {
    let bed = Bed::sqlite().await;
    crate::shop::open(&bed).await;
    let shown = Shown::by(&bed).await;
    for (method, path) in shown.operations() {
        let example = shown.example(&method, &path);
        assert_ne!(example, Value::Null, "{method} {path} has no example");
        let mut place = path.clone();
        while let (Some(from), Some(to)) = (place.find('{'), place.find('}')) {
            place.replace_range(from..=to, "1");
        }
        let headers = [("idempotency-key", "example"), ("if-match", "\"1\"")];
        let answer = bed.send(&method, &place, Some(example), &headers).await;
        let told = answer.body["errors"][0]["detail"].as_str().unwrap_or_default();
        let unread =
            ["unknown field", "missing field", "unknown variant", "invalid type", "invalid value"];
        assert!(!unread.iter().any(|it| told.contains(it)), "{method} {place}: {}", answer.body);
    }
}

/// Who asks with a key that may do nothing is told what would be enough: what the document says.
#[tokio::test]
async fn the_document_says_which_scopes_a_key_needs() {
    let bed = Bed::sqlite().await;
    let bare = bed.key_with(&[]).await;
    let authorization = format!("Bearer {bare}");
    let document = bed.get("/openapi.json").await.expect(200);
    let mut seen = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            let Some(security) = operation["security"].as_array() else { continue };
            let said: Vec<&Value> = security.iter().map(|it| &it["api_key"][0]).collect();
            let mut place = path.clone();
            while let (Some(from), Some(to)) = (place.find('{'), place.find('}')) {
                place.replace_range(from..=to, "1");
            }
            let headers = [("authorization", authorization.as_str())];
            let refused =
                bed.send(&method.to_uppercase(), &place, None, &headers).await.expect(403);
            let wanted: Vec<&Value> =
                refused["facts"]["any_of"].as_array().expect("scopes").iter().collect();
            assert_eq!(said, wanted, "{method} {path}");
            seen.extend(said.into_iter().map(|it| it.as_str().expect("a scope").to_owned()));
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}
