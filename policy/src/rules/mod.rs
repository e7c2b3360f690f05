//! The rules, and the decision that asks each of them.

use crate::attempt::Attempt;
use crate::contract::Contract;
use crate::verdict::Verdict;

/// Judges an attempt under a contract. Pure, total and deterministic: it reports everything at
/// once, in a stable order.
pub fn decide(_contract: &Contract, _attempt: &Attempt) -> Verdict {
    Verdict::default()
}
