//! Settings and entries that are told where none is read: in a heading, behind the title, with a dash
//! for the colon, in a paragraph below a heading that is called like a key. Passed over they would be
//! believed. What only tells of them, such as `Trunk steps: what moves the trunk`, is prose.

use super::super::keys::Word;
use super::super::model::MergeStrategy;
use super::Reader;
use super::free_text::{AT_THE_TOP, holds_key};
use super::headings::Section;
use super::labels::without_parentheses;
use super::lex::{Token, tokens};
use super::line::Line;
use super::naming::has_keys;
use super::parts::begins_like_an_entry;
use super::path_list::is_joint;
use super::prose::{says_a_rule, word_of};
use super::settings::{OF_MERGE, OF_POLICY, assigned};
use super::words::{is_having, is_path};

/// Words between a policy and its value.
const FILLS: [&str; 8] = ["is", "are", "be", "stays", "stay", "set", "to", "="];
/// The values of policies, as people say them.
const STEPS: [&[&str]; 4] =
    [&["open"], &["landings-only"], &["landings", "only"], &["only", "landings"]];
const BRANCHES: [&[&str]; 6] =
    [&["allow"], &["allowed"], &["warn"], &["warned"], &["deny"], &["denied"]];

fn tokens_of(text: &str) -> Vec<Token<'_>> {
    tokens(text, &|_| false)
}

/// Whether a text tells the value of a policy, whatever stands between the two:
/// `trunk-steps landings-only`, `Unlisted branches are denied.`
pub(super) fn tells_a_policy(text: &str) -> bool {
    let bare = without_parentheses(text);
    let tokens = tokens_of(&bare);
    let fills = |t: &&Token<'_>| {
        matches!(t, Token::Dash(_) | Token::Arrow(_) | Token::Colon(_) | Token::Stop(_))
            || FILLS.iter().any(|word| t.is(word))
    };
    (0..tokens.len()).any(|at| {
        let Some((key, taken)) = policy_at(&tokens[at..]) else { return false };
        let rest = &tokens[at + taken..];
        begins_with_value(key, &rest[rest.iter().take_while(fills).count()..])
    })
}

