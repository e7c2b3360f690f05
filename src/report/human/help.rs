//! The next steps, in columns: what it does, and the command.

use std::collections::{BTreeSet, HashMap};

use policy::verdict::Help;

use super::fold::Block;
use crate::report::style::{GOOD, styled};

/// How many paths one command names, so that it stays far below what a kernel takes.
const PATHS_OF_A_COMMAND: usize = 200;
/// How many commands of one kind a block prints when they cannot be made one.
const COMMANDS_OF_A_KIND: usize = 5;

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

/// The help of all members of a block: equal ones once, and those that differ in nothing but
/// their paths as one command.
pub fn of_block(block: &Block<'_>) -> Vec<Help> {
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let mut places = HashMap::new();
    for help in block.members().flat_map(|violation| &violation.help) {
        let (stem, path) = split(help.command.as_deref());
        let place = *places.entry((&help.label, stem)).or_insert(kinds.len());
        if place == kinds.len() {
            kinds.push(Kind { label: &help.label, stem, paths: Vec::new() });
        }
        kinds[place].paths.extend(path);
    }
    let mut helps: Vec<Help> = Vec::new();
    let mut alike: HashMap<&str, usize> = HashMap::new();
    for kind in &kinds {
        let count = alike.entry(kind.label).or_default();
        *count += 1;
        match *count {
            1..=COMMANDS_OF_A_KIND => helps.extend(kind.helps()),
            _ if !kind.paths.is_empty() => helps.extend(kind.helps()),
            count if count == COMMANDS_OF_A_KIND + 1 => {
                let label = format!("{}: the same for each of the others", kind.label);
                helps.push(Help { label, command: None });
            }
            _ => {}
        }
    }
    helps
}

/// Helps that differ in nothing but their paths.
struct Kind<'h> {
    label: &'h str,
    /// The command up to its paths, or all of it.
    stem: Option<&'h str>,
    /// As they stand in the commands, quoted for the shell; empty when the stem is all.
    paths: Vec<&'h str>,
}

impl Kind<'_> {
    fn helps(&self) -> Vec<Help> {
        let label = self.label.to_owned();
        let Some(stem) = self.stem.filter(|_| !self.paths.is_empty()) else {
            return vec![Help { label, command: self.stem.map(str::to_owned) }];
        };
        let commands = self.paths.chunks(PATHS_OF_A_COMMAND).map(|paths| Help {
            label: label.clone(),
            command: Some(format!("{stem} -- {}", paths.join(" "))),
        });
        commands.collect()
    }
}

/// Takes a command apart at its paths, where several of its kind can be made one: git's own
/// commands on paths, alone on their line.
fn split(command: Option<&str>) -> (Option<&str>, Option<&str>) {
    let Some(command) = command else { return (None, None) };
    let on_paths = ["git restore ", "git rm "].iter().any(|begin| command.starts_with(begin));
    let alone = [" && ", "; ", " | "].iter().all(|joint| !command.contains(joint));
    match command.split_once(" -- ") {
        Some((stem, path)) if on_paths && alone => (Some(stem), Some(path)),
        _ => (Some(command), None),
    }
}
