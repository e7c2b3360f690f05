//! One file's three versions: the merge is git's.

use super::dice::Dice;
use super::*;
use crate::repository::{Steps, TextMerge, lines};

/// Three versions of a file.
type Case = [Vec<u8>; 3];

/// What `git merge` makes of each, all in one merge, with names taken off the conflicts' marks.
fn by_git(cases: &[Case]) -> Vec<TextMerge> {
    let world = Sandbox::new();
    world.init("repo");
    let commit = |side: usize| {
        for (number, case) in cases.iter().enumerate() {
            world.write(format!("repo/{number}"), &case[side]);
        }
        world.git("repo", &["add", "--all"]);
        world.git("repo", &["commit", "-q", "--allow-empty", "-m", "a side"]);
    };
    commit(0);
    world.git("repo", &["branch", "theirs"]);
    commit(1);
    world.git("repo", &["checkout", "-q", "theirs"]);
    commit(2);
    world.git("repo", &["checkout", "-q", "main"]);
    let ran = world.try_git("repo", &["merge", "-q", "--no-edit", "theirs"]);
    assert!(ran.code <= 1, "{ran:?}");
    let conflicts = world.git("repo", &["diff", "--name-only", "--diff-filter=U"]).lines();
    let of = |number: usize| {
        let content = std::fs::read(world.path(format!("repo/{number}"))).unwrap();
        match conflicts.contains(&number.to_string()) {
            true => TextMerge::Conflict(without_names(&content)),
            false => TextMerge::Clean(content),
        }
    };
    (0..cases.len()).map(of).collect()
}

fn without_names(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let is_mark = line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> ");
        if is_mark { [&line[..7], b"\n"].concat() } else { line.to_vec() }
    });
    lines.collect::<Vec<_>>().concat()
}

fn merged([base, ours, theirs]: &Case) -> TextMerge {
    lines::merge([base, ours, theirs], &mut Steps::most(1 << 32)).unwrap()
}

/// Merges each both ways round.
fn check(cases: Vec<Case>) {
    let turned =
        cases.iter().map(|[base, ours, theirs]| [base.clone(), theirs.clone(), ours.clone()]);
    let cases: Vec<Case> = cases.iter().cloned().chain(turned).collect();
    for (case, by_git) in cases.iter().zip(by_git(&cases)) {
        let shown = || case.each_ref().map(|content| String::from_utf8_lossy(content).into_owned());
        assert_eq!(merged(case), by_git, "{:?}", shown());
    }
}

#[test]
fn the_merge_is_gits_own() {
    let cases = [
        ["", "", ""],
        ["", "a\n", ""],
        ["", "a\n", "b\n"],
        ["a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n"],
        ["a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n"],
        ["a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\nd\n"],
        ["a\nb\nc\nd\n", "a\nb\nc\nd", "A\nb\nc\nd\n"],
        ["a\r\nb\r\nc\r\n", "a\nb\nc\n", "a\r\nb\r\nc\r\nd\r\n"],
        ["a\nb\nc\nd\ne\nf\n", "a\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nf\ng\n"],
        ["a\nb\nc\n", "", "a\nb\nC\n"],
        ["x\n", "x\ny\n", "x\ny\n"],
    ];
    check(cases.map(|case| case.map(|text| text.as_bytes().to_vec())).to_vec());
}

/// Drawn files: of how many lines at the most, of how many kinds, with how many edits, and how many files.
fn drawn(seed: u64, lines: usize, kinds: usize, edits: usize, files: usize) -> Vec<Case> {
    let mut dice = Dice::of(seed);
    let mut case = || {
        let base: Vec<usize> = (0..dice.roll(lines)).map(|_| dice.roll(kinds)).collect();
        let mut edited = || {
            let mut text = base.clone();
            for _ in 0..dice.roll(edits) {
                let at = dice.roll(text.len() + 1);
                match dice.roll(4) {
                    0 => text.insert(at, dice.roll(kinds + 2)),
                    1 if at < text.len() => drop(text.remove(at)),
                    2 if at < text.len() => text[at] = dice.roll(kinds + 2),
                    3 => {
                        let end = (at + dice.roll(4)).min(text.len());
                        let moved: Vec<usize> = text.drain(at..end).collect();
                        let to = dice.roll(text.len() + 1);
                        text.splice(to..to, moved);
                    }
                    _ => {}
                }
            }
            text
        };
        let sides = [edited(), edited()];
        let ends_open = dice.roll(8) == 0;
        let written = |text: &Vec<usize>| {
            let mut text: String = text.iter().map(|line| format!("line {line}\n")).collect();
            if ends_open {
                text.pop();
            }
            text.into_bytes()
        };
        [written(&base), written(&sides[0]), written(&sides[1])]
    };
    (0..files).map(|_| case()).collect()
}

