//! The merge bases from which a lane is judged.
//!
//! Several merge bases stand for what their own merge holds. One of them may have come to the trunk
//! by a merge that took nothing of it: no trunk ever stood there, and it excuses nothing.

use std::collections::BTreeSet;

use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::history::History;
use crate::evidence::merge::{Contents, slot};

/// The merge bases of a lane with the trunk's tips.
#[derive(Debug)]
pub struct Bases {
    /// All of them.
    pub all: Vec<Oid>,
    /// Those of several that are not on the trunk's own line.
    beside: Vec<Beside>,
}

/// A merge base that came to the trunk by a merge.
#[derive(Debug)]
struct Beside {
    base: Oid,
    /// The first commit of the trunk's line that holds it.
    taken_by: Oid,
    /// Where that merge and the base parted.
    parted: Vec<Oid>,
    /// The newest commit of the trunk's line that the lane holds.
    line: Option<Oid>,
}

impl Bases {
    /// Between the trunk's tips and these heads.
    pub fn between(history: &History<'_>, trunk: &[Oid], heads: &[Oid]) -> Known<Self> {
        let all = history.merge_bases(trunk, heads)?;
        let mut beside = Vec::new();
        if all.len() > 1 {
            for base in &all {
                beside.extend(Self::beside(history, trunk, heads, *base)?);
            }
        }
        Ok(Self { all, beside })
    }

    fn beside(
        history: &History<'_>,
        trunk: &[Oid],
        heads: &[Oid],
        base: Oid,
    ) -> Known<Option<Beside>> {
        let mut found = None;
        for tip in trunk {
            if !history.is_ancestor(base, *tip)? {
                continue;
            }
            if history.newest_of_line(*tip, &[base])? == Some(base) {
                return Ok(None);
            }
            let Some((taken_by, into)) = history.taken_by(*tip, base)? else { continue };
            let parted = history.merge_bases(&[into], &[base])?;
            let line = history.newest_of_line(*tip, heads)?;
            found.get_or_insert(Beside { base, taken_by, parted, line });
        }
        Ok(found)
    }

    /// Those that count for a path: instead of one whose version of it the trunk did not take, the
    /// trunk's own line.
    pub fn at(&self, history: &History<'_>, path: &RepoPath) -> Known<Vec<Oid>> {
        let mut counting = BTreeSet::new();
        for base in &self.all {
            let beside = self.beside.iter().find(|beside| beside.base == *base);
            match beside.and_then(|beside| Some((beside, beside.line?))) {
                Some((beside, line)) if !beside.was_taken(history, path)? => counting.insert(line),
                _ => counting.insert(*base),
            };
        }
        Ok(match self.beside.is_empty() {
            true => self.all.clone(),
            false => history.maximal(counting)?,
        })
    }
}

impl Beside {
    /// Whether merging its version of a path into what the merge made changes nothing there.
    fn was_taken(&self, history: &History<'_>, path: &RepoPath) -> Known<bool> {
        let contents = Contents::new(history);
        let theirs = slot(history.entry_at(self.base, path)?);
        let made = slot(history.entry_at(self.taken_by, path)?);
        for parted in Base::at(history, &self.parted, path)?.each() {
            if contents.makes(parted, &made, &theirs, &made)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
