//! Splitting an amount by weights without losing a minor unit.

use super::saturating_i64;

/// Splits `total` by `weights`: one part per weight, in their order, adding up to `total` exactly.
///
/// The method is that of the largest remainder (Hare–Niemeyer): every part first gets its exact share cut to whole
/// minor units, then the units still missing go one each to the parts that lost most by the cut; of equals the
/// earlier first, so that the same input always has the same parts. Thus no part is further than one unit from its
/// exact share, and never beyond its weight as long as the total is not beyond the sum of the weights.
///
/// A negative total is split like the positive one. Negative weights count as zero; when all are zero, the parts
/// are as equal as possible. Without weights there is nobody to give to, and the result is empty.
#[must_use]
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    let mut weights: Vec<i128> = weights.iter().map(|&weight| i128::from(weight.max(0))).collect();
    if weights.iter().all(|&weight| weight == 0) {
        weights.fill(1);
    }
    let sum: i128 = weights.iter().sum();
    let amount = i128::from(total).abs();

    // Both factors have at most 63 bits, so the product cannot overflow.
    let mut parts: Vec<i128> = weights.iter().map(|weight| amount * weight / sum).collect();
    let missing = amount - parts.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&position| std::cmp::Reverse(amount * weights[position] % sum));
    // The cut takes less than one unit from each part, so fewer units are missing than there are parts.
    for (&position, _) in by_remainder.iter().zip(0..missing) {
        parts[position] += 1;
    }
    parts.into_iter().map(|part| saturating_i64(part * i128::from(total.signum()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_unit_that_is_left_goes_to_the_largest_remainder_and_of_equals_to_the_first() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(allocate(10, &[1, 6]), [1, 9], "1.43 loses more than 8.57");
        assert_eq!(allocate(5, &[0, 3, 0]), [0, 5, 0]);
    }

    #[test]
    fn without_any_weight_above_zero_the_parts_are_as_equal_as_possible() {
        assert_eq!(allocate(5, &[0, 0]), [3, 2]);
        assert_eq!(allocate(5, &[-7, 0]), [3, 2]);
        assert_eq!(allocate(5, &[]), [0_i64; 0]);
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        for total in [i64::MAX, i64::MIN + 1, i64::MIN] {
            let parts = allocate(total, &[i64::MAX, i64::MAX, 1]);
            assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
        }
    }

    proptest! {
        #[test]
        fn the_parts_always_add_up_to_the_total(total: i64, weights in prop::collection::vec(-5_i64..1_000_000, 1..300)) {
            let parts = allocate(total, &weights);
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
        }

        #[test]
        fn no_part_is_a_whole_unit_away_from_its_exact_share(total: i32, weights in prop::collection::vec(0_i64..1_000, 1..50)) {
            let sum: i64 = weights.iter().sum();
            prop_assume!(sum > 0);
            for (part, weight) in allocate(i64::from(total), &weights).into_iter().zip(weights) {
                prop_assert!((part * sum - i64::from(total) * weight).abs() < sum);
            }
        }

        #[test]
        fn a_total_within_the_sum_of_the_weights_never_gives_a_part_more_than_its_weight(
            weights in prop::collection::vec(0_i64..10_000, 1..50), share in 0_i64..=1_000,
        ) {
            let total = weights.iter().sum::<i64>() * share / 1_000;
            for (part, weight) in allocate(total, &weights).into_iter().zip(weights) {
                prop_assert!((0..=weight).contains(&part));
            }
        }
    }
}
