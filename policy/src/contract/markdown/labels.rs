//! Paragraphs between lists: what a label says of the list below it, such as `Off limits`, is no
//! prose. Read by people it takes back what the list grants, passed over it grants it.

use super::Reader;
use super::blocks::Block;
use super::headings::Section;
use super::html::strikes_out;
use super::lex::Token;
use super::line::Line;
use super::prose::says_a_mode;
use super::remarks::{has_mode, prohibits};
use super::signs::bare;
use super::words::{Access, is_having};

/// How many words a label has at most, where no colon makes it one.
const LONGEST_LABEL: usize = 6;

/// Words that forbid, wherever they stand.
const FORBIDDING: [&str; 20] = [
    "forbidden",
    "prohibited",
    "denied",
    "deny",
    "frozen",
    "banned",
    "excluded",
    "excludes",
    "excluding",
    "exceptions",
    "untouchable",
    "off-limits",
    "read-only",
    "readonly",
    "nobody",
    "avoid",
    "ignore",
    "disallowed",
    "no-go",
    "taboo",
];
/// Words that forbid where they stand alone, and are adjectives elsewhere: `protected routes`.
const ALONE: [&str; 10] = [
    "locked",
    "protected",
    "restricted",
    "blocked",
    "ignored",
    "reference",
    "reserved",
    "unowned",
    "foreign",
    "protect",
];
const FORBIDDING_PAIRS: [[&str; 2]; 12] = [
    ["off", "limits"],
    ["off", "bounds"],
    ["hands", "off"],
    ["keep", "out"],
    ["keep", "off"],
    ["keep", "away"],
    ["leave", "alone"],
    ["out", "of"],
    ["not", "allowed"],
    ["not", "permitted"],
    ["no", "go"],
    ["ask", "first"],
];
/// Words that forbid in a label, where nothing else is said.
const DENYING: [&str; 14] = [
    "not", "never", "no", "none", "cannot", "can't", "don't", "doesn't", "mustn't", "except",
    "without", "nothing", "neither", "minus",
];
/// What forbids, or takes back, where it is all that is said.
const WHOLE: [&[&str]; 9] = [
    &["view", "only"],
    &["may", "read"],
    &["can", "read"],
    &["on", "hold"],
    &["suspended"],
    &["rejected"],
    &["postponed"],
    &["declined"],
    &["parked"],
];
/// Words that take a whole list or section back.
const TAKING_BACK: [&str; 15] = [
    "expired",
    "obsolete",
    "deprecated",
    "outdated",
    "superseded",
    "withdrawn",
    "cancelled",
    "canceled",
    "revoked",
    "retired",
    "void",
    "inactive",
    "disabled",
    "archived",
    "paused",
];
/// Words that do so in a label, and mean anything in a sentence.
const FORMER: [&str; 9] = [
    "old",
    "former",
    "formerly",
    "previous",
    "invalid",
    "historical",
    "removed",
    "example",
    "examples",
];
const TAKING_BACK_PAIRS: [[&str; 2]; 8] = [
    ["no", "longer"],
    ["any", "more"],
    ["not", "valid"],
    ["none", "of"],
    ["last", "run"],
    ["not", "in"],
    ["not", "any"],
    ["for", "example"],
];
/// Words that mean what is listed.
const OF_THE_LIST: [&str; 10] =
    ["these", "this", "those", "following", "below", "above", "them", "list", "section", "entries"];
/// Words of a label that only says that the list below it is granted.
const GRANTING: [&str; 40] = [
    "files",
    "file",
    "paths",
    "path",
    "scope",
    "directories",
    "directory",
    "folders",
    "folder",
    "these",
    "this",
    "the",
    "it",
    "its",
    "your",
    "yours",
    "following",
    "listed",
    "here",
    "below",
    "which",
    "what",
    "and",
    "owner",
    "owned",
    "owning",
    "granted",
    "allowed",
    "permitted",
    "editable",
    "writable",
    "by",
    "agent",
    "lane",
    "own",
    "full",
    "access",
    "as",
    "follows",
    "that",
];

/// A word without marks of emphasis, and others that stand around words.
fn unmarked(word: &str) -> &str {
    word.trim_matches(['*', '_', '~', '=', '\\'])
}

/// What is said of a list, by a word or two.
fn says(tokens: &[Token<'_>], words: &[&str], pairs: &[[&str; 2]]) -> bool {
    let is = |token: &Token<'_>, word: &str| {
        let Some(own) = token.value() else { return false };
        bare(unmarked(own)).eq_ignore_ascii_case(word)
    };
    tokens.iter().any(|t| words.iter().any(|word| is(t, word)))
        || tokens.windows(2).any(|two| pairs.iter().any(|[a, b]| is(&two[0], a) && is(&two[1], b)))
}

