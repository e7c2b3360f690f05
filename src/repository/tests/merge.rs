//! One file's three versions: the merge is git's.

use super::*;

/// What `git merge-file` makes of it; `None` when it conflicts.
fn by_git(world: &Sandbox, base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    for (file, content) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        world.write(file, content);
    }
    let ran = world.try_git(".", &["merge-file", "-p", "-q", "ours", "base", "theirs"]);
    (ran.code == 0).then_some(ran.stdout)
}

fn check(world: &Sandbox, view: &dyn GitView, base: &[u8], ours: &[u8], theirs: &[u8]) {
    let shown = [base, ours, theirs].map(|content| String::from_utf8_lossy(content).into_owned());
    let merged = view.merge_text(base, ours, theirs).unwrap();
    assert_eq!(merged, by_git(world, base, ours, theirs), "{shown:?}");
}

#[test]
fn the_merge_is_gits_own() {
    let world = Sandbox::new();
    let view = view(&world, "repo");
    let cases: [[&str; 3]; 11] = [
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
    for [base, ours, theirs] in cases {
        check(&world, &*view, base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
        check(&world, &*view, base.as_bytes(), theirs.as_bytes(), ours.as_bytes());
    }
}

#[test]
fn the_merge_is_gits_own_on_drawn_files() {
    let world = Sandbox::new();
    let view = view(&world, "repo");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    for _ in 0..150 {
        let base: Vec<u64> = (0..roll(30)).map(|_| roll(8)).collect();
        let mut edited = || {
            let mut lines = base.clone();
            for _ in 0..roll(4) {
                let at = roll(lines.len() as u64 + 1) as usize;
                match roll(3) {
                    0 => lines.insert(at, 10 + roll(3)),
                    1 if at < lines.len() => drop(lines.remove(at)),
                    _ if at < lines.len() => lines[at] = 20 + roll(3),
                    _ => {}
                }
            }
            lines.iter().map(|line| format!("line {line}\n")).collect::<String>()
        };
        let (ours, theirs) = (edited(), edited());
        let base: String = base.iter().map(|line| format!("line {line}\n")).collect();
        check(&world, &*view, base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
    }
}

#[test]
fn a_binary_content_is_taken_whole_or_not_at_all() {
    let world = Sandbox::new();
    let view = view(&world, "repo");
    let merge =
        |base: &[u8], ours: &[u8], theirs: &[u8]| view.merge_text(base, ours, theirs).unwrap();
    assert_eq!(merge(b"a\0\nb\nc\n", b"A\0\nb\nc\n", b"a\0\nb\nC\n"), None);
    assert_eq!(merge(b"a\0", b"a\0", b"b\0").unwrap(), b"b\0");
    assert_eq!(merge(b"a\0", b"b\0", b"b\0").unwrap(), b"b\0");
    // Behind the first 8,000 bytes a NUL is a byte like others.
    let long = |first: &str, last: &str| {
        format!("{first}\n{}\n\0\n{last}\n", "middle\n".repeat(2_000)).into_bytes()
    };
    assert!(merge(&long("a", "b"), &long("A", "b"), &long("a", "B")).is_some());
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
