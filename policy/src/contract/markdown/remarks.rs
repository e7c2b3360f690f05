//! Whether the note of a shared path is only a note. What stands where a note may stand and says
//! who edits what would be read by people and passed over by the program.
//!
//! It errs on the side of an error, since a note can be written in other words or in double
//! quotes; but what a note says of others than those who may edit limits nobody and may stand.

use super::lex::{Token, quotation, tokens};
use super::signs::bare;
use super::told::tells_a_policy;
use super::words::{Access, Names, access, names_a_file};
use crate::contract::draft::DraftShare;
use crate::contract::model::{Mode, SharedPolicy};

/// Whom the policy lets edit, whose note is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holders {
    Nobody,
    /// Whoever runs the command that makes the file.
    Anybody,
    These(Vec<String>),
}

impl Holders {
    pub(super) fn of(policy: &DraftShare) -> Self {
        match policy {
            DraftShare::Nobody => Self::Nobody,
            DraftShare::GeneratedBy(_) => Self::Anybody,
            DraftShare::Owner(owner) => Self::These(vec![owner.value.clone()]),
            DraftShare::AdditionsBy(agents) => {
                Self::These(agents.iter().map(|agent| agent.value.clone()).collect())
            }
        }
    }

    pub(super) fn of_valid(policy: &SharedPolicy) -> Self {
        let name = |agent: &crate::name::AgentId| agent.as_str().to_owned();
        match policy {
            SharedPolicy::Nobody => Self::Nobody,
            SharedPolicy::GeneratedBy(_) => Self::Anybody,
            SharedPolicy::Owner(owner) => Self::These(vec![name(owner)]),
            SharedPolicy::AdditionsBy(agents) => Self::These(agents.iter().map(name).collect()),
        }
    }

    fn hold(&self, name: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Anybody => true,
            Self::These(agents) => agents.iter().any(|agent| agent == name),
        }
    }
}

/// The keys of an entry, which are none of a note.
const KEYS: [&str; 16] = [
    "owner",
    "owners",
    "additions-by",
    "generated-by",
    "mode",
    "access",
    "policy",
    "path",
    "paths",
    "file",
    "files",
    "except",
    "agent",
    "agents",
    "read-only",
    "rule",
];
/// The keys of the contract, which are none of a note.
const SETTINGS: [&str; 6] =
    ["trunk", "integrator", "suite", "unlisted-branches", "agent-branches", "trunk-steps"];
/// The keys of a note.
pub(super) const NOTES: [&str; 8] =
    ["note", "notes", "why", "because", "reason", "see", "remark", "hint"];
/// Words that join a clause to the one before.
const JOINS: [&str; 12] = [
    "and", "but", "so", "also", "please", "then", "while", "whereas", "though", "however", "with",
    "yet",
];
/// Words that stand for the path that the note is about.
const SUBJECTS: [&str; 10] =
    ["it", "is", "are", "this", "that", "which", "they", "there", "these", "those"];
/// Words that mean other agents than those who may edit.
const OTHERS: [&str; 9] =
    ["other", "others", "everyone", "everybody", "anyone", "anybody", "rest", "else", "another"];
/// How words begin that mean a change.
const CHANGES: [&str; 22] = [
    "edit", "touch", "chang", "delet", "remov", "rewrit", "renam", "mov", "modif", "reorder",
    "overwrit", "add", "append", "creat", "replac", "writ", "reformat", "alter", "drop", "own",
    "insert", "extend",
];
/// Behind them a word such as `agent-2` is somebody to talk to, and nobody who may edit.
const CONTACTS: [&str; 12] = [
    "ask",
    "contact",
    "contacts",
    "see",
    "via",
    "reviewer",
    "reviewers",
    "review",
    "questions",
    "request",
    "requests",
    "cc",
];

/// A note being looked through.
pub(super) struct Note<'n> {
    pub(super) names: &'n Names,
    pub(super) holders: Holders,
}

