//! Many violations of one rule below one directory become one block. For people only: programs
//! are given every one.

use std::mem::{Discriminant, discriminant};

use policy::change::TakenAway;
use policy::path::RepoPath;
use policy::verdict::Violation;

/// As many as this are still shown one by one.
const SHOWN_SINGLY: usize = 4;

/// One violation, or several that say the same of different paths.
pub struct Block<'v> {
    /// The one that speaks.
    pub first: &'v Violation,
    /// The others.
    pub more: Vec<&'v Violation>,
    /// The directory that holds all of them, with its last slash, quoted where it must be; `None`
    /// when there is only one.
    pub below: Option<String>,
}

impl<'v> Block<'v> {
    /// All of them, the first one first.
    pub fn members(&self) -> impl Iterator<Item = &'v Violation> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }
}

/// The violations as blocks, each where its first member stood.
pub fn blocks(violations: &[Violation]) -> Vec<Block<'_>> {
    let mut families: Vec<Vec<&Violation>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for violation in violations {
        let family = Family::of(violation);
        let place = *places.entry(family).or_insert(families.len());
        match families.get_mut(place) {
            Some(family) => family.push(violation),
            None => families.push(vec![violation]),
        }
    }
    families.into_iter().flat_map(fold).collect()
}

fn fold(family: Vec<&Violation>) -> Vec<Block<'_>> {
    let below = if family.len() > SHOWN_SINGLY { common_directory(&family) } else { None };
    match (below, family.split_first()) {
        (Some(below), Some((first, more))) => {
            vec![Block { first, more: more.to_vec(), below: Some(below) }]
        }
        _ => {
            let single = |first| Block { first, more: Vec::new(), below: None };
            family.into_iter().map(single).collect()
        }
    }
}

/// What the members of a block have in common: everything but path, change and commit, and the
/// first component of the path.
#[derive(PartialEq, Eq, Hash)]
struct Family<'v> {
    rule: &'static str,
    severity: &'static str,
    agent: Option<&'v str>,
    owner: Option<&'v str>,
    reference: Option<&'v [u8]>,
    line: Option<u32>,
    waived: Option<&'v str>,
    taken_away: Option<Discriminant<TakenAway>>,
    /// The top directory; the whole path for a file at the root; the message where there is no
    /// path, since then only equal ones belong together.
    top: &'v [u8],
}

impl<'v> Family<'v> {
    fn of(violation: &'v Violation) -> Self {
        let top = match &violation.path {
            Some(path) => path.components().next().unwrap_or_default(),
            None => violation.message.as_bytes(),
        };
        Self {
            rule: violation.rule,
            severity: violation.severity.as_str(),
            agent: violation.agent.as_ref().map(|agent| agent.as_str()),
            owner: violation.owner.as_ref().map(|owner| owner.as_str()),
            reference: violation.reference.as_ref().map(|name| name.as_bytes()),
            line: violation.contract_line,
            waived: violation.waived.as_deref(),
            taken_away: violation.taken_away.as_ref().map(discriminant),
            top,
        }
    }
}

/// The deepest directory that holds the paths of all; `None` when there is none below the root.
fn common_directory(family: &[&Violation]) -> Option<String> {
    let mut paths = family.iter().map(|violation| violation.path.as_ref());
    let mut common = paths.next()??.parent();
    for path in paths {
        while !is_below(path?, common) {
            let slash = common.iter().rposition(|byte| *byte == b'/')?;
            common = &common[..slash];
        }
    }
    if common.is_empty() {
        return None;
    }
    let directory = RepoPath::new([common, b"/"].concat()).ok()?;
    Some(directory.to_string())
}

fn is_below(path: &RepoPath, directory: &[u8]) -> bool {
    let rest = path.as_bytes().strip_prefix(directory);
    directory.is_empty() || rest.is_some_and(|rest| rest.starts_with(b"/"))
}
