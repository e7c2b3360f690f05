//! Which program wrote a hook: the common ones say so in what they write.
//!
//! A hook that such a program wrote can be written again by it, and holds nobody's own work. That
//! is all that is concluded from it: nothing here makes a hook the gate's.

use std::fmt;
use std::path::Path;

use super::HookName;
use crate::system::files;

/// A hook file that is read for what it says is no longer, in bytes.
pub(super) const LONGEST_SCRIPT: u64 = 1 << 20;

/// Where these programs are configured, at a worktree's root.
const CONFIGURATIONS: [&str; 8] = [
    ".husky",
    ".pre-commit-config.yaml",
    ".pre-commit-config.yml",
    "prek.toml",
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    "lefthook.toml",
];

/// A program that looks after hook files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// husky: a stub that reads the script `h` beside it.
    Husky,
    /// lefthook.
    Lefthook,
    /// pre-commit.
    PreCommit,
    /// prek.
    Prek,
}

impl Author {
    /// Who wrote a hook, when it is one of these, by the words of husky 9, lefthook 2, pre-commit 4
    /// and prek 0.5.
    ///
    /// The words stand here in parts, and lefthook's in small letters: these programs search what
    /// they find for them, and must not take the gate for their own.
    pub fn of(script: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(script);
        if !text.starts_with("#!") {
            return None;
        }
        let generated = |line: &str| {
            let by = line.strip_prefix("# File generated")?.strip_prefix(" by ")?;
            match by.split(':').next()? {
                "pre-commit" => Some(Self::PreCommit),
                "prek" => Some(Self::Prek),
                _ => None,
            }
        };
        if let Some(author) = text.lines().find_map(generated) {
            return Some(author);
        }
        let is_stub = |line: &str| {
            let line = line.trim();
            line.starts_with(". ") && line.contains("$(dirname \"$0\")/h\"")
                || line == ". \"${0%/*}/h\""
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        if lines.clone().count() == 2 && lines.clone().any(is_stub) {
            return Some(Self::Husky);
        }
        text.lines().any(|line| line.trim() == "call_lefthook()").then_some(Self::Lefthook)
    }

    /// Who wrote the hook at a path; `None` also when it cannot be read.
    pub fn of_file(path: &Path) -> Option<Self> {
        Self::of(&files::read(path, LONGEST_SCRIPT).ok().flatten()?)
    }

    /// Which hook a script of theirs was written for, where it says so: pre-commit's and prek's do.
    pub fn meant_for(script: &[u8]) -> Option<HookName> {
        Self::of(script)?;
        let text = String::from_utf8_lossy(script);
        let (_, name) = text.split_once("--hook-type=")?;
        name.split(|next: char| !next.is_ascii_lowercase() && next != '-').next()?.parse().ok()
    }

    /// Who wrote a script that lies at a path and was written for another hook than this one: its
    /// program has opened another hook, whose file this one was too, and written there in place
    /// (prek 0.5 does, with `install -f`).
    pub fn of_strayed(path: &Path, hook: HookName) -> Option<Self> {
        let script = files::read(path, LONGEST_SCRIPT).ok().flatten()?;
        Self::meant_for(&script).filter(|meant| *meant != hook)?;
        Self::of(&script)
    }

    /// Whether what lies at a path, where the private copy was, is a script of theirs: written
    /// through a hook that was the same file.
    pub fn wrote_over(program: &Path) -> bool {
        let script = files::read(program, LONGEST_SCRIPT).ok().flatten();
        script.is_some_and(|script| Self::meant_for(&script).is_some())
    }

    /// Whether one of them is configured in a worktree, by the files that they look for.
    pub fn is_configured_in(worktree: &Path) -> bool {
        CONFIGURATIONS.iter().any(|name| worktree.join(name).exists())
    }

    /// Under which name it keeps running a hook that it found in its place.
    pub fn keeps_running_as(self) -> Option<&'static str> {
        match self {
            Self::PreCommit | Self::Prek => Some("legacy"),
            Self::Husky | Self::Lefthook => None,
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Husky => "husky",
            Self::Lefthook => "lefthook",
            Self::PreCommit => "pre-commit",
            Self::Prek => "prek",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each() {
        for (script, author) in [
            ("#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"", Some(Author::Husky)),
            ("#!/usr/bin/env sh\n. \"${0%/*}/h\"\n", Some(Author::Husky)),
            ("#!/bin/sh\n\ncall_lefthook()\n{\n}\n", Some(Author::Lefthook)),
            (
                "#!/usr/bin/env bash\n# File generated by pre-commit: https://x\n",
                Some(Author::PreCommit),
            ),
            ("#!/bin/sh\n# File generated by prek: https://x\n", Some(Author::Prek)),
            ("#!/bin/sh\n# File generated by precedent\n", None),
            ("#!/bin/sh\n. \"$(dirname \"$0\")/h\"\necho mine\n", None),
            ("#!/bin/sh\npre-commit run && lefthook run\n", None),
            ("# File generated by prek: no hook\n", None),
            ("", None),
        ] {
            assert_eq!(Author::of(script.as_bytes()), author, "{script}");
        }
    }

    #[test]
    fn the_hook_that_a_script_was_written_for() {
        let by = "#!/bin/sh\n# File generated by";
        for (script, hook) in [
            (format!("{by} prek: x\nexec prek --hook-type=pre-push -- \"$@\"\n"), "pre-push"),
            (format!("{by} pre-commit: x\nARGS=(--hook-type=pre-commit)\n"), "pre-commit"),
            (format!("{by} prek: x\nexec prek --hook-type=commit-msg\n"), ""),
            (format!("{by} prek: x\nexec prek\n"), ""),
            ("#!/bin/sh\nprek --hook-type=pre-push\n".to_owned(), ""),
        ] {
            assert_eq!(Author::meant_for(script.as_bytes()), hook.parse().ok(), "{script}");
        }
    }
}
