//! Prose: what a sentence in a section says, of paths or of rules, that only an entry can say.

use super::super::keys::WAIVABLE;
use super::super::model::Mode;
use super::Reader;
use super::headings::Section;
use super::lex::Token;
use super::line::Line;
use super::remarks::phrase;
use super::settings::{OF_MERGE, OF_POLICY, assigned};
use super::signs::fold;
use super::words::{Access, access, is_path, is_several, names_a_file};

const PUSHING: [&str; 3] = ["push", "pushes", "pushed"];
/// What the trunk is called: `No pushes to main.` means `trunk-steps`.
const TRUNKS: [&str; 2] = ["main", "master"];
/// Words of a rule of other kinds than there is a policy for: `Two approvals. No force pushes.`
const OF_OTHER_RULES: [&str; 19] = [
    "no",
    "not",
    "never",
    "only",
    "must",
    "may",
    "needs",
    "required",
    "requires",
    "forbidden",
    "allow",
    "allowed",
    "warn",
    "approval",
    "approvals",
    "review",
    "reviews",
    "reviewed",
    "always",
];

/// Whether a sentence under Policy reads like a rule, though it names no policy and no value of one.
pub(super) fn says_another_rule(line: &Line, reader: &Reader<'_, '_>) -> bool {
    reader.tokens(&line.text).iter().any(|token| {
        token.lower().is_some_and(|word| {
            OF_OTHER_RULES.contains(&word.as_str()) || PUSHING.contains(&word.as_str())
        })
    })
}

/// Whether prose holds a path: a token in back-ticks, with `*`, or with `/` and an ending.
pub(super) fn holds_path(line: &Line, reader: &Reader<'_, '_>) -> bool {
    reader.tokens(&line.text).iter().any(|token| match token {
        Token::Quoted(text, value) => text.starts_with('`') && !reader.names.is_known(value),
        Token::Word(word) => {
            let ending = word.contains('/') && !word.contains("://") && {
                let (_, last) = word.rsplit_once('/').unwrap_or_default();
                last.is_empty() || last.contains('.')
            };
            word.contains('*') || ending && reader.names.agents_in(word).is_none()
        }
        Token::Paren(inner) => {
            let words = reader.tokens(inner);
            words.iter().any(|t| is_path(t, &reader.names) && t.text().contains(['/', '*', '`']))
        }
        _ => false,
    })
}

/// Whether prose says what only an entry can: who may edit a file, how, or what a branch may do.
/// Passed over it would be believed.
pub(super) fn says_a_rule(section: Option<Section>, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let tokens = reader.tokens(&line.text);
    let says = |words: &[&str]| {
        let said = |token: &Token<'_>| token.lower().is_some_and(|w| words.contains(&w.as_str()));
        tokens.iter().any(said)
    };
    match section {
        Some(Section::Shared) => {
            says(&[
                "nobody",
                "no",
                "none",
                "only",
                "owns",
                "owner",
                "owned",
                "belongs",
                "edit",
                "edits",
                "touch",
                "touches",
                "frozen",
                "read-only",
                "additions",
                "generated",
                "never",
                "not",
            ]) && tokens.iter().any(
                |t| matches!(t, Token::Word(word) if names_a_file(word) || word.contains("](")),
            ) || says_a_policy(&tokens, reader)
                || tells_a_policy(&tokens, reader)
        }
        Some(Section::Interface) => {
            let agent = |token: &Token<'_>| reader.names.is_known(&word_of(token));
            tokens.iter().any(agent) && says(&["surface"]) && says(&["new"]) && says(&["no", "not"])
        }
        Some(Section::Scope) => {
            says(&[
                "additions",
                "additions-only",
                "append-only",
                "create-only",
                "delete",
                "no-delete",
            ]) || says_a_mode(&tokens)
        }
        Some(Section::Policy) => {
            names_a_policy(&line.text)
                || says(&[
                    "unlisted",
                    "landing",
                    "landings",
                    "landings-only",
                    "trunk",
                    "branches",
                    "deny",
                    "denied",
                ])
                || says(&PUSHING) && (line.text.contains([':', '=']) || says(&TRUNKS))
        }
        Some(Section::Merge) => {
            says_a_setting(&tokens)
                || says(&["squash", "squashed", "squashes", "rebased", "fast-forward"])
        }
        Some(Section::Waivers) => {
            let waived =
                |token: &Token<'_>| WAIVABLE.contains(&word_of(token).to_lowercase().as_str());
            let somebody = |token: &Token<'_>| {
                reader.names.is_known(&word_of(token)) || is_several(token.text())
            };
            tokens.iter().any(waived) && tokens.iter().any(somebody)
        }
        _ => false,
    }
}

