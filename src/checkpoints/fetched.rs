//! What a fetch that is under way has brought, before the tracking refs know it.
//!
//! `git fetch origin main:main` writes `FETCH_HEAD`, then moves `main`, and the tracking ref last
//! (git 2.39 and 2.47; with `--atomic` both refs by one transaction, and `FETCH_HEAD` after it).

use std::path::Path;

use crate::evidence::located::Fetched;
use crate::system::files;

/// How much of `FETCH_HEAD` is read: many thousand branches.
const LIMIT: u64 = 4 * 1024 * 1024;

/// What the last fetch of a worktree brought. A file that cannot be read tells
/// nothing: then the tracking refs alone count.
pub fn fetched(git_dir: &Path) -> Vec<Fetched> {
    let text = files::read(&git_dir.join("FETCH_HEAD"), LIMIT).ok().flatten().unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(read_line).collect()
}

/// `<id> TAB [not-for-merge] TAB [branch '<name>' of ]<address>`; instead of `branch` also `tag`, or
/// nothing, where the name is a full one: `'refs/pull/7/head' of <address>`.
fn read_line(line: &[u8]) -> Option<Fetched> {
    let text = std::str::from_utf8(line).ok()?;
    let mut parts = text.splitn(3, '\t');
    let tip = parts.next()?.parse().ok()?;
    let told = parts.nth(1)?;
    let (what, address) = told.split_once("' of ").unwrap_or(("", told));
    let branch = what.strip_prefix("branch '").map(str::to_owned);
    Some(Fetched { tip, branch, address: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_which_of_it_are_branches_and_where_they_are_from() {
        let id = "1111111111111111111111111111111111111111";
        let read = |line: String| {
            read_line(line.as_bytes()).map(|fetched| (fetched.branch, fetched.address))
        };
        let branch = Some((Some("a/b".to_owned()), "../server".to_owned()));
        let other = Some((None, "../server".to_owned()));
        assert_eq!(read(format!("{id}\t\tbranch 'a/b' of ../server")), branch);
        assert_eq!(read(format!("{id}\tnot-for-merge\tbranch 'a/b' of ../server")), branch);
        assert_eq!(read(format!("{id}\t\ttag 'a' of ../server")), other);
        assert_eq!(read(format!("{id}\t\t'refs/pull/7/head' of ../server")), other);
        assert_eq!(read(format!("{id}\t\t../server")), other);
        assert_eq!(read("nonsense".to_owned()), None);
        assert_eq!(read(String::new()), None);
    }
}
