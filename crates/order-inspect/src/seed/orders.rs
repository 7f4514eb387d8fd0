//! Orders, decided by the code that decides on them when they are placed.

use std::{collections::HashMap, sync::Arc};

use super::{
    Blueprint, NOW, PAST,
    chance::Chance,
    given::GivenOrder,
    goods::{Goods, VARIANTS},
    id,
    levels::Levels,
    lives::{Fate, Rows},
    people::{Person, number_at, place_of, shop_of},
    pieces,
    shop::{COUPON, LOCATIONS, SHOPS, Shop, promotion_id},
    stream,
};
use crate::{
    act::Act,
    args,
    db::{Db, Insert},
    error::Error,
    http::{Caller, Once},
    moment::Moment,
    orders::place::{Decided, Ground, Level, PlaceLine, PlaceOrder, Request, decide},
    setup::{Remembered, Setup},
};

/// Orders that are written as one piece.
const PIECE: u64 = 1_000;
/// The number of the first order of each shop.
const FIRST: u64 = 1_001;

/// Writes all orders, and gives back what they did to the stock.
pub(super) async fn write(db: &Db, plan: &Blueprint) -> crate::Result<(u64, Levels)> {
    let setup = Remembered::default().get(db, NOW).await?;
    let maker = Maker {
        plan: plan.clone(),
        db: db.clone(),
        setup,
        levels: Levels::new(**plan),
        uses: HashMap::new(),
        movements: plan.variants() * LOCATIONS.len() as u64,
    };
    let todo = pieces(plan.orders, PIECE);
    let (rows, (maker, _)) = stream(db, (maker, todo), |(maker, todo)| {
        todo.next().map(|range| maker.piece(range)).transpose()
    })
    .await?;
    let Maker { uses, levels, .. } = maker;
    let orders = plan.orders;
    db.write(move |tx| {
        Box::pin(async move {
            for (code, (count, amount)) in uses {
                let sql = "UPDATE promotion SET used_count = $2, used_amount = $3 WHERE code = $1";
                tx.run(sql, args![code, count, amount]).await?;
            }
            for (channel, shop) in super::goods::shops() {
                let next = id(FIRST + orders.div_ceil(20) * shop.of_twenty);
                let sql = "UPDATE number_range SET next_number = $2 WHERE channel_id = $1";
                tx.run(sql, args![channel, next]).await?;
            }
            Ok::<_, Error>(())
        })
    })
    .await?;
    Ok((rows, levels))
}

/// What the order is called.
fn order_number(number: u64) -> String {
    let (shop_at, place) = place_of(number);
    format!("{}{}", SHOPS[shop_at].prefix, FIRST + place)
}

/// Makes orders one after the other.
struct Maker {
    plan: Blueprint,
    db: Db,
    setup: Arc<Setup>,
    levels: Levels,
    /// How often each promotion gave something, and how much.
    uses: HashMap<String, (i64, i64)>,
    /// The number of the last movement of stock.
    movements: u64,
}

