//! The tables of `register.db` about orders of the time before the shop had its own database.

use jiff::civil::{Date, date};
use sqlx::sqlite::SqliteConnection;

use super::customers::Customer;
use super::dates::{days_between, german, iso, plus};
use super::phrases::CONTACTS;
use super::random::Random;
use super::register_file::{german_amount, register_number};
use super::table::{fill, row};

/// From this day on orders stand in the shop's own database.
const END_OF_LEGACY: Date = date(2024, 1, 1);

/// An order of the time before the shop had its own database.
pub(super) struct LegacyOrder {
    number: String,
    customer: String,
    day: Date,
    cents: i64,
    paid: bool,
}

/// Makes them, oldest first, for customers who came early enough.
pub(super) fn legacy_orders(seed: u64, known: &[&Customer]) -> Vec<LegacyOrder> {
    let mut random = Random::new(seed, "legacy orders");
    let early = known.iter().filter(|customer| customer.since.day < END_OF_LEGACY);
    let mut days: Vec<(Date, &Customer)> = Vec::new();
    for customer in early {
        let span = days_between(customer.since.day, END_OF_LEGACY) - 1;
        for _ in 0..random.weighted(&[(1, 55), (2, 25), (3, 12), (5, 6), (8, 2)]) {
            days.push((plus(customer.since.day, random.between(0, span)), customer));
        }
    }
    days.sort_by_key(|(day, customer)| (*day, customer.number));
    (300_001..)
        .zip(days)
        .map(|(number, (day, customer))| LegacyOrder {
            number: format!("A{number:07}"),
            customer: register_number(customer),
            day,
            cents: random.between(19, 900) * random.between(40, 160),
            paid: !random.chance(12),
        })
        .collect()
}

/// The table with the reserved name.
pub(super) async fn write_orders(
    connection: &mut SqliteConnection,
    seed: u64,
    orders: &[LegacyOrder],
) -> sqlx::Result<()> {
    let mut random = Random::new(seed, "legacy order notes");
    let columns =
        ["AUFTRNR", "KDNR", "DATUM", "BETRAG", "GROUP", "STATUS", "VERSANDART", "BEMERKUNG"];
    let rows = orders.iter().map(|order| {
        let status = match (order.paid, random.chance(40)) {
            (false, _) => "O",
            (true, true) => "S",
            (true, false) => "E",
        };
        row![
            &order.number,
            &order.customer,
            german(order.day),
            german_amount(order.cents),
            random.weighted(&[("VK", 8), ("TX", 3), ("GW", 1)]),
            status,
            random.weighted(&[("Paket", 7), ("Spedition", 3), ("Selbstabholung", 1)]),
            random.chance(80).then(|| *random.pick(CONTACTS)),
        ]
    });
    fill(connection, "ORDER", columns, rows).await
}

/// Some orders were paid only after a reminder; those still open have no day of payment but zeros.
pub(super) async fn write_reminders(
    connection: &mut SqliteConnection,
    seed: u64,
    orders: &[LegacyOrder],
) -> sqlx::Result<()> {
    let mut random = Random::new(seed, "reminders");
    let columns = ["AUFTRNR", "KDNR", "STUFE", "GEMAHNT_AM", "BEZAHLT_AM", "GEBÜHR"];
    let mut rows = Vec::new();
    for order in orders {
        let levels = if order.paid { random.weighted(&[(0, 94), (1, 4), (2, 2)]) } else { 3 };
        for level in 1..=levels {
            let reminded = plus(order.day, 14 * level + 16);
            let paid = match level == levels && order.paid {
                true => iso(plus(reminded, random.between(2, 12))),
                false => "0000-00-00".to_owned(),
            };
            let fee = german_amount((level - 1) * 250);
            rows.push(row![&order.number, &order.customer, level, iso(reminded), paid, fee]);
        }
    }
    fill(connection, "MAHNUNGEN", columns, rows).await
}
