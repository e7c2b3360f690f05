//! Several commands, each in back-ticks, where one is meant to be written: the shell would take the
//! back-ticks for its own, and run what the first command prints. Warns alone.

use super::lint::{line_with, warning};
use super::model::{Contract, ContractFile};
use super::problem::Problem;
use super::source::Shown;

/// What people write between two commands.
const BETWEEN: [&str; 9] = ["", "and", "then", "and then", ",", ";", "&&", ", then", "+"];

/// The warnings, one for each command. A command that is TOML's is the shell's own text.
pub(super) fn several_commands(contract: &Contract) -> Vec<Problem> {
    if contract.file() != ContractFile::Markdown {
        return Vec::new();
    }
    let merge = contract.merge();
    let commands = [("suite", &merge.suite), ("setup", &merge.setup)];
    let told = |(key, command): (&str, &Option<Box<str>>)| told(contract, key, command.as_deref()?);
    commands.into_iter().filter_map(told).collect()
}

fn told(contract: &Contract, key: &str, command: &str) -> Option<Problem> {
    let commands = in_back_ticks(command)?;
    let line = line_with(contract, 1..=u32::MAX, command);
    let message = format!(
        "`{key}` is one command: the shell would run what {} prints",
        Shown(commands.first()?)
    );
    let help = format!("write {}", Shown(&commands.join(" && ")));
    Some(warning(contract, "several-commands", line, command, message, help))
}

/// The commands, if there are several and nothing else but what joins them.
fn in_back_ticks(text: &str) -> Option<Vec<&str>> {
    let text = text.trim().trim_end_matches('.');
    let inner = text.strip_prefix('`')?.strip_suffix('`')?;
    let pieces: Vec<&str> = inner.split('`').collect();
    // Between an even number of back-ticks every second piece is outside.
    let is_odd = pieces.len() % 2 == 1 && pieces.len() > 2;
    let mut outside = pieces.iter().skip(1).step_by(2);
    let joins = is_odd && outside.all(|piece| BETWEEN.contains(&piece.trim()));
    let commands: Vec<&str> = pieces.iter().step_by(2).map(|piece| piece.trim()).collect();
    (joins && commands.iter().all(|command| !command.is_empty())).then_some(commands)
}

#[cfg(test)]
mod tests {
    use super::super::{lint, read};
    use super::*;

    fn told(file: ContractFile, line: &str) -> Vec<String> {
        let text = match file {
            ContractFile::Markdown => format!(
                "# Context contract\n## Worktrees\n- branch: a agent: a\n## Scope\n- a: a/\n## Merge\n- {line}\n"
            ),
            ContractFile::Toml => {
                format!("[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n[merge]\n{line}\n")
            }
        };
        let contract = read(file, text.as_bytes()).unwrap_or_else(|found| panic!("{found:#?}"));
        let show = |p: &Problem| {
            format!(
                "{}:{} {}: {}; {}",
                p.line,
                p.column,
                p.code,
                p.message,
                p.help.as_ref().unwrap()
            )
        };
        lint::of_text(&contract).iter().map(show).collect()
    }

    #[test]
    fn two_commands_in_back_ticks_are_told() {
        let message =
            "the shell would run what `npm test` prints; write `npm test && npm run lint`";
        for (line, key) in [
            ("suite: `npm test` and `npm run lint`", "suite"),
            ("suite: `npm test`, `npm run lint`", "suite"),
            ("setup: `npm test` && `npm run lint`", "setup"),
        ] {
            let told = told(ContractFile::Markdown, line);
            let expected = format!("7:10 several-commands: `{key}` is one command: {message}");
            assert_eq!(told, [expected], "{line}");
        }
    }

    #[test]
    fn one_command_is_not() {
        for line in [
            "suite: `npm test`",
            "suite: npm test",
            "suite: `npm test && npm run lint`",
            "suite: echo `date` `pwd`",
            "suite: `npm bin`/jest",
            "suite: `which node` --test `pwd`",
        ] {
            assert_eq!(told(ContractFile::Markdown, line), [""; 0], "{line}");
        }
        assert_eq!(told(ContractFile::Toml, "suite = \"`a` && `b`\""), [""; 0]);
    }
}
