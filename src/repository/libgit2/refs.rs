//! Refs: loose, packed, symbolic. One that cannot be read is an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use git2::{ErrorCode, ReferenceType};
use policy::name::RefName;
use policy::oid::Oid;

use super::{Libgit2, from_git2, words};
use crate::repository::loose::{LONGEST_CHAIN, broken, linked};
use crate::repository::{Head, Read, ReadError, Reference};
use crate::system::files;

/// A loose ref is an id or a name; a larger file is none.
const MAX_LOOSE_REF: u64 = 64 << 10;

impl Libgit2 {
    pub(super) fn reference_of(&self, name: &RefName) -> Read<Option<Reference>> {
        let Some(text) = name.to_str() else {
            // libgit2's look-up by name takes text alone; its list gives bytes.
            return Ok(self.listed(None)?.remove(name));
        };
        match self.repository.find_reference(text) {
            // To be resolved, it would be read a second time. (One that was listed has to be: the
            // list of 1.9 gives the packed value of a loose ref that cannot be read.)
            Ok(found) if found.kind() == Some(ReferenceType::Direct) => {
                pointing(name.clone(), found.target(), None).map(Some)
            }
            Ok(found) => self.followed(&found),
            Err(error) => match error.code() {
                // A name that git would not allow is of no ref.
                ErrorCode::NotFound | ErrorCode::InvalidSpec => Ok(None),
                _ => Err(broken(name, &words(&error))),
            },
        }
    }

    pub(super) fn end_of_chain(&self, name: &RefName) -> Read<RefName> {
        let mut end = name.clone();
        for _ in 0..LONGEST_CHAIN {
            match self.next_of(&end)? {
                Some(next) => end = next,
                None => return Ok(end),
            }
        }
        Err(broken(name, "it leads in a circle, or too far"))
    }

    /// What a symbolic ref names. `None`: it is none, or not there.
    fn next_of(&self, name: &RefName) -> Read<Option<RefName>> {
        // libgit2 reads through a link, as if the ref at its end had this name too (1.9).
        if let Some(target) = linked(&self.place.common_dir, name)? {
            return Ok(Some(target));
        }
        let target = |found: &git2::Reference<'_>| found.symbolic_target_bytes().map(RefName::new);
        let Some(text) = name.to_str() else {
            let failed = |error: git2::Error| broken(name, &words(&error));
            for found in self.repository.references().map_err(failed)? {
                let found = found.map_err(failed)?;
                if found.name_bytes() == name.as_bytes() {
                    return Ok(target(&found));
                }
            }
            return Ok(None);
        };
        match self.repository.find_reference(text) {
            Ok(found) => Ok(target(&found)),
            Err(error) => match error.code() {
                ErrorCode::NotFound | ErrorCode::InvalidSpec => Ok(None),
                _ => Err(broken(name, &words(&error))),
            },
        }
    }

    pub(super) fn references_below(&self, prefix: &str) -> Read<Vec<Reference>> {
        let plain = !prefix.contains(['*', '?', '[', '\\']);
        let glob = (plain && prefix.starts_with("refs/")).then(|| format!("{prefix}*"));
        let mut found = self.listed(glob.as_deref())?;
        self.miss_no_loose_ref(prefix, &found)?;
        found.retain(|name, _| name.as_bytes().starts_with(prefix.as_bytes()));
        Ok(found.into_values().collect())
    }

    /// What a revision expression names.
    pub(super) fn look_up(&self, text: &str) -> Read<Option<Oid>> {
        match self.repository.revparse_single(text) {
            Ok(object) => from_git2(object.id()).map(Some),
            Err(error) => match error.code() {
                ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::GenericError => Ok(None),
                _ => Err(ReadError::Other(format!(
                    "{} cannot be looked up: {}",
                    policy::text::printable(text),
                    words(&error)
                ))),
            },
        }
    }

    pub(super) fn head_of_this_worktree(&self) -> Read<Head> {
        let name = RefName::new(*b"HEAD");
        let head = self
            .repository
            .find_reference("HEAD")
            .map_err(|error| broken(&name, &words(&error)))?;
        let Some(branch) = head.symbolic_target_bytes() else {
            let target = head.target().ok_or_else(|| broken(&name, "it names nothing"))?;
            return Ok(Head::Detached(from_git2(target)?));
        };
        let branch = RefName::new(branch);
        Ok(match self.reference_of(&branch)? {
            Some(found) => Head::Branch(branch, found.target),
            None => Head::Unborn(branch),
        })
    }

