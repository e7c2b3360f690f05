use insta::assert_snapshot;

use super::*;

/// The help of a command and of all below it, at a fixed width.
fn reference(command: &mut clap::Command, path: &str, out: &mut String) {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    let help = command.clone().term_width(100).render_long_help();
    out.push_str(&format!("# {path}\n\n{}\n", help.to_string().trim_end()));
    for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
        out.push('\n');
        reference(below, &path, out);
    }
}

#[test]
fn the_whole_command_line() {
    let mut command = CommandLine::command();
    command.build();
    let mut text = String::new();
    reference(&mut command, "", &mut text);
    assert_snapshot!(text);
}

#[test]
fn the_definition_is_sound() {
    CommandLine::command().debug_assert();
}

fn parsed(line: &str) -> Result<CommandLine, clap::Error> {
    let words = std::iter::once("contract-gate").chain(line.split_whitespace());
    CommandLine::try_parse_from(words)
}

#[test]
fn usage_errors_are_2_and_questions_are_0() {
    for bad in ["", "nonsense", "schema", "schema nothing", "--color blue schema verdict"] {
        assert_eq!(parsed(bad).unwrap_err().exit_code(), 2, "{bad}");
    }
    for question in ["--help", "--version", "help schema", "schema --help"] {
        assert_eq!(parsed(question).unwrap_err().exit_code(), 0, "{question}");
    }
}

#[test]
fn global_options_stand_anywhere() {
    for line in ["-C there --color never schema verdict", "schema verdict --color never -C there"] {
        let parsed = parsed(line).unwrap();
        assert_eq!(parsed.color, Color::Never);
        assert_eq!(parsed.directory, Some(PathBuf::from("there")));
    }
}
