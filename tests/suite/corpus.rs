//! What the fuzz targets of the product's own parsers have kept, replayed. The parsers are read
//! from the sources: they see nothing but bytes.

use std::path::Path;

#[path = "../../fuzz/properties/hook_input.rs"]
mod hook_input;
#[path = "../../src/checkpoints/input.rs"]
#[allow(dead_code, reason = "the product uses the rest of it")]
mod input;
#[path = "../../fuzz/properties/listed.rs"]
mod listed;
#[path = "../../fuzz/properties/object.rs"]
mod object;
#[path = "../../fuzz/properties/replay.rs"]
mod replay;

fn each(target: &str, holds: impl Fn(&[u8])) {
    replay::each(Path::new(env!("CARGO_MANIFEST_DIR")), target, holds);
}

#[test]
fn what_git_writes_to_hooks() {
    each("hook_input", hook_input::holds);
}

#[test]
fn objects() {
    each("object", object::holds);
}

#[test]
fn what_git_prints() {
    each("listed", listed::holds);
}