/// A part of a note between two marks.
struct Clause<'c, 't> {
    words: &'c [Token<'t>],
    /// The marks before and behind it.
    mark: Option<&'c Token<'t>>,
    end: Option<&'c Token<'t>>,
    /// The words before that mark.
    before: &'c [Token<'t>],
}

impl Note<'_> {
    /// The first part of a text that says more than a note can.
    pub(super) fn beyond<'t>(&self, text: &'t str) -> Option<&'t str> {
        let text = text.trim();
        if quotation(text).is_some_and(|(length, _)| text.starts_with('"') && length == text.len())
        {
            return None;
        }
        if access(text).is_some() || tells_a_policy(text) {
            return Some(text);
        }
        let tokens = tokens(text, &|word| self.names.is_known(word)).into_iter();
        let tokens: Vec<Token<'_>> = tokens.map(without_emphasis).flat_map(at_dashes).collect();
        let clauses = clauses(&tokens);
        let more = clauses.iter().find(|clause| self.says_more(clause));
        if let Some(first) = more.and_then(|clause| clause.words.first()) {
            let start = first.text().as_ptr() as usize - text.as_ptr() as usize;
            return Some(&text[start..]);
        }
        tokens.iter().find_map(|token| match token {
            Token::Paren(inner) if !inner.is_empty() => self.beyond(inner),
            _ => None,
        })
    }

    /// Whether a clause of a text limits what the holders may do.
    pub(super) fn limit_in(&self, text: &str) -> bool {
        let tokens = tokens(text, &|word| self.names.is_known(word)).into_iter();
        let tokens: Vec<Token<'_>> = tokens.flat_map(at_dashes).collect();
        access(text).is_some()
            || clauses(&tokens).iter().any(|clause| {
                let joined = clause.words.iter().take_while(|t| is_one_of(t, &JOINS)).count();
                let said = &clause.words[joined..];
                let words = &said[said.iter().take_while(|t| is_one_of(t, &SUBJECTS)).count()..];
                !words.is_empty() && self.limits(said, words)
            })
    }

    fn says_more(&self, clause: &Clause<'_, '_>) -> bool {
        let is_join = |t: &&Token<'_>| is_one_of(t, &JOINS) && !self.is_agent(t);
        let is_subject = |t: &&Token<'_>| is_one_of(t, &SUBJECTS) && !self.is_agent(t);
        let joined = clause.words.iter().take_while(is_join).count();
        let said = &clause.words[joined..];
        let words = &said[said.iter().take_while(is_subject).count()..];
        if words.is_empty() {
            return false;
        }
        let whole =
            clause.words.len() == 1 && is_one_of(&clause.words[0], &["additions", "append"]);
        self.is_key(clause)
            || whole
            || self.begins_with_path(words, joined > 0 || !is_comma(clause.mark))
            || self.says_the_same(words)
            || self.grants(words, clause)
            || self.nobody(words, clause)
            || self.limits(said, words)
    }

    /// `mode: additions only`
    fn is_key(&self, clause: &Clause<'_, '_>) -> bool {
        matches!((clause.mark, clause.before), (Some(Token::Colon(_)), [label])
            if is_one_of(label, &KEYS) || is_one_of(label, &SETTINGS))
    }

    /// `src/y.ts: nobody edits`, or the path alone.
    fn begins_with_path(&self, words: &[Token<'_>], alone_counts: bool) -> bool {
        let paths = words.iter().take_while(|t| self.is_path(t) || is_one_of(t, &["and"])).count();
        paths > 0
            && self.is_path(&words[0])
            && match words.get(paths) {
                None => alone_counts,
                Some(Token::Arrow(_) | Token::Word("=")) => true,
                Some(token) => {
                    self.is_agent(token)
                        || is_one_of(token, &["nobody", "no", "none", "only", "owned", "frozen"])
                        || is_one_of(token, &["additions", "belongs", "read-only", "generated"])
                        || token.is("is")
                            && words.get(paths + 1).is_some_and(|t| {
                                is_one_of(t, &["owned", "nobody's", "frozen", "read-only"])
                            })
                }
            }
    }

    /// `the same for src/y.ts`
    fn says_the_same(&self, words: &[Token<'_>]) -> bool {
        let same = ["same", "likewise", "ditto", "too"];
        words.iter().any(|t| is_one_of(t, &same)) && words.iter().any(|t| self.is_path(t))
    }

    /// `agent-2 owns`, `others may append`, `owned by agent-2`
    fn grants(&self, words: &[Token<'_>], clause: &Clause<'_, '_>) -> bool {
        let count = words.iter().take_while(|t| self.is_somebody(t)).count();
        let (subject, rest) = words.split_at(count);
        let named = subject.iter().any(|t| self.is_agent(t));
        // `so does agent-2`, `later agent-2`
        if is_one_of(&words[0], &["does", "do", "later"]) && words.len() < 4 {
            return words.iter().any(|t| self.is_agent(t));
        }
        if !named && !subject.iter().any(|t| is_one_of(t, &OTHERS) || t.is("agents")) {
            return is_one_of(&words[0], &["owned", "owner", "belongs"])
                || words[0].is("additions")
                    && words.get(1).is_some_and(|t| is_one_of(t, &["by", "only", "from"]));
        }
        match rest {
            [] => {
                let label = clause.before.last();
                let contact = label.is_some_and(|t| is_one_of(t, &CONTACTS));
                named
                    && !contact
                    && !is_comma(clause.mark)
                    && !matches!(clause.end, Some(Token::Colon(_)))
            }
            [verb, ..] if is_one_of(verb, &["owns", "own", "edits", "edit"]) => true,
            [verb, ..] if is_one_of(verb, &["adds", "appends", "add", "append"]) => true,
            [verb, ..] if is_one_of(verb, &["only", "alone", "too", "also", "likewise"]) => named,
            [Token::Arrow(_), ..] => named,
            [verb, more @ ..] if is_one_of(verb, &["may", "can"]) => {
                let only = more.iter().take_while(|t| is_one_of(t, &["only", "also"])).count();
                more.get(only).is_none_or(is_change)
            }
            [Token::Word(first), Token::Word(second), ..] => {
                access(&format!("{first} {second}")).is_some_and(|found| found != Access::ReadOnly)
            }
            _ => false,
        }
    }

    /// `nobody edits`, where somebody may; `nobody edits src/y.ts` anywhere.
    fn nobody(&self, words: &[Token<'_>], clause: &Clause<'_, '_>) -> bool {
        let labelled = matches!(clause.mark, Some(Token::Colon(_)))
            && !clause.before.last().is_some_and(|t| is_one_of(t, &NOTES));
        // `until Friday nobody edits`
        let later = (1..words.len()).any(|at| {
            let (before, rest) = words.split_at(at);
            let plainly = is_one_of(&rest[0], &["nobody", "noone", "no-one"])
                || rest[0].is("no") && rest.get(1).is_some_and(|t| is_one_of(t, &["one", "agent"]));
            let edits = rest.iter().take(4).any(is_change);
            plainly
                && edits
                && !rest.iter().take(3).any(|t| is_one_of(t, &OTHERS))
                && !before.is_empty()
        });
        if later && self.holders != Holders::Nobody && !by_hand(words) {
            return true;
        }
        super::shared::nobody_at(words).is_some()
            && (labelled
                || self.names_a_path(words)
                || self.holders != Holders::Nobody && !self.of_others(words) && !by_hand(words))
    }

    /// `only the scripts`, `do not touch the header`, `append-only, please`
    fn limits(&self, said: &[Token<'_>], words: &[Token<'_>]) -> bool {
        let widens = |found| matches!(found, Access::May(_));
        let about_all = !words.iter().any(|t| self.is_agent(t)) && !self.names_a_path(words);
        if self.holders == Holders::Nobody && about_all || self.of_others(words) {
            return has_mode(words, widens);
        }
        if by_hand(words) {
            return false;
        }
        let begins =
            ["only", "not", "never", "except", "excluding", "without", "nothing", "neither"];
        let harmless = ["need", "exception", "exceptions", "matter", "hurry", "longer"];
        let no = said[0].is("no") && !said.get(1).is_some_and(|t| is_one_of(t, &harmless));
        no || is_one_of(&said[0], &begins)
            || has_mode(words, |_| true)
            || has_only(words)
            || prohibits(words)
    }

    /// Whether a clause begins with others than those who may edit.
    fn of_others(&self, words: &[Token<'_>]) -> bool {
        if self.holders == Holders::Anybody {
            return false;
        }
        let nobody = is_one_of(&words[0], &["nobody", "no", "none", "noone", "no-one"]);
        let subject: Vec<&Token<'_>> = match nobody {
            // `nobody else`, `no other agent`, `none of the others`
            true => words.iter().skip(1).take(3).collect(),
            false => words.iter().take_while(|t| self.is_somebody(t)).collect(),
        };
        let named: Vec<String> =
            subject.iter().filter_map(|t| self.agents_in(t)).flatten().collect();
        match named.as_slice() {
            [] => subject.iter().any(|t| is_one_of(t, &OTHERS)),
            named => !named.iter().any(|name| self.holders.hold(name)),
        }
    }

    fn is_somebody(&self, token: &Token<'_>) -> bool {
        let joins = ["and", "or", "the", "all", "any", "only", "agents", "agent"];
        self.is_agent(token) || is_one_of(token, &OTHERS) || is_one_of(token, &joins)
    }

    fn agents_in(&self, token: &Token<'_>) -> Option<Vec<String>> {
        let agents = match token {
            Token::Word(word) => self.names.agents_in(word)?,
            Token::Quoted(_, value) => self.names.agents_in(value)?,
            _ => return None,
        };
        Some(agents.into_iter().map(|(name, _)| name).collect())
    }

    fn is_agent(&self, token: &Token<'_>) -> bool {
        self.agents_in(token).is_some()
    }

    fn names_a_path(&self, words: &[Token<'_>]) -> bool {
        // `nobody edits it, see docs/x.md`
        words.iter().enumerate().any(|(at, token)| {
            let refers = ["see", "in", "cf.", "per", "to", "from", "into"];
            let before = at.checked_sub(1).and_then(|before| words.get(before));
            self.is_path(token) && !before.is_some_and(|t| is_one_of(t, &refers))
        })
    }

    /// A file or a directory, not in words.
    pub(super) fn is_path(&self, token: &Token<'_>) -> bool {
        match token {
            Token::Word(word) => {
                !self.is_agent(token)
                    && (word.contains('*')
                        || word.contains('/') && !word.contains("://")
                        || names_a_file(word))
            }
            Token::Quoted(_, value) => {
                !value.contains(' ') && (value.contains(['/', '*']) || names_a_file(value))
            }
            _ => false,
        }
    }
}

fn clauses<'c, 't>(tokens: &'c [Token<'t>]) -> Vec<Clause<'c, 't>> {
    let is_mark = |t: &Token<'_>| {
        matches!(
            t,
            Token::Stop(_)
                | Token::Semicolon(_)
                | Token::Comma(_)
                | Token::Dash(_)
                | Token::Colon(_)
                | Token::Paren(_)
        )
    };
    let ends: Vec<usize> = (0..tokens.len()).filter(|at| is_mark(&tokens[*at])).collect();
    let mut found = Vec::new();
    let (mut before, mut start): (&[Token<'t>], usize) = (&[], 0);
    for end in ends.into_iter().chain([tokens.len()]) {
        let words = &tokens[start..end];
        if !words.is_empty() {
            let mark = start.checked_sub(1).and_then(|at| tokens.get(at));
            found.push(Clause { words, mark, end: tokens.get(end), before });
        }
        (before, start) = (words, end + 1);
    }
    found
}

/// A word without the marks of emphasis around it.
fn without_emphasis(token: Token<'_>) -> Token<'_> {
    match token {
        Token::Word(word) => {
            let bare = word.trim_matches(['*', '_']);
            let plain = |c: char| c.is_alphanumeric() || c == '-';
            let is_word = !bare.is_empty() && bare.chars().all(plain);
            Token::Word(if is_word { bare } else { word })
        }
        token => token,
    }
}

/// A word as it is, or the two words of prose that a dash without spaces stands between: `first—frozen`.
fn at_dashes(token: Token<'_>) -> impl Iterator<Item = Token<'_>> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(char::is_alphabetic);
    let parted = match token {
        Token::Word(word) => word.split_once('—').filter(|(a, b)| is_word(a) && is_word(b)),
        _ => None,
    };
    let parts = match (parted, token) {
        (Some((one, other)), Token::Word(word)) => {
            let dash = &word[one.len()..word.len() - other.len()];
            [Some(Token::Word(one)), Some(Token::Dash(dash)), Some(Token::Word(other))]
        }
        (_, token) => [Some(token), None, None],
    };
    parts.into_iter().flatten()
}

fn is_comma(mark: Option<&Token<'_>>) -> bool {
    matches!(mark, Some(Token::Comma(_)))
}

fn is_one_of(token: &Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

fn is_change(token: &Token<'_>) -> bool {
    token.lower().is_some_and(|word| CHANGES.iter().any(|change| word.starts_with(change)))
}

/// Files that a program makes are not edited by hand, whoever may change them.
fn by_hand(words: &[Token<'_>]) -> bool {
    words.iter().any(|t| is_one_of(t, &["hand", "manually", "manual"]))
}

/// `must not be deleted`, `never rewrite`, `hands off`
pub(super) fn prohibits(words: &[Token<'_>]) -> bool {
    let denies = ["not", "never", "cannot", "can't", "don't", "mustn't", "no"];
    let plainly = ["forbidden", "prohibited", "off-limits", "untouchable", "disallowed"];
    let pairs = [["off", "limits"], ["hands", "off"], ["not", "allowed"], ["not", "permitted"]];
    let denied =
        |at: usize| is_one_of(&words[at], &denies) && words[at + 1..].iter().take(2).any(is_change);
    words.iter().any(|t| is_one_of(t, &plainly))
        || words.windows(2).any(|two| pairs.iter().any(|[a, b]| two[0].is(a) && two[1].is(b)))
        || (0..words.len()).any(denied)
}

/// Some words to compare, without the marks around them.
pub(super) fn phrase(words: &[Token<'_>]) -> String {
    let word = |token: &Token<'_>| match token {
        Token::Word(word) => bare(word).into_owned(),
        token => token.text().to_owned(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// A mode within a clause: `lines append-only`, `it is additions only`.
pub(super) fn has_mode(words: &[Token<'_>], which: impl Fn(Access) -> bool) -> bool {
    let joined = ["additions-only", "append-only", "read-only", "readonly", "create-only"];
    let is_such = |phrase: &str| {
        let found = access(phrase).filter(|found| *found != Access::May(Mode::Edit));
        found.is_some_and(&which)
    };
    let several = |length: usize| words.windows(length).any(|window| is_such(&phrase(window)));
    words.iter().any(|t| is_one_of(t, &joined) && is_such(&phrase(std::slice::from_ref(t))))
        || several(2)
        || several(3)
}

/// `lines may only be added`, `the scripts only`
fn has_only(words: &[Token<'_>]) -> bool {
    let modal = ["may", "can", "must", "should"];
    words.iter().enumerate().filter(|(_, token)| token.is("only")).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let after = words.get(at + 1);
        after.is_none_or(|t| is_change(t) || t.is("be"))
            || before.is_some_and(|t| is_change(t) || is_one_of(t, &modal))
    })
}
