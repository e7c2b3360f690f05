//! The names by which a lane is known: its branch, its worktree, its identity.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::draft::{Draft, Text};
use super::source::{Problems, Shown, printable};
use crate::path::fold_component;

/// The longest name of a branch, in bytes.
const LONGEST_BRANCH: usize = 1024;
/// The longest name of a worktree's directory or of somebody who pushes, in bytes: as long as file
/// systems take.
const LONGEST_NAME: usize = 255;

/// Names that only one lane may have.
#[derive(Default)]
pub(super) struct Unique {
    seen: HashMap<(&'static str, String), u32>,
    /// Branches and worktrees as a disk without case has them, each with the first that is called so.
    folded: HashMap<(&'static str, Vec<u8>), (u32, String)>,
}

impl Unique {
    /// Complains of a name that another lane has already.
    pub(super) fn check(
        &mut self,
        what: &'static str,
        name: Option<&Text>,
        problems: &mut Problems<'_>,
    ) {
        let Some(name) = name else { return };
        let line = problems.source.line(name.at.start);
        if what == "branch" {
            self.check_nesting(name, problems);
        }
        let first = self.seen.insert((what, name.value.clone()), line);
        if first.is_none() && what != "identity" {
            self.check_case(what, name, problems);
        }
        let Some(first) = first else { return };
        let code = match what {
            "branch" => "duplicate-branch",
            "worktree" => "duplicate-worktree",
            _ => "duplicate-identity",
        };
        let message =
            format!("the {what} {} is another lane's already, in line {first}", Shown(&name.value));
        problems.error(code, &name.at, message, format!("each lane has its own {what}"));
    }

    /// Complains of a name that is another lane's but for its case: a disk that knows none (macOS,
    /// Windows) has one place for both.
    fn check_case(&mut self, what: &'static str, name: &Text, problems: &mut Problems<'_>) {
        let line = problems.source.line(name.at.start);
        let key = (what, fold_component(name.value.as_bytes()));
        let (line, other) = match self.folded.entry(key) {
            Entry::Occupied(first) => first.into_mut(),
            Entry::Vacant(free) => {
                free.insert((line, name.value.clone()));
                return;
            }
        };
        let code = if what == "branch" { "duplicate-branch" } else { "duplicate-worktree" };
        let message = format!(
            "the {what} {} is {} of line {line} where the disk knows no case",
            Shown(&name.value),
            Shown(other)
        );
        problems.error(code, &name.at, message, format!("each lane has its own {what}"));
    }

    /// Complains of a branch below another lane's: git holds `a` or `a/b`, and never both (2.39 and
    /// 2.47: "cannot create").
    fn check_nesting(&self, name: &Text, problems: &mut Problems<'_>) {
        let is_below = |lower: &str, upper: &str| {
            lower.strip_prefix(upper).is_some_and(|rest| rest.starts_with('/'))
        };
        let branches = self.seen.iter().filter(|((what, _), _)| *what == "branch");
        let mut nested = branches
            .filter(|((_, other), _)| is_below(other, &name.value) || is_below(&name.value, other))
            .map(|((_, other), line)| (*line, other))
            .collect::<Vec<_>>();
        nested.sort_unstable();
        for (line, other) in nested {
            let message = format!(
                "git cannot hold the branch {} beside {}, which line {line} names",
                Shown(&name.value),
                Shown(other)
            );
            let help = "give both a name of their own, such as `agents/api` and `agents/docs`";
            problems.error("nested-branch", &name.at, message, help);
        }
    }
}

/// Complains of an identity by which an integrator without an entry of its own pushes: on a server that
/// is the lane's agent, and nobody the integrator.
pub(super) fn check_integrator(draft: &Draft, problems: &mut Problems<'_>) {
    let Some(integrator) = &draft.integrator else { return };
    if draft.agents.iter().any(|agent| agent.name.value == integrator.value) {
        return;
    }
    for identity in draft.agents.iter().filter_map(|agent| agent.identity.as_ref()) {
        if identity.value == integrator.value {
            let line = problems.source.line(integrator.at.start);
            let name = Shown(&identity.value);
            let message =
                format!("the identity {name} is the integrator's already, in line {line}");
            let help = "each lane has its own identity; to let this agent land every lane, name it as the integrator";
            problems.error("duplicate-identity", &identity.at, message, help);
        }
    }
}

/// Refuses a full name, or one that git would complete to it: branches are named by their short names.
/// Whether it is one; `named` says of what.
pub(super) fn refuse_full_name(name: &Text, named: &str, problems: &mut Problems<'_>) -> bool {
    let prefixes = ["refs/heads/", "heads/", "refs/"];
    let full = prefixes.iter().find_map(|prefix| Some((prefix, name.value.strip_prefix(prefix)?)));
    let Some((prefix, short)) = full else { return false };
    let help = format!("write `{}`", printable(short));
    problems.error("branch-name", &name.at, format!("{named} named without `{prefix}`"), help);
    true
}

/// A branch's short name, if git takes it.
pub(super) fn branch_name(name: &Text, problems: &mut Problems<'_>) -> Option<Box<str>> {
    let text = name.value.as_str();
    if refuse_full_name(name, "a branch is", problems) {
        return None;
    }
    let bytes = text.len();
    let message = if bytes > LONGEST_BRANCH {
        format!("a branch's name of {bytes} bytes; the longest has {LONGEST_BRANCH}")
    } else if !is_branch_name(text) {
        format!("git takes no branch of the name {}", Shown(text))
    } else {
        return Some(text.into());
    };
    problems.error("branch-name", &name.at, message, "such as `agents/uploads`");
    None
}

/// Holds a worktree's or a person's name to its length.
pub(super) fn check_length(what: &str, name: &Text, problems: &mut Problems<'_>) {
    let bytes = name.value.len();
    if bytes > LONGEST_NAME {
        let message = format!("{what}: a name of {bytes} bytes; the longest has {LONGEST_NAME}");
        problems.error("name-too-long", &name.at, message, "choose a shorter one");
    }
}

/// The rules of `git check-ref-format --branch` (git 2.47.3), without its shorthands.
fn is_branch_name(text: &str) -> bool {
    let well_formed =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    let forbidden = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    text.split('/').all(well_formed)
        && !text.contains(forbidden)
        && !text.contains("..")
        && !text.contains("@{")
        && !text.starts_with('-')
        && !text.ends_with('.')
        && text != "@"
        && text != "HEAD"
}

/// A worktree's directory name.
pub(super) fn worktree_name(name: &Text, problems: &mut Problems<'_>) -> Option<Box<str>> {
    let last = name.value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if last != name.value || last.is_empty() || last == "." || last == ".." {
        let message = format!("{} is no directory name", Shown(&name.value));
        let help = match last {
            "" | "." | ".." => {
                "the last component of the worktree's path, such as `wt-uploads`".into()
            }
            last => format!("the last component is enough: `{}`", printable(last)),
        };
        problems.error("worktree-name", &name.at, message, help);
        return None;
    }
    check_length("worktree", name, problems);
    Some(last.into())
}

#[cfg(test)]
mod tests {
    use super::super::source::{Problems, Source};
    use super::*;

    /// What a reader of names makes of one, or the error's message.
    fn read(
        reader: fn(&Text, &mut Problems<'_>) -> Option<Box<str>>,
        name: &str,
    ) -> Result<String, String> {
        let source = Source::new(name);
        let mut problems = Problems::new(&source);
        let value = reader(&Text::new(name.to_owned(), 0..name.len()), &mut problems);
        let problems = problems.into_sorted();
        assert_eq!(value.is_none(), !problems.is_empty(), "{name}");
        value.map(String::from).ok_or_else(|| problems[0].message.clone())
    }

    #[test]
    fn branches_are_named_as_git_names_them() {
        // As `git check-ref-format --branch` says of each (git 2.47.3, 2.39.5).
        for good in ["a", "agents/uploads", "a]", "a@b", "a/-b", "a./b", "a-", "żółć", "a/HEAD"]
        {
            assert_eq!(read(branch_name, good).as_deref(), Ok(good));
        }
        for bad in [
            "", "a//b", "/a", "a/", ".a", "a/.b", "a.lock", "a.lock/b", "a..b", "a@{b", "-a", "a.",
            "HEAD", "a b", "a~", "a^", "a:", "a?", "a*", "a[", "a\\b", "a\x7fb", "a\tb",
        ] {
            let message = read(branch_name, bad).expect_err(bad);
            assert!(message.starts_with("git takes no branch of the name"), "{bad}: {message}");
        }
        // Git takes this one for the branch that is checked out.
        assert!(read(branch_name, "@").is_err());
    }

    #[test]
    fn a_worktree_is_named_by_its_directory() {
        for good in ["wt-uploads", ".wt", "wt uploads", "..."] {
            assert_eq!(read(worktree_name, good).as_deref(), Ok(good));
        }
        for bad in ["", "/", ".", "..", "../wt-uploads", "a/b", "wt-uploads/", "a/.."] {
            assert!(read(worktree_name, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_lane_pushes_under_the_name_of_an_integrator_without_an_entry() {
        let codes = |integrator: &str, other: &str| {
            let text = format!(
                "integrator = \"{integrator}\"\n[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n\
                 identity = \"i\"\n[agents.{other}]\nbranch = \"b\"\nscope = [\"b/\"]\nidentity = \"bot\"\n"
            );
            let found = super::super::read(super::super::ContractFile::Toml, text.as_bytes())
                .err()
                .unwrap_or_default();
            found.iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert_eq!(codes("i", "b"), ["duplicate-identity"]);
        assert_eq!(codes("j", "b"), [""; 0]);
        // With an entry it pushes under the identity that stands there, or is the agent itself.
        assert_eq!(codes("i", "i"), [""; 0]);
        assert_eq!(codes("a", "b"), [""; 0]);
    }
}
