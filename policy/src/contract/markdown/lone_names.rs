//! Names in back-ticks under a heading that is no section, such as `Makefile`: whether the line says
//! of them what an entry says of files, or nothing, or is prose about a command, a type or a flag.
//! Never asks whether there is such a file.

use super::Reader;
use super::blocks::Entry;
use super::lex::Token;
use super::line::Line;
use super::path_list::words;
use super::shared::{is_mark, nobody_at};
use super::words::access;

/// The trunk is no file.
const TRUNKS: [&str; 4] = ["main", "master", "trunk", "HEAD"];
const VERBS: [&str; 9] =
    ["owns", "own", "only", "edits", "edit", "touches", "touch", "changes", "change"];
const FORBIDDING: [&str; 5] = ["frozen", "untouchable", "off-limits", "read-only", "readonly"];
const FORBIDDING_PAIRS: [[&str; 2]; 3] = [["off", "limits"], ["hands", "off"], ["leave", "alone"]];

/// Whether an item begins with such names and goes on as an entry does, or not at all. `forbidden`:
/// its heading says that what follows is not to be edited; then a remark behind the names is enough.
pub(super) fn is_of_files(entry: &Entry, forbidden: bool, reader: &Reader<'_, '_>) -> bool {
    let line = plain(&entry.line, reader);
    let tokens = reader.tokens(&line.text);
    let (names, rest) = tokens.split_at(lone_names(&tokens));
    if names.is_empty() {
        return false;
    }
    let is_bare = rest.iter().all(|t| is_mark(t) || matches!(t, Token::Stop(_)));
    if is_bare && !entry.children.is_empty() {
        let says = |child: &Entry| {
            let child = plain(&child.line, reader);
            says_who_may(&child, &reader.tokens(&child.text), reader)
        };
        return forbidden || entry.children.iter().any(says);
    }
    let remark = matches!(rest.first(), Some(Token::Paren(_))) || rest.first().is_some_and(is_mark);
    is_bare || forbidden && remark || says_who_may(&line, rest, reader)
}

/// Whether a row of a table names such files, and who may edit them.
pub(super) fn is_row_of_files(cells: &[Line], forbidden: bool, reader: &Reader<'_, '_>) -> bool {
    let cells: Vec<Line> = cells.iter().map(|cell| plain(cell, reader)).collect();
    let names = |cell: &Line| {
        let tokens = reader.tokens(&cell.text);
        !tokens.is_empty() && lone_names(&tokens) == tokens.len()
    };
    let says = |cell: &Line| says_who_may(cell, &reader.tokens(&cell.text), reader);
    cells.iter().any(names) && (forbidden || cells.iter().any(says))
}

fn plain(line: &Line, reader: &Reader<'_, '_>) -> Line {
    line.clone().plain(|word| reader.names.is_emphasised(word))
}

/// How many tokens are names in back-ticks, from the first token on, with what joins them.
fn lone_names(tokens: &[Token<'_>]) -> usize {
    let joins =
        |t: &Token<'_>| matches!(t, Token::Comma(_) | Token::Word("and" | "or" | "&" | "+"));
    match tokens.first() {
        Some(first) if is_lone_name(first) => {
            tokens.iter().take_while(|t| is_lone_name(t) || joins(t)).count()
        }
        _ => 0,
    }
}

/// A word that may be the name of a file or a directory: no command with its arguments, no call, no
/// flag and no number.
fn is_lone_name(token: &Token<'_>) -> bool {
    let Token::Quoted(text, value) = token else { return false };
    let begins = |c: char| c.is_alphabetic() || "_{?".contains(c);
    text.starts_with('`')
        && value.starts_with(begins)
        && value.chars().all(|c| c.is_alphanumeric() || "_-+?{},[]".contains(c))
        && !TRUNKS.contains(&value.as_str())
}

/// Whether some words say who may edit what stands before them, or that nobody may.
fn says_who_may(line: &Line, tokens: &[Token<'_>], reader: &Reader<'_, '_>) -> bool {
    let fills = |t: &&Token<'_>| {
        is_mark(t)
            || matches!(t, Token::Comma(_) | Token::Semicolon(_) | Token::Stop(_))
            || ["is", "are", "stays", "stay", "remains", "remain"].iter().any(|word| t.is(word))
    };
    let rest = &tokens[tokens.iter().take_while(fills).count()..];
    let Some(first) = rest.first() else { return false };
    if let Token::Paren(inner) = first {
        return says_who_may(line, &reader.tokens(inner), reader);
    }
    let ends = |t: &Token<'_>| !matches!(t, Token::Word(_) | Token::Quoted(..));
    let clause = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    if access(&words(clause)).is_some() || forbids_editing(clause) {
        return true;
    }
    if ["owned", "owner", "belongs", "belong"].iter().any(|word| first.is(word)) {
        return true;
    }
    let rest = &rest[usize::from(first.is("only"))..];
    let (agents, taken) = reader.agent_list(line, rest);
    let taken = if agents.is_empty() { nobody_at(rest).unwrap_or(0) } else { taken };
    taken > 0 && goes_on_as_a_policy(&rest[taken..])
}

/// What may stand behind who may: nothing, a mark, `may edit`, a mode.
fn goes_on_as_a_policy(tokens: &[Token<'_>]) -> bool {
    let is_verb = |t: &Token<'_>| VERBS.iter().any(|verb| t.is(verb));
    let modal = usize::from(tokens.first().is_some_and(|t| t.is("may") || t.is("can")));
    match tokens.get(modal) {
        None => true,
        Some(token @ Token::Word(_)) => is_verb(token) || access(&words(tokens)).is_some(),
        Some(_) => modal == 0,
    }
}

/// `must not be edited`, `off limits`: of editing alone, since `is forbidden` is said of `any` too.
fn forbids_editing(words: &[Token<'_>]) -> bool {
    let edits = |t: &Token<'_>| {
        let verbs = ["edit", "touch", "chang", "modif", "delet"];
        t.lower().is_some_and(|word| verbs.iter().any(|verb| word.starts_with(verb)))
    };
    let denies = ["not", "never", "cannot", "can't", "don't", "mustn't"];
    let is_one_of = |t: &Token<'_>, words: &[&str]| words.iter().any(|word| t.is(word));
    words.iter().any(|t| is_one_of(t, &FORBIDDING))
        || words
            .windows(2)
            .any(|two| FORBIDDING_PAIRS.iter().any(|[a, b]| two[0].is(a) && two[1].is(b)))
        || (0..words.len())
            .any(|at| is_one_of(&words[at], &denies) && words[at + 1..].iter().take(2).any(edits))
}
