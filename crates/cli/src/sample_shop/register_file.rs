//! `register.db`: the customer register, by an old German hand; no foreign keys, dates as on forms.

use jiff::civil::{Date, date};
use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::customers::{Address, Customer, Land, Phone, Salutation, address_in};
use super::dates::{TODAY, days_between, german, plus};
use super::goods::DEPARTMENTS;
use super::phrases::{CLERKS, CONTACTS, TRAITS};
use super::random::Random;
use super::register_orders::{legacy_orders, write_orders, write_reminders};
use super::table::{Cell, fill, row};

/// New customers come over from the shop some nights later.
const LAST_TRANSFER: Date = date(2026, 11, 16);

/// Makes the tables and fills them.
///
/// # Errors
/// What SQLite says.
pub(super) async fn write(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("register.sql")).execute(&mut *connection).await?;
    let known: Vec<&Customer> =
        plan.customers.iter().filter(|customer| customer.since.day <= LAST_TRANSFER).collect();
    write_lands(connection).await?;
    write_customers(connection, plan.seed, &known).await?;
    write_addresses(connection, &known).await?;
    write_contacts(connection, plan.seed, &known).await?;
    let orders = legacy_orders(plan.seed, &known);
    write_orders(connection, plan.seed, &orders).await?;
    write_reminders(connection, plan.seed, &orders).await?;
    write_traits(connection, plan.seed, &known).await
}

/// The number as the register writes it: seven digits.
pub(super) fn register_number(customer: &Customer) -> String {
    format!("{:07}", customer.number)
}

/// The register writes the letters of car plates, not those of ISO 3166.
fn land_letters(land: Land) -> &'static str {
    match land {
        Land::Germany => "D",
        Land::Austria => "A",
        Land::Switzerland => "CH",
    }
}

async fn write_lands(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let lands = [
        ("D", "Deutschland"),
        ("A", "Österreich"),
        ("CH", "Schweiz"),
        ("FL", "Liechtenstein"),
        ("L", "Luxemburg"),
        ("I", "Italien (Südtirol)"),
    ];
    let rows = lands.into_iter().map(|(letters, name)| row![letters, name]);
    fill(connection, "LAENDER", ["LKZ", "BEZEICHNUNG"], rows).await
}

async fn write_customers(
    connection: &mut SqliteConnection,
    seed: u64,
    known: &[&Customer],
) -> sqlx::Result<()> {
    let mut random = Random::new(seed, "register");
    let columns = [
        "KDNR",
        "ANREDE",
        "TITEL",
        "NACHNAME",
        "VORNAME",
        "FIRMA",
        "STRASSE",
        "HAUSNR",
        "PLZ",
        "ORT",
        "LAND",
        "TELEFON",
        "EMAIL",
        "GEBURTSDATUM",
        "KUNDE_SEIT",
        "KREDITLIMIT",
        "SPERRKENNZ",
        "KENNWORT",
        "INTERESSEN",
        "LETZTE ÄNDERUNG",
    ];
    let rows = known.iter().map(|customer| customer_row(&mut random, customer));
    fill(connection, "KUNDEN", columns, rows).await
}

fn customer_row(random: &mut Random, customer: &Customer) -> [Cell; 20] {
    let address = address_as_known(random, &customer.addresses[0]);
    let salutation = match customer.salutation {
        Salutation::Mrs => "Frau",
        Salutation::Mr => "Herr",
        Salutation::Company => "Firma",
    };
    let born = match random.below(100) {
        0..70 => german(customer.born),
        70..74 => "00.00.0000".to_owned(),
        _ => String::new(),
    };
    let limit = random.weighted(&[
        (0, 2),
        (50_000, 6),
        (100_000, 5),
        (150_000, 4),
        (250_000, 3),
        (1_250_050, 1),
    ]);
    row![
        register_number(customer),
        salutation,
        customer.title,
        &customer.last_name,
        customer.first_name,
        customer.company.as_deref().unwrap_or(""),
        &address.street,
        &address.house_number,
        address.postcode,
        address.town,
        land_letters(address.land),
        customer.phone.as_ref().map(|phone| phone_as_written(random, phone)),
        email_as_known(random, &customer.email),
        born,
        german(customer.since.day),
        german_amount(limit),
        if customer.deleted.is_some() || random.chance(8) { "J" } else { "N" },
        random.hex(32),
        interests(random),
        format!(
            "{} {:02}:{:02}",
            german(customer.updated.day),
            customer.updated.second / 3600,
            customer.updated.second / 60 % 60
        ),
    ]
}

/// 1.5 % of the people have moved and told only one of the two systems; as many streets are abbreviated.
fn address_as_known(random: &mut Random, address: &Address) -> Address {
    match random.below(200) {
        0..3 => address_in(random, address.land),
        3..6 => Address {
            street: address.street.replace("straße", "str.").replace("Straße", "Str."),
            ..address.clone()
        },
        _ => address.clone(),
    }
}

