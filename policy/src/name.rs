//! Names: of agents and of refs. Parsed once at the edge, trusted inside.

use std::cmp::Ordering;
use std::fmt;

/// The longest name of an agent, in bytes: it stands in nearly every message.
pub const LONGEST_AGENT: usize = 100;

/// An agent's name in the contract: `[A-Za-z0-9][A-Za-z0-9._-]*` of at most [`LONGEST_AGENT`]
/// bytes, and not `nobody`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AgentId(Box<str>);

/// As people count: `agent-2` before `agent-10`.
impl Ord for AgentId {
    fn cmp(&self, other: &Self) -> Ordering {
        by_number(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl PartialOrd for AgentId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Bytes in their order, digits in a row by the number that they are; of equal ones the shorter first.
fn by_number(one: &[u8], other: &[u8]) -> Ordering {
    let (mut ones, mut others) = (one, other);
    while let ([first, ones_rest @ ..], [second, others_rest @ ..]) = (ones, others) {
        if first.is_ascii_digit() && second.is_ascii_digit() {
            let ((number, after), (other_number, other_after)) = (number(ones), number(others));
            let order = number.len().cmp(&other_number.len()).then(number.cmp(other_number));
            if order.is_ne() {
                return order;
            }
            (ones, others) = (after, other_after);
        } else if first == second {
            (ones, others) = (ones_rest, others_rest);
        } else {
            return first.cmp(second);
        }
    }
    ones.len().cmp(&others.len()).then(one.len().cmp(&other.len())).then(one.cmp(other))
}

/// The digits that it begins with, without zeros before them, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    (&digits[zeros..], rest)
}

/// A text that cannot name an agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an agent's name: letters, digits, '.', '_' and '-', beginning with a letter or digit, \
     {LONGEST_AGENT} bytes at most"
)]
pub struct NotAnAgentId;

impl AgentId {
    /// Checks the spelling.
    pub fn new(text: &str) -> Result<Self, NotAnAgentId> {
        let mut bytes = text.bytes();
        let well_begun = bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if well_begun && rest && text.len() <= LONGEST_AGENT && text != "nobody" {
            Ok(Self(text.into()))
        } else {
            Err(NotAnAgentId)
        }
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A full ref name such as `refs/heads/main`. Bytes, as git has them; control characters
/// cannot occur in one (`git check-ref-format`), other bytes need not be UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefName(Box<[u8]>);

impl RefName {
    /// A full name, as git gives it.
    pub fn new(full: impl Into<Vec<u8>>) -> Self {
        Self(full.into().into())
    }

    /// The branch of this short name: `main` is `refs/heads/main`.
    pub fn branch(short: &str) -> Self {
        Self::new(format!("refs/heads/{short}"))
    }

    /// The bytes of the full name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The full name as text, when it is UTF-8.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The part after `refs/heads/`, when this is a branch.
    pub fn branch_name(&self) -> Option<&[u8]> {
        self.0.strip_prefix(b"refs/heads/")
    }

    /// The tracking ref of a remote's branch: `refs/remotes/<remote>/<branch>`.
    pub fn tracking(remote: &str, branch: &[u8]) -> Self {
        Self::new([b"refs/remotes/", remote.as_bytes(), b"/", branch].concat())
    }

    /// The remote and its branch, when this is a tracking ref. A remote's name ends at the first
    /// slash.
    pub fn tracked(&self) -> Option<(&[u8], &[u8])> {
        let rest = self.0.strip_prefix(b"refs/remotes/")?;
        let slash = rest.iter().position(|byte| *byte == b'/')?;
        Some((&rest[..slash], &rest[slash + 1..]))
    }

    /// As a command of git names it: a branch and a tracking ref by their short names (`main`,
    /// `origin/main`), any other ref by its full one.
    pub fn revision_name(&self) -> String {
        let short = self.branch_name().or_else(|| self.0.strip_prefix(b"refs/remotes/"));
        String::from_utf8_lossy(short.unwrap_or(&self.0)).into_owned()
    }

    /// For people: the branch's short name, or the full name of any other ref.
    pub fn short(&self) -> String {
        String::from_utf8_lossy(self.branch_name().unwrap_or(&self.0)).into_owned()
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_stand_in_the_order_in_which_people_count() {
        let order = ["-", "1", "2", "02", "10", "10a", "10b2", "10b10", "A", "agent", "agent-1"];
        let more = ["agent-01", "agent-1a", "agent-2", "agent-09", "agent-10", "agent-x", "b"];
        let all: Vec<&str> = order.into_iter().chain(more).collect();
        for (at, one) in all.iter().enumerate() {
            for (other_at, other) in all.iter().enumerate() {
                let found = by_number(one.as_bytes(), other.as_bytes());
                assert_eq!(found, at.cmp(&other_at), "{one} and {other}");
            }
        }
        // Numbers may be longer than any that a machine counts with.
        let long = |end: &str| format!("a-{}{end}", "9".repeat(50));
        assert_eq!(by_number(long("1").as_bytes(), long("0").as_bytes()), Ordering::Greater);
    }

    #[test]
    fn names_of_agents() {
        for good in ["agent-1", "a", "9", "Agent.x_Y-z"] {
            assert!(AgentId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", ".a", "a b", "a/b", "nobody", "é"] {
            assert!(AgentId::new(bad).is_err(), "{bad}");
        }
        assert!(AgentId::new(&"a".repeat(LONGEST_AGENT)).is_ok());
        assert!(AgentId::new(&"a".repeat(LONGEST_AGENT + 1)).is_err());
    }

    #[test]
    fn branches_are_refs() {
        let branch = RefName::branch("agents/uploads");
        assert_eq!(branch.to_string(), "refs/heads/agents/uploads");
        assert_eq!(branch.short(), "agents/uploads");
        assert_eq!(RefName::new("refs/tags/v1").short(), "refs/tags/v1");
        assert_eq!(branch.to_str(), Some("refs/heads/agents/uploads"));
        assert_eq!(RefName::new(*b"refs/heads/caf\xe9").to_str(), None);
        assert_eq!(format!("{branch:?}"), branch.to_string());
    }

    #[test]
    fn a_tracking_ref_names_a_remote_and_its_branch() {
        let tracking = RefName::tracking("origin", b"agents/uploads");
        assert_eq!(tracking.to_string(), "refs/remotes/origin/agents/uploads");
        assert_eq!(tracking.tracked(), Some((&b"origin"[..], &b"agents/uploads"[..])));
        for other in ["refs/heads/origin/main", "refs/remotes/origin", "refs/tags/v1"] {
            assert_eq!(RefName::new(other).tracked(), None, "{other}");
        }
    }
}
