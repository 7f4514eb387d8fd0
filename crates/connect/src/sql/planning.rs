//! Which statements can share one plan, and which need one for their values.

use kontor_model::{Comparison, Condition, Index, Resource, Sort, Test};

use super::Planning;

/// How a statement over the records of a condition, in an order, is planned best.
///
/// Planning a record by its key takes longer than reading it, and every value leads to the same
/// plan. What a filter leaves differs from value to value, and so does its best plan.
pub(super) fn planning(resource: &Resource, condition: &Condition, sort: &[Sort]) -> Planning {
    over(&resource.key, &resource.indexes, condition, sort)
}

fn over(key: &[usize], indexes: &[Index], condition: &Condition, sort: &[Sort]) -> Planning {
    if condition.is_everything() {
        return Planning::Shared;
    }
    let Some(fields) = compared(condition) else {
        return Planning::ForValues;
    };
    let all_in = |index: &[usize]| index.iter().all(|field| fields.contains(field));
    let is_unique =
        |index: &Index| index.unique && !index.fields.is_empty() && all_in(&index.fields);
    if (!key.is_empty() && all_in(key)) || indexes.iter().any(is_unique) {
        return Planning::Shared;
    }
    // The parts of a record, in the order of the key: lines of an order.
    let in_key_order = sort.iter().map(|step| step.field).eq(key.iter().copied());
    let begins_key =
        key.get(..fields.len()).is_some_and(|begin| begin.iter().all(|f| fields.contains(f)));
    if in_key_order && begins_key { Planning::Shared } else { Planning::ForValues }
}

/// The fields that must be equal to a value or to one of several; `None` where more is asked.
fn compared(condition: &Condition) -> Option<Vec<usize>> {
    match condition {
        Condition::Field(field, Test::Compare(Comparison::Eq, _) | Test::In(_)) => {
            Some(vec![*field])
        }
        Condition::All(parts) => {
            let fields: Option<Vec<Vec<usize>>> = parts.iter().map(compared).collect();
            fields.map(|fields| fields.concat())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kontor_model::{IndexKind, Value};

    use super::*;
    use Planning::{ForValues, Shared};

    /// Lines with the key (order, line), a code of their own, and a kind.
    fn lines(condition: &Condition, sort: &[Sort]) -> Planning {
        let (name, kind) = (String::new(), IndexKind::Ordered);
        let code = Index { name, fields: vec![2], unique: true, kind };
        over(&[0, 1], &[code], condition, sort)
    }

    fn is(field: usize) -> Condition {
        Condition::Field(field, Test::Compare(Comparison::Eq, Value::Int(1)))
    }

    fn by(fields: &[usize]) -> Vec<Sort> {
        fields.iter().map(|&field| Sort { field, descending: false }).collect()
    }

    #[test]
    fn records_by_key_and_lists_of_all_share_a_plan() {
        assert_eq!(lines(&Condition::everything(), &by(&[3])), Shared);
        assert_eq!(lines(&is(0).and(is(1)), &[]), Shared);
        assert_eq!(lines(&is(2), &[]), Shared);
        let several = Condition::Field(2, Test::In(vec![Value::Int(1), Value::Int(2)]));
        assert_eq!(lines(&several, &[]), Shared);
    }

    #[test]
    fn parts_of_a_record_share_a_plan_in_the_order_of_their_key_only() {
        assert_eq!(lines(&is(0), &by(&[0, 1])), Shared);
        assert_eq!(lines(&is(0), &by(&[3, 0, 1])), ForValues);
        assert_eq!(lines(&is(1), &by(&[0, 1])), ForValues);
    }

    #[test]
    fn a_filter_is_planned_for_its_values() {
        let greater = Condition::Field(2, Test::Compare(Comparison::Gt, Value::Int(1)));
        for filter in [is(3), greater, Condition::Not(Box::new(is(2))), Condition::Any(vec![is(2)])]
        {
            assert_eq!(lines(&filter, &[]), ForValues, "{filter:?}");
        }
    }
}
