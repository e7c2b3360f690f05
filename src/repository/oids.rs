//! Maps and sets of object ids: a walk of many commits asks little else.
//!
//! An id is a hash already, so nothing is hashed here again: eight of its bytes are folded with a
//! key. The key is another one in every map, because ids are foreign: who makes commits can choose
//! them so that their bytes fall together, but not so that what a key makes of them does.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use policy::oid::Oid;

/// What is known of object ids.
pub type OidMap<T> = HashMap<Oid, T, ById>;

/// Object ids.
pub type OidSet = HashSet<Oid, ById>;

/// How ids are spread over a map.
#[derive(Debug, Clone)]
pub struct ById {
    key: u64,
}

impl Default for ById {
    fn default() -> Self {
        Self { key: RandomState::new().hash_one(()) }
    }
}

impl BuildHasher for ById {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.key)
    }
}

/// A key, and what was folded into it.
#[derive(Debug)]
pub struct Folded(u64);

/// The digits of the golden ratio, as good as any without a pattern.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Folded {
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * u128::from(FACTOR);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_little_are_spread_and_each_map_spreads_them_anew() {
        let id = |number: u64| {
            let mut bytes = [0xff; 20];
            bytes[12..].copy_from_slice(&number.to_be_bytes());
            Oid::from_bytes(&bytes).unwrap()
        };
        let (one, other) = (ById::default(), ById::default());
        let places = |by: &ById, shift: u32| -> HashSet<u64> {
            (0..1_000).map(|number| by.hash_one(id(number)) >> shift & 0xffff).collect()
        };
        // Where a map looks first are the lowest bits, and what it compares there the highest.
        assert!(places(&one, 0).len() > 900 && places(&one, 48).len() > 900);
        assert_ne!(one.hash_one(id(1)), other.hash_one(id(1)));
    }
}
