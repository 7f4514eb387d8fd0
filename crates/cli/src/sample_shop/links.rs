//! The links between the three databases, the returns desk and Order & Inspect are found without any being
//! declared.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use kontor_connect::{Budget, Connection, Location, Opening};
use kontor_model::{BackendName, Schema};
use kontor_office::proposals::{
    AcrossReport, ConnectionSampler, FarProposal, Side, SketchKey, propose_across,
};
use returns_desk::{Clock, Desk, Serving};

use super::running::Running;
use super::tests::small_shop;

/// Pairs of columns: `=` are the same thing, `!` are not, however alike they look.
const LABELLED: &str = "
    = orders.customers.number            register.KUNDEN.KDNR
    = register.ADRESSEN.KDNR             orders.customers.number
    = register.KONTAKTE.KDNR             orders.customers.number
    = register.ORDER.KDNR                orders.customers.number
    = register.MAHNUNGEN.KDNR            orders.customers.number
    = register.Kunden Merkmale.Kunden Nr orders.customers.number
    = register.KUNDEN.EMAIL              orders.customers.email
    = warehouse.stock.sku                orders.products.sku
    = warehouse.movements.sku            orders.products.sku
    = warehouse.supplier_items.sku       orders.products.sku
    = warehouse.price_history.sku        orders.products.sku
    = warehouse.movements.reference      orders.orders.number
    = desk.returns.orderNo               orders.orders.number
    = desk.returns.customerNo            orders.customers.number
    = desk.returns.customerNo            register.KUNDEN.KDNR
    = desk.returns.customerEmail         orders.customers.email
    = desk.returns.sku                   orders.products.sku
    ! register.ORDER.AUFTRNR             orders.orders.number
    ! register.MAHNUNGEN.AUFTRNR         orders.orders.number
    ! register.ORDER.KDNR                orders.orders.number
    ! register.KUNDEN.KDNR               orders.orders.id
    ! register.KUNDEN.KDNR               orders.customers.id
    ! register.ADRESSEN.LFDNR            orders.addresses.id
    ! register.KONTAKTE.KONTAKTNR        orders.payments.id
    ! register.MAHNUNGEN.MAHNNR          orders.orders.id
    ! register.MAHNUNGEN.STUFE           orders.categories.id
    ! register.ORDER.GROUP               orders.categories.id
    ! register.KUNDEN.PLZ                orders.products.id
    ! register.KUNDEN.TELEFON            orders.customers.number
    ! orders.addresses.country           register.LAENDER.LKZ
    ! orders.addresses.postcode          register.KUNDEN.KDNR
    ! orders.orders.id                   register.KONTAKTE.KONTAKTNR
    ! orders.orders.number               register.ORDER.AUFTRNR
    ! orders.orders.number               warehouse.deliveries.delivery_no
    ! orders.order_lines.line_no         register.KONTAKTE.KONTAKTNR
    ! orders.customers.id                register.MAHNUNGEN.MAHNNR
    ! orders.products.gtin               register.KUNDEN.KDNR
    ! orders.coupons.code                warehouse.sites.code
    ! orders.shipments.carrier           warehouse.suppliers.supplier_no
    ! warehouse.suppliers.country        register.LAENDER.LKZ
    ! warehouse.sites.country            register.LAENDER.LKZ
    ! warehouse.suppliers.supplier_no    register.KUNDEN.KDNR
    ! warehouse.supplier_items.supplier_sku orders.products.sku
    ! warehouse.delivery_lines.supplier_sku orders.products.sku
    ! warehouse.deliveries.delivery_no   orders.orders.number
    ! warehouse.movements.reference      register.ORDER.AUFTRNR
    ! warehouse.movements.seq            orders.orders.id
    ! warehouse.bins.rack                orders.categories.id
    ! warehouse.stock.site               orders.coupons.code
    ! desk.returns.rma                   orders.orders.number
    ! desk.returns.orderNo               register.ORDER.AUFTRNR
    ! desk.returns.orderNo               warehouse.deliveries.delivery_no
    ! desk.returns.customerNo            orders.orders.number
    ! desk.returns.quantity              orders.categories.id
    ! desk.returns.photos                orders.categories.id
    ! desk.returns.parcel.id             orders.orders.id
    ! desk.parcels.id                    orders.shipments.id
    ! desk.parcels.id                    orders.returns.id
    ! desk.parcels.trackingNo            warehouse.deliveries.delivery_no
    ! desk.parcels.carrier               warehouse.suppliers.supplier_no
    ! orders.returns.id                  desk.parcels.id
    ! warehouse.movements.reference      desk.returns.rma
    = shop.customers.number              orders.customers.number
    = shop.customers.number              register.KUNDEN.KDNR
    = register.ORDER.KDNR                shop.customers.number
    = register.MAHNUNGEN.KDNR            shop.customers.number
    = shop.customers.email               orders.customers.email
    = shop.catalogue.variants.sku        orders.products.sku
    = shop.catalogue.variants.gtin       orders.products.gtin
    = shop.catalogue.offers.sku          orders.products.sku
    = shop.catalogue.stock.sku           orders.products.sku
    ! shop.orders.number                 orders.orders.number
    ! shop.orders.number                 register.ORDER.AUFTRNR
    ! shop.customers.id                  orders.customers.id
    ! shop.customers.number              orders.orders.number
    ! shop.catalogue.products.code       orders.products.sku
    ! shop.catalogue.categories.code     orders.coupons.code
    ! shop.catalogue.locations.code      warehouse.sites.code
    ! shop.payouts.id                    orders.payments.id
    ! shop.catalogue.reviews.id          orders.orders.id
    ! shop.orders.number                 warehouse.deliveries.delivery_no
    ! shop.orders.number                 desk.returns.rma
