//! `orders.db`: the shop's own database, English, by a careful hand.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::catalogue::{Category, Product};
use super::customers::{Address, Customer, Salutation};
use super::dates::{Moment, iso};
use super::orders::{COUPONS, Line, Order};
use super::phrases::{ADMINISTRATORS, ORDER_NOTES, RETURN_NOTES};
use super::random::Random;
use super::table::{Cell, fill, row};

/// Makes the tables and fills them.
///
/// # Errors
/// What SQLite says.
pub(super) async fn write(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("orders.sql"))
        .execute(&mut *connection)
        .await?;
    let ids = Ids::new(&plan.customers);
    write_customers(connection, plan, &ids).await?;
    write_catalogue(connection, plan).await?;
    write_coupons(connection).await?;
    write_orders(connection, plan, &ids).await?;
    write_lines(connection, plan).await?;
    write_payments(connection, plan).await?;
    write_shipments(connection, plan).await?;
    write_returns(connection, plan).await?;
    write_administrators(connection, plan.seed).await?;
    sqlx::raw_sql(include_str!("orders_indexes.sql"))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Under which ids customers and their addresses stand in the database.
struct Ids {
    /// By position among the customers; 0 for those the shop does not know.
    customers: Vec<i64>,
    /// Id of the first address, by position among the customers.
    first_addresses: Vec<i64>,
}

impl Ids {
    fn new(customers: &[Customer]) -> Self {
        let mut ids = Self {
            customers: Vec::new(),
            first_addresses: Vec::new(),
        };
        let (mut customer_id, mut address_id) = (0, 1);
        for customer in customers {
            customer_id += i64::from(customer.online);
            ids.customers
                .push(if customer.online { customer_id } else { 0 });
            ids.first_addresses.push(address_id);
            address_id += if customer.online {
                customer.addresses.len() as i64
            } else {
                0
            };
        }
        ids
    }
}

fn known<'a>(plan: &'a Plan, ids: &'a Ids) -> impl Iterator<Item = (usize, i64, &'a Customer)> {
    let customers = plan.customers.iter().enumerate();
    customers
        .filter(|(_, customer)| customer.online)
        .map(|(position, customer)| (position, ids.customers[position], customer))
}

async fn write_customers(
    connection: &mut SqliteConnection,
    plan: &Plan,
    ids: &Ids,
) -> sqlx::Result<()> {
    let columns = [
        "id",
        "number",
        "email",
        "first_name",
        "last_name",
        "company",
        "phone",
        "language",
        "newsletter",
        "created_at",
        "updated_at",
        "deleted_at",
    ];
    let rows = known(plan, ids).map(|(_, id, customer)| {
        row![
            id,
            format!("K-{}", customer.number),
            &customer.email,
            customer.first_name,
            &customer.last_name,
            customer.company.as_ref(),
            customer
                .phone
                .as_ref()
                .map(|phone| format!("+{}{}{}", phone.dialling_code, phone.area_code, phone.local)),
            customer.language,
            customer.newsletter,
            customer.since.iso(),
            customer.updated.iso(),
            customer.deleted.map(Moment::iso),
        ]
    });
    fill(connection, "customers", columns, rows).await?;
    let columns = [
        "id",
        "customer_id",
        "recipient",
        "street",
        "house_number",
        "extra",
        "postcode",
        "town",
        "country",
        "is_default",
    ];
    let rows = known(plan, ids).flat_map(|(position, id, customer)| {
        let first = ids.first_addresses[position];
        let addresses = customer.addresses.iter().enumerate();
        addresses.map(move |(place, address)| {
            address_row(first + place as i64, id, customer, place, address)
        })
    });
    fill(connection, "addresses", columns, rows).await
}

fn address_row(
    id: i64,
    customer_id: i64,
    customer: &Customer,
    place: usize,
    address: &Address,
) -> [Cell; 10] {
    let extra = match (customer.salutation, place) {
        (Salutation::Company, 0) => Some(format!(
            "z. Hd. {} {}",
            customer.first_name, customer.last_name
        )),
        (_, 1) => Some("Bei Abwesenheit bitte beim Nachbarn abgeben".to_owned()),
        (_, 2) => Some("c/o Ferienhaus".to_owned()),
        _ => None,
    };
    row![
        id,
        customer_id,
        recipient(customer),
        &address.street,
        &address.house_number,
        extra,
        address.postcode,
        address.town,
        address.land.code(),
        place == 0,
    ]
}

