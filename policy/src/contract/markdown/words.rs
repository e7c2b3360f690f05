//! What words mean: which are agents, which are paths, which are modes.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::model::Mode;
use super::super::spelling::looks_like_path;
use super::labels::is_more_than_a_title;
use super::lex::Token;
use super::signs::{ENDS, bare, fold};
use crate::name::AgentId;

/// The names that the contract's lines begin with, collected before anything else is read.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashSet<String>,
}

/// A mode, or the grant of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    May(Mode),
    ReadOnly,
}

impl Access {
    /// What two modes say of one path together: the stricter, which implies the other. `None`
    /// when they contradict each other.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::May(one), Self::May(other)) => Some(Self::May(one.max(other))),
            (Self::ReadOnly, Self::ReadOnly) => Some(Self::ReadOnly),
            (Self::May(_), Self::ReadOnly) | (Self::ReadOnly, Self::May(_)) => None,
        }
    }

    /// This mode, said within a list that has another one: it may only be stricter.
    pub(super) fn within(self, list: Self) -> Option<Self> {
        match (list, self) {
            (Self::May(list), Self::May(own)) => (own >= list).then_some(self),
            (_, Self::ReadOnly) => Some(self),
            (Self::ReadOnly, Self::May(_)) => None,
        }
    }
}

/// Words that say that somebody has what follows, and nothing more.
const HAVING: [&str; 28] = [
    "owns",
    "own",
    "edits",
    "edit",
    "may",
    "can",
    "has",
    "have",
    "gets",
    "takes",
    "changes",
    "change",
    "touches",
    "touch",
    "writes",
    "write",
    "works",
    "on",
    "in",
    "only",
    "is",
    "responsible",
    "for",
    "to",
    "all",
    "of",
    "everything",
    "under",
];

/// Words that take something away.
const DENYING: [&str; 8] = ["not", "never", "no", "cannot", "can't", "don't", "doesn't", "mustn't"];

/// Words that are emphasised in contracts and name no file.
const EMPHASISED: [&str; 22] = [
    "owns",
    "only",
    "except",
    "additions",
    "nobody",
    "no",
    "not",
    "read",
    "branch",
    "agent",
    "worktree",
    "commits",
    "first",
    "then",
    "last",
    "after",
    "any",
    "and",
    "owner",
    "owned",
    "edits",
    "never",
];

impl Names {
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self { known: names.map(ToOwned::to_owned).collect() }
    }

    pub(super) fn add(&mut self, name: &str) {
        self.known.insert(name.to_owned());
    }

    pub(super) fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// Whether a word may be emphasised without being a path.
    pub(super) fn is_emphasised(&self, word: &str) -> bool {
        self.is_known(word) || EMPHASISED.contains(&bare(word).to_lowercase().as_str())
    }

    /// The agents that a word names: `agent-1`, or `agent-2/3` for two of them. `None` when it
    /// names none that is known.
    pub(super) fn agents_in<'w>(&self, word: &'w str) -> Option<Vec<(String, &'w str)>> {
        if self.is_known(word) {
            return Some(vec![(word.to_owned(), word)]);
        }
        if let Cow::Owned(plain) = fold(word) {
            let agents = self.agents_in(&plain)?.into_iter();
            return Some(agents.map(|(name, _)| (name, word)).collect());
        }
        let (first, rest) = word.split_once('/')?;
        if !self.is_known(first) {
            return None;
        }
        let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let mut agents = vec![(first.to_owned(), first)];
        for part in rest.split('/') {
            let short = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let name = if short { format!("{stem}{part}") } else { part.to_owned() };
            if !short && !self.is_known(&name) {
                return None;
            }
            agents.push((name, part));
        }
        Some(agents)
    }
}

/// Whether a word could be the name of an agent that is not known yet, and is no file's.
pub(super) fn could_be_agent(word: &str) -> bool {
    AgentId::new(word).is_ok() && !looks_like_path(word) && word.chars().any(char::is_alphabetic)
}

/// Whether what stands in parentheses behind an agent only says who that is, as in
/// `agent-1 (API): src/api/**`: nothing that could narrow or widen what follows.
pub(super) fn is_title(phrase: &str) -> bool {
    let limits = |word: &str| {
        let word = word.to_lowercase();
        is_denying(&word)
            || EXCEPT.iter().any(|words| words.contains(&word.as_str()) && word != "the")
            || ["only", "read", "reads", "reading", "new", "add", "adds", "additions", "delete"]
                .contains(&word.as_str())
            || ["until", "till", "expires"].contains(&word.as_str())
    };
    let tokens = super::lex::tokens(phrase, &|_| false);
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '&' || c.is_whitespace();
    phrase.chars().all(is_plain)
        && phrase.chars().any(char::is_alphabetic)
        && !phrase.split([' ', '-']).any(limits)
        && !is_more_than_a_title(&tokens)
}

