//! `orders.db`: the shop's own database, English, by a careful hand.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::customers::{Address, Customer, Salutation};
use super::dates::Moment;
use super::phrases::ADMINISTRATORS;
use super::random::Random;
use super::shop_catalogue::{write_catalogue, write_coupons};
use super::shop_orders::{
    write_lines, write_orders, write_payments, write_returns, write_shipments,
};
use super::table::{Cell, fill, row};

/// Makes the tables and fills them.
///
/// # Errors
/// What SQLite says.
pub(super) async fn write(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("orders.sql")).execute(&mut *connection).await?;
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
    sqlx::raw_sql(include_str!("orders_indexes.sql")).execute(&mut *connection).await?;
    Ok(())
}

/// Under which ids customers and their addresses stand in the database.
pub(super) struct Ids {
    /// By position among the customers; 0 for those the shop does not know.
    pub(super) customers: Vec<i64>,
    /// Id of the first address, by position among the customers.
    pub(super) first_addresses: Vec<i64>,
}

impl Ids {
    fn new(customers: &[Customer]) -> Self {
        let mut ids = Self { customers: Vec::new(), first_addresses: Vec::new() };
        let (mut customer_id, mut address_id) = (0, 1);
        for customer in customers {
            customer_id += i64::from(customer.online);
            ids.customers.push(if customer.online { customer_id } else { 0 });
            ids.first_addresses.push(address_id);
            address_id += if customer.online { customer.addresses.len() as i64 } else { 0 };
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
        (Salutation::Company, 0) => {
            Some(format!("z. Hd. {} {}", customer.first_name, customer.last_name))
        }
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
    let title = customer.title.map(|title| format!("{title} ")).unwrap_or_default();
    match &customer.company {
        Some(company) => company.clone(),
        None => format!("{title}{} {}", customer.first_name, customer.last_name),
    }
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
    let rows = ADMINISTRATORS.iter().enumerate().map(|(place, (login, name))| {
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
