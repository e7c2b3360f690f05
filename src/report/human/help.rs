//! The next steps, in columns: what it does, and the command.

use std::collections::{BTreeSet, HashMap, HashSet};

use policy::verdict::{Help, Violation};

use super::fold::Block;
use super::prompt::is_outside;
use crate::report::style::{GOOD, styled};

/// How many paths one command names, so that it stays far below what a kernel takes.
const PATHS_OF_A_COMMAND: usize = 200;
/// How many commands of one kind a block prints when they cannot be made one.
const COMMANDS_OF_A_KIND: usize = 5;
/// How many commands move what git leaves behind in one prompt.
const MOVES: usize = 20;
/// How a command of many moves begins.
const MOVE: &str = "git -C \"./$(git rev-parse --show-cdup)\" mv ";
/// As many blocks are each undone by a command of their own.
const BLOCKS_APART: usize = 3;

/// Remembers what was said, so that the same advice is not given twice in one report.
#[derive(Default)]
pub struct Helps {
    said: BTreeSet<(String, Option<String>)>,
}

impl Helps {
    /// The help of one finding. What was said before is left out; when all of it was, it is
    /// pointed to.
    pub fn render(&mut self, helps: &[Help]) -> String {
        let fresh = helps.iter().filter(|help| {
            let key = (help.label.clone(), help.command.clone());
            self.said.insert(key)
        });
        let fresh = fresh.cloned().collect::<Vec<_>>();
        let head = styled(GOOD, "help:");
        match (fresh.is_empty(), helps.is_empty()) {
            (_, true) => String::new(),
            (true, false) => format!("  {head} as above\n"),
            (false, false) => {
                // The first line begins with the head, the others with as many blanks.
                let text = aligned("        ", &fresh);
                format!("  {head} {}", text.trim_start())
            }
        }
    }
}

/// One help a line, the commands in a column of their own.
pub fn aligned(indent: &str, helps: &[Help]) -> String {
    let labels = helps.iter().filter(|help| help.command.is_some());
    let width = labels.map(|help| help.label.chars().count()).max().unwrap_or(0);
    let lines = helps.iter().map(|help| match &help.command {
        Some(command) => format!("{indent}{:width$}  {command}\n", help.label),
        None => format!("{indent}{}\n", help.label),
    });
    lines.collect()
}

/// The commands that undo what several blocks refuse, with the paths of all of them: said once, they
/// stand for each.
#[derive(Default)]
pub struct Together<'v> {
    kinds: HashMap<(&'v str, Command<'v>), Vec<&'v str>>,
}

