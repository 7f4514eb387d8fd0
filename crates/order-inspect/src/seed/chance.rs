//! Numbers that look random and are the same in every run.

/// A stream of numbers (SplitMix64), begun anew for each record, so that a record depends on its own number only
/// and never on how the work before it was cut into pieces.
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of one record of a kind.
    pub(super) fn of(seed: u64, kind: &str, record: u64) -> Self {
        let kind = kind.bytes().fold(seed, |hash, byte| mixed(hash ^ u64::from(byte)));
        Self(mixed(kind ^ mixed(record)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number from 0 up to but not including `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        // The high half of the product: even, and without a division.
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).unwrap_or(0)
    }

    /// The same for amounts.
    pub(super) fn amount(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from + 1).unwrap_or(1))).unwrap_or(0)
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).unwrap_or(0)]
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }

    /// One of `count` by popularity after Zipf's law (exponent 1): the second is asked for half as often as the
    /// first, the third a third as often. Neighbours in popularity are not neighbours in number.
    pub(super) fn popular(&mut self, count: u64) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits of chance are plenty")]
        let (part, all) = ((self.next() >> 11) as f64 / (1_u64 << 53) as f64, count as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the rank lies between 0 and the count"
        )]
        let rank = (((all + 1.0).ln() * part).exp() - 1.0) as u64;
        // A prime larger than any count, so that every number has one rank.
        rank.min(count - 1).wrapping_mul(2_654_435_761) % count
    }
}

fn mixed(mut it: u64) -> u64 {
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn a_record_gets_the_same_numbers_in_every_run_and_others_than_its_neighbour() {
        let numbers = |record| {
            let mut chance = Chance::of(1, "order", record);
            [chance.below(1000), chance.below(1000), chance.below(1000)]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn what_is_popular_is_asked_for_often_and_everything_at_times() {
        let mut chance = Chance::of(1, "line", 0);
        let mut asked = [0; 50];
        for _ in 0..100_000 {
            asked[usize::try_from(chance.popular(50)).unwrap()] += 1;
        }
        assert!(asked[0] > 10 * asked[(49_u64 * 2_654_435_761 % 50) as usize]);
        assert!(asked.iter().all(|times| *times > 0));
    }
}
