//! What README.md says is so: its commands work as printed, its picture is the demo's output.

use crate::sandbox::{Ran, Sandbox};

const README: &str = include_str!("../../README.md");

/// The README's blocks of this language, in order.
fn blocks(language: &str) -> Vec<String> {
    blocks_of(README, language)
}

fn blocks_of(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut blocks: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.by_ref().find(|line| line.starts_with("```")) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        let text = block.map(|line| format!("{line}\n")).collect();
        if line == fence {
            blocks.push(text);
        }
    }
    blocks
}

/// A script in which a command marked `# refused: CODE` must fail and name the code, and every
/// other one must succeed.
fn script(block: &str) -> String {
    let lines = block.lines().map(|line| match line.split_once("# refused: ") {
        Some((command, code)) => format!(
            "if said=$({command} 2>&1); then echo 'was not refused: {command}'; exit 99; fi\n\
             case \"$said\" in *'error[{code}]'*) ;; *) echo \"$said\"; exit 98;; esac\n"
        ),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[allow(clippy::disallowed_methods, reason = "a test finds programs where its user does")]
fn run(world: &Sandbox, directory: &str, script: &str) -> Ran {
    let programs = Sandbox::gate_program().parent().unwrap().to_owned();
    let usual = std::env::var_os("PATH").unwrap();
    let paths = std::iter::once(programs).chain(std::env::split_paths(&usual));
    let path = std::env::join_paths(paths).unwrap();
    world.call(directory, "sh").args(["-eu", "-c", script]).env("PATH", path).run()
}

#[test]
fn every_command_works_as_printed() {
    let world = Sandbox::new();
    world.write("repo/README.md", "# Mine\n");
    world.write("repo/package.json", "{}\n");
    world.write("repo/src/api/index.js", "// the API\n");
    world.write("repo/src/router.js", "// the routes\n");
    world.write("repo/docs/index.md", "# Docs\n");
    world.commit("repo", "what is there");

    let blocks = blocks("sh");
    let (ci, local): (Vec<_>, Vec<_>) =
        blocks.into_iter().partition(|block| block.contains("--remote origin"));
    assert!(local.len() >= 6 && ci.len() == 1, "the README has the blocks that this test knows");
    let (removal, tutorial): (Vec<_>, Vec<_>) =
        local.into_iter().partition(|block| block.contains("uninstall"));
    let (ending, tutorial): (Vec<_>, Vec<_>) =
        tutorial.into_iter().partition(|block| block.contains("contract-gate close"));

    let tutorial = tutorial.concat();
    assert!(tutorial.matches("# refused: ").count() >= 2);
    run(&world, "repo", &script(&tutorial)).expect(0);

    world.git(".", &["clone", "--quiet", "repo", "ci"]);
    run(&world, "ci", &ci.concat()).expect(0);

    assert_eq!(ending.len(), 1, "the story ends with a trunk that has landed");
    run(&world, "repo", &ending.concat()).expect(0);
    for landed in ["src/api/list.js", "docs/guide.md"] {
        assert!(world.exists(format!("repo/{landed}")), "{landed} is on the trunk");
    }
    assert!(!world.exists("repo/CONTRACT.md"));

    let hooks = world.git("repo", &["rev-parse", "--git-path", "hooks"]).line();
    assert!(world.exists(format!("repo/{hooks}/pre-commit")));
    run(&world, "repo", &removal.concat()).expect(0);
    assert!(!world.exists(format!("repo/{hooks}/pre-commit")));
}

/// The text with every abbreviated id replaced: they differ from run to run.
fn without_ids(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let masked = words.map(|word| {
        let id = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_id = id.len() >= 7 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id { format!("<id>{}", &word[id.len()..]) } else { word.to_owned() }
    });
    masked.collect()
}

#[test]
fn the_picture_is_what_the_demo_prints() {
    let world = Sandbox::bare_world();
    let demo = world.gate(".", &["demo"]);
    demo.expect(0);
    let unindented = |text: &str| {
        let lines = text.lines().map(|line| line.trim().to_owned() + "\n");
        without_ids(&lines.collect::<String>())
    };
    let picture = &blocks("text")[0];
    assert!(picture.contains("error[shared-owned]"));
    assert!(unindented(&demo.text()).contains(&unindented(picture)), "{}", demo.text());
}

#[test]
fn the_reference_has_one_contract_in_two_spellings() {
    let reference = include_str!("../../docs/contract.md");
    let world = Sandbox::bare_world();
    let convert = |file: &str, to: &str| {
        let ran = world.gate(".", &["convert", file, "--to", to]);
        ran.expect(0);
        ran.text()
    };
    let [toml] = &blocks_of(reference, "toml")[..] else { panic!("it has one block of TOML") };
    let [markdown] = &blocks_of(reference, "markdown")[..] else { panic!("and one of Markdown") };
    world.write("written.toml", toml);
    world.write("written.md", markdown);
    world.write("made.md", convert("written.toml", "markdown"));
    assert_eq!(convert("made.md", "toml"), convert("written.md", "toml"));
}