impl<'v> Together<'v> {
    /// Those of one judgement. What is one's own and was changed in a wrong way is not among them: it has
    /// another way out, and is undone for itself.
    pub fn of(blocks: &[Block<'v>]) -> Self {
        let mut all: HashMap<_, (usize, Vec<&str>)> = HashMap::new();
        for block in blocks.iter().filter(|block| is_outside(block.first)) {
            for (label, command, paths) in kinds(block) {
                if matches!(command, Command::OnPaths { .. }) {
                    let (count, known) = all.entry((label, command)).or_default();
                    *count += 1;
                    known.extend(paths);
                }
            }
        }
        let many = all.into_iter().filter(|((_, command), (count, _))| {
            // What belongs together moves together.
            *count > if command.is_move() { 1 } else { BLOCKS_APART }
        });
        let mut seen = HashSet::new();
        let once = |(kind, (_, mut paths)): (_, (usize, Vec<&'v str>))| {
            seen.clear();
            paths.retain(|path| seen.insert(*path));
            (kind, paths)
        };
        Self { kinds: many.map(once).collect() }
    }
}

/// The help of all members of a block: equal ones once, and those that differ in nothing but
/// their paths as one command.
pub fn of_block(block: &Block<'_>, together: &Together<'_>) -> Vec<Help> {
    let mut helps: Vec<Help> = Vec::new();
    let mut alike: HashMap<&str, usize> = HashMap::new();
    for (label, command, paths) in &kinds(block) {
        let shared = together.kinds.get(&(*label, *command)).filter(|_| is_outside(block.first));
        let paths = shared.unwrap_or(paths);
        let count = alike.entry(label).or_default();
        *count += 1;
        if !paths.is_empty() || *count <= COMMANDS_OF_A_KIND {
            let commands = command.on(paths).into_iter();
            helps.extend(commands.map(|command| Help { label: (*label).to_owned(), command }));
        } else if *count == COMMANDS_OF_A_KIND + 1 {
            let label = format!("{label}: the same for each of the others");
            helps.push(Help { label, command: None });
        }
    }
    helps
}

/// The helps of a block by what they are but for their paths, with those.
fn kinds<'v>(block: &Block<'v>) -> Vec<(&'v str, Command<'v>, Vec<&'v str>)> {
    let mut kinds: Vec<(&str, Command<'_>, Vec<&str>)> = Vec::new();
    let mut places = HashMap::new();
    let mut wholes = HashSet::new();
    for help in block.members().flat_map(helps_of) {
        let (command, path) = Command::split(help.command.as_deref());
        // What undoes a whole directory is the help of each path in it.
        if path.is_some() && !wholes.insert((&help.label, &help.command)) {
            continue;
        }
        let place = *places.entry((&help.label, command)).or_insert(kinds.len());
        if place == kinds.len() {
            kinds.push((&help.label, command, Vec::new()));
        }
        kinds[place].2.extend(path);
    }
    kinds
}

/// The help of one of many: of one that is undone together with others, what undoes them all.
fn helps_of(violation: &Violation) -> impl Iterator<Item = &Help> + use<'_> {
    let whole = violation.whole.as_ref().map(|whole| &whole.undo);
    violation.help.iter().map(move |help| {
        let is_undo = |undo: &&Help| undo.label == help.label && help.command.is_some();
        whole.filter(is_undo).unwrap_or(help)
    })
}

/// The commands that move what git leaves behind, as few as they can be.
pub fn moves<'v>(violations: impl Iterator<Item = &'v Violation>) -> Vec<String> {
    let mut kinds: Vec<(Command<'_>, Vec<&str>)> = Vec::new();
    let mut seen = HashSet::new();
    for violation in violations {
        let mut commands = violation.help.iter().filter_map(|help| help.command.as_deref());
        let command = commands.find(|command| command.contains(" mv -- "));
        let Some(command) = command.filter(|command| seen.insert(*command)) else { continue };
        let (command, path) = Command::split(Some(command));
        match kinds.iter_mut().find(|(known, _)| *known == command) {
            Some((_, paths)) => paths.extend(path),
            None => kinds.push((command, path.into_iter().collect())),
        }
    }
    let commands = kinds.iter().flat_map(|(command, paths)| command.on(paths)).flatten();
    commands.take(MOVES).collect()
}

/// A command without its paths.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Command<'h> {
    /// None: the help is advice.
    Advice,
    /// One that cannot be made one with others of its kind.
    Whole(&'h str),
    /// One of git's on paths, which takes any number of them.
    OnPaths {
        /// Up to its paths.
        begin: &'h str,
        /// The commit that follows, with its joint; often nothing.
        end: &'h str,
    },
}

impl<'h> Command<'h> {
    fn is_move(&self) -> bool {
        matches!(self, Self::OnPaths { begin, .. } if begin.starts_with(MOVE.trim_end()))
    }

    /// Takes a command apart. The path is as it stands there, quoted for the shell.
    fn split(command: Option<&'h str>) -> (Self, Option<&'h str>) {
        let Some(command) = command else { return (Self::Advice, None) };
        let is = |begins: &[&str]| begins.iter().any(|begin| command.starts_with(begin));
        let is_move = is(&[MOVE]);
        let of_git = is_move || is(&["git restore ", "git rm "]);
        let Some((begin, rest)) = command.split_once(" -- ").filter(|_| of_git) else {
            return (Self::Whole(command), None);
        };
        let (path, end) = rest.split_at(end_of_word(rest));
        // A move names last where it goes.
        if !(is_move || end.is_empty() || end.starts_with(" && git commit ")) {
            return (Self::Whole(command), None);
        }
        (Self::OnPaths { begin, end }, Some(path))
    }

    /// The command on these paths; several, when they are too many for one.
    fn on(self, paths: &[&str]) -> Vec<Option<String>> {
        match self {
            Self::Advice => vec![None],
            Self::Whole(command) => vec![Some(command.to_owned())],
            Self::OnPaths { begin, end } => paths
                .chunks(PATHS_OF_A_COMMAND)
                .map(|paths| Some(format!("{begin} -- {}{end}", paths.join(" "))))
                .collect(),
        }
    }
}

/// Where the first word of a shell ends. Blanks may stand in it, between quotes.
fn end_of_word(text: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ' ') => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::end_of_word;

    #[test]
    fn a_word_ends_at_a_blank_outside_quotes() {
        let word = |text: &str| text[..end_of_word(text)].to_owned();
        assert_eq!(word("src/a.rs && git"), "src/a.rs");
        assert_eq!(word("'a b && c' && git"), "'a b && c'");
        assert_eq!(word(r"'it'\''s a b' x"), r"'it'\''s a b'");
        assert_eq!(
            word(r#"":(top,literal)$(printf -- 'a\012 b')" x"#),
            r#"":(top,literal)$(printf -- 'a\012 b')""#
        );
        assert_eq!(word(r#""a\" b" x"#), r#""a\" b""#);
        assert_eq!(word("whole"), "whole");
    }
}
