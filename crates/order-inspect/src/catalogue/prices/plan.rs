//! How a new price takes its place among those that there are. What was in force is never changed: a new
//! interval begins now or later, and only ends what has not ended yet.

use crate::{error::Refusal, moment::Moment};

/// A price of the same kind, for the same people and quantity, that has not ended yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) id: i64,
    pub(super) from: Moment,
    pub(super) until: Option<Moment>,
    pub(super) amount: i64,
    pub(super) list: Option<i64>,
    /// Whether nobody decided that it begins where it does: it goes on after one that holds for a while.
    pub(super) resumed: bool,
}

/// What has to be written for a new price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// The open interval that ends where the new one begins.
    pub(super) closes: Option<i64>,
    /// Until when the new one holds: an open one ends where a planned one begins.
    pub(super) until: Option<Moment>,
    /// The interval that goes on where the new one ends.
    pub(super) resumes: Option<i64>,
}

/// Places an interval from `from` until `until` among those that have not ended at `from`.
pub(super) fn plan(
    standing: &[Standing],
    from: Moment,
    until: Option<Moment>,
) -> Result<Plan, Refusal> {
    let mut plan = Plan { closes: None, until, resumes: None };
    let later = |it: &&Standing| it.until.is_none_or(|end| end > from);
    for it in standing.iter().filter(later) {
        match it.until {
            // Who says what holds after an interruption says that nothing needs to be resumed.
            None if it.from < from || (it.resumed && it.from == from) => {
                plan.closes = Some(it.id);
                plan.resumes = until.map(|_| it.id);
            }
            _ if it.from > from && until.is_none() => {
                plan.until = Some(plan.until.map_or(it.from, |end| end.min(it.from)));
            }
            _ if until.is_some_and(|until| it.from >= until) => {}
            _ => return Err(overlap(it)),
        }
    }
    Ok(plan)
}

fn overlap(it: &Standing) -> Refusal {
    let until = it.until.map_or_else(|| "on".to_owned(), |until| format!("until {until}"));
    let detail = format!(
        "There is a price {} from {} {until} for the same people and quantity: end or withdraw it first.",
        it.id, it.from
    );
    Refusal::conflict("price_overlap", detail).with_facts(serde_json::json!({ "price": it.id }))
}

#[cfg(test)]
mod tests {
    use super::{Plan, Standing, plan};
    use crate::moment::Moment;

    fn standing(id: i64, from: i64, until: Option<i64>) -> Standing {
        let (from, until) = (Moment(from), until.map(Moment));
        Standing { id, from, until, amount: 1, list: None, resumed: false }
    }

    fn planned(standing: &[Standing], from: i64, until: Option<i64>) -> Option<Plan> {
        plan(standing, Moment(from), until.map(Moment)).ok()
    }

    #[test]
    fn an_open_price_ends_where_the_next_begins() {
        let wanted = Plan { closes: Some(1), until: None, resumes: None };
        assert_eq!(planned(&[standing(1, 0, None)], 10, None), Some(wanted));
    }

    #[test]
    fn after_a_price_for_a_while_the_open_one_goes_on() {
        let wanted = Plan { closes: Some(1), until: Some(Moment(20)), resumes: Some(1) };
        assert_eq!(planned(&[standing(1, 0, None)], 10, Some(20)), Some(wanted));
    }

    #[test]
    fn an_open_price_ends_where_a_planned_one_begins() {
        let all = [standing(1, 0, Some(30)), standing(2, 30, None)];
        assert_eq!(planned(&all, 10, None), None, "1 ends at 30 because somebody said so");
        let wanted = Plan { closes: None, until: Some(Moment(30)), resumes: None };
        assert_eq!(planned(&all[1..], 10, None), Some(wanted));
    }

    #[test]
    fn prices_that_overlap_are_refused() {
        assert_eq!(planned(&[standing(1, 5, Some(15))], 10, Some(12)), None);
        assert_eq!(planned(&[standing(1, 11, Some(15))], 10, Some(12)), None);
        assert_eq!(planned(&[standing(1, 10, None)], 10, None), None);
    }

    #[test]
    fn what_would_only_go_on_gives_way_to_what_somebody_says() {
        let goes_on = Standing { resumed: true, ..standing(1, 10, None) };
        let wanted = Plan { closes: Some(1), until: None, resumes: None };
        assert_eq!(planned(&[goes_on], 10, None), Some(wanted));
        let wanted = Plan { closes: Some(1), until: Some(Moment(20)), resumes: Some(1) };
        assert_eq!(planned(&[goes_on], 10, Some(20)), Some(wanted));
    }

    #[test]
    fn neighbours_do_not_overlap() {
        let free = Plan { closes: None, until: Some(Moment(12)), resumes: None };
        assert_eq!(
            planned(&[standing(1, 5, Some(10)), standing(2, 12, None)], 10, Some(12)),
            Some(free)
        );
    }
}
