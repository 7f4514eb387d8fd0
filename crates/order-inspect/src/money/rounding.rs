//! Commercial rounding.

/// The quotient rounded to the nearest whole number, half away from zero: 2.5 is 3, -2.5 is -3.
///
/// # Panics
/// When `divisor` is zero, as division does. No caller of this crate passes one.
#[must_use]
pub const fn divide_rounded(dividend: i128, divisor: i128) -> i128 {
    let (quotient, remainder) = (dividend / divisor, dividend % divisor);
    // Compared without doubling, which could overflow: |remainder| >= |divisor| - |remainder|.
    if remainder.unsigned_abs() < divisor.unsigned_abs() - remainder.unsigned_abs() {
        return quotient;
    }
    if (dividend < 0) == (divisor < 0) { quotient + 1 } else { quotient - 1 }
}

/// The value as `i64`, held at the ends of its range.
///
/// For results that the mathematics around the call keeps inside, such as a part of an `i64`.
pub(crate) fn saturating_i64(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero_on_both_sides() {
        let table = [
            (5, 2, 3),
            (-5, 2, -3),
            (5, -2, -3),
            (4, 3, 1),
            (-4, 3, -1),
            (-1, 2, -1),
            (1, 3, 0),
            (0, 7, 0),
            (6, 3, 2),
        ];
        for (dividend, divisor, expected) in table {
            assert_eq!(divide_rounded(dividend, divisor), expected, "{dividend} / {divisor}");
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert_eq!(divide_rounded(i128::MAX, i128::MAX), 1);
        assert_eq!(divide_rounded(i128::MAX - 1, i128::MAX), 1);
        assert_eq!(saturating_i64(i128::MAX), i64::MAX);
        assert_eq!(saturating_i64(i128::MIN), i64::MIN);
    }
}
