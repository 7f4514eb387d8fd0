//! Services and descriptions that others made, with nothing of ours but a manifest: connected,
//! listed, paged to the end, opened and changed or acted on.

use std::path::Path;

use kontor_model::filter::Filter;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{
    Acted, ActionRequest, Applied, EditRequest, Input, ItemState, List, ListRequest, Listed,
    OfficeError,
};
use kontor_testkit::{Peer, PostgresServer};

use crate::office::Bureau;

/// The longest manifest of these tests, in lines.
const LONGEST: usize = 40;

/// A backend of others in an office of its own.
struct Foreign {
    bureau: Bureau,
    _peer: Peer,
}

impl Foreign {
    /// Prism, which answers as a published description promises.
    async fn described_by(document: &str, manifest: &str) -> Self {
        let peer = Peer::start("prism.mjs", &[document]).await;
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/peers/node_modules");
        let file = packages.join(document);
        let url =
            format!("url = \"openapi:{}\"\nserver = \"http://{}\"", file.display(), peer.host());
        Self::at(peer, &url, manifest).await
    }

    async fn at(peer: Peer, url: &str, manifest: &str) -> Self {
        let manifest = format!("{url}\nwritable = true\n{}", manifest.trim_start());
        assert!(manifest.lines().count() <= LONGEST, "the manifest is longer than {LONGEST} lines");
        Self { bureau: Bureau::of_manifests(&[("foreign", &manifest)]).await, _peer: peer }
    }

    /// The first part of a list.
    async fn list(&self, resource: &str, request: &ListRequest) -> Result<List, OfficeError> {
        let permit = self.bureau.reading("foreign");
        self.bureau.office.list(&permit, &ResourceName::new(resource), request).await
    }

    /// All records of a list, read part by part.
    async fn all(&self, resource: &str, mut request: ListRequest) -> Vec<Listed> {
        let mut records = Vec::new();
        loop {
            let list = self.list(resource, &request).await.unwrap();
            records.extend(list.records);
            assert!(records.len() < 10_000, "the list does not end");
            match list.next {
                Some(next) => request.after = Some(next),
                None => return records,
            }
        }
    }

    /// A value of a record that is opened.
    async fn value(&self, resource: &str, key: &RecordKey, field: &str) -> Value {
        let permit = self.bureau.reading("foreign");
        let resource = ResourceName::new(resource);
        let shown = self.bureau.office.record(&permit, &resource, key).await.unwrap();
        let place = shown.catalog.schema.resources[shown.face().index].position(field).unwrap();
        shown.value(place).unwrap().clone()
    }

    async fn edit(
        &self,
        resource: &str,
        key: &RecordKey,
        (field, value): (&str, &str),
    ) -> Result<Applied, OfficeError> {
        let permit = self.bureau.editing("foreign");
        let set = vec![(field.to_owned(), Input::Text(value.into()))];
        let request = EditRequest { set, ..EditRequest::default() };
        let resource = ResourceName::new(resource);
        let plan = self.bureau.office.plan_update(&permit, &resource, key, &request).await?;
        self.bureau.office.apply(&self.bureau.actor, &permit.backend, plan).await
    }

    /// Does something with a record.
    async fn act(
        &self,
        resource: &str,
        key: &RecordKey,
        (action, input): (&str, &[(&str, &str)]),
    ) -> Result<Acted, OfficeError> {
        let permit = self.bureau.editing("foreign");
        let input = input
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Input::Text((*value).to_owned())));
        let request = ActionRequest {
            action: action.to_owned(),
            keys: vec![key.clone()],
            input: input.collect(),
            of_many: false,
        };
        let plan =
            self.bureau.office.plan_action(&permit, &ResourceName::new(resource), &request)?;
        self.bureau.office.act(&self.bureau.actor, &permit, plan).await
    }
}

fn where_(filter: &str) -> ListRequest {
    ListRequest { filter: Some(Filter::parse(filter).unwrap()), ..ListRequest::default() }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// Chinook behind Platformatic, which makes a REST API with a description of its own of a database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rest_api_over_a_real_database_is_read_to_its_end_ordered_and_changed() {
    let Some(url) = PostgresServer::shared().await.copy_of("chinook").await else { return };
    let peer = Peer::start("rest.mjs", &[&url]).await;
    let url = format!("url = \"openapi+http://{}/documentation/json\"", peer.host());
    let foreign = Foreign::at(peer, &url, "").await;

    let sort = vec![("name".to_owned(), true)];
    let request = ListRequest { limit: Some(100), sort, ..ListRequest::default() };
    let artists = foreign.all("artist", request).await;
    assert_eq!(artists.len(), 275, "three parts of the list, and none twice");
    assert!(artists[0].values.contains(&text("Zeca Pagodinho")), "{:?}", artists[0]);
    assert_eq!(foreign.all("track", ListRequest::default()).await.len(), 3503);

    let named = foreign.all("artist", where_("name starts with alice")).await;
    assert_eq!(named.len(), 1, "Alice In Chains");
    let alice = &named[0].key;
    foreign.edit("artist", alice, ("name", "Alice und Freunde")).await.unwrap();
    let now = foreign.value("artist", alice, "name").await;
    assert_eq!(now, text("Alice und Freunde"));
    foreign.bureau.assert_audit_is_intact().await;
}

/// Scalar's example for OpenAPI 3.1: offset and limit, `data` and `meta`. Its example promises a
/// hundred planets and gives one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_of_planets_is_listed_opened_and_edited() {
    let manifest = r#"
