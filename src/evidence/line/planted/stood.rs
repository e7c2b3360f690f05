//! Where the trunk is known to have stood: what lies on both sides of that was not landed as one.

use policy::name::RefName;
use policy::oid::Oid;

use super::Planted;
use crate::repository::oids::OidSet;

/// How many lines of the trunk's log are read.
const MOST_LINES: usize = 1000;

impl Planted<'_, '_, '_> {
    /// Whether the trunk is known to have stood at any of these commits. A server keeps no log unless it is told to
    /// (2.39 and 2.47), and knows where the trunk is.
    pub(super) fn stood_at_any(&self, commits: [&[Oid]; 2]) -> bool {
        let known = self.contracts.known_trunk();
        let has_stood = |commit: &Oid| known.contains(commit) || self.logged().contains(commit);
        commits.into_iter().flatten().any(has_stood)
    }

    /// Where git has logged it. It only ever lets more pass: what cannot be read tells of nothing.
    fn logged(&self) -> &OidSet {
        let history = self.history();
        history.stood.get_or_init(|| {
            let Some(trunk) = &self.contracts.trunk else { return OidSet::default() };
            let trunk = RefName::new(format!("refs/heads/{trunk}"));
            let log = history.view().reflog(&trunk, MOST_LINES).unwrap_or_default();
            log.iter().filter_map(|line| line.new).collect()
        })
    }
}
