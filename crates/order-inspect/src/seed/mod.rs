//! Fills an empty database: a home-and-living shop of any size, the same rows for the same seed.
//!
//! Every record is made from its own number ([`chance`]), a piece at a time: while one piece is being written the
//! next is being made, and only the levels of stock (a few bytes for each variant and place) are kept for the end.
//! Orders are decided by the same code that decides on them when they are placed, with the prices, taxes and
//! promotions of the moment; what happened to them afterwards are facts, and statuses follow from those.

mod catalogue;
mod chance;
mod given;
mod goods;
mod legal;
mod levels;
mod lives;
mod orders;
mod people;
mod report;
mod shop;
mod words;

use std::{ops::Deref, sync::Arc};

use self::given::Known;
pub use self::{
    given::{Given, GivenCustomer, GivenOrder, GivenProduct, GivenVariant},
    report::Report,
};
use crate::{
    args,
    db::{Db, Insert},
    error::{Error, Refusal},
    moment::Moment,
    refuse,
};

/// The moment at which the seeded shop stands still, 2026-06-01T00:00:00Z: rows must not depend on the day on which
/// they are made.
const NOW: Moment = Moment(1_780_272_000_000_000);
/// For how long it has been selling, in microseconds.
const PAST: i64 = 730 * DAY;
const DAY: i64 = 86_400_000_000;

/// How large the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Other seeds, other rows.
    pub seed: u64,
    /// Products; each has three variants.
    pub products: u64,
    /// People with an account.
    pub customers: u64,
    /// Orders of three lines.
    pub orders: u64,
}

impl Plan {
    /// A shop of a size: 1 is a million products, two million customers and ten million orders.
    ///
    /// # Errors
    /// A size that makes no product or more than ten times that.
    pub fn of(scale: f64, seed: u64) -> crate::Result<Self> {
        if !(0.000_1..=10.0).contains(&scale) {
            refuse!(Refusal::invalid("--scale", "a number from 0.0001 to 10"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the scale is above zero and at most 10"
        )]
        let part = |whole: f64| (whole * scale) as u64;
        Ok(Self { seed, products: part(1e6), customers: part(2e6), orders: part(1e7) })
    }

    fn variants(self) -> u64 {
        self.products * goods::VARIANTS
    }

    fn begin(self) -> Moment {
        NOW.saturating_add_micros(-PAST)
    }
}

/// What the shop is made after: how large it is, and what is taken over from elsewhere.
#[derive(Debug, Clone)]
pub struct Blueprint {
    plan: Plan,
    known: Arc<Known>,
}

impl Blueprint {
    /// A shop around what is given.
    ///
    /// # Errors
    /// What is given does not fit together or into a shop of that size.
    pub fn around(plan: Plan, given: Given) -> crate::Result<Self> {
        let known = Known::of(given)?;
        known.check(plan)?;
        Ok(Self { plan, known: Arc::new(known) })
    }
}

impl From<Plan> for Blueprint {
    fn from(plan: Plan) -> Self {
        Self { plan, known: Arc::default() }
    }
}

impl Deref for Blueprint {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

/// Fills the database.
///
/// # Errors
/// [`Refusal`] where something is in it already; else what the database says.
pub async fn fill(db: &Db, blueprint: impl Into<Blueprint>) -> crate::Result<Report> {
    let blueprint = blueprint.into();
    let plan = blueprint.plan;
    refuse_what_is_not_empty(db).await?;
    let mut report = Report::begin();
    report.add("setup", shop::write(db, plan).await?);
    report.add("catalogue", catalogue::write(db, &blueprint).await?);
    report.add("customers", people::write(db, &blueprint).await?);
    let (rows, levels) = orders::write(db, &blueprint).await?;
    report.add("orders", rows);
    report.add("stock", levels.write(db, plan).await?);
    Ok(report)
}

/// What can be tried with a shop that was made after this.
pub fn hints(blueprint: &Blueprint) -> String {
    let goods = goods::Goods::of(blueprint, 0);
    let (slug, sku) = (goods.slug(&goods.names().0), goods.sku(0));
    format!(
        "channel de, product {slug}, sku {sku}, delivery parcel, payment invoice, coupon {}, order DE-1001\n",
        shop::COUPON
    )
}

async fn refuse_what_is_not_empty(db: &Db) -> crate::Result<()> {
    for table in ["orders", "product", "channel"] {
        let found = db.read(move |tx| {
            Box::pin(
                async move { tx.row(&format!("SELECT id FROM {table} LIMIT 1"), args![]).await },
            )
        });
        if found.await?.is_some() {
            let detail = format!("The table “{table}” has rows: only an empty database is filled.");
            refuse!(Refusal::conflict("not_empty", detail));
        }
    }
    Ok(())
}

/// Writes pieces in their order, and makes the next one meanwhile. `make` gives the rows of a piece, or nothing
/// when there are no more; the state that it works with is given back.
async fn stream<S, M>(db: &Db, state: S, make: M) -> crate::Result<(u64, S)>
where
    S: Send + 'static,
    M: Fn(&mut S) -> crate::Result<Option<Vec<Insert<'static>>>> + Clone + Send + 'static,
{
    let begin = move |mut state: S| {
        let make = make.clone();
        tokio::task::spawn_blocking(move || {
            let piece = make(&mut state);
            (piece, state)
        })
    };
    let mut rows = 0;
    let mut making = begin(state);
    loop {
        let (piece, state) = making.await.map_err(|error| Error::Broken(error.to_string()))?;
        let Some(piece) = piece? else { return Ok((rows, state)) };
        rows += piece.iter().map(|it| it.rows.len() as u64).sum::<u64>();
        making = begin(state);
        db.write(move |tx| Box::pin(async move { Ok::<_, Error>(tx.load(piece).await?) })).await?;
    }
}

/// Numbers from 0 to `end`, cut into pieces.
fn pieces(end: u64, size: u64) -> impl Iterator<Item = std::ops::Range<u64>> + Send + use<> {
    (0..end.div_ceil(size)).map(move |at| at * size..((at + 1) * size).min(end))
}

fn id(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
