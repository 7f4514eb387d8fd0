//! What is ordered.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use super::{load::Requests, wire::request};

/// Numbers that look random (SplitMix64), the same in every run.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    /// Above 0 and at most 1.
    pub(super) fn part(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let part = ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        part
    }

    /// A place in a list, after Zipf's law.
    pub(super) fn popular(&mut self, count: usize) -> usize {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the rank lies between 0 and the count"
        )]
        let rank = (((count as f64 + 1.0).ln() * self.part()).exp() - 1.0) as usize;
        rank.min(count - 1)
    }
}

/// An article that can be ordered.
#[derive(Debug, Clone)]
pub(super) struct Article {
    pub(super) variant: i64,
    pub(super) sku: String,
}

/// Orders of three lines with a coupon, by invoice: prices, tax, a promotion, stock, a number, an idempotency key.
pub(super) fn orders(articles: Arc<[Article]>, key: &str, run: u64) -> Requests {
    let chance = Mutex::new(Chance(run));
    let key = key.to_owned();
    Arc::new(move |number| {
        let mut lines = String::new();
        if let Ok(mut chance) = chance.lock() {
            for _ in 0..3 {
                let sku = &articles[chance.popular(articles.len())].sku;
                let comma = if lines.is_empty() { "" } else { "," };
                // Writing to a text does not fail.
                let _ = write!(lines, "{comma}{{\"sku\":\"{sku}\",\"quantity\":1}}");
            }
        }
        let body = format!(
            "{{\"channel\":\"de\",\"email\":\"buyer-{number}@example.org\",\"lines\":[{lines}],\
             \"billing_address\":{{\"name\":\"Erika Mustermann\",\"street\":\"Lange Straße 7\",\
             \"postal_code\":\"20095\",\"city\":\"Hamburg\",\"country\":\"DE\"}},\"delivery_method\":\"parcel\",\
             \"payment_method\":\"invoice\",\"coupons\":[\"HERBST5\"]}}"
        );
        let headers =
            format!("Authorization: Bearer {key}\r\nIdempotency-Key: {run:x}-{number}\r\n");
        request("POST", "/orders", &headers, &body)
    })
}

/// Product pages, the popular ones often.
pub(super) fn pages(slugs: Vec<String>, key: &str) -> Requests {
    let chance = Mutex::new(Chance(7));
    let headers = format!("Authorization: Bearer {key}\r\n");
    Arc::new(move |_| {
        let at = chance.lock().map_or(0, |mut chance| chance.popular(slugs.len()));
        request("GET", &format!("/inspect/products/{}?channel=de", slugs[at]), &headers, "")
    })
}
