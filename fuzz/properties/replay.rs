//! The kept corpus of a fuzz target, input by input, as an ordinary test on a stable compiler.

use std::fs;
use std::path::{Path, PathBuf};

/// More than this would no longer be a corpus that is replayed at every run of the tests.
const MOST_INPUTS: usize = 200;
/// The longest input, in bytes: as in `fuzz/run.sh`.
const LONGEST_INPUT: usize = 4096;

/// Gives every kept input of a target to what must hold of it. `root` is the repository's.
pub fn each(root: &Path, target: &str, holds: impl Fn(&[u8])) {
    let directory = root.join("fuzz/corpus").join(target);
    let entries =
        fs::read_dir(&directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
    let mut inputs: Vec<PathBuf> = entries.map(|entry| entry.expect("an input").path()).collect();
    inputs.sort();
    assert!((10..=MOST_INPUTS).contains(&inputs.len()), "{target} has {} inputs", inputs.len());
    for input in &inputs {
        let bytes = fs::read(input).expect("an input that can be read");
        assert!(bytes.len() <= LONGEST_INPUT, "{} is too long to be kept", input.display());
        let named = Named(input);
        holds(&bytes);
        drop(named);
    }
}

/// Says which input it was when what must hold does not.
struct Named<'p>(&'p Path);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("with the input {}", self.0.display());
        }
    }
}