headers = { X-API-Key = "tests" }
[resources.planets]
title_field = "name"
http = { list = "/planets", paging = { style = "none" } }
"#;
    let foreign = Foreign::described_by("@scalar/galaxy/dist/3.1.json", manifest).await;
    let planets = foreign.all("planets", ListRequest::default()).await;
    let [mars] = planets.as_slice() else { panic!("{planets:?}") };
    assert_eq!(mars.key, RecordKey::Values(vec![Value::Int(1)]));
    assert_eq!(foreign.value("planets", &mars.key, "name").await, text("Mars"));
    foreign.edit("planets", &mars.key, ("description", "Rot")).await.unwrap();
    foreign.bureau.assert_audit_is_intact().await;

    let lying = Foreign::described_by(
        "@scalar/galaxy/dist/3.1.json",
        "headers = { X-API-Key = \"tests\" }",
    );
    let lying = lying.await;
    let first = lying.list("planets", &ListRequest::default()).await.unwrap();
    let request = ListRequest { after: first.next, ..ListRequest::default() };
    let refused = lying.list("planets", &request).await.expect_err("the same planet again");
    assert!(format!("{refused:?}").contains("the same records come again"), "{refused:?}");
}

/// Bump's example for OpenAPI 3.1: lists with links to other hosts, compositions, an operation with
/// one of two kinds of payment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_of_train_travel_is_listed_opened_and_acted_on() {
    let manifest = r#"
headers = { Authorization = "Bearer tests" }
[resources.stations]
title_field = "name"
http = { list = "/stations", paging = { style = "page", parameter = "page", size = "limit" } }
[resources.trips]
http = { list = "/trips", parameters = { date = "2024-02-01T09:00:00Z" }, paging = { style = "page", parameter = "page", size = "limit" } }
[resources.bookings]
http = { list = "/bookings", paging = { style = "page", parameter = "page", size = "limit" } }
[resources.bookings.actions.payment]
title = { de = "Bezahlen", en = "Pay" }
"#;
    let document = "@readme/oas-examples/3.1/json/train-travel.json";
    let foreign = Foreign::described_by(document, manifest).await;
    let stations = foreign.all("stations", ListRequest::default()).await;
    assert_eq!(stations.len(), 2);
    assert!(stations[0].values.contains(&text("Berlin Hauptbahnhof")), "{stations:?}");
    let needs = foreign.list("trips", &ListRequest::default()).await.expect_err("from where");
    assert!(matches!(needs, OfficeError::NeedsFilter { .. }), "{needs:?}");
    let (berlin, paris) =
        ("efdbb9d1-02c2-4bc3-afb7-6788d8782b1e", "b2e783e1-c824-4d63-b37a-d8d698862f1d");
    let trips = where_(&format!("origin = {berlin} and destination = {paris}"));
    assert_eq!(foreign.all("trips", trips).await.len(), 2);

    let bookings = foreign.all("bookings", ListRequest::default()).await;
    assert_eq!(bookings.len(), 2);
    let booking = &bookings[0].key;
    let passenger = foreign.value("bookings", booking, "passenger_name").await;
    assert_eq!(passenger, text("John Doe"));
    let card = [
        ("currency", "gbp"),
        ("source.object", "card"),
        ("source.name", "John Doe"),
        ("source.number", "4242424242424242"),
        ("source.cvc", "123"),
        ("source.exp_month", "12"),
        ("source.exp_year", "2030"),
        ("source.address_country", "gb"),
    ];
    let pay = |amount| [card.as_slice(), &[("amount", amount)]].concat();
    let paid = foreign.act("bookings", booking, ("payment", &pay("49.99"))).await.unwrap();
    assert!(matches!(paid.items.as_slice(), [(_, ItemState::Written(_))]), "{:?}", paid.items);
    let refused = foreign.act("bookings", booking, ("payment", &pay("-1"))).await;
    assert!(matches!(refused, Err(OfficeError::Invalid(_))), "{refused:?}");
}

/// Swagger's pet shop for OpenAPI 3.0: bare lists, forms, XML beside JSON, a list that is none by
/// its path.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_of_a_pet_shop_is_listed_opened_and_acted_on() {
    let manifest = r#"
headers = { Authorization = "Bearer tests", api_key = "of tests" }
[resources.pets]
title_field = "name"
http = { list = "/pet/findByStatus", item = "/pet/{petId}" }
"#;
    let document = "@readme/oas-examples/3.0/json/petstore.json";
    let foreign = Foreign::described_by(document, manifest).await;
    let pets = foreign.all("pets", where_("status = available")).await;
    let [pet] = pets.as_slice() else { panic!("{pets:?}") };
    assert_eq!(foreign.value("pets", &pet.key, "name").await, text("doggie"));
    // All that the description promises of this form is that it may be wrong.
    let form = [("name", "doggie"), ("status", "sold")];
    let refused = foreign.act("pets", &pet.key, ("post", &form)).await.expect_err("a wrong form");
    assert!(format!("{refused:?}").contains("the service answered with status 405"));
}

/// Swagger's smaller pet shop: a bare list that ends where it is shorter than was asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_without_any_manners_is_listed_opened_and_deleted_from() {
    let document = "@readme/oas-examples/3.0/json/petstore-expanded.json";
    let foreign = Foreign::described_by(document, "").await;
    let pets = foreign.all("pets", ListRequest::default()).await;
    let [pet] = pets.as_slice() else { panic!("{pets:?}") };
    assert!(matches!(foreign.value("pets", &pet.key, "name").await, Value::Text(_)));
    let permit = foreign.bureau.editing("foreign");
    let (office, resource) = (&foreign.bureau.office, ResourceName::new("pets"));
    let plan = office.plan_delete(&permit, &resource, &pet.key, &[]).await.unwrap();
    let deleted = office.apply(&foreign.bureau.actor, &permit.backend, plan).await.unwrap();
    assert!(matches!(deleted.items.as_slice(), [ItemState::Written(_)]), "{:?}", deleted.items);
}
