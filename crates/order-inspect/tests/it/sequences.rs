//! Whatever is done to an order, in whatever order: its books balance after each step, and it ends with nothing left.

use order_inspect::orders::facts::Facts;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    crash::Chance,
    on_both_engines,
    shop::{self, assert_ledgers_balance, order, place, transferred},
};

/// How many orders, and how many steps each takes before it is ended.
const ORDERS: u64 = 10;
const STEPS: u64 = 14;

on_both_engines! {
    /// medusa#13972, vendure#4811, vendure#4013, vendure#2662: a cent that was left, in the amount or in its tax.
    async fn random_edits_cancellations_shipments_returns_and_refunds_leave_nothing(bed) {
        shop::open(&bed).await;
        for (id, price) in [(1, 1999), (2, 333), (3, 93), (4, 1)] {
            shop::product(&bed, id, &format!("SKU-{id}"), price, 60, 40).await;
        }
        bed.sql("UPDATE product SET tax_class = 'reduced' WHERE id IN (2, 4)", vec![]).await;
        let rule = json!({ "key": "autumn", "name": "Herbst",
            "benefit": { "percent": { "percent": "7.5", "on": "order" } } });
        bed.put("/setup/promotions/autumn", json!({ "rule": rule })).await.expect(201);
        let mut done = [0_u64; KINDS.len()];
        for seed in 1..=ORDERS {
            let mut life = Life::begin(&bed, seed).await;
            for _ in 0..STEPS {
                if let Some(kind) = life.step().await {
                    done[kind] += 1;
                }
                life.check().await;
            }
            life.end().await;
        }
        assert!(done.iter().all(|it| *it > 0), "everything has happened at least once: {KINDS:?} {done:?}");
        let replaced = bed.numbers("SELECT replaced AS n FROM return_line WHERE replaced > 0").await;
        assert!(!replaced.is_empty(), "and something was replaced");
    }
}

/// What may happen.
const KINDS: [&str; 6] = ["edit", "cancel", "ship", "return", "refund", "pay"];

/// One order and what happens to it.
struct Life<'a> {
    bed: &'a Bed,
    number: String,
    chance: Chance,
}

impl<'a> Life<'a> {
    async fn begin(bed: &'a Bed, seed: u64) -> Self {
        let mut chance = Chance(0x5eed_0000_0000 + seed * 7919);
        let mut count = || u32::try_from(1 + chance.below(6)).expect("few");
        let mut wanted = order(&[("SKU-1", count()), ("SKU-2", count()), ("SKU-3", count())]);
        wanted["lines"][0]["services"] = json!(["assembly"]);
        let placed = place(bed, &format!("life-{seed}"), wanted).await.expect(201);
        Self { bed, number: placed["number"].as_str().expect("a number").to_owned(), chance }
    }

