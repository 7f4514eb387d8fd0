//! The people and companies that buy, as the shop knows them.

use std::collections::HashSet;

use jiff::civil::{Date, date};

use super::dates::{Moment, TODAY, days_between, plus};
use super::names::{
    AUSTRIAN_STREETS, AUSTRIAN_TOWNS, BRANCHES, FAMILIES, GERMAN_TOWNS, MEN, STREETS, SWISS_TOWNS,
    Town, WOMEN,
};
use super::random::Random;

/// How one is addressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Salutation {
    Mrs,
    Mr,
    Company,
}

/// A land that the shop delivers to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Land {
    Germany,
    Austria,
    Switzerland,
}

impl Land {
    /// The code of ISO 3166.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Germany => "DE",
            Self::Austria => "AT",
            Self::Switzerland => "CH",
        }
    }

    fn dialling_code(self) -> &'static str {
        match self {
            Self::Germany => "49",
            Self::Austria => "43",
            Self::Switzerland => "41",
        }
    }
}

/// Where somebody lives or wants parcels sent.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) house_number: String,
    pub(super) postcode: &'static str,
    pub(super) town: &'static str,
    pub(super) area_code: &'static str,
    pub(super) land: Land,
}

/// A telephone number in its parts.
pub(super) struct Phone {
    pub(super) dialling_code: &'static str,
    /// Without the leading zero.
    pub(super) area_code: &'static str,
    pub(super) local: String,
}

/// A customer.
pub(super) struct Customer {
    /// The number that all systems share, 100,001 and up.
    pub(super) number: i64,
    /// Whether the shop knows them; the oldest stand in the register alone.
    pub(super) online: bool,
    pub(super) salutation: Salutation,
    pub(super) title: Option<&'static str>,
    pub(super) first_name: &'static str,
    pub(super) last_name: String,
    pub(super) company: Option<String>,
    pub(super) email: String,
    pub(super) phone: Option<Phone>,
    pub(super) language: &'static str,
    pub(super) newsletter: bool,
    pub(super) born: Date,
    pub(super) since: Moment,
    pub(super) updated: Moment,
    pub(super) deleted: Option<Moment>,
    /// The first one is where the invoice goes.
    pub(super) addresses: Vec<Address>,
}

/// Makes `count` customers, oldest first.
pub(super) fn plan(seed: u64, count: usize) -> Vec<Customer> {
    let mut random = Random::new(seed, "customers");
    let mut since = beginnings(&mut random, count);
    since.sort();
    let mut emails = HashSet::new();
    let mut number = 100_000;
    since
        .into_iter()
        .map(|since| {
            number += random.weighted(&[(1, 7), (2, 2), (3, 1)]);
            customer(&mut random, number, since, &mut emails)
        })
        .collect()
}

/// More and more customers came as the years went by.
fn beginnings(random: &mut Random, count: usize) -> Vec<Moment> {
    let first = date(2015, 3, 2);
    let days = days_between(first, TODAY) as usize;
    (0..count)
        .map(|_| {
            let before_today = random.skewed(days);
            let second = random.between(21_600, 82_800);
            Moment { day: plus(first, (days - 1 - before_today) as i64), second }
        })
        .collect()
}

fn customer(
    random: &mut Random,
    number: i64,
    since: Moment,
    emails: &mut HashSet<String>,
) -> Customer {
    let salutation =
        random.weighted(&[(Salutation::Mrs, 55), (Salutation::Mr, 39), (Salutation::Company, 6)]);
    let first_name = match salutation {
        Salutation::Mrs => *random.pick(WOMEN),
        Salutation::Mr => *random.pick(MEN),
        Salutation::Company if random.chance(500) => *random.pick(WOMEN),
        Salutation::Company => *random.pick(MEN),
    };
    let last_name = family_name(random);
    let address = address(random);
    let company =
        (salutation == Salutation::Company).then(|| company(random, &last_name, address.land));
    let days_known = days_between(since.day, TODAY);
    let later = |random: &mut Random| since.later(random.between(0, days_known - 1) * 86_400 + 47);
    let deleted = random.chance(18).then(|| later(random));
    let updated = deleted.unwrap_or_else(|| if random.chance(600) { later(random) } else { since });
    Customer {
        number,
        online: since.day > date(2018, 1, 1) || random.chance(400),
        salutation,
        title: random.chance(28).then(|| {
            random.weighted(&[("Dr.", 20), ("Prof. Dr.", 3), ("Mag.", 3), ("Dipl.-Ing.", 3)])
        }),
        first_name,
        email: email(random, first_name, &last_name, &address, emails),
        last_name,
        company,
        phone: random.chance(780).then(|| phone(random, &address)),
        language: if address.land != Land::Austria && random.chance(45) { "en" } else { "de" },
        newsletter: random.chance(410),
        born: plus(date(1940, 1, 1), random.between(0, 24_800)),
        since,
        updated,
        deleted,
        addresses: addresses(random, address),
    }
}

fn family_name(random: &mut Random) -> String {
    let name = *random.pick(FAMILIES);
    let second = *random.pick(FAMILIES);
    let simple = !name.contains(' ') && !second.contains(' ') && name != second;
    match random.chance(45) && simple {
        true => format!("{name}-{second}"),
        false => name.to_owned(),
    }
}