/// Whether a label says nothing but what forbids, or takes back.
fn is_whole(tokens: &[Token<'_>]) -> bool {
    let said: Vec<_> = tokens.iter().filter_map(Token::lower).collect();
    WHOLE.iter().any(|words| said.iter().map(|word| unmarked(word)).eq(words.iter().copied()))
}

/// Whether a label is struck out, all of it.
fn is_struck_out(line: &Line) -> bool {
    let text = line.text.trim_end_matches(':');
    text.starts_with("~~") && text.ends_with("~~") && text.matches("~~").count() == 2
        || text.starts_with('<') && strikes_out(text)
}

/// Whether some words forbid.
pub(super) fn forbids(tokens: &[Token<'_>]) -> bool {
    says(tokens, &FORBIDDING, &FORBIDDING_PAIRS)
        || tokens.len() == 1 && says(tokens, &ALONE, &[])
        || prohibits(tokens)
        || has_mode(tokens, |found| found == Access::ReadOnly)
}

/// Whether the title behind an agent says more than who that is.
pub(super) fn is_more_than_a_title(tokens: &[Token<'_>]) -> bool {
    forbids(tokens)
        || says(tokens, &TAKING_BACK, &TAKING_BACK_PAIRS)
        || tokens.len() == 1 && says(tokens, &FORMER, &[])
}

/// Whether some words say that what is written does not hold.
pub(super) fn takes_back(tokens: &[Token<'_>]) -> bool {
    says(tokens, &TAKING_BACK, &TAKING_BACK_PAIRS) || says(tokens, &FORMER, &[])
}

/// Whether a sentence is about what is not in the list, which is nobody's anyway.
pub(super) fn is_about_the_rest(tokens: &[Token<'_>]) -> bool {
    let others = says(tokens, &["other", "others", "another", "other's"], &[]);
    let listed = says(tokens, &OF_THE_LIST, &[]);
    says(
        tokens,
        &["outside", "else", "elsewhere", "beyond", "unlisted"],
        &[["not", "listed"], ["not", "named"], ["only", "what"]],
    ) || others && !listed
}

/// Whether some words say that what is listed ends some day, or say of it that there is none.
pub(super) fn is_bounded(tokens: &[Token<'_>]) -> bool {
    says(tokens, &["until", "till", "expires", "expire"], &[])
        || tokens.first().is_some_and(|token| token.is("none"))
}

/// A text whose parentheses are read as words like the others.
pub(super) fn without_parentheses(text: &str) -> String {
    text.replace(['(', ')'], " ")
}

/// Whether a paragraph is a label of the list below it: by its colon, or by being short.
pub(super) fn is_label(line: &Line, tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().filter(|t| matches!(t, Token::Word(_) | Token::Quoted(..))).count();
    line.text.ends_with(':') || words <= LONGEST_LABEL && !line.text.ends_with(['.', '!', '?'])
}

/// Whether a paragraph may be meant as one although it ends like a sentence: `Expired!`
fn exclaims(line: &Line, tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().filter(|t| matches!(t, Token::Word(_) | Token::Quoted(..))).count();
    words <= LONGEST_LABEL && line.text.ends_with(['!', '…', '！'])
}

impl Reader<'_, '_> {
    /// Whether a paragraph right above a list of shared paths says that nobody may edit them, or only
    /// in some way, and nothing else.
    pub(super) fn limits_shared(&self, line: &Line) -> bool {
        let line = &line.clone().shown();
        let bare = without_parentheses(&line.text);
        let tokens = self.tokens(&bare);
        let softened =
            ["without", "unless", "except", "but", "before", "until", "hand", "manually"];
        (is_label(line, &tokens) || exclaims(line, &tokens))
            && (forbids(&tokens) || says_a_mode(&tokens))
            && !says(&tokens, &softened, &[])
            && !is_about_the_rest(&tokens)
    }

    /// Whether a list goes on below such a paragraph within its limit; refuses the paragraph where a
    /// block gives a path without it.
    pub(super) fn is_within(&mut self, limit: Option<&Line>, block: &Block) -> bool {
        let Some(limit) = limit else { return false };
        let gives = self.gives_shared(block);
        if gives {
            let help = "the entries below say who may edit: write `nobody edits`, or `agent-1, \
                        additions only`, behind each path; a remark goes into a comment, `<!-- … -->`";
            self.not_understood(limit, "", help);
        }
        !gives && matches!(block, Block::Item(_) | Block::Table(_))
    }

    /// Whether a block below such a paragraph gives a path to an agent without any such limit.
    fn gives_shared(&self, block: &Block) -> bool {
        let gives = |line: &Line| {
            let bare = without_parentheses(&line.text);
            let tokens = self.tokens(&bare);
            tokens.iter().any(|token| self.is_agent(token))
                && !says_a_mode(&tokens)
                && !says(&tokens, &["additions", "nobody", "frozen", "generated"], &[])
        };
        match block {
            Block::Item(entry) => {
                gives(&entry.line) || entry.children.iter().any(|child| gives(&child.line))
            }
            Block::Table(table) => table.rows.iter().any(|row| {
                let limited = |cell: &Line| {
                    let tokens = self.tokens(&cell.text);
                    forbids(&tokens) || says_a_mode(&tokens)
                };
                row.cells.iter().any(gives) && !row.cells.iter().any(limited)
            }),
            _ => false,
        }
    }

    /// Refuses a paragraph that says of the list below it what only entries can say. `of_paths`:
    /// the list is of the paths of one agent.
    pub(super) fn label_above(&mut self, section: Option<Section>, of_paths: bool, line: &Line) {
        let line = &line.clone().shown();
        let bare = without_parentheses(&line.text);
        let tokens = self.tokens(&bare);
        let back = match is_label(line, &tokens) || exclaims(line, &tokens) {
            true => takes_back(&tokens) || is_struck_out(line) || is_whole(&tokens),
            false => {
                says(&tokens, &OF_THE_LIST, &[]) && says(&tokens, &TAKING_BACK, &TAKING_BACK_PAIRS)
            }
        };
        if back && !is_about_the_rest(&tokens) {
            let help = "what does not hold is taken out, or goes into a comment, `<!-- … -->`";
            self.not_understood(line, "", help);
            return;
        }
        if section == Some(Section::Waivers) && is_bounded(&tokens) {
            let help = "nothing ends by itself: a waiver is taken back by hand, in an amendment; a \
                        remark goes into a comment, `<!-- … -->`";
            self.not_understood(line, "", help);
            return;
        }
        if matches!(section, None | Some(Section::Scope)) {
            self.label_of_scope(of_paths, line);
        }
    }

    /// Refuses a paragraph that takes from the list of paths below it.
    pub(super) fn label_of_scope(&mut self, of_paths: bool, line: &Line) {
        let line = &line.clone().shown();
        let bare = without_parentheses(&line.text);
        let tokens = self.tokens(&bare);
        let label = is_label(line, &tokens);
        let rest = is_about_the_rest(&tokens) && !line.text.ends_with(':');
        let denies = (label || exclaims(line, &tokens)) && is_bounded(&tokens)
            || forbids(&tokens)
            || says(&tokens, &ALONE, &[])
            || label && says(&tokens, &DENYING, &[]);
        if denies && !rest {
            let help = "what is not listed is forbidden already: take that list out, or write `except \
                        PATH` behind what it narrows; a remark goes into a comment, `<!-- … -->`";
            self.not_understood(line, "", help);
        } else if label && of_paths && !self.grants(&tokens) {
            let help = "a paragraph of few words right above an agent's paths says that it may edit \
                        them, such as `May edit`; a remark goes into a comment, `<!-- … -->`";
            self.not_understood(line, "", help);
        }
    }

    /// Refuses a paragraph that says of the list above it that it does not hold.
    pub(super) fn label_below(&mut self, section: Option<Section>, line: &Line) {
        let tokens = self.tokens(&line.text);
        if says(&tokens, &["these", "those", "above", "them"], &[]) && !is_about_the_rest(&tokens) {
            self.label_above(section, false, line);
        }
    }

    /// Whether a label only says that its list is granted.
    fn grants(&self, tokens: &[Token<'_>]) -> bool {
        tokens.iter().all(|token| match token.lower() {
            Some(word) => {
                is_having(&word) || GRANTING.contains(&word.as_str()) || self.is_agent(token)
            }
            None => !matches!(token, Token::Paren(_) | Token::Quoted(..)) || self.is_agent(token),
        })
    }

    /// Whether a block below an agent's heading is a list of its paths, and not of its keys.
    pub(super) fn lists_paths(&self, block: &Block) -> bool {
        match block {
            Block::Item(entry) => super::settings::key_value(&entry.line.text).is_none(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lex::tokens;
    use super::{forbids, is_about_the_rest, takes_back, without_parentheses};

    #[test]
    fn words_that_forbid_or_take_back() {
        let forbids = |text: &str| forbids(&tokens(text, &|_| false));
        for text in [
            "Must not edit",
            "off limits",
            "Off-limits!",
            "Never touch these files",
            "may not be edited",
            "Do not change",
            "for reading",
            "Read-only:",
            "hands off",
            "Frozen",
        ] {
            assert!(forbids(text), "{text}");
        }
        for text in
            ["May edit", "the endpoint, which does not know the tables", "Only these", "API"]
        {
            assert!(!forbids(text), "{text}");
        }
        let takes_back = |text: &str| takes_back(&tokens(&without_parentheses(text), &|_| false));
        for text in ["Waivers (expired)", "Scope: no longer valid", "Old scopes", "For example"] {
            assert!(takes_back(text), "{text}");
        }
        for text in ["Waivers", "Merge order (contracted)", "Scope — who edits what"] {
            assert!(!takes_back(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_listed_may_be_forbidden() {
        let about_the_rest = |text: &str| is_about_the_rest(&tokens(text, &|_| false));
        for text in [
            "Anything outside the named scope is read-only.",
            "Do not edit anything else.",
            "Never touch another agent's files.",
            "What is not listed is off limits.",
        ] {
            assert!(about_the_rest(text), "{text}");
        }
        for text in ["These are for others, do not touch.", "The paths below are off limits."] {
            assert!(!about_the_rest(text), "{text}");
        }
    }
}
