//! Both ways of reading, and git itself, on generated histories: they must agree.

use super::dice::Dice;
use super::*;

/// Names that git can hold and that something may trip over; some are a directory of others.
const NAMES: [&[u8]; 14] = [
    b"a",
    b"a-b",
    b"a/b",
    b"dir/sub/c",
    b"dir/sub.c",
    b"dir",
    b"sp ace/and tab\t",
    b"qu\"ote\\",
    b"new\nline",
    b"caf\xe9",
    "\u{fc}n\u{ef}/u\u{308}".as_bytes(),
    b"CASE",
    b"case",
    b":(glob)*",
];

/// A path as `git fast-import` takes it: quoted, odd bytes in octal.
fn quoted(path: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\{byte:03o}"),
    };
    format!("\"{}\"", path.iter().map(byte).collect::<String>())
}

/// Makes a history of merges, criss-cross merges, renames, mode changes, symbolic links,
/// submodules and odd names; every commit gets a branch. Each commit lists its changes against
/// its first parent.
fn generate(world: &Sandbox, directory: &str, dice: &mut Dice, commits: usize) {
    let id_digits = world.git(directory, &["hash-object", "--stdin"]).line().len();
    let mut stream = String::new();
    for at in 1..=commits {
        stream.push_str(&format!(
            "commit refs/heads/c{at}\nmark :{at}\ncommitter T <t@x> {} +0000\ndata 1\nx\n",
            1_700_000_000 + dice.roll(50)
        ));
        if at > 1 {
            let first = 1 + at.saturating_sub(2 + dice.roll(4));
            stream.push_str(&format!("from :{first}\n"));
            let second = 1 + at.saturating_sub(2 + dice.roll(4));
            if second != first {
                stream.push_str(&format!("merge :{second}\n"));
            }
        }
        for _ in 0..1 + dice.roll(3) {
            let name = quoted(NAMES[dice.roll(NAMES.len())]);
            let content = format!("content {}", dice.roll(6));
            let inline = format!("data {}\n{content}\n", content.len());
            stream.push_str(&match dice.roll(7) {
                0 => format!("D {name}\n"),
                1 => format!("M 100755 inline {name}\n{inline}"),
                2 => format!("M 120000 inline {name}\n{inline}"),
                3 => {
                    format!("M 160000 {} {name}\n", "1234567890".repeat(7)[..id_digits].to_owned())
                }
                _ => format!("M 100644 inline {name}\n{inline}"),
            });
        }
    }
    let import = world.call(directory, sandbox::git_program()).args(["fast-import", "--quiet"]);
    import.input(stream).run().expect(0);
}

/// What git says differs between two trees.
fn by_git(world: &Sandbox, directory: &str, old: &str, new: &str) -> Vec<String> {
    let diff = ["diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames"];
    let listed =
        world.git(directory, &[&diff[..], &["--ignore-submodules=none", old, new]].concat());
    let staged = crate::repository::plumbing::listed::raw_diff(&listed.stdout).unwrap();
    shown(&staged.changes)
}

fn shown(changes: &[TreeChange]) -> Vec<String> {
    changes.iter().map(|change| format!("{change:?}")).collect()
}

