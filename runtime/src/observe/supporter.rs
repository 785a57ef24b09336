//! How a supporter is named in log lines.

use std::env;
use std::fmt::Write;

use contract::env::LOG_HASH_KEY;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the hash that a line shows: two of a million supporters meet with a chance of one in
/// thirty million.
const SHOWN_BYTES: usize = 8;

/// HMAC-SHA256 of `user` under the stack's key, its first 16 hex digits; `None` without a key.
pub(super) fn hashed(user: &str) -> Option<String> {
    let key = env::var(LOG_HASH_KEY).ok().filter(|key| !key.is_empty())?;
    with_key(&key, user)
}

fn with_key(key: &str, user: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(user.as_bytes());
    let mut digits = String::new();
    for byte in mac.finalize().into_bytes().iter().take(SHOWN_BYTES) {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_hash_is_hmac_sha256() {
        let hash = with_key("Jefe", "what do ya want for nothing?");
        assert_eq!(hash.as_deref(), Some("5bdcc146bf60754e"));
    }

    #[test]
    fn another_key_gives_another_hash() {
        assert_ne!(with_key("a", "user-1"), with_key("b", "user-1"));
    }
}