/// Whether a text outside of the sections sets a key of the policy, and does not only tell of it.
pub(super) fn sets_a_policy(text: &str) -> bool {
    let Some((key, value)) = assigned(text) else { return false };
    let marks = |c: char| !(c.is_alphanumeric() || "*/".contains(c));
    let value = fold(value).trim_matches(marks).to_lowercase();
    let words = ["allow", "warn", "deny", "open", "landings-only"];
    OF_POLICY.contains(&key.as_str())
        && (words.contains(&value.as_str())
            || key == "agent-branches" && value.contains(['*', '/']))
}

/// Whether a text names a key of the policy, however it is marked or joined.
pub(super) fn names_a_policy(text: &str) -> bool {
    let bare = |text: &str| fold(text).to_lowercase().replace(['-', '_', ' '], "");
    let text = bare(text);
    OF_POLICY.iter().any(|key| text.contains(&bare(key)))
}

/// Whether prose sets a key of the merge: the key before a colon or `=`, before `is` and a value, or
/// at the beginning before a mark or one word: `The suite is npm test.`, `strategy squash`.
fn says_a_setting(tokens: &[Token<'_>]) -> bool {
    // What follows `is` in a sentence about a setting, which sets nothing.
    let tells = [
        "the", "a", "an", "not", "run", "in", "what", "as", "up", "left", "that", "this", "always",
        "never", "still", "chosen", "given", "kept", "set", "to", "for",
    ];
    let key = |token: &Token<'_>| OF_MERGE.contains(&word_of(token).to_lowercase().as_str());
    let assigns = |token: &Token<'_>| {
        matches!(token, Token::Colon(_)) || ["=", ":=", "|"].contains(&token.text())
    };
    let marks =
        |token: &Token<'_>| matches!(token, Token::Dash(_) | Token::Arrow(_) | Token::Quoted(..));
    let end = tokens.len() - usize::from(matches!(tokens.last(), Some(Token::Stop(_))));
    let tokens = &tokens[..end];
    let is_value = |rest: &[Token<'_>]| {
        (1..=3).contains(&rest.len()) && !tells.iter().any(|word| rest[0].is(word))
    };
    tokens.windows(2).any(|two| key(&two[0]) && assigns(&two[1]))
        || (1..end)
            .any(|at| key(&tokens[at - 1]) && tokens[at].is("is") && is_value(&tokens[at + 1..]))
        || matches!(tokens, [first, next, ..] if key(first) && marks(next))
        || matches!(tokens, [first, Token::Word(_)] if key(first))
}