fn compare(world: &Sandbox, directory: &str, views: &[Box<dyn GitView>], dice: &mut Dice) {
    let all: Vec<_> = views.iter().map(|view| view.references("refs/").unwrap()).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    let tips: Vec<Oid> = all[0].iter().map(|found| found.target).collect();
    let listed = world.git(directory, &["for-each-ref", "--format=%(objectname)"]).lines();
    assert_eq!(tips.iter().map(Oid::to_string).collect::<Vec<_>>(), listed);
    for _ in 0..12 {
        let (one, other) = (tips[dice.roll(tips.len())], tips[dice.roll(tips.len())]);
        let (left, right) = (one.to_string(), other.to_string());
        let bases = world.try_git(directory, &["merge-base", "--all", &left, &right]);
        let mut bases: Vec<Oid> = bases.lines().iter().map(|line| oid(line)).collect();
        bases.sort_unstable();
        // The clocks lie, and `rev-list A ^B` believes them (git 2.47): two whole walks do not.
        let reached = |from: &str| -> BTreeSet<Oid> {
            world.git(directory, &["rev-list", from]).lines().iter().map(|line| oid(line)).collect()
        };
        let range: BTreeSet<Oid> = &reached(&left) - &reached(&right);
        let diff = by_git(world, directory, &left, &right);
        world.git(directory, &["read-tree", &right]);
        for view in views {
            let name = view.backend().name;
            assert_eq!(view.merge_bases(&[one], &[other]).unwrap(), bases, "{name}: {one} {other}");
            let walked = view.walk(&[one], &[other]).unwrap().into_iter().collect();
            assert_eq!(range, walked, "{name}: {one} {other}");
            let ancestor = bases.contains(&one);
            assert_eq!(view.is_ancestor(one, other), Ok(ancestor), "{name}: {one} {other}");
            let (from, to) = (view.commit(one).unwrap(), view.commit(other).unwrap());
            let changes = view.diff_trees(Some(from.tree), Some(to.tree)).unwrap();
            assert_eq!(shown(&changes), diff, "{name}: {one} {other}");
            let staged = view.staged(Some(from.tree)).unwrap();
            assert_eq!(shown(&staged.changes), diff, "{name}: the index, {one} {other}");
            let whole = shown(&view.diff_trees(None, Some(to.tree)).unwrap());
            assert_eq!(
                shown(&view.staged(None).unwrap().changes),
                whole,
                "{name}: against nothing"
            );
            for change in &changes {
                assert_eq!(view.entry(to.tree, &change.path), Ok(change.new), "{name}");
                let Some(new) = change.new.filter(|new| new.mode != EntryMode::Submodule) else {
                    continue;
                };
                let content = world.git(directory, &["cat-file", "blob", &new.id.to_string()]);
                assert_eq!(view.blob(new.id).unwrap(), content.stdout, "{name}");
                assert_eq!(view.blob_size(new.id), Ok(content.stdout.len() as u64), "{name}");
                assert_eq!(view.require_blob(new.id), Ok(()), "{name}");
                assert!(view.require_blob(to.tree).is_err(), "{name}");
            }
        }
    }
    let unstaged: Vec<_> = views.iter().map(|view| view.unstaged().unwrap()).collect();
    assert!(unstaged.windows(2).all(|pair| pair[0] == pair[1]));
    let untracked: Vec<_> = views.iter().map(|view| view.untracked().unwrap()).collect();
    assert!(untracked.windows(2).all(|pair| pair[0] == pair[1]));
    for name in ["HEAD", "c1", "c1^{tree}", "nothing", "c1~999", "refs/heads/c2", "", "a b", "-x"] {
        let answers: Vec<_> = views.iter().map(|view| view.resolve(name).unwrap()).collect();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {answers:?}");
    }
}

fn both(world: &Sandbox, directory: &str) -> [Box<dyn GitView>; 2] {
    let directory = world.path(directory);
    [Box::new(libgit2(&directory).unwrap()), Box::new(Plumbing::open_at(&directory).unwrap())]
}

#[test]
fn both_ways_and_git_agree_on_generated_histories() {
    for seed in 1..=6 {
        let world = Sandbox::new();
        let mut dice = Dice::of(seed);
        generate(&world, "repo", &mut dice, 30);
        if seed % 2 == 0 {
            world.git("repo", &["repack", "-adq"]);
            world.git("repo", &["pack-refs", "--all"]);
        }
        world.write("repo/untracked \u{fc}", "x");
        world.write("repo/a", "changed");
        compare(&world, "repo", &both(&world, "repo"), &mut dice);
    }
}