/// The policy that some words name, and how many they are: `trunk-steps`, `Trunk steps`.
fn policy_at(tokens: &[Token<'_>]) -> Option<(&'static str, usize)> {
    let says = |token: &Token<'_>, word: &str| word_of(token).eq_ignore_ascii_case(word);
    OF_POLICY.iter().find_map(|key| {
        let (one, two) = key.split_once('-')?;
        match tokens {
            [first, ..] if says(first, key) || says(first, &key.replace('-', "_")) => {
                Some((*key, 1))
            }
            [first, second, ..] if says(first, one) && says(second, two) => Some((*key, 2)),
            _ => None,
        }
    })
}

/// Whether a value of a policy stands here, and ends its clause.
fn begins_with_value(key: &str, tokens: &[Token<'_>]) -> bool {
    let ends = |at: usize| {
        !matches!(tokens.get(at), Some(Token::Word(_) | Token::Quoted(..) | Token::Arrow(_)))
    };
    let phrases: &[&[&str]] = match key {
        "trunk-steps" => &STEPS,
        "unlisted-branches" => &BRANCHES,
        _ => {
            let value = tokens.first().and_then(Token::value);
            return value.is_some_and(|value| value.contains(['*', '/'])) && ends(1);
        }
    };
    phrases.iter().any(|phrase| {
        let same = |(word, token): (&&str, &Token<'_>)| word_of(token).eq_ignore_ascii_case(word);
        tokens.len() >= phrase.len() && phrase.iter().zip(tokens).all(same) && ends(phrase.len())
    })
}

/// Whether a text is nothing but a value that only a policy has: `Landings only`.
pub(super) fn is_policy_value(text: &str) -> bool {
    let tokens = tokens_of(text);
    !tokens.first().is_some_and(|token| token.is("open"))
        && ["trunk-steps", "unlisted-branches"].iter().any(|key| begins_with_value(key, &tokens))
}

/// Whether a text may be the value of a key, and is no sentence about it.
pub(super) fn is_value(key: &str, text: &str) -> bool {
    let marks = |c: char| "*_".contains(c) || c.is_whitespace();
    let text = text.trim_matches(marks);
    let tokens = tokens_of(text);
    let end = tokens.len() - usize::from(matches!(tokens.last(), Some(Token::Stop(_))));
    let one = match &tokens[..end] {
        [token] => token.value(),
        _ => None,
    };
    match key {
        "version" | "format" => one.is_some_and(|word| word.parse::<u64>().is_ok()),
        "trunk" | "integrator" => one.is_some(),
        "strategy" => {
            one.is_some_and(|word| MergeStrategy::from_word(&word.to_lowercase()).is_some())
        }
        "timeout" => end <= 2 && text.starts_with(|c: char| c.is_ascii_digit()),
        // Commands begin in small letters, and have no full stop.
        "suite" | "setup" => {
            let quoted = tokens.iter().any(|t| matches!(t, Token::Quoted(..)));
            let wordy = (1..=8).contains(&tokens.len()) && !text.ends_with(['.', '!', '?', ':']);
            quoted || wordy && !text.starts_with(char::is_uppercase)
        }
        "name" | "objective" => false,
        _ => tells_a_policy(&format!("{key} {text}")),
    }
}

/// Whether a line tells a setting with a dash, an arrow or emphasis for the colon: `version — 3`,
/// `**Suite** npm test`.
pub(super) fn tells_a_setting(text: &str) -> bool {
    if tells_a_policy(text) || tells_of_the_merge(text) {
        return true;
    }
    let tokens = tokens_of(text);
    let Some((first, rest)) = tokens.split_first() else { return false };
    let key = word_of(first).to_lowercase();
    let (marked, value) = match rest {
        [Token::Dash(_) | Token::Arrow(_), value @ ..] => (true, value),
        [Token::Quoted(..)] => (true, rest),
        _ => (first.text().ends_with(['*', '_']) || key == "version", rest),
    };
    let Some(start) = value.first() else { return false };
    let is_text = ["name", "objective"].contains(&key.as_str()) && value.len() < rest.len();
    let start = start.text().as_ptr() as usize - text.as_ptr() as usize;
    AT_THE_TOP.contains(&key.as_str()) && marked && (is_text || is_value(&key, &text[start..]))
}

/// Whether a sentence tells a setting of the merge by a value that only it has: `The suite is npm test.`
pub(super) fn tells_of_the_merge(text: &str) -> bool {
    let mut words = text.split_whitespace().skip_while(|word| word.eq_ignore_ascii_case("the"));
    let is_key = |word: &str| OF_MERGE.iter().any(|key| word.eq_ignore_ascii_case(key));
    if !words.next().is_some_and(is_key) || words.next() != Some("is") {
        return false;
    }
    let value = words.collect::<Vec<_>>().join(" ");
    is_value_of_merge(value.trim_end_matches(['.', '!']).trim_matches('`'))
}

/// Whether a text, with or without back-ticks, is a command of a program that is known.
pub(super) fn is_command_of_a_program(text: &str) -> bool {
    let text = text.trim().trim_matches('`');
    text.contains(' ') && is_value_of_merge(text)
}

/// Whether a clause of a line below the title tells a setting beside something else: `Version 2 — 2026-11-29`,
/// `v2`, `Version 2, trunk: develop`, `**Status:** active · **Version:** 3`.
pub(super) fn tells_in_a_clause(text: &str) -> bool {
    let tokens = tokens_of(text);
    let parts = |t: &Token<'_>| {
        matches!(
            t,
            Token::Dash(_)
                | Token::Comma(_)
                | Token::Semicolon(_)
                | Token::Stop(_)
                | Token::Paren(_)
        ) || ["·", "|", "•", "/"].contains(&t.text())
    };
    let is_number = |token: &Token<'_>| {
        let word = word_of(token);
        let digits = word.trim_start_matches(['v', 'V']);
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let is_version = |clause: &[Token<'_>]| match clause {
        [key, colon @ .., number] => {
            word_of(key).eq_ignore_ascii_case("version")
                && colon
                    .iter()
                    .all(|t| matches!(t, Token::Colon(_)) || ["**", "__"].contains(&t.text()))
                && is_number(number)
        }
        _ => false,
    };
    let sets = |clause: &[Token<'_>]| {
        let [key, Token::Colon(_), value @ ..] = clause else { return false };
        let key = word_of(key).to_lowercase();
        let keys = ["version", "trunk", "integrator", "strategy", "timeout"];
        let said: Vec<&str> =
            value.iter().map(Token::text).filter(|t| !["**", "__"].contains(t)).collect();
        keys.contains(&key.as_str()) && is_value(&key, &said.join(" "))
    };
    // `v2`, `v2 — 2026-11-29`
    let short = tokens
        .first()
        .is_some_and(|first| word_of(first).starts_with(['v', 'V']) && is_number(first))
        && match &tokens[1..] {
            [] | [Token::Stop(_)] => true,
            [mark, next, ..] => {
                parts(mark) && next.text().starts_with(|c: char| c.is_ascii_digit())
            }
            _ => false,
        };
    let marked = |t: &Token<'_>| ["·", "|", "•"].contains(&t.text());
    let is_list = tokens.iter().any(marked);
    let mut clauses = tokens.split(parts);
    short
        || clauses.next().is_some_and(is_version)
        || clauses.any(|clause| sets(clause) || is_list && is_version(clause))
}

/// Whether a text sets a key of the merge, by its value too: `suite: npm test`.
pub(super) fn sets_the_merge(text: &str) -> bool {
    assigned(text).is_some_and(|(key, value)| match key.as_str() {
        "suite" | "setup" | "strategy" => is_value_of_merge(value) || is_value("strategy", value),
        _ => sets_what_is_meant(&key, value),
    })
}

/// Whether a longer key than the known one has its value: `merge strategy: squash`, `tests: npm test`.
pub(super) fn sets_what_is_meant(key: &str, value: &str) -> bool {
    key_meant(key).is_some_and(|known| match known {
        "suite" | "setup" => {
            let marked = value.strip_prefix('`').and_then(|value| value.strip_suffix('`'));
            let marked = marked.is_some_and(|inner| !inner.contains('`'));
            marked || is_value_of_merge(value) || is_command(value)
        }
        known => is_value(known, value),
    })
}

/// Whether a heading sets something: `Version: 3`, `Trunk — develop`, `Objective: uploads`.
pub(super) fn heading_sets(text: &str) -> bool {
    let assigns = |(key, value): (String, &str)| {
        let is_text = ["name", "objective"].contains(&key.as_str()) && !value.is_empty();
        AT_THE_TOP.contains(&key.as_str()) && (is_text || is_value(&key, value))
            || sets_what_is_meant(&key, value)
    };
    tells_a_setting(text) || assigned(text).is_some_and(assigns)
}

/// Whether a title sets something beside the name: `Context contract (version: 3)`.
pub(super) fn title_sets(text: &str) -> bool {
    let clauses = text.replace(['(', ')'], ", ");
    holds_key(&clauses, &AT_THE_TOP) || tells_a_policy(text)
}

/// What commands begin with.
pub(super) const PROGRAMS: [&str; 50] = [
    "npm", "npx", "pnpm", "yarn", "bun", "deno", "node", "make", "gmake", "just", "task", "cargo",
    "go", "python", "python3", "pytest", "tox", "nox", "uv", "poetry", "hatch", "pdm", "bundle",
    "rake", "rspec", "mvn", "gradle", "gradlew", "sbt", "lein", "mix", "dotnet", "swift", "zig",
    "cabal", "stack", "bazel", "buck2", "nx", "turbo", "jest", "vitest", "ctest", "ninja", "meson",
    "composer", "phpunit", "docker", "sh", "bash",
];
/// Words of a sentence about a command, which are none of its own.
const OF_SENTENCES: [&str; 24] = [
    "the", "a", "an", "is", "are", "be", "must", "should", "how", "what", "which", "who", "when",
    "why", "and", "or", "after", "before", "once", "every", "each", "of", "by", "then",
];

/// Whether a text is nothing but the value of a setting of the merge, or a command of a program that is
/// known: `squash`, `20m`, `npm test`.
fn is_value_of_merge(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let program = words.next().map(|first| first.rsplit('/').next().unwrap_or(first));
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let units = ["s", "m", "h", "min", "minute", "minutes", "hour", "hours", "seconds"];
    let is_time = digits.len() < text.len() && units.contains(&digits.trim());
    is_time
        || is_value("strategy", text)
        || program.is_some_and(|program| PROGRAMS.contains(&program)) && is_command_alone(text)
}

/// Whether a text may be a command, and no sentence about one.
fn is_command_alone(text: &str) -> bool {
    let sentence = |word: &str| OF_SENTENCES.contains(&word);
    is_value("suite", text) && !text.split_whitespace().any(sentence)
}

/// Whether a text is a command by what stands in it: `./check.sh`, `rush test`, `x --all`.
fn is_command(text: &str) -> bool {
    let tells = |word: &str| {
        let checks = ["test", "tests", "check", "verify", "lint", "ci", "&&", "||"];
        word.contains('/') || word.starts_with("--") || checks.contains(&word)
    };
    text.split_whitespace().any(tells) && is_command_alone(text)
}

/// The key that a longer one means: `merge-strategy`, `test-command`.
pub(super) fn key_meant(key: &str) -> Option<&'static str> {
    let of_suites = ["test", "tests", "test-suite", "test-command", "suite-command"];
    if of_suites.contains(&key) {
        return Some("suite");
    }
    let bare = ["merge-", "merging-", "landing-", "contract-"];
    let bare = bare.iter().find_map(|lead| key.strip_prefix(lead))?;
    let known = AT_THE_TOP.iter().copied().find(|known| *known == bare);
    known.filter(|known| !["name", "format"].contains(known))
}

/// The version that a title says: `Context contract v3`, `Context contract: uploads (version 3)`.
pub(super) fn title_version(text: &str) -> Option<u64> {
    let version = |words: &[&str]| match words {
        [one] => {
            one.trim_start_matches(['v', 'V']).parse().ok().filter(|_| one.starts_with(['v', 'V']))
        }
        [word, number] if word.eq_ignore_ascii_case("version") => number.parse().ok(),
        _ => None,
    };
    let tokens = tokens_of(text);
    let inner = tokens.iter().find_map(|token| match token {
        Token::Paren(inner) => version(&inner.split_whitespace().collect::<Vec<_>>()),
        _ => None,
    });
    let behind = tokens.iter().position(|token| token.is("contract")).and_then(|at| {
        let rest = tokens[at + 1..].iter().take_while(|t| matches!(t, Token::Word(_)));
        version(&rest.map(Token::text).collect::<Vec<_>>())
    });
    inner.or(behind)
}

/// Whether the remark behind a section's name says what only a line below it can.
pub(super) fn remark_says(section: Section, remark: &Line, reader: &Reader<'_, '_>) -> bool {
    let text = &remark.text;
    if holds_key(text, &AT_THE_TOP) || tells_a_policy(text) {
        return true;
    }
    match section {
        Section::Order => is_value_of_merge(text),
        Section::Policy => is_policy_value(text),
        Section::Merge => {
            says_a_rule(Some(section), remark, reader)
                || text.contains('`')
                || is_value_of_merge(text)
                || is_command(text)
        }
        Section::Worktrees => has_keys(text) || is_entry(Some(section), remark, reader),
        Section::Scope => is_entry(Some(section), remark, reader),
        Section::Interface => {
            is_entry(Some(section), remark, reader) || says_a_rule(Some(section), remark, reader)
        }
        Section::Shared | Section::Waivers => says_a_rule(Some(section), remark, reader),
    }
}

/// Whether a line that stands where none is read is an entry: an agent with its paths, in a scope
/// paths alone, in an order steps alone.
pub(super) fn is_entry(section: Option<Section>, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let line = line.clone().plain(|word| reader.names.is_emphasised(word));
    if section == Some(Section::Order) {
        return super::order_told::is_bare_steps(&line, reader);
    }
    if !begins_like_an_entry(&line, reader) {
        return false;
    }
    let tokens = reader.tokens(&line.text);
    let (agents, taken) = reader.agent_list(&line, &tokens);
    let bare =
        |t: &Token<'_>| !matches!(t, Token::Word(_)) || is_path(t, &reader.names) || is_joint(t);
    let rest = &tokens[taken..];
    if agents.is_empty() {
        return section == Some(Section::Scope) && tokens.iter().all(bare);
    }
    let Some(next) = rest.first() else { return false };
    let is_mark = super::shared::is_mark(next);
    let promises = ["commits", "promises", "exports"].iter().any(|word| next.is(word));
    rest.iter().any(|t| is_path(t, &reader.names))
        && (is_mark || next.lower().is_some_and(|word| is_having(&word)) || rest.iter().all(bare))
        || section == Some(Section::Interface) && (is_mark || promises)
}

/// The key of the contract that a heading is called like: `Trunk steps`, `suite`.
pub(super) fn key_of_heading(words: &str, section: Option<Section>) -> Option<&'static str> {
    let key = words.replace(' ', "-");
    let settings = matches!(section, Some(Section::Merge | Section::Order));
    let of_prose = ["name", "objective"].contains(&key.as_str()) || key == "setup" && !settings;
    let longer = ["tests", "test", "test-suite"].contains(&key.as_str());
    let meant = || key_meant(&key).filter(|_| !longer);
    AT_THE_TOP.iter().copied().find(|known| *known == key).filter(|_| !of_prose).or_else(meant)
}