/// Whether a bare word has the ending of a file: `package.json`, but not `e.g.` or `2.5`.
pub(super) fn names_a_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(stem, ending)| {
        (stem.len() != 1 || ending.len() > 1)
            && (1..=8).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

/// Whether a word stands for agents that it does not name.
pub(super) fn is_several(word: &str) -> bool {
    ["all", "both", "each", "either", "every", "everybody", "everyone"]
        .contains(&bare(word).to_lowercase().as_str())
}

/// Whether a word begins a sentence, and is no agent's name: `What is not listed is nobody's.`
pub(super) fn is_pronoun(word: &str) -> bool {
    [
        "what",
        "whatever",
        "who",
        "whoever",
        "this",
        "that",
        "these",
        "those",
        "it",
        "they",
        "there",
        "anything",
        "everything",
        "nothing",
        "none",
        "nobody",
        "each",
        "no",
        "neither",
    ]
    .contains(&bare(word).to_lowercase().as_str())
}

/// Whether a token can only be a path: a slash, a wildcard or an ending, or in back-ticks.
pub(super) fn is_path(token: &Token<'_>, names: &Names) -> bool {
    match token {
        // What is in double quotes is never an agent: the way to name a file that is called like one.
        Token::Quoted(text, value) => text.starts_with('"') || !names.is_known(value),
        Token::Word(word) => looks_like_path(word) && names.agents_in(word).is_none(),
        _ => false,
    }
}

pub(super) fn is_having(word: &str) -> bool {
    HAVING.contains(&word)
}

pub(super) fn is_denying(word: &str) -> bool {
    DENYING.contains(&word)
}

/// Words that begin an exception, longest first.
pub(super) const EXCEPT: [&[&str]; 12] = [
    &["with", "the", "exception", "of"],
    &["other", "than"],
    &["but", "not"],
    &["and", "not"],
    &["apart", "from"],
    &["except", "for"],
    &["except"],
    &["excluding"],
    &["excludes"],
    &["without"],
    &["minus"],
    &["not"],
];

/// The access that a phrase gives, such as `additions only`.
pub(super) fn access(phrase: &str) -> Option<Access> {
    let phrase = fold(phrase).to_lowercase().replace(['-', '_'], " ");
    let phrase = phrase.trim().trim_end_matches('.');
    let phrase =
        phrase.strip_prefix("mode").map_or(phrase, |rest| rest.trim_start_matches([':', ' ']));
    let words: Vec<&str> =
        phrase.split_whitespace().map(|word| word.trim_end_matches(ENDS)).collect();
    Some(match words.join(" ").as_str() {
        "additions only" | "addition only" | "add only" | "adds only" | "only additions"
        | "only add" | "only adds" | "append only" | "appends only" | "additive only"
        | "only append" | "additions" => Access::May(Mode::AdditionsOnly),
        "create only" | "creates only" | "only create" | "new files only" | "new file only"
        | "new files" | "new file" | "only new files" | "creation only" => {
            Access::May(Mode::CreateOnly)
        }
        "no delete" | "no deletes" | "no deletion" | "no deletions" | "no deleting"
        | "never delete" | "do not delete" => Access::May(Mode::NoDelete),
        "edit" | "edits" | "full" | "full access" | "read write" | "read/write" => {
            Access::May(Mode::Edit)
        }
        "read only" | "reads only" | "readonly" | "only read" | "only reads" | "read" | "reads"
        | "for reading" | "reference only" => Access::ReadOnly,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_agents_in_a_word() {
        let mut names = Names::default();
        names.add("agent-1");
        names.add("agent-2");
        let agents = |word| {
            let agents = names.agents_in(word)?;
            Some(agents.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(agents("agent-1").as_deref(), Some("agent-1"));
        assert_eq!(agents("agent-2/3").as_deref(), Some("agent-2 agent-3"));
        assert_eq!(agents("agent-1/agent-2").as_deref(), Some("agent-1 agent-2"));
        assert_eq!(agents("agent-1/src"), None);
        assert_eq!(agents("src/agent-1"), None);
        assert_eq!(agents("agent-1/9").as_deref(), Some("agent-1 agent-9"));
        assert_eq!(agents("agent-1/"), None);
    }

    #[test]
    fn what_could_name_an_agent() {
        for (word, could) in
            [("agent-1", true), ("ui", true), ("12", false), ("src/ui", false), ("ui.ts", false)]
        {
            assert_eq!(could_be_agent(word), could, "{word}");
        }
    }

    #[test]
    fn titles_of_agents_limit_nothing() {
        for title in [
            "protected routes",
            "old API",
            "API",
            "the API",
            "database & migrations",
            "front-end team 2",
        ] {
            assert!(is_title(title), "{title}");
        }
        for other in [
            "protected",
            "forbidden",
            "off limits",
            "for now frozen",
            "withdrawn",
            "old",
            "not api",
            "all other",
            "read it",
            "Additions",
            "until Friday",
            "docs, tests",
            "1 2",
            "src/**",
            "",
        ] {
            assert!(!is_title(other), "{other}");
        }
    }

    #[test]
    fn modes_in_words() {
        assert_eq!(access("additions only"), Some(Access::May(Mode::AdditionsOnly)));
        assert_eq!(access("Additions-only."), Some(Access::May(Mode::AdditionsOnly)));
        assert_eq!(access("mode: create-only"), Some(Access::May(Mode::CreateOnly)));
        assert_eq!(access("read-only"), Some(Access::ReadOnly));
        assert_eq!(access("the endpoint"), None);
    }
}