impl Maker {
    fn piece(&mut self, range: std::ops::Range<u64>) -> crate::Result<Vec<Insert<'static>>> {
        let mut rows = Rows::new(self.movements);
        for number in range {
            let mut chance = Chance::of(self.plan.seed, "order", number);
            let order_number = order_number(number);
            let plan = self.plan.clone();
            let given = plan.known.order(&order_number);
            let fate = Fate::of(*plan, number, given.and_then(|it| it.returned_at), &mut chance);
            let decided = self.decide(number, (order_number, given), &mut chance)?;
            let given = if fate == Fate::Cancelled { &[][..] } else { &decided.given };
            for (code, coupon, amount) in given {
                let uses = self.uses.entry(code.clone()).or_default();
                *uses = (uses.0 + 1, uses.1 + amount);
                rows.give(promotion_id(code), &decided.facts, coupon.as_deref(), *amount);
            }
            rows.add(decided.facts, fate, &mut self.levels, &mut chance)?;
        }
        self.movements = rows.last_movement();
        Ok(rows.inserts())
    }

    /// What the order was when it was placed.
    fn decide(
        &self,
        number: u64,
        (order_number, given): (String, Option<&GivenOrder>),
        chance: &mut Chance,
    ) -> crate::Result<Decided> {
        let shop_at = shop_of(number);
        let (channel, shop) = (id(shop_at as u64 + 1), &SHOPS[shop_at]);
        let person = self.customer(number, given, chance);
        let account = chance.percent(75) || given.is_some();
        let mut ground = Ground::of(&self.setup);
        let mut lines = Vec::with_capacity(3);
        let at = chance.below(shop.locations.len() as u64);
        let location = shop.location(usize::try_from(at).unwrap_or(0));
        for (product, at) in self.articles(given, shop, chance) {
            let goods = Goods::of(&self.plan, product);
            let offer = goods.offer(at, channel, shop)?;
            let sku = goods.sku(at);
            ground
                .stock
                .insert((offer.variant_id, location), Level { priority: 1, free: i64::MAX / 2 });
            ground.offers.insert(sku.clone(), Arc::new(offer));
            let quantity = if given.is_some() || chance.percent(80) { 1 } else { 2 };
            lines.push(PlaceLine { sku, quantity, services: vec![], note: None, unit_price: None });
        }
        if account {
            ground.customers.insert(person.id(), (channel, None));
        }
        let wanted = PlaceOrder {
            channel: shop.code.to_owned(),
            currency: None,
            locale: None,
            customer_id: account.then(|| person.id()),
            email: person.email,
            lines,
            billing_address: person.address,
            delivery_address: None,
            delivery_method: if chance.percent(85) { "parcel" } else { "freight" }.to_owned(),
            payment_method: "invoice".to_owned(),
            coupons: if chance.percent(20) { vec![COUPON.to_owned()] } else { vec![] },
            expected_total: None,
        };
        let mut decided = decide(&mut ground, &self.setup, &self.request(number, wanted))?;
        decided.facts.order.id = id(number + 1);
        decided.facts.order.number = order_number;
        Ok(decided)
    }

    /// The products of the lines, and which variant of each.
    fn articles(
        &self,
        given: Option<&GivenOrder>,
        shop: &Shop,
        chance: &mut Chance,
    ) -> Vec<(u64, u64)> {
        let known = &self.plan.known;
        if let Some(given) = given {
            return given.articles.iter().filter_map(|sku| known.article(sku)).collect();
        }
        let mut pick = || {
            // What another system of the house sells, too, is what most people come for.
            let shared = known.articles();
            let count =
                if shared > 0 && chance.percent(60) { shared } else { self.plan.variants() };
            let variant = chance.popular(count);
            let product = variant / VARIANTS;
            let is_here = Goods::of(&self.plan, product).is_in(shop);
            (if is_here { product } else { product - 1 }, variant % VARIANTS)
        };
        (0..3).map(|_| pick()).collect()
    }

    /// Somebody of the same shop.
    fn customer(&self, number: u64, given: Option<&GivenOrder>, chance: &mut Chance) -> Person {
        let twenties = (self.plan.customers / 20).max(1);
        let somebody = chance.below(twenties) * 20 + number % 20;
        let place = given.and_then(|it| self.plan.known.place_of_customer(&it.customer));
        let at = place.map_or(somebody, |(shop, place)| number_at(shop, place as u64));
        Person::of(&self.plan, at)
    }

    fn request(&self, number: u64, wanted: PlaceOrder) -> Request {
        Request {
            wanted,
            basket: None,
            caller: Caller { key_id: 0, name: "seed".to_owned(), scopes: vec![], channel_id: None },
            once: Once { key: None, fingerprint: [0; 32] },
            act: Act::new(&self.db, self.placed_at(number), "seed"),
            setup: Arc::clone(&self.setup),
        }
    }

    /// Orders come evenly over the time that the shop has been selling.
    fn placed_at(&self, number: u64) -> Moment {
        let past = i128::from(PAST) * i128::from(number) / i128::from(self.plan.orders.max(1));
        self.plan.begin().saturating_add_micros(i64::try_from(past).unwrap_or(0))
    }
}
