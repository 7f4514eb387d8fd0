//! The sample shop's dice: the same seed always throws the same numbers, on every machine.

/// A small generator (xoshiro256**, seeded through splitmix64; both by Blackman and Vigna).
///
/// Each part of the shop has its own, named by its purpose, so that one more throw for the
/// customers does not change the orders. Not fit for secrets.
pub(super) struct Random {
    state: [u64; 4],
}

impl Random {
    /// Dice for one `purpose` of the shop made from `seed`.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mut mixed = purpose.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut splitmix = || {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let first = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let second = (first ^ (first >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            second ^ (second >> 31)
        };
        Self { state: [splitmix(), splitmix(), splitmix(), splitmix()] }
    }

    fn throw(&mut self) -> u64 {
        let result = self.state[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = self.state[1] << 17;
        self.state[2] ^= self.state[0];
        self.state[3] ^= self.state[1];
        self.state[1] ^= self.state[2];
        self.state[0] ^= self.state[3];
        self.state[2] ^= shifted;
        self.state[3] = self.state[3].rotate_left(45);
        result
    }

    /// A number from 0 up to, but without, `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.throw()) * end as u128;
        (wide >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True in `permille` of a thousand throws.
    pub(super) fn chance(&mut self, permille: usize) -> bool {
        self.below(1000) < permille
    }

    /// One of `choices`, each as likely as the others.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// One of `choices`, each as likely as the weight beside it.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, usize)]) -> T {
        let mut rest = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in choices {
            if rest < *weight {
                return *choice;
            }
            rest -= weight;
        }
        choices[choices.len() - 1].0
    }

    /// A position below `end`; early positions come far more often than late ones.
    pub(super) fn skewed(&mut self, end: usize) -> usize {
        let (first, second) = (self.below(1 << 16), self.below(1 << 16));
        (first * second * end) >> 32
    }

    /// Puts `things` into a random order.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }

    /// `length` characters out of `alphabet`, which is ASCII.
    pub(super) fn text(&mut self, length: usize, alphabet: &str) -> String {
        let letters = alphabet.as_bytes();
        (0..length).map(|_| char::from(*self.pick(letters))).collect()
    }

    /// `length` decimal digits.
    pub(super) fn digits(&mut self, length: usize) -> String {
        self.text(length, "0123456789")
    }

    /// `length` hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        self.text(length, "0123456789abcdef")
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_and_purpose_throw_the_same_numbers() {
        let throws = |seed, purpose| Random::new(seed, purpose).digits(40);
        assert_eq!(throws(7, "customers"), throws(7, "customers"));
        assert_ne!(throws(7, "customers"), throws(7, "orders"));
        assert_ne!(throws(7, "customers"), throws(8, "customers"));
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_both_ends() {
        let mut random = Random::new(1, "bounds");
        let throws: Vec<i64> = (0..500).map(|_| random.between(-2, 3)).collect();
        assert_eq!(throws.iter().min(), Some(&-2));
        assert_eq!(throws.iter().max(), Some(&3));
    }

    #[test]
    fn a_weight_of_nothing_is_never_picked() {
        let mut random = Random::new(1, "weights");
        assert!((0..500).all(|_| random.weighted(&[("never", 0), ("always", 3)]) == "always"));
    }
}
