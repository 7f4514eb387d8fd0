//! Customers.

use serde_json::json;

use super::{
    Blueprint, DAY,
    chance::Chance,
    given::GivenCustomer,
    id, pieces,
    shop::{SHOPS, Shop},
    stream,
    words::{FIRST_NAMES, LAST_NAMES, STREETS, towns},
};
use crate::{
    address::Address,
    args,
    catalogue::folding,
    db::{Db, Insert},
    moment::Moment,
};

/// Customers that are written as one piece.
const PIECE: u64 = 5_000;

/// Somebody with an account.
pub(super) struct Person {
    /// From 0.
    at: u64,
    number: String,
    /// Place in [`SHOPS`].
    pub(super) shop_at: usize,
    pub(super) email: String,
    pub(super) address: Address,
    group: Option<&'static str>,
    since: Moment,
}

impl Person {
    pub(super) fn of(plan: &Blueprint, number: u64) -> Self {
        let mut chance = Chance::of(plan.seed, "customer", number);
        let shop_at = shop_of(number);
        let name = name(plan, number);
        let country = SHOPS[shop_at].country;
        let (city, postal_code) = *chance.pick(towns(country));
        let made = Address {
            name: name.clone(),
            company: None,
            street: format!("{} {}", chance.pick(&STREETS), chance.amount(1, 120)),
            extra: None,
            postal_code: postal_code.to_owned(),
            city: city.to_owned(),
            country: country.to_owned(),
            phone: chance
                .percent(40)
                .then(|| format!("+49 40 {}", chance.amount(100_000, 999_999))),
        };
        let given = plan.known.customer(number);
        Self {
            at: number,
            number: given.map_or_else(|| format!("K-{}", 10_000 + number), |it| it.number.clone()),
            shop_at,
            email: given.map_or_else(
                || format!("{}.{}@example.org", folding::words(&name).join("."), number + 1),
                |it| it.email.clone(),
            ),
            address: given.map_or(made, address_of),
            group: chance.percent(5).then_some("trade"),
            since: plan.begin().saturating_add_micros(chance.amount(0, 600) * DAY),
        }
    }

    pub(super) fn id(&self) -> i64 {
        id(self.at + 1)
    }

    pub(super) fn shop(&self) -> &'static Shop {
        &SHOPS[self.shop_at]
    }
}

/// Where somebody lives who is given.
fn address_of(given: &GivenCustomer) -> Address {
    Address {
        name: given.name.clone(),
        company: None,
        street: given.street.clone(),
        extra: None,
        postal_code: given.postal_code.clone(),
        city: given.city.clone(),
        country: given.country.clone(),
        phone: given.phone.clone(),
    }
}

/// What a customer is called.
pub(super) fn name(plan: &Blueprint, number: u64) -> String {
    if let Some(given) = plan.known.customer(number) {
        return given.name.clone();
    }
    let mut chance = Chance::of(plan.seed, "name", number);
    format!("{} {}", chance.pick(&FIRST_NAMES), chance.pick(&LAST_NAMES))
}

/// The shop that a customer, or an order, belongs to: of twenty in a row so many in each.
pub(super) fn shop_of(number: u64) -> usize {
    let mut place = number % 20;
    let here = SHOPS.iter().position(|shop| {
        let is_here = place < shop.of_twenty;
        place = place.saturating_sub(shop.of_twenty);
        is_here
    });
    here.unwrap_or(0)
}

/// The shop that a customer, or an order, belongs to, and how many of that shop came before.
pub(super) fn place_of(number: u64) -> (usize, u64) {
    let shop_at = shop_of(number);
    let before: u64 = SHOPS[..shop_at].iter().map(|shop| shop.of_twenty).sum();
    (shop_at, number / 20 * SHOPS[shop_at].of_twenty + number % 20 - before)
}

/// The customer, or the order, before which so many of the shop came.
pub(super) fn number_at(shop_at: usize, place: u64) -> u64 {
    let before: u64 = SHOPS[..shop_at].iter().map(|shop| shop.of_twenty).sum();
    let of_twenty = SHOPS[shop_at].of_twenty;
    place / of_twenty * 20 + before + place % of_twenty
}

/// Writes all of them.
pub(super) async fn write(db: &Db, plan: &Blueprint) -> crate::Result<u64> {
    let own = plan.clone();
    let (rows, _) = stream(db, pieces(plan.customers, PIECE), move |todo| {
        let Some(range) = todo.next() else { return Ok(None) };
        let row = |number| {
            let person = Person::of(&own, number);
            let (channel, locale) = (id(person.shop_at as u64 + 1), person.shop().locale());
            args![
                person.id(),
                channel,
                person.number,
                person.email,
                &person.address.name,
                person.address.name.to_lowercase(),
                person.address.phone.clone(),
                person.group,
                locale,
                json!([person.address]),
                1_i64,
                person.since,
                person.since
            ]
        };
        Ok(Some(vec![Insert {
            table: "customer",
            columns: CUSTOMER,
            rows: range.map(row).collect(),
        }]))
    })
    .await?;
    Ok(rows)
}

const CUSTOMER: &[&str] = &[
    "id",
    "channel_id",
    "number",
    "email",
    "name",
    "name_key",
    "phone",
    "customer_group",
    "locale",
    "addresses",
    "revision",
    "created_at",
    "updated_at",
];

#[cfg(test)]
mod tests {
    use super::{number_at, place_of};

    #[test]
    fn a_place_in_a_shop_leads_back_to_the_number() {
        for number in 0..1_000 {
            let (shop_at, place) = place_of(number);
            assert_eq!(number_at(shop_at, place), number);
        }
    }
}