    async fn facts(&self) -> Facts {
        let number = self.number.clone();
        let read = self
            .bed
            .app
            .db
            .read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }));
        read.await.expect("the order")
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.chance.below(u64::try_from(end).expect("few"))).expect("few")
    }

    fn units(&mut self, most: i64) -> i64 {
        let most = u64::try_from(most.max(1)).expect("at least one");
        i64::try_from(1 + self.chance.below(most)).expect("few")
    }

    /// One step. What is refused is a conflict, never a fault; it says which kind was done.
    async fn step(&mut self) -> Option<usize> {
        let facts = self.facts().await;
        let kind = self.below(KINDS.len());
        let (path, body) = match KINDS[kind] {
            "edit" => self.edit(&facts).await?,
            "cancel" => ("cancellation", json!({ "reason": "Less", "lines": [self.open(&facts)] })),
            "ship" => ("shipments", json!({ "lines": [self.open(&facts)] })),
            "return" => return self.send_back(&facts).await.then_some(kind),
            "refund" => ("refunds", self.goodwill(&facts)),
            _ => {
                let amount = self.units(3000);
                let reference = format!("SEPA {}", self.bed.app.db.new_id());
                ("payments", json!({ "amount": amount, "reference": reference }))
            }
        };
        self.act(path, body).await.is_some().then_some(kind)
    }

    async fn act(&self, path: &str, body: Value) -> Option<Value> {
        let path = format!("/orders/{}/{path}", self.number);
        let answer = self.bed.send("POST", &path, Some(body), &[("if-match", "*")]).await;
        match answer.status.as_u16() {
            200 => Some(answer.body),
            409 => None,
            _ => panic!("{path}: {answer:?}"),
        }
    }

    /// Some open units of some goods.
    fn open(&mut self, facts: &Facts) -> Value {
        let goods: Vec<_> = facts.lines.iter().filter(|it| it.goods).collect();
        let line = goods[self.below(goods.len())];
        json!({ "position": line.position, "quantity": self.units(line.open()) })
    }

    /// One or two changes, as somebody has seen them a moment ago.
    async fn edit(&mut self, facts: &Facts) -> Option<(&'static str, Value)> {
        let mut changes = Vec::new();
        for _ in 0..=self.below(2) {
            let (sku, open) = (format!("SKU-{}", 1 + self.below(4)), self.open(facts));
            changes.push(match self.below(4) {
                0 => json!({ "add": { "sku": sku, "quantity": self.units(5), "services": ["assembly"] } }),
                1 => json!({ "more": open }),
                2 => json!({ "fewer": open }),
                _ => json!({ "swap": { "position": open["position"], "quantity": open["quantity"], "sku": sku,
                    "unit_price": self.units(500), "note": "Kulanz" } }),
            });
        }
        let seen = self.act("edits/preview", json!({ "changes": changes })).await?;
        let input = json!({ "changes": changes, "reason": "Called", "expected_total": seen["total_after"] });
        Some(("edits", input))
    }

    /// Something that was shipped comes back, for money or for what replaces it.
    async fn send_back(&mut self, facts: &Facts) -> bool {
        let shipped: Vec<_> =
            facts.lines.iter().filter(|it| it.goods && it.shipped > it.returned).collect();
        if shipped.is_empty() {
            return false;
        }
        let line = shipped[self.below(shipped.len())];
        let quantity = self.units(line.shipped - line.returned);
        let lines =
            json!([{ "position": line.position, "quantity": quantity, "reason": "Too bright" }]);
        let kind = ["return", "exchange", "claim"][self.below(3)];
        let mut wanted = json!({ "kind": kind, "lines": lines });
        if kind != "return" && self.below(2) == 0 {
            wanted["replacement"] = json!({ "charge_difference": kind == "exchange" });
        }
        let Some(order) = self.act("returns", wanted).await else {
            return false;
        };
        let returns = order["returns"].as_array().expect("returns");
        let number =
            returns.last().expect("a return")["number"].as_str().expect("a number").to_owned();
        let restock =
            i64::try_from(self.below(usize::try_from(quantity).expect("few") + 1)).expect("few");
        let lines = json!([{ "position": line.position, "restock": restock, "write_off": quantity - restock }]);
        let receipt = json!({ "lines": lines, "refund": self.below(2) == 0 });
        self.act(&format!("returns/{number}/receipt"), receipt).await.is_some()
    }

    fn goodwill(&mut self, facts: &Facts) -> Value {
        let line = &facts.lines[self.below(facts.lines.len())];
        let part = match self.below(2) {
            0 => json!({ "position": line.position, "amount": self.units(line.total.min(70)) }),
            _ => json!({ "position": line.position, "units": self.units(line.shipped) }),
        };
        json!({ "reason": "Goodwill", "lines": [part] })
    }

    /// Shares are what lines charge, lines and delivery are what the order charges, and nothing is credited twice.
    async fn check(&self) {
        let facts = self.facts().await;
        let (order, quote) = (&facts.order, &facts.order.quote);
        let sum = |of: fn(&order_inspect::orders::facts::Line) -> i64| -> i64 {
            facts.lines.iter().map(of).sum()
        };
        assert_eq!(sum(|it| it.total) + quote.shipping.total, order.total);
        assert_eq!(sum(|it| it.tax) + quote.shipping.tax, quote.tax);
        assert_eq!(quote.tax_lines.iter().map(|it| it.gross).sum::<i64>(), order.total);
        assert_eq!(quote.tax_lines.iter().map(|it| it.tax).sum::<i64>(), quote.tax);
        for line in &facts.lines {
            assert_eq!(line.shares.total.total(), line.total);
            assert!(line.open() >= 0 && line.version <= order.version);
        }
        for position in facts.lines.iter().map(|it| it.position) {
            let credits = || {
                facts.refunds.iter().flat_map(|it| &it.lines).filter(|it| it.position == position)
            };
            let line = facts.line(position).expect("the line");
            assert!(credits().map(|it| it.amount).sum::<i64>() <= line.total);
            assert!(credits().map(|it| it.units).sum::<i64>() <= line.quantity);
        }
        // Taxes follow from all that is credited at a rate, not from the line.
        for charged in &quote.tax_lines {
            let credits = facts.refunds.iter().flat_map(|it| &it.lines);
            let at_rate = credits.filter(|it| it.tax_rate == charged.rate);
            assert!(at_rate.map(|it| it.tax).sum::<i64>() <= charged.tax);
        }
        let view = self.bed.get(&format!("/orders/{}", self.number)).await.expect(200);
        let money = |field: &str| view["money"][field].as_i64().expect("an amount");
        assert!(money("owed") >= 0);
        assert_eq!(money("remainder"), money("owed") - (money("captured") - money("refunded")));
        assert_ledgers_balance(self.bed).await;
    }

    /// The rest is cancelled or has arrived, all of it is paid and given back.
    async fn end(&mut self) {
        self.act("cancellation", json!({ "reason": "Enough" })).await;
        let facts = self.facts().await;
        for shipment in facts.shipments.iter().filter(|it| it.delivered_at.is_none()) {
            self.act(&format!("shipments/{}/delivery", shipment.number), json!({}))
                .await
                .expect("it arrives");
        }
        let order = self.bed.get(&format!("/orders/{}", self.number)).await.expect(200);
        let missing = order["money"]["remainder"].as_i64().expect("an amount");
        if missing > 0 {
            self.act("payments", json!({ "amount": missing, "reference": "The rest" }))
                .await
                .expect("it is paid");
        }
        let credited = |position: i64| -> (i64, i64) {
            let lines =
                facts.refunds.iter().flat_map(|it| &it.lines).filter(|it| it.position == position);
            lines.fold((0, 0), |sum, it| (sum.0 + it.units, sum.1 + it.amount))
        };
        let left = facts.lines.iter().map(|it| {
            (it.position, it.quantity - credited(it.position).0 - facts.replaced(it.position))
        });
        let lines: Vec<Value> = left
            .filter(|(_, units)| *units > 0)
            .map(|(position, units)| json!({ "position": position, "units": units }))
            .collect();
        let shipping = facts.order.quote.shipping.total - credited(0).1;
        if !lines.is_empty() || shipping > 0 {
            let all = json!({ "reason": "All of it", "lines": lines, "shipping_amount": shipping });
            self.act("refunds", all).await;
        }
        self.check().await;
        // What came beyond what was owed goes back when somebody says so.
        for path in ["refunds/retry", "refunds/overpayment"] {
            self.act(path, json!({})).await;
        }
        let order = transferred(self.bed, &self.number).await;
        assert_eq!(order["money"]["remainder"], 0, "{order}");
        // What is replaced stays charged: it is what the replacement stands for.
        if facts.lines.iter().all(|it| facts.replaced(it.position) == 0) {
            assert_eq!(order["money"]["owed"], 0, "{order}");
            let credits = order["credits"].as_array().expect("credits");
            let taxes: i64 = credits.iter().filter_map(|it| it["tax"].as_i64()).sum();
            assert_eq!(order["tax"], taxes, "and the tax, to the cent");
        }
        assert!(
            matches!(order["status"].as_str(), Some("completed" | "cancelled")),
            "{}",
            order["status"]
        );
    }
}
