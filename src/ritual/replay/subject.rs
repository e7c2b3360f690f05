//! What the subject of a commit says: which branch a merge brought, and whether it mends something.
//! Foreign text, in the words of git and of the forges.

/// The branch that a merge says it brought, short.
///
/// Git writes `Merge branch 'x'` and `Merge remote-tracking branch 'origin/x'`, with ` of URL` and
/// ` into y` behind it (2.39 and 2.47), GitHub `Merge pull request #1 from owner/x`, Bitbucket
/// `Merged in x (pull request #1)`. Of several branches in one merge none is named.
pub fn merged_branch(subject: &str) -> Option<&str> {
    let quoted = |rest: &'_ str| rest.find('\'').filter(|end| *end > 0);
    let name = if let Some(rest) = subject.strip_prefix("Merge branch '") {
        &rest[..quoted(rest)?]
    } else if let Some(rest) = subject.strip_prefix("Merge remote-tracking branch '") {
        rest[..quoted(rest)?].split_once('/')?.1
    } else if let Some(rest) = subject.strip_prefix("Merge pull request #") {
        rest.split_once(" from ")?.1.split_once('/')?.1
    } else {
        subject.strip_prefix("Merged in ")?.split(" (pull request").next()?
    };
    let name = name.trim();
    (!name.is_empty()).then_some(name)
}

/// Words by which a commit says that it mends what was there.
const MENDS: [&str; 15] = [
    "fix",
    "fixes",
    "fixed",
    "fixup",
    "hotfix",
    "bugfix",
    "bug",
    "revert",
    "reverts",
    "reverted",
    "rollback",
    "regression",
    "repair",
    "undo",
    "mend",
];

/// Whether a commit says that it mends something.
pub fn mends(subject: &str) -> bool {
    let mut words = subject.split(|c: char| !c.is_alphanumeric());
    words.any(|word| MENDS.iter().any(|mends| word.eq_ignore_ascii_case(mends)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_that_a_merge_names() {
        for (subject, branch) in [
            ("Merge branch 'agents/a'", Some("agents/a")),
            ("Merge branch 'a' into main", Some("a")),
            ("Merge branch 'a' of ../server", Some("a")),
            ("Merge remote-tracking branch 'origin/agents/a'", Some("agents/a")),
            ("Merge pull request #12 from owner/agents/a", Some("agents/a")),
            ("Merged in agents/a (pull request #3)", Some("agents/a")),
            ("Merge branches 'a' and 'b'", None),
            ("Merge branch ''", None),
            ("Merge branch 'a", None),
            ("Merge pull request #12", None),
            ("Merge commit 'abc'", None),
            ("Merge everything", None),
            ("", None),
        ] {
            assert_eq!(merged_branch(subject), branch, "{subject}");
        }
    }

    #[test]
    fn what_mends_says_so_in_a_word() {
        for subject in ["fix: x", "Fixes #3", "api: hotfix", "Revert \"x\"", "Merge branch 'fix/x'"]
        {
            assert!(mends(subject), "{subject}");
        }
        for subject in ["prefix the paths", "a suffix", "fixtures", "debugging", ""] {
            assert!(!mends(subject), "{subject}");
        }
    }
}