/// Where a key is written.
pub(super) fn home_of(key: &str) -> &'static str {
    match key {
        key if OF_MERGE.contains(&key) => "under Merge",
        key if OF_POLICY.contains(&key) => "under Policy",
        _ => "below the title",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_a_setting() {
        for text in [
            "trunk-steps landings-only",
            "**Trunk steps** — landings only",
            "Trunk steps (landings-only)",
            "Unlisted branches are denied.",
            "agent-branches → agents/**",
            "version — 3",
            "*Version 3*",
            "**Suite** npm test",
            "suite — `npm test`",
            "trunk - develop",
            "strategy — squash",
            "timeout → 20m",
            "objective — uploads",
            "The suite is npm test.",
            "the strategy is `squash`",
            "Timeout is 20m",
        ] {
            assert!(tells_a_setting(text), "{text}");
        }
        for text in [
            "Trunk steps: what moves the trunk",
            "Trunk steps are open to discussion.",
            "Trunk — the branch that everything lands on",
            "Unlisted branches",
            "Suite — Everything, after each merge.",
            "Version of the API",
            "strategy",
            "timeout — twenty minutes",
            "The setup is quick.",
            "The suite is npm test, and it is slow.",
            "The timeout is long.",
        ] {
            assert!(!tells_a_setting(text), "{text}");
        }
        for text in ["Version: 3", "Trunk: develop", "Suite: npm test", "Objective: uploads"] {
            assert!(heading_sets(text), "{text}");
        }
        for text in ["Setup: What to install.", "Version: how it is raised", "Trunk: what it is"] {
            assert!(!heading_sets(text), "{text}");
        }
    }

    #[test]
    fn versions_in_titles() {
        for (text, version) in [
            ("Context contract v3", Some(3)),
            ("Context contract v3: uploads", Some(3)),
            ("Context contract version 3", Some(3)),
            ("Context contract — uploads (v3)", Some(3)),
            ("Context contract: uploads (version 3)", Some(3)),
            ("Context contract: uploads v3", None),
            ("Context contract: API (v3 clients)", None),
            ("Context contract (3)", None),
        ] {
            assert_eq!(title_version(text), version, "{text}");
        }
    }
}