";

struct Backend {
    name: BackendName,
    connection: Arc<dyn Connection>,
    schema: Schema,
}

impl Backend {
    async fn of(name: &str, file: &Path) -> Self {
        Self::at(name, format!("sqlite:{}", file.display()).parse().unwrap()).await
    }

    async fn at(name: &str, location: Location) -> Self {
        let connection = kontor_connect::open(Opening {
            location,
            replica: None,
            writable: false,
            budget: Budget::default(),
            session_name: "test".into(),
            service: kontor_connect::ServiceOptions::default(),
        });
        let schema = connection.introspect().await.unwrap();
        Self { name: BackendName::new(name).unwrap(), connection, schema }
    }
}

async fn proposed(backends: &[Backend]) -> AcrossReport {
    let samplers: Vec<ConnectionSampler<'_>> = backends
        .iter()
        .map(|backend| ConnectionSampler::new(backend.connection.as_ref(), &backend.schema, 500))
        .collect();
    let sides: Vec<Side<'_>> = backends
        .iter()
        .zip(&samplers)
        .map(|(backend, sampler)| Side {
            name: &backend.name,
            schema: &backend.schema,
            sampler,
            is_visible: &|_, _| true,
        })
        .collect();
    propose_across(&sides, &SketchKey::derived_from(b"a test")).await
}

/// A pair of columns; of two keys it does not matter which refers.
fn pair(one: &str, other: &str) -> (String, String) {
    if one <= other { (one.into(), other.into()) } else { (other.into(), one.into()) }
}

fn pair_of(proposal: &FarProposal) -> (String, String) {
    let link = &proposal.link;
    let far = link.backend.as_ref().unwrap();
    pair(
        &format!("{}.{}.{}", proposal.from, link.from, link.fields[0]),
        &format!("{far}.{}.{}", link.to, link.to_fields[0]),
    )
}

fn labelled() -> BTreeMap<(String, String), bool> {
    let lines = LABELLED.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (mark, names) = line.split_at(1);
            let (one, other) = names.trim().rsplit_once(' ').unwrap();
            (pair(one.trim(), other.trim()), mark == "=")
        })
        .collect()
}

#[tokio::test]
async fn the_links_between_the_five_backends_are_found_and_no_others() {
    let (_folder, shop) = small_shop().await;
    let desk = Desk::open(&shop.returns, Clock::System).await.unwrap();
    let desk = Serving::start(desk).await.unwrap();
    let running = Running::small().await;
    let new_shop = format!("openapi+http://{}/openapi.json", running.address);
    let new_shop: Location = new_shop.parse().unwrap();
    let backends = [
        Backend::of("orders", &shop.orders).await,
        Backend::of("register", &shop.register).await,
        Backend::of("warehouse", &shop.warehouse).await,
        Backend::at("desk", format!("graphql+{}", desk.url()).parse().unwrap()).await,
        Backend::at("shop", new_shop.with_password(&running.key)).await,
    ];
    let labelled = labelled();
    assert!(labelled.len() >= 30, "{} pairs", labelled.len());
    let report = proposed(&backends).await;
    let found: Vec<(String, String)> = report.proposals.iter().map(pair_of).collect();
    let truth = labelled.iter().filter(|(_, is_true)| **is_true).map(|(pair, _)| pair);
    let (truth, correct): (Vec<_>, Vec<_>) =
        (truth.clone().collect(), truth.filter(|pair| found.contains(pair)).collect());
    let precision = correct.len() as f64 / found.len().max(1) as f64;
    let recall = correct.len() as f64 / truth.len() as f64;
    let mut text = format!(
        "{} pairs labelled, {} of them true; proposed {}, of these true {}: precision {precision:.2}, recall {recall:.2}\n",
        labelled.len(),
        truth.len(),
        found.len(),
        correct.len()
    );
    for proposal in &report.proposals {
        let mark = labelled.get(&pair_of(proposal)).map_or("?", |is| if *is { "=" } else { "!" });
        text.push_str(&format!(
            "  {mark} {} {}% {:?} {:?}\n",
            proposal.subject(),
            proposal.confidence.as_percent(),
            proposal.link.value,
            proposal.evidence
        ));
    }
    for missed in truth.iter().filter(|pair| !found.contains(pair)) {
        text.push_str(&format!("  missed: {missed:?}\n"));
    }
    text.push_str(&format!("  {:?}\n", report.costs));
    // Written past the test harness, which would swallow what a test that passes says.
    drop(std::io::stderr().write_all(text.as_bytes()));
    assert!(precision >= 0.9 && recall >= 0.9, "{text}");
}
