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
    fn draws_stay_within_their_bounds() {
        let mut random = Random::new(1, 1, Part::Person);
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
        let mut sample = random.sample(&[1, 2, 3, 4], 9);
        sample.sort_unstable();
        assert_eq!(sample, [1, 2, 3, 4]);
        assert!((0..1000).all(|_| random.weighted(&[('a', 1), ('b', 0), ('c', 2)]) != 'b'));
    }
}
