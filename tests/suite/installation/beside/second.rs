//! The other program was there first, and the gate comes to it.

use super::*;

fn comes_and_goes(other: &'static Other) {
    let Some(beside) = Beside::new(other) else { return };
    let world = &beside.world;
    beside.other(other.install);
    let before = everything(&beside.hooks());
    world.gate("one", &["install", "--trunk", "main"]).expect(0);
    beside.both_work();
    world.gate("one", &["doctor"]).says("fires, version");
    // It writes its hooks anew, and one installation mends that; as often as it likes.
    for _ in 0..2 {
        beside.other(other.anew);
        beside.is_warned(true);
        let mended = world.gate("one", &["install"]);
        mended.expect(0).says(&format!("installed again: {} had written its own", other.name));
        beside.both_work();
    }
    let again = everything(&beside.hooks());
    world.gate("one", &["install"]).expect(0).says("unchanged");
    assert!(again == everything(&beside.hooks()), "a repeated installation changes nothing");
    world.gate("one", &["uninstall"]).expect(0);
    let after = everything(&beside.hooks());
    let ours = |path: &&PathBuf| {
        let inside = path.strip_prefix(world.path("")).unwrap_or(path);
        inside.to_string_lossy().contains("contract-gate")
    };
    assert_eq!(after.keys().filter(ours).count(), 0);
    for (path, entry) in &before {
        assert_eq!(after.get(path), Some(entry), "{} is as it was", path.display());
    }
    beside.the_other_works_alone();
}

#[test]
fn husky() {
    comes_and_goes(&HUSKY);
}

#[test]
fn lefthook() {
    comes_and_goes(&LEFTHOOK);
}

#[test]
fn pre_commit() {
    comes_and_goes(&PRE_COMMIT);
}

#[test]
fn prek() {
    comes_and_goes(&PREK);
}
