//! Random numbers that are the same everywhere: a `ChaCha8` stream and integer arithmetic.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of numbers is for. Each part of a supporter has a stream of its own, so that a
/// draw more in one part changes no other.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Name, preferences, what kind of supporter it is.
    Person = 0,
    /// Donations.
    Donations = 1,
    /// Interactions and the contexts that chats leave.
    Engagement = 2,
}

/// One stream of numbers.
#[derive(Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream for one part of the supporter with this number under this seed.
    pub fn new(seed: u64, number: u32, part: Part) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&number.to_le_bytes());
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream(part as u64);
        Self(stream)
    }

    /// A number in `0..bound` (0 where the bound is 0), by multiplication instead of a remainder.
    pub fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        (wide >> 32) as u32
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True this many times in a hundred.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// From 1 to `most` ([`ZIPF_MAX`] at most): 1 twice as often as 2, three times as often as 3
    /// (Zipf's law with exponent 1), as activity is spread over people.
    pub fn zipf(&mut self, most: usize) -> usize {
        let sums = &ZIPF[..=most.clamp(1, ZIPF_MAX)];
        let total = sums.last().copied().unwrap_or_default();
        let drawn = self.below(total);
        sums.partition_point(|&sum| sum <= drawn)
    }

    /// `median` times a factor that is log-normal: its binary logarithm is normal, with mean 0 and
    /// this standard deviation (in 1/65536). Whole numbers only.
    pub fn log_normal(&mut self, median: u32, deviation: i64) -> u64 {
        // The sum of twelve uniform numbers is normal as nearly as a gift's size is (Irwin and Hall):
        // mean 6, variance 1.
        let sum: i64 = (0..6)
            .map(|_| {
                let bits = self.0.next_u32();
                i64::from(bits >> 16) + i64::from(bits & 0xffff)
            })
            .sum();
        let normal = sum - (6 << 16);
        times_power_of_two(median, (normal * deviation) >> 16)
    }

    /// One of a list.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.index(list.len())]
    }

    /// One of a list, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, u32)]) -> T {
        let mut left = self.below(list.iter().map(|(_, weight)| weight).sum());
        let mut chosen = list[0].0;
        for &(value, weight) in list {
            chosen = value;
            if left < weight {
                break;
            }
            left -= weight;
        }
        chosen
    }

    /// `count` different ones of a list (all of them where it has fewer), in random order.
    pub fn sample<T: Copy>(&mut self, list: &[T], count: u32) -> Vec<T> {
        let mut rest = list.to_vec();
        let mut taken = Vec::new();
        for _ in 0..count {
            if rest.is_empty() {
                break;
            }
            let index = self.index(rest.len());
            taken.push(rest.swap_remove(index));
        }
        taken
    }

    fn index(&mut self, len: usize) -> usize {
        // Lists here are short; one that was not would be drawn from its start only.
        self.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
    }
}

/// The most that [`Random::zipf`] gives.
pub const ZIPF_MAX: usize = 100;

/// The first `k` weights of Zipf's law, summed, in 2^-20.
const ZIPF: [u32; ZIPF_MAX + 1] = {
    let mut sums = [0; ZIPF_MAX + 1];
    let mut k = 1;
    while k <= ZIPF_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "k is 100 at most")]
        let weight = (1 << 20) / k as u32;
        sums[k] = sums[k - 1] + weight;
        k += 1;
    }
    sums
};

/// 2^(1/2), 2^(1/4), … 2^(1/65536), in 2^-32.
const ROOTS: [u64; 16] = [
    6_074_001_000,
    5_107_605_667,
    4_683_695_048,
    4_485_121_744,
    4_389_014_833,
    4_341_736_423,
    4_318_288_544,
    4_306_612_134,
    4_300_785_774,
    4_297_875_550,
    4_296_421_177,
    4_295_694_175,
    4_295_330_720,
    4_295_149_004,
    4_295_058_149,
    4_295_012_722,
];

/// `number` times 2 to the power of `exponent` (in 1/65536), rounded down.
fn times_power_of_two(number: u32, exponent: i64) -> u64 {
    let fraction = exponent & 0xffff;
    let factor = (0..16)
        .filter(|bit| fraction >> (15 - bit) & 1 == 1)
        .fold(1_u128 << 32, |factor, bit| {
            (factor * u128::from(ROOTS[bit])) >> 32
        });
    let whole = exponent >> 16;
    let shift = u32::try_from(whole.unsigned_abs())
        .unwrap_or(u32::MAX)
        .min(31);
    let product = u128::from(number) * factor;
    let scaled = if whole < 0 {
        product >> shift
    } else {
        product << shift
    };
    u64::try_from(scaled >> 32).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_supporters_have_streams_of_their_own() {
        let first = |number, part| Random::new(7, number, part).below(u32::MAX);
        assert_eq!(first(1, Part::Person), first(1, Part::Person));
        assert_ne!(first(1, Part::Person), first(1, Part::Donations));
        assert_ne!(first(1, Part::Person), first(2, Part::Person));
    }

    #[test]
    fn powers_of_two_are_as_exact_as_money_needs() {
        for exponent in [-300_000, -65_536, -1, 0, 1, 30_000, 65_536, 99_999, 250_000] {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let exact = 1_000_000.0 * (exponent as f64 / 65_536.0).exp2();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let ours = times_power_of_two(1_000_000, exponent) as f64;
            assert!((ours - exact).abs() < 2.0, "{exponent}: {ours}, {exact}");
        }
    }

    /// Half of them below the median, two thirds within one deviation, and a long tail upwards.
    #[test]
    fn log_normal_amounts_have_their_median_and_spread() {
        let mut random = Random::new(1, 1, Part::Donations);
        let mut drawn: Vec<u64> = (0..9999)
            .map(|_| random.log_normal(2000, 1 << 16))
            .collect();
        drawn.sort_unstable();
        assert!((1900..2100).contains(&drawn[4999]), "{}", drawn[4999]);
        let within = drawn.iter().filter(|&&n| (1000..4000).contains(&n)).count();
        assert!((6600..7050).contains(&within), "{within}");
        assert!(drawn[9990] > 12_000, "{}", drawn[9990]);
    }

    #[test]
    fn zipf_gives_one_twice_as_often_as_two_and_reaches_its_end() {
        let mut random = Random::new(1, 1, Part::Engagement);
        let mut counts = [0_u32; 102];
        for _ in 0..50_000 {
            counts[random.zipf(100)] += 1;
        }
        assert_eq!((counts[0], counts[101]), (0, 0));
        assert!(counts[1] > counts[2] * 17 / 10 && counts[1] < counts[2] * 23 / 10);
        assert!(counts[1] > counts[10] * 8 && counts[1] < counts[10] * 12);
        assert!(counts[100] > 0);
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut random = Random::new(1, 1, Part::Person);
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
        let mut sample = random.sample(&[1, 2, 3, 4], 9);
        sample.sort_unstable();
        assert_eq!(sample, [1, 2, 3, 4]);
        assert!((0..1000).all(|_| random.weighted(&[('a', 1), ('b', 0), ('c', 2)]) != 'b'));
    }
}
