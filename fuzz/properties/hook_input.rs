//! What must hold of any bytes that git is said to have written to a hook: each line is read whole,
//! or is an error that counts right; what was read can be written again.
//!
//! Used by the fuzz target and, on the kept corpus, by ordinary tests. Whoever includes this file
//! has the parser beside it, as `input`.

use policy::oid::Oid;

use super::input::{LONGEST_LINE, Moved, Unreadable, each, moved, pushed, received};

/// Reads the bytes as the input of each hook.
pub fn holds(bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let filled = lines.iter().filter(|line| !line.is_empty()).count();
    is_counted(&lines, filled, each(bytes, moved).map(|line| line.map(drop)).collect());
    is_counted(&lines, filled, each(bytes, pushed).map(|line| line.map(drop)).collect());
    is_counted(&lines, filled, each(bytes, received).map(|line| line.map(drop)).collect());
    for line in lines {
        if let Some(Moved { old, new, name }) = moved(line) {
            assert_eq!([old, b" ", new, b" ", name].concat(), line);
            assert!(![old, new].iter().any(|part| part.contains(&b' ')));
        }
        if let Some(read) = received(line) {
            let name = read.name.as_bytes();
            let again = format!("{} ", written(read.new, line.len() - name.len()));
            assert!(line.ends_with(&[b" ", name].concat()));
            let before = &line[..line.len() - name.len()];
            assert!(before.to_ascii_lowercase().ends_with(again.as_bytes()), "{again}");
        }
        if let Some(read) = pushed(line) {
            let name = read.name.as_bytes();
            assert!(!name.is_empty() && !name.contains(&b' '));
            let lengths = [40, 64].into_iter().flat_map(|new| [(new, 40), (new, 64)]);
            let mut ends = lengths.map(|(new, claimed)| {
                let new = written(read.new, 2 * new + 2);
                let claimed = written(read.claimed, 2 * claimed + 2);
                [b" ", new.as_bytes(), b" ", name, b" ", claimed.as_bytes()].concat()
            });
            let folded = line.to_ascii_lowercase();
            assert!(ends.any(|end| folded.ends_with(&end.to_ascii_lowercase())));
        }
    }
}

/// An id, or the zero of the length that two ids and two blanks leave room for.
fn written(id: Option<Oid>, room: usize) -> String {
    id.map_or_else(|| "0".repeat(if room >= 130 { 64 } else { 40 }), |id| id.to_string())
}

/// Every line that is not empty has an answer, and an error names its own.
fn is_counted(lines: &[&[u8]], filled: usize, read: Vec<Result<(), Unreadable>>) {
    assert_eq!(read.len(), filled);
    let numbers = (1..).zip(lines).filter(|(_, line)| !line.is_empty());
    for ((number, text), read) in numbers.zip(read) {
        match read {
            Ok(()) => assert!(text.len() <= LONGEST_LINE),
            Err(Unreadable::Line { line }) => assert_eq!(line, number),
            Err(Unreadable::TooLong { line, bytes }) => {
                assert_eq!((line, bytes), (number, text.len()));
            }
            Err(Unreadable::TooMany) => panic!("{filled} lines are not too many"),
        }
    }
}