fn company(random: &mut Random, owner: &str, land: Land) -> String {
    let form = match land {
        Land::Germany => random.weighted(&[
            ("GmbH", 10),
            ("GmbH & Co. KG", 4),
            ("e. K.", 2),
            ("GbR", 2),
            ("UG (haftungsbeschränkt)", 1),
        ]),
        Land::Austria => random.weighted(&[("GmbH", 8), ("OG", 2), ("e. U.", 3)]),
        Land::Switzerland => random.weighted(&[("AG", 3), ("GmbH", 3)]),
    };
    match random.chance(600) {
        true => format!("{} {owner} {form}", random.pick(BRANCHES)),
        false => format!("{owner} {} {form}", random.pick(BRANCHES)),
    }
}

fn addresses(random: &mut Random, first: Address) -> Vec<Address> {
    let others = random.weighted(&[(0, 82), (1, 15), (2, 3)]);
    let mut all = vec![first];
    for _ in 0..others {
        let land = all[0].land;
        all.push(address_in(random, land));
    }
    all
}

fn address(random: &mut Random) -> Address {
    let land = random.weighted(&[(Land::Germany, 80), (Land::Austria, 17), (Land::Switzerland, 3)]);
    address_in(random, land)
}

/// An invented street in a town of `land`.
pub(super) fn address_in(random: &mut Random, land: Land) -> Address {
    let (towns, streets): (&[Town], &[&str]) = match land {
        Land::Germany => (GERMAN_TOWNS, STREETS),
        Land::Austria => (AUSTRIAN_TOWNS, AUSTRIAN_STREETS),
        Land::Switzerland => (SWISS_TOWNS, STREETS),
    };
    let (postcode, town, area_code) = *random.pick(towns);
    let street = match land {
        Land::Switzerland => random.pick(streets).replace('ß', "ss"),
        _ => (*random.pick(streets)).to_owned(),
    };
    let number = random.between(1, 140);
    let house_number = match land {
        // staircase and flat, as in Vienna
        Land::Austria if random.chance(400) => {
            format!("{number}/{}/{}", random.between(1, 6), random.between(1, 30))
        }
        _ if random.chance(140) => format!("{number} {}", random.pick(&["a", "b", "c", "d"])),
        _ if random.chance(30) => format!("{number}–{}", number + 2),
        _ => number.to_string(),
    };
    Address { street, house_number, postcode, town, area_code, land }
}

/// A number that rings nowhere: in the five cities the ranges that the Federal Network Agency keeps
/// for films, elsewhere local numbers that begin with 1, of which there are none.
fn phone(random: &mut Random, address: &Address) -> Phone {
    let dialling_code = address.land.dialling_code();
    if address.land == Land::Germany && random.chance(150) {
        return Phone {
            dialling_code,
            area_code: "171",
            local: format!("39200{}", random.digits(2)),
        };
    }
    let local = match address.area_code {
        "30" => format!("23125{}", random.digits(3)),
        "69" => format!("90009{}", random.digits(3)),
        "40" => format!("66969{}", random.digits(3)),
        "221" => format!("4710{}", random.digits(3)),
        "89" => format!("99998{}", random.digits(3)),
        _ => format!("1{}{}", random.between(3, 9), random.digits(4)),
    };
    Phone { dialling_code, area_code: address.area_code, local }
}

fn email(
    random: &mut Random,
    first: &str,
    last: &str,
    address: &Address,
    taken: &mut HashSet<String>,
) -> String {
    let (first, last) = (ascii(first), ascii(last));
    let initial = &first[..1];
    let name = match random.below(10) {
        0..6 => format!("{first}.{last}"),
        6..8 => format!("{initial}.{last}"),
        8 => format!("{last}{}", random.between(50, 99)),
        _ => format!("{first}{last}"),
    };
    let domain = match address.land {
        Land::Austria if random.chance(700) => "example.at",
        Land::Germany if random.chance(750) => "example.de",
        _ => "example.com",
    };
    let mut email = format!("{name}@{domain}");
    let mut next = 2;
    while !taken.insert(email.clone()) {
        email = format!("{name}{next}@{domain}");
        next += 1;
    }
    email
}

/// `name` in the letters of an e-mail address.
fn ascii(name: &str) -> String {
    name.to_lowercase().chars().fold(String::new(), |mut plain, letter| {
        match letter {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'ı' | 'i' => plain.push('i'),
            'ş' | 'ś' => plain.push('s'),
            'č' | 'ć' | 'ç' => plain.push('c'),
            'á' => plain.push('a'),
            'é' => plain.push('e'),
            ' ' => plain.push('-'),
            letter if letter.is_ascii_alphanumeric() || letter == '-' => plain.push(letter),
            _ => {}
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses_that_mail_can_carry() {
        assert_eq!(ascii("Großmann-Öztürk"), "grossmann-oeztuerk");
        for customer in plan(3, 500) {
            let (name, domain) = customer.email.split_once('@').expect("an @");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)), "{name}");
            assert!(["example.de", "example.at", "example.com"].contains(&domain), "{domain}");
        }
    }

    #[test]
    fn numbers_rise_and_nobody_came_after_today() {
        let customers = plan(3, 500);
        assert!(customers.is_sorted_by(|a, b| a.number < b.number && a.since <= b.since));
        assert!(customers.iter().all(|c| c.since.day < TODAY && c.updated.day <= TODAY));
    }
}