/// 3 % of the e-mail addresses are written differently from those in the shop.
fn email_as_known(random: &mut Random, email: &str) -> String {
    match random.below(100) {
        0 => email.to_uppercase(),
        1 => email.replacen('.', "", 1),
        2 => email.split('@').next().map(|name| format!("{name}@example.com")).unwrap_or_default(),
        _ => email.to_owned(),
    }
}

/// Departments, with commas between them.
fn interests(random: &mut Random) -> String {
    let chosen = DEPARTMENTS.iter().filter(|_| random.chance(270));
    let names: Vec<&str> = chosen.map(|department| department.0).collect();
    names.join(",")
}

fn phone_as_written(random: &mut Random, phone: &Phone) -> String {
    let (area, local) = (phone.area_code, &phone.local);
    let pairs: Vec<&str> =
        (0..local.len()).step_by(2).map(|at| &local[at..local.len().min(at + 2)]).collect();
    match random.below(5) {
        0 => format!("0{area}/{local}"),
        1 => format!("0{area} / {}", pairs.join(" ")),
        2 => format!("(0{area}) {}", pairs.join(" ")),
        3 => format!("00{}-{area}-{local}", phone.dialling_code),
        _ => format!("0{area}-{local}"),
    }
}

/// Cents as `1.500,00`.
pub(super) fn german_amount(cents: i64) -> String {
    let (euros, rest) = (cents / 100, cents % 100);
    match euros {
        1000.. => format!("{}.{:03},{rest:02}", euros / 1000, euros % 1000),
        _ => format!("{euros},{rest:02}"),
    }
}

async fn write_addresses(
    connection: &mut SqliteConnection,
    known: &[&Customer],
) -> sqlx::Result<()> {
    let columns = ["KDNR", "LFDNR", "ART", "STRASSE", "HAUSNR", "PLZ", "ORT", "LAND"];
    let rows = known.iter().flat_map(|customer| {
        customer.addresses.iter().enumerate().map(|(place, address)| {
            row![
                register_number(customer),
                place as i64 + 1,
                if place == 0 { "R" } else { "L" },
                &address.street,
                &address.house_number,
                address.postcode,
                address.town,
                land_letters(address.land),
            ]
        })
    });
    fill(connection, "ADRESSEN", columns, rows).await
}

async fn write_contacts(
    connection: &mut SqliteConnection,
    seed: u64,
    known: &[&Customer],
) -> sqlx::Result<()> {
    let mut random = Random::new(seed, "contacts");
    let mut contacts: Vec<(Date, i64, &Customer)> = Vec::new();
    for customer in known {
        for _ in 0..random.weighted(&[(0, 60), (1, 22), (2, 12), (4, 5), (9, 1)]) {
            let day = plus(
                customer.since.day,
                random.between(0, days_between(customer.since.day, TODAY)),
            );
            contacts.push((day, random.between(480, 1_080), customer));
        }
    }
    contacts.sort_by_key(|(day, minute, customer)| (*day, *minute, customer.number));
    let columns = ["KDNR", "DATUM", "UHRZEIT", "ART", "BEARBEITER", "TEXT"];
    let rows = contacts.into_iter().map(|(day, minute, customer)| {
        row![
            register_number(customer),
            german(day),
            format!("{:02}:{:02}", minute / 60, minute % 60),
            random.weighted(&[("T", 6), ("M", 5), ("B", 1)]),
            *random.pick(CLERKS),
            *random.pick(CONTACTS),
        ]
    });
    fill(connection, "KONTAKTE", columns, rows).await
}

/// A table without a key, in which some rows stand twice.
async fn write_traits(
    connection: &mut SqliteConnection,
    seed: u64,
    known: &[&Customer],
) -> sqlx::Result<()> {
    let mut random = Random::new(seed, "traits");
    let columns = ["Kunden Nr", "Merkmal", "Wert", "gültig ab"];
    let mut rows = Vec::new();
    for customer in known {
        if !random.chance(180) {
            continue;
        }
        let (name, values) = *random.pick(TRAITS);
        let since = german(plus(customer.since.day, random.between(0, 60)));
        let row = row![register_number(customer), name, *random.pick(values), since];
        rows.extend(random.chance(20).then(|| row.clone()));
        rows.push(row);
    }
    fill(connection, "Kunden Merkmale", columns, rows).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_point_and_comma() {
        assert_eq!(german_amount(150_000), "1.500,00");
        assert_eq!(german_amount(1_250_050), "12.500,50");
        assert_eq!(german_amount(99_905), "999,05");
    }

    #[test]
    fn a_few_addresses_differ_from_those_in_the_shop() {
        let mut random = Random::new(1, "test");
        let email = "jutta.moeller@example.de";
        let other = (0..2_000).filter(|_| email_as_known(&mut random, email) != email).count();
        assert!((30..=90).contains(&other), "{other} of 2000");
    }
}