fn recipient(customer: &Customer) -> String {
    let title = customer
        .title
        .map(|title| format!("{title} "))
        .unwrap_or_default();
    match &customer.company {
        Some(company) => company.clone(),
        None => format!("{title}{} {}", customer.first_name, customer.last_name),
    }
}

async fn write_catalogue(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let columns = ["id", "parent_id", "name", "slug", "position", "visible"];
    let rows = plan.catalogue.categories.iter().map(category_row);
    fill(connection, "categories", columns, rows).await?;
    let columns = [
        "id",
        "sku",
        "name",
        "description",
        "price_cents",
        "currency",
        "tax_rate",
        "status",
        "gtin",
        "weight_g",
        "attributes",
        "tags",
        "image",
        "created_at",
        "updated_at",
        "deleted_at",
    ];
    fill(
        connection,
        "products",
        columns,
        plan.catalogue.products.iter().map(product_row),
    )
    .await?;
    let rows = plan.catalogue.products.iter().flat_map(|product| {
        product
            .categories
            .iter()
            .map(|category| row![product.id, *category])
    });
    fill(
        connection,
        "product_category",
        ["product_id", "category_id"],
        rows,
    )
    .await?;
    let columns = ["product_id", "language", "name", "description"];
    let rows = plan.catalogue.products.iter().flat_map(|product| {
        let german = row![product.id, "de", &product.name, &product.description];
        let english = row![
            product.id,
            "en",
            &product.english_name,
            &product.english_description
        ];
        // drafts and every fifteenth article still wait for their translation
        let translated = product.status != "draft" && product.id % 15 != 4;
        [Some(german), translated.then_some(english)]
            .into_iter()
            .flatten()
    });
    fill(connection, "product_translation", columns, rows).await
}

fn category_row(category: &Category) -> [Cell; 6] {
    let slug: String = category
        .name
        .1
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    row![
        category.id,
        category.parent,
        category.name.0,
        slug,
        category.id % 100 * 10,
        true
    ]
}

fn product_row(product: &Product) -> [Cell; 16] {
    row![
        product.id,
        &product.sku,
        &product.name,
        (product.status != "draft").then_some(&product.description),
        product.price_cents(),
        "EUR",
        product.tax_rate,
        product.status,
        &product.gtin,
        product.weight_g,
        &product.attributes,
        &product.tags,
        product.image.clone(),
        product.created.iso(),
        product.updated.iso(),
        product.deleted.map(Moment::iso),
    ]
}

async fn write_coupons(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let columns = [
        "code",
        "percent",
        "amount_cents",
        "minimum_cents",
        "valid_from",
        "valid_until",
    ];
    let rows = COUPONS.iter().map(|coupon| {
        row![
            coupon.code,
            coupon.percent,
            coupon.amount_cents,
            coupon.minimum_cents,
            iso(coupon.valid.0),
            iso(coupon.valid.1),
        ]
    });
    fill(connection, "coupons", columns, rows).await
}

async fn write_orders(
    connection: &mut SqliteConnection,
    plan: &Plan,
    ids: &Ids,
) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "order notes");
    let columns = [
        "id",
        "number",
        "customer_id",
        "status",
        "payment_status",
        "placed_at",
        "shipped_at",
        "billing_address_id",
        "shipping_address_id",
        "currency",
        "subtotal_cents",
        "shipping_cents",
        "discount_cents",
        "total_cents",
        "coupon_code",
        "note",
        "channel",
        "created_at",
        "updated_at",
    ];
    let rows = numbered(&plan.orders).map(|(id, order)| {
        let billing = ids.first_addresses[order.customer];
        row![
            id,
            &order.number,
            ids.customers[order.customer],
            order.status,
            order.payment_status,
            order.placed.iso(),
            order.shipped().map(Moment::iso),
            billing,
            billing + order.shipping_address as i64,
            order.currency,
            order.subtotal_cents,
            order.shipping_cents,
            order.discount_cents,
            order.total_cents(),
            order.coupon,
            random.chance(65).then(|| *random.pick(ORDER_NOTES)),
            order.channel,
            order.placed.iso(),
            order.updated.iso(),
        ]
    });
    fill(connection, "orders", columns, rows).await
}