#[test]
fn sha_256_is_read_as_git_reads_it() {
    for seed in 7..=8 {
        let world = Sandbox::bare_world();
        let format = ["init", "--quiet", "--object-format=sha256", "--initial-branch=main"];
        world.git(".", &[&format[..], &["repo"]].concat());
        let mut dice = Dice::of(seed);
        generate(&world, "repo", &mut dice, 20);
        let chosen = chosen_view(&world, "repo");
        assert_eq!(chosen.backend().name, "plumbing");
        compare(&world, "repo", &[chosen], &mut dice);
    }
}

#[test]
fn what_is_included_on_a_condition_is_what_git_includes() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("sub/a", "1")], "one");
    world.worktree("wt", "agents/a");
    world.server("server.git");
    world.symlink("server.git", "link.git");
    world.write("more", "[contractgate]\n\tincluded = yes\n");
    for config in ["repo/.git/config", "server.git/config"] {
        let url = "[remote \"o\"]\n\turl = https://example.org/x\n";
        world.append(config, url);
    }
    let [more, top] = ["more", ""].map(|path| world.path(path).display().to_string());
    let top = top.trim_end_matches('/');
    let conditions = [
        format!("gitdir:{top}/server.git/"),
        format!("gitdir:{top}/server.git"),
        format!("gitdir:{top}/link.git/"),
        format!("gitdir:{top}/repo/.git/"),
        format!("gitdir:{top}/repo/"),
        format!("gitdir/i:{}/SERVER.git/", top.to_uppercase()),
        "gitdir:server.git/".to_owned(),
        "gitdir:/nowhere/".to_owned(),
        "onbranch:main".to_owned(),
        "onbranch:agents/".to_owned(),
        "hasconfig:remote.*.url:https://example.org/**".to_owned(),
        "hasconfig:remote.*.url:https://example.com/**".to_owned(),
    ];
    let mut included = 0;
    for condition in &conditions {
        let key = format!("includeIf.{condition}.path");
        for repository in ["repo", "server.git"] {
            world.git(repository, &["config", &key, &more]);
        }
        for directory in
            ["repo", "repo/sub", "repo/.git", "wt", "server.git", "server.git/refs", "link.git"]
        {
            let git = world.call(directory, sandbox::git_program());
            let git = git.args(["config", "--get", "contractgate.included"]).run();
            let git = (git.code == 0).then(|| git.line());
            included += usize::from(git.is_some());
            for view in both(&world, directory) {
                let name = view.backend().name;
                let said = view.config("contractgate.included").unwrap();
                assert_eq!(said, git, "{condition} in {directory}, {name}");
            }
        }
        for repository in ["repo", "server.git"] {
            world.git(repository, &["config", "--unset-all", &key]);
        }
    }
    assert!(included > 20, "{included}");
}

#[test]
fn places_are_the_same() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("sub/a", "1")], "one");
    world.worktree("wt", "agents/a");
    world.server("server.git");
    world.symlink("repo", "link");
    for directory in ["repo", "repo/sub", "repo/.git", "wt", "wt/sub", "server.git", "link/sub"] {
        let [one, other] = both(&world, directory);
        assert_eq!(one.place(), other.place(), "{directory}");
        assert_eq!(one.head(), other.head(), "{directory}");
    }
}

/// As git writes it under `worktree.useRelativePaths` (2.48 and later).
#[test]
fn a_worktree_is_found_from_its_git_directory_by_a_link_that_is_relative_too() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    world.worktree("wt", "agents/a");
    let git_dir = "repo/.git/worktrees/wt";
    let root = world.path("wt").canonicalize().unwrap();
    for link in [root.join(".git").display().to_string(), "../../../../wt/.git".to_owned()] {
        world.write(format!("{git_dir}/gitdir"), format!("{link}\n"));
        for view in both(&world, git_dir) {
            let name = view.backend().name;
            assert_eq!(view.place().worktree.as_ref(), Some(&root), "{link}, {name}");
        }
    }
}
