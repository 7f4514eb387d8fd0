//! The lowest price before a reduction (PAngV §11, which transposes Article 6a of Directive 98/6/EC).
//!
//! Whoever announces a reduction must show the lowest total price that was applied to consumers in the 30 days
//! before the reduction was applied. The reading here is the strict one wherever the text leaves a choice:
//!
//! - **What a reduction is.** A moment at which a [`PriceKind::Sale`](super::PriceKind::Sale) price is in force. A
//!   lower regular price is a new price that nobody announces as a reduction, and is free to become the lowest
//!   prior price of a later one (§11 (1)).
//! - **Anchor.** The 30 days end where the reduction begins, not today (§11 (1): "before the application of the
//!   reduction"). So the sale price itself is never its own prior price, and a reduction that lasts longer than 30
//!   days still shows the price from before it.
//! - **Steps.** When a reduction is followed without any pause by a deeper one, the window stays before the first
//!   step (§11 (2)). A sale interval that continues at the same price is the same reduction. A pause of any length
//!   (a regular price, or no offer) and a raise between two steps end the run: what follows is a new reduction with
//!   its own window, and that window contains the earlier sale prices (§11 (1)).
//! - **Applied.** A price counts when it was in force at any instant of the window, however briefly and however
//!   long ago it had begun. An interval that ended exactly when the window begins does not count, and neither
//!   does one that begins with the reduction.
//! - **30 days.** From the start of the calendar day, in the channel's time zone, that lies 30 days before the day
//!   on which the reduction begins (days as in §§ 187, 188 BGB), and in any case 30 times 24 hours: whichever
//!   reaches further back, as a longer window can only show a lower price.
//! - **Whose price.** The prices of one channel, for one audience. A price for a customer group is not counted for
//!   the public, because a consumer outside of the group was never offered it. Individual reductions, such as a
//!   voucher for one person, are exempt (§11 (4) no. 1) and are promotions, not prices. Perishable goods near
//!   their end (§11 (4) no. 2) are for the caller to leave out.
//! - **No prior price.** What was not offered in the window has no lowest price, and no reduction may be announced
//!   for it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::interval::{Audience, PriceInForce, PriceInterval, price_in_force};
use crate::moment::Moment;

/// The length of the window in calendar days (PAngV §11 (1)).
const WINDOW_DAYS: i64 = 30;
const MICROS_PER_DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// An announced reduction and what the law wants to be shown beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reduction {
    /// The reduced price, in minor units.
    pub amount: i64,
    /// When the reduction began; of an uninterrupted stepwise reduction its first step.
    pub began: Moment,
    /// The first moment of the 30 days before.
    pub window_from: Moment,
    /// The lowest price in force in the window, in minor units. Without it no reduction may be announced.
    pub lowest_prior: Option<i64>,
}

impl Reduction {
    /// The whole percent that the price lies below the lowest prior price, cut so that it never claims too much.
    ///
    /// An announced percentage must be computed from the lowest prior price (CJEU 26 September 2024, C-330/23,
    /// Aldi Süd). `None` when there is no such price, or the price does not lie a whole percent below it: then
    /// nothing may be announced.
    #[must_use]
    pub fn percent_off(self) -> Option<u8> {
        let prior = self.lowest_prior.filter(|&prior| prior > 0)?;
        let percent = (i128::from(prior) - i128::from(self.amount)) * 100 / i128::from(prior);
        u8::try_from(percent).ok().filter(|&percent| percent > 0)
    }
}

/// The reduction in force for the audience at `now`; `None` when the price in force is no sale price.
///
/// `intervals` are all prices that one variant ever had in one channel and currency, in any order; `zone` is the time
/// zone of the channel.
#[must_use]
pub fn reduction_in_force(
    intervals: &[PriceInterval],
    audience: Audience<'_>,
    now: Moment,
    zone: &TimeZone,
) -> Option<Reduction> {
    let mut spans = spans_before(intervals, audience, now).peekable();
    let latest = spans.next()?;
    let amount = latest.price.filter(|price| price.is_sale())?.amount();

    let mut first_step = (latest.from, amount);
    while let Some(step) = spans.peek().and_then(|span| span.step_before(first_step.1)) {
        first_step = step;
        spans.next();
    }
    let began = first_step.0;
    let window_from = window_start(began, zone);
    let lowest_prior = spans
        .take_while(|span| span.until > window_from)
        .filter_map(|span| span.price.map(PriceInForce::amount))
        .min();
    Some(Reduction { amount, began, window_from, lowest_prior })
}

/// A stretch of time in which the price in force does not change.
struct Span<'a> {
    from: Moment,
    until: Moment,
    price: Option<PriceInForce<'a>>,
}

impl Span<'_> {
    /// Beginning and price of the span if it is a sale from which `next_amount` is a deeper or an equal step.
    fn step_before(&self, next_amount: i64) -> Option<(Moment, i64)> {
        let price = self.price.filter(|price| price.is_sale() && price.amount() >= next_amount)?;
        Some((self.from, price.amount()))
    }
}

/// The spans up to `now`, the latest first, each ending where the one before it in this order begins.
fn spans_before<'a>(
    intervals: &'a [PriceInterval],
    audience: Audience<'a>,
    now: Moment,
) -> impl Iterator<Item = Span<'a>> {
    let mut borders: Vec<Moment> = intervals
        .iter()
        .filter(|interval| interval.is_for(audience))
        .flat_map(|interval| [Some(interval.from), interval.until])
        .flatten()
        .filter(|&border| border <= now)
        .collect();
    borders.sort_unstable_by(|left, right| right.cmp(left));
    borders.dedup();

    let mut until = now.saturating_add_micros(1);
    borders.into_iter().map(move |from| {
        let span = Span { from, until, price: price_in_force(intervals, audience, from) };
        until = from;
        span
    })
}

/// The first moment of the 30 days before `began`: by the calendar or by the clock, whichever is earlier.
fn window_start(began: Moment, zone: &TimeZone) -> Moment {
    let by_clock = began.saturating_add_micros(-WINDOW_DAYS * MICROS_PER_DAY);
    let by_calendar = began
        .timestamp()
        .ok()
        .and_then(|timestamp| calendar_days_before(timestamp, zone))
        .map_or(by_clock, Moment::from);
    by_clock.min(by_calendar)
}

/// The start of the day that lies 30 days before the day of `timestamp`; `None` at the ends of the calendar.
fn calendar_days_before(timestamp: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let day = timestamp.to_zoned(zone.clone()).date();
    let first = day.checked_sub(jiff::Span::new().days(WINDOW_DAYS)).ok()?;
    first.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}
