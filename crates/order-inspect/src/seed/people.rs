//! Customers.

use serde_json::json;

use super::{
    DAY, Plan,
    chance::Chance,
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
    number: u64,
    /// Place in [`SHOPS`].
    pub(super) shop_at: usize,
    pub(super) email: String,
    pub(super) address: Address,
    group: Option<&'static str>,
    since: Moment,
}

impl Person {
    pub(super) fn of(plan: Plan, number: u64) -> Self {
        let mut chance = Chance::of(plan.seed, "customer", number);
        let shop_at = shop_of(number);
        let name = name(plan, number);
        let country = SHOPS[shop_at].country;
        let (city, postal_code) = *chance.pick(towns(country));
        let address = Address {
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
        Self {
            number,
            shop_at,
            email: format!("{}.{}@example.org", folding::words(&name).join("."), number + 1),
            address,
            group: chance.percent(5).then_some("trade"),
            since: plan.begin().saturating_add_micros(chance.amount(0, 600) * DAY),
        }
    }

    pub(super) fn id(&self) -> i64 {
        id(self.number + 1)
    }

    pub(super) fn shop(&self) -> &'static Shop {
        &SHOPS[self.shop_at]
    }
}

/// What a customer is called.
pub(super) fn name(plan: Plan, number: u64) -> String {
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

/// Writes all of them.
pub(super) async fn write(db: &Db, plan: Plan) -> crate::Result<u64> {
    let (rows, _) = stream(db, pieces(plan.customers, PIECE), move |todo| {
        let Some(range) = todo.next() else { return Ok(None) };
        let row = |number| {
            let person = Person::of(plan, number);
            let (channel, locale) = (id(person.shop_at as u64 + 1), person.shop().locale());
            args![
                person.id(),
                channel,
                format!("K{}", 10_000 + number),
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