/// Whether a line under an agent's heading sets a key of it without a colon, or says that it is
/// withdrawn: `branch — agents/a`, `Withdrawn.`
pub(super) fn tells_of_a_lane(tokens: &[Token<'_>]) -> bool {
    let keys = ["branch", "worktree", "identity", "withdrawn", "new-surface"];
    let keyed = matches!(tokens, [key, Token::Dash(_) | Token::Arrow(_) | Token::Quoted(..), ..]
        if keys.contains(&word_of(key).to_lowercase().as_str()));
    keyed || tokens.iter().any(|token| word_of(token).eq_ignore_ascii_case("withdrawn"))
}

/// The word of a token, without the marks of emphasis, a link or quotation around it.
pub(super) fn word_of(token: &Token<'_>) -> String {
    let text = fold(token.text());
    let word = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = word.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
    word[..end.unwrap_or(word.len())].trim_end_matches(['_', '.']).to_owned()
}

/// Whether prose says a mode: `append only`, `new files only`, `additions-only`.
pub(super) fn says_a_mode(tokens: &[Token<'_>]) -> bool {
    let is_such = |window: &[Token<'_>]| {
        let found = access(&phrase(window));
        window.iter().any(|t| t.lower().is_some_and(|word| word.ends_with("only")))
            && matches!(found, Some(Access::May(mode)) if mode != Mode::Edit)
    };
    tokens.windows(1).chain(tokens.windows(2)).chain(tokens.windows(3)).any(is_such)
}

/// Whether prose says a policy of something: `Makefile: nobody edits`, `Nobody edits Makefile.`,
/// `Frozen: Makefile`.
pub(super) fn says_a_policy(tokens: &[Token<'_>], reader: &Reader<'_, '_>) -> bool {
    let colon = tokens.iter().position(|t| matches!(t, Token::Colon(_)));
    if let Some(colon) = colon.filter(|colon| *colon > 0) {
        let (before, after) = (&tokens[..colon], &tokens[colon + 1..]);
        // `Nobody edits: Makefile`
        let is_verb =
            |t: &Token<'_>| ["edits", "edit", "may", "touches"].iter().any(|verb| t.is(verb));
        let nobody = super::shared::nobody_at(before)
            .is_some_and(|taken| before[taken..].iter().all(is_verb));
        // `Makefile, Justfile, Procfile: nobody edits`
        let listed =
            before.split(|t| matches!(t, Token::Comma(_)) || super::path_list::is_joint(t));
        let short = before.len() <= 3 || listed.into_iter().all(|part| part.len() <= 1);
        return !after.is_empty() && (nobody || reader.begins_policy(after) && short);
    }
    let Some(nobody) = super::shared::nobody_at(tokens) else { return false };
    let verbs = ["edits", "edit", "may", "touches", "touch", "changes", "change", "owns"];
    let common = ["it", "them", "these", "this", "those", "anything", "files", "else", "here"];
    let rest = tokens[nobody..].iter();
    let rest = rest.skip_while(|t| t.lower().is_some_and(|w| verbs.contains(&w.as_str())));
    let rest: Vec<&Token<'_>> = rest.filter(|t| !matches!(t, Token::Stop(_))).collect();
    rest.len() < tokens.len() - nobody
        && matches!(rest.as_slice(), [Token::Word(word)] if !common.contains(&word.to_lowercase().as_str()))
}

/// Whether prose says of one thing, behind any mark but a colon, who may edit it, and nothing else:
/// `Makefile = nobody`, `Makefile - agent-1 owns`, `Makefile (frozen)`, `**Makefile** nobody edits`.
fn tells_a_policy(tokens: &[Token<'_>], reader: &Reader<'_, '_>) -> bool {
    let verbs = ["edits", "edit", "owns", "only", "touches", "changes"];
    let is_policy = |tokens: &[Token<'_>]| {
        let words: Vec<String> = tokens.iter().map(word_of).filter(|w| !w.is_empty()).collect();
        let bare: Vec<Token<'_>> = words.iter().map(|word| Token::Word(word)).collect();
        let agent = bare.first().filter(|token| reader.is_agent(token)).map(|_| 1);
        let Some(end) = super::shared::nobody_at(&bare).or(agent) else { return false };
        bare[end..].iter().all(|token| verbs.iter().any(|verb| token.is(verb)))
    };
    match tokens {
        [_, Token::Paren(inner)] | [_, Token::Paren(inner), Token::Stop(_)] => {
            is_policy(&reader.tokens(inner))
        }
        [_, Token::Dash(_) | Token::Arrow(_) | Token::Word("=" | "|"), rest @ ..] => {
            is_policy(rest)
        }
        [first, rest @ ..] => {
            let adverbs =
                ["here", "otherwise", "then", "and", "so", "thus", "today", "but", "that"];
            let goes_on = matches!(rest, [_, Token::Word(_), ..]);
            !adverbs.iter().any(|word| first.is(word)) && goes_on && is_policy(rest)
        }
        [] => false,
    }
}