#[test]
fn the_merge_is_gits_own_on_drawn_files() {
    let mut cases = drawn(1, 30, 8, 4, 300);
    // Lines that come again and again, many changes, and lines that are too common to hold on to.
    cases.extend(drawn(2, 40, 3, 8, 300));
    cases.extend(drawn(3, 12, 2, 6, 300));
    cases.extend(drawn(4, 300, 60, 40, 60));
    cases.extend(drawn(5, 400, 3, 30, 60));
    check(cases);
}

#[test]
fn a_binary_content_is_taken_whole_or_not_at_all() {
    let merge =
        |base: &[u8], ours: &[u8], theirs: &[u8]| merged(&[base, ours, theirs].map(<[u8]>::to_vec));
    assert_eq!(merge(b"a\0\nb\nc\n", b"A\0\nb\nc\n", b"a\0\nb\nC\n"), TextMerge::NoText);
    assert_eq!(merge(b"a\0", b"a\0", b"b\0"), TextMerge::Clean(b"b\0".to_vec()));
    assert_eq!(merge(b"a\0", b"b\0", b"b\0"), TextMerge::Clean(b"b\0".to_vec()));
    // Behind the first 8,000 bytes a NUL is a byte like others.
    let long = |first: &str, last: &str| {
        format!("{first}\n{}\n\0\n{last}\n", "middle\n".repeat(2_000)).into_bytes()
    };
    let made = merge(&long("a", "b"), &long("A", "b"), &long("a", "B"));
    assert!(matches!(made, TextMerge::Clean(_)));
}

#[test]
fn what_would_take_too_long_is_not_merged() {
    let [case] = &drawn(6, 400, 3, 30, 1)[..] else { unreachable!() };
    let merge = |most| {
        let steps = &mut Steps::most(most);
        let made = lines::merge(case.each_ref().map(Vec::as_slice), steps).unwrap();
        (made, steps.taken())
    };
    let (made, taken) = merge(1 << 32);
    assert_ne!(made, TextMerge::TooDear);
    assert_eq!(merge(taken), (made, taken));
    assert_eq!(merge(taken - 1), (TextMerge::TooDear, taken - 1));
}

#[test]
fn lines_are_counted_as_git_counts_them() {
    let world = Sandbox::new();
    let view = view(&world, "repo");
    let cases: [[&[u8]; 2]; 9] = [
        [b"", b"a\nb\n"],
        [b"a\nb\n", b""],
        [b"a\nb\nc\n", b"a\nB\nc\nd\n"],
        [b"a\n", b"a"],
        [b"a\r\nb\r\n", b"a\nb\n"],
        [b"a\nb\nc\nd\n", b"d\nc\nb\na\n"],
        [b"a\n\xff\n", b"a\n\xfe\n"],
        [b"a\0b\n", b"a\n"],
        [b"a\n", b"a\0b\n"],
    ];
    for [old, new] in cases {
        world.write("old", old);
        world.write("new", new);
        let arguments = ["diff", "--no-index", "--numstat", "--", "old", "new"];
        let told = world.try_git(".", &arguments).line();
        let mut words = told.split('\t');
        let mut next = || words.next().and_then(|word| word.parse::<usize>().ok());
        let by_git = next().zip(next());
        let counted = view.count_lines(old, new).unwrap();
        let counted = counted.map(|count| (count.added, count.deleted));
        assert_eq!(counted, by_git, "{:?}", [old, new].map(String::from_utf8_lossy));
    }
}