    /// What a ref points to in the end. `None`: a symbolic one whose end is not there.
    fn followed(&self, found: &git2::Reference<'_>) -> Read<Option<Reference>> {
        let name = RefName::new(found.name_bytes());
        let end = match found.resolve() {
            Ok(end) => end,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(broken(&name, &words(&error))),
        };
        let is_symbolic = found.kind() == Some(ReferenceType::Symbolic);
        let symbolic = is_symbolic.then(|| RefName::new(end.name_bytes()));
        pointing(name, end.target(), symbolic).map(Some)
    }

    fn listed(&self, glob: Option<&str>) -> Read<BTreeMap<RefName, Reference>> {
        let failed = |error: &git2::Error| ReadError::Other(format!("refs: {}", words(error)));
        let listed = match glob {
            Some(glob) => self.repository.references_glob(glob),
            None => self.repository.references(),
        };
        let mut found = BTreeMap::new();
        for reference in listed.map_err(|error| failed(&error))? {
            let reference = reference.map_err(|error| failed(&error))?;
            if let Some(reference) = self.followed(&reference)? {
                found.insert(reference.name.clone(), reference);
            }
        }
        Ok(found)
    }

    /// libgit2's list passes over loose refs that it cannot read (`refdb_fs`, 1.9): this finds
    /// them, so that a damaged lane is not taken for a missing one.
    fn miss_no_loose_ref(&self, prefix: &str, found: &BTreeMap<RefName, Reference>) -> Read<()> {
        let directory = prefix.rfind('/').map_or("refs", |slash| &prefix[..slash]);
        if !directory.starts_with("refs") || directory.split('/').any(|part| part == "..") {
            return Ok(());
        }
        let root = &self.place.common_dir;
        let mut pending = vec![root.join(directory)];
        while let Some(path) = pending.pop() {
            let entries = match fs::read_dir(&path) {
                Ok(entries) => entries,
                Err(error) if files::is_absent(&error) => continue,
                Err(error) => return Err(ReadError::Other(format!("refs: {error}"))),
            };
            for entry in entries {
                let entry = entry.map_err(|error| ReadError::Other(format!("refs: {error}")))?;
                let path = entry.path();
                if path.is_dir() {
                    pending.push(path);
                    continue;
                }
                let name = name_of(root, &path);
                let wanted = name.as_bytes().starts_with(prefix.as_bytes());
                let lock = name.as_bytes().ends_with(b".lock");
                if wanted && !lock && !found.contains_key(&name) {
                    self.explain_missing(&name, &path)?;
                }
            }
        }
        Ok(())
    }

    /// A loose ref that was not listed: a symbolic one without an end, one that is of another
    /// worktree, one that came just now, or a damaged one, which is an error.
    fn explain_missing(&self, name: &RefName, path: &Path) -> Read<()> {
        if is_of_one_worktree(name) {
            return Ok(());
        }
        let content =
            files::read(path, MAX_LOOSE_REF).map_err(|error| broken(name, &error.to_string()))?;
        let Some(content) = content else { return Ok(()) };
        let content = content.trim_ascii();
        let is_id = |text: &str| text.parse::<policy::oid::Oid>().is_ok_and(|id| !id.is_zero());
        if content.starts_with(b"ref:") || std::str::from_utf8(content).is_ok_and(is_id) {
            return Ok(());
        }
        Err(broken(name, "it holds neither an object id nor a name"))
    }
}

fn pointing(
    name: RefName,
    target: Option<git2::Oid>,
    symbolic: Option<RefName>,
) -> Read<Reference> {
    let target = target.ok_or_else(|| broken(&name, "it names nothing"))?;
    if target.is_zero() {
        return Err(broken(&name, "it names the zero id"));
    }
    Ok(Reference { name, target: from_git2(target)?, symbolic })
}

/// Refs that each worktree has for itself (gitrepository-layout): the main worktree's are not
/// those of a linked one.
fn is_of_one_worktree(name: &RefName) -> bool {
    [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"]
        .iter()
        .any(|prefix| name.as_bytes().starts_with(prefix))
}

fn name_of(root: &Path, path: &Path) -> RefName {
    let relative = path.strip_prefix(root).unwrap_or(path);
    RefName::new(relative.as_os_str().as_encoded_bytes())
}
