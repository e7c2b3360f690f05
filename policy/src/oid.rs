//! The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// An object's id. Ordered by its bytes, which is also the order of its hexadecimal form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid {
    bytes: [u8; 32],
    length: u8,
}

/// A text or byte string that is not the name of an object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an object id: 40 or 64 hexadecimal digits are expected")]
pub struct NotAnOid;

impl Oid {
    /// From raw bytes, 20 or 32 of them.
    pub fn from_bytes(raw: &[u8]) -> Result<Self, NotAnOid> {
        if raw.len() != 20 && raw.len() != 32 {
            return Err(NotAnOid);
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Ok(Self { bytes, length: raw.len() as u8 })
    }

    /// From its hexadecimal digits, 40 or 64 of them.
    pub fn from_hex(digits: &[u8]) -> Result<Self, NotAnOid> {
        if digits.len() != 40 && digits.len() != 64 {
            return Err(NotAnOid);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value_of(pair[0])? << 4 | value_of(pair[1])?;
        }
        Ok(Self { bytes, length: (digits.len() / 2) as u8 })
    }

    /// The raw bytes, 20 or 32 of them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether this is the all-zero id by which git's hooks say "no object".
    pub fn is_zero(&self) -> bool {
        self.as_bytes().iter().all(|byte| *byte == 0)
    }

    /// The first seven digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..7].to_owned()
    }
}

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Self, NotAnOid> {
        Self::from_hex(text.as_bytes())
    }
}

/// An id is as good as random in all its bytes, so that eight of them are enough. Those that are
/// made up count in their first bytes or in the last of twenty: both are in it.
impl Hash for Oid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let eight = |from: usize| {
            let some = self.bytes[from..].first_chunk().copied().unwrap_or_default();
            u64::from_ne_bytes(some)
        };
        state.write_u64(eight(0) ^ eight(12));
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One piece and not one for each byte: a history is full of them.
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.as_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        let digits = &digits[..2 * usize::from(self.length)];
        f.write_str(std::str::from_utf8(digits).map_err(|_| fmt::Error)?)
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn value_of(digit: u8) -> Result<u8, NotAnOid> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(NotAnOid),
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        let oid: Oid = text.parse().unwrap();
        assert_eq!(oid.to_string(), text);
        assert_eq!(Oid::from_bytes(oid.as_bytes()), Ok(oid));
        assert_eq!(oid.short(), "0123456");
        assert_eq!(format!("{oid:?}"), text);
        let long: Oid = text.repeat(2)[..64].parse().unwrap();
        assert_eq!(Oid::from_bytes(long.as_bytes()), Ok(long));
        assert!(!oid.is_zero() && !long.is_zero());
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "0123", &"g".repeat(40), &"+1".repeat(20), &"0".repeat(41)] {
            assert!(text.parse::<Oid>().is_err(), "{text}");
        }
        for length in [0, 19, 21, 31, 33] {
            assert!(Oid::from_bytes(&vec![1; length]).is_err(), "{length}");
        }
        assert!("0".repeat(64).parse::<Oid>().unwrap().is_zero());
    }
}
