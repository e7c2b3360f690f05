//! `install` and `uninstall`, killed at any moment: each hook is the old one or the gate, nothing
//! of anybody's is lost, and doing it again completes it.

use std::time::{Duration, Instant};

use super::*;

const HOOKS: &str = "repo/.git/hooks";

/// Two lanes, and three hooks that were there before: a script, a link and a file that git ignores.
fn model() -> Sandbox {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0 # before\n");
    world.symlink("../../no/such/hook", format!("{HOOKS}/pre-push"));
    world.write(format!("{HOOKS}/pre-merge-commit"), "not executable\n");
    world
}

/// Starts a command, kills it after a time, and waits for the git that it may have started: that
/// one was not killed, and still writes.
fn kill(world: &Sandbox, command: &str, after: Duration) {
    let mut child = world.call("repo", Sandbox::gate_program()).arg(command).start();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap();
    let group = format!("kill -0 -{} 2>/dev/null", child.id());
    let begun = Instant::now();
    while world.call(".", "sh").args(["-c", &group]).run().code == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "git goes on and on");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Each hook is what was there, or the whole gate; and what was there is there, or kept.
fn nothing_is_half_done(world: &Sandbox, before: &BTreeMap<PathBuf, Entry>, when: &str) {
    let gate = fs::metadata(Sandbox::gate_program()).unwrap().len();
    let old = |name: &str| before.iter().find(|(path, _)| path.ends_with(format!("hooks/{name}")));
    let read = |path: &Path| match fs::symlink_metadata(path).ok() {
        Some(file) if file.is_symlink() => {
            Some(fs::read_link(path).unwrap().into_os_string().into_encoded_bytes())
        }
        Some(_) => Some(fs::read(path).unwrap()),
        None => None,
    };
    for name in CLIENT {
        let path = world.path(HOOKS).join(name);
        let kept = world.path("repo/.git/hooks.contract-gate").join(name);
        let (there, kept) = (read(&path), read(&kept));
        let was = old(name).map(|(_, entry)| entry.content.clone());
        let is_gate = there.as_ref().is_some_and(|there| there.len() as u64 == gate);
        assert!(is_gate || there == was, "{when}: {name} is neither the old one nor the gate");
        if is_gate {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o555, "{when}: {name}");
            assert_eq!(kept, was, "{when}: {name} was lost");
        }
    }
}

fn is_as_before(world: &Sandbox, before: &BTreeMap<PathBuf, Entry>, when: &str) {
    let after = everything(&world.path("repo/.git"));
    let root = |world: &Sandbox| world.path("repo/.git");
    let names: Vec<_> = after.keys().map(|path| path.strip_prefix(root(world)).unwrap()).collect();
    for (name, entry) in names.iter().zip(after.values()) {
        let was = before.iter().find(|(path, _)| path.ends_with(Path::new(".git").join(name)));
        let was = was.map(|(_, entry)| (entry.kind, entry.mode));
        assert_eq!(was, Some((entry.kind, entry.mode)), "{when}: {}", name.display());
    }
    assert_eq!(after.len(), before.len(), "{when}");
}

#[test]
fn an_installation_that_is_killed_goes_on_or_goes_away() {
    let model = model();
    let before = everything(&model.path("repo/.git"));
    let begun = Instant::now();
    model.copy().gate("repo", &["install"]).expect(0);
    let whole = begun.elapsed();
    for step in 0..20u32 {
        let when = format!("killed after {step}/19 of {whole:?}");
        let world = model.copy();
        kill(&world, "install", whole * step / 19);
        nothing_is_half_done(&world, &before, &when);
        if step % 2 == 0 {
            world.gate("repo", &["install"]).expect(0);
            world.gate("repo", &["doctor"]).expect(0);
            trespass(&world, "one").expect_failure().says("out-of-scope");
            world.git("one", &["reset", "--quiet", "--hard"]);
        }
        world.gate("repo", &["uninstall"]).expect(0);
        if step % 2 == 1 {
            is_as_before(&world, &before, &when);
        } else {
            assert!(!world.exists("repo/.git/hooks.contract-gate"), "{when}");
            nothing_is_half_done(&world, &before, &when);
        }
    }
}

#[test]
fn an_uninstallation_that_is_killed_goes_on_or_is_taken_back() {
    let model = model();
    let before = everything(&model.path("repo/.git"));
    model.gate("repo", &["install"]).expect(0);
    let begun = Instant::now();
    model.copy().gate("repo", &["uninstall"]).expect(0);
    let whole = begun.elapsed();
    for step in 0..12u32 {
        let when = format!("killed after {step}/11 of {whole:?}");
        let world = model.copy();
        kill(&world, "uninstall", whole * step / 11);
        nothing_is_half_done(&world, &before, &when);
        if step % 2 == 0 {
            world.gate("repo", &["install"]).expect(0);
            world.gate("repo", &["doctor"]).expect(0);
        }
        world.gate("repo", &["uninstall"]).expect(0);
        is_as_before(&world, &before, &when);
    }
}