/// Orders with the ids they have in the database.
fn numbered(orders: &[Order]) -> impl Iterator<Item = (i64, &Order)> {
    (1..).zip(orders)
}

async fn write_lines(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let columns = [
        "order_id",
        "line_no",
        "product_id",
        "sku",
        "name",
        "quantity",
        "unit_price_cents",
        "tax_rate",
    ];
    let rows = numbered(&plan.orders).flat_map(|(id, order)| {
        (1_i64..)
            .zip(&order.lines)
            .map(move |(line_no, line)| line_row(plan, id, order, line_no, line))
    });
    fill(connection, "order_lines", columns, rows).await
}

fn line_row(plan: &Plan, order_id: i64, order: &Order, line_no: i64, line: &Line) -> [Cell; 8] {
    let product = &plan.catalogue.products[line.product];
    let reduced = match order.tax_rate {
        8.1 => 2.6,
        20.0 => 10.0,
        _ => 7.0,
    };
    let tax_rate = if product.tax_rate == 7 {
        reduced
    } else {
        order.tax_rate
    };
    row![
        order_id,
        line_no,
        product.id,
        &product.sku,
        &product.name,
        line.quantity,
        line.unit_price_cents,
        tax_rate
    ]
}

async fn write_payments(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "payments");
    let columns = [
        "order_id",
        "method",
        "amount_cents",
        "currency",
        "provider_reference",
        "state",
        "api_token",
        "created_at",
    ];
    let all = numbered(&plan.orders).flat_map(|(id, order)| {
        order
            .payments
            .iter()
            .map(move |payment| (id, order, payment))
    });
    let rows = all.map(|(id, order, payment)| {
        let by_provider = !matches!(payment.method, "invoice" | "prepayment");
        row![
            id,
            payment.method,
            payment.amount_cents,
            order.currency,
            by_provider.then(|| format!("pp_{}", random.hex(20))),
            payment.state,
            by_provider.then(|| format!("tok_{}", random.hex(32))),
            payment.at.iso(),
        ]
    });
    fill(connection, "payments", columns, rows).await
}

async fn write_shipments(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let columns = [
        "order_id",
        "carrier",
        "tracking_code",
        "shipped_at",
        "delivered_at",
    ];
    let rows = numbered(&plan.orders).flat_map(|(id, order)| {
        order.shipments.iter().map(move |shipment| {
            row![
                id,
                shipment.carrier,
                &shipment.tracking_code,
                shipment.shipped.iso(),
                shipment.delivered.map(Moment::iso),
            ]
        })
    });
    fill(connection, "shipments", columns, rows).await
}

async fn write_returns(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "return notes");
    let columns = [
        "order_id",
        "line_no",
        "quantity",
        "reason",
        "received_at",
        "refund_cents",
        "currency",
        "note",
    ];
    let all = numbered(&plan.orders)
        .flat_map(|(id, order)| order.returns.iter().map(move |back| (id, order, back)));
    let rows = all.map(|(id, order, back)| {
        row![
            id,
            back.line_no,
            back.quantity,
            back.reason,
            back.received.map(Moment::iso),
            back.refund_cents,
            order.currency,
            random.chance(300).then(|| *random.pick(RETURN_NOTES)),
        ]
    });
    fill(connection, "returns", columns, rows).await
}

/// People with secrets, so that there is something to hide. No password belongs to these hashes.
async fn write_administrators(connection: &mut SqliteConnection, seed: u64) -> sqlx::Result<()> {
    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut random = Random::new(seed, "administrators");
    let columns = [
        "login",
        "display_name",
        "password_hash",
        "api_key",
        "totp_secret",
        "last_login_at",
        "active",
    ];
    let rows = ADMINISTRATORS
        .iter()
        .enumerate()
        .map(|(place, (login, name))| {
            let hash = format!(
                "$argon2id$v=19$m=19456,t=2,p=1${}${}",
                random.text(22, BASE64),
                random.text(43, BASE64)
            );
            row![
                *login,
                *name,
                hash,
                (place % 3 == 0).then(|| format!("ak_{}", random.hex(40))),
                (place % 2 == 0).then(|| random.text(32, BASE32)),
                (place != 5).then(|| format!("2026-11-{:02}T{:02}:12:09Z", 12 + place, 6 + place)),
                place != 5,
            ]
        });
    fill(connection, "admin_users", columns, rows).await
}
