//! What becomes of a fault of the program itself: it blocks, as everything does that cannot be
//! known.

use std::io::Write;
use std::panic::{PanicHookInfo, set_hook};

use policy::text::printable;

use super::UNDECIDED;

/// From here on a panic, in any thread, ends the process with status 2. Rust's own 101 would
/// block in a hook as well, but it is no word of this program's, and CI asks for the number.
pub fn block_on_panic() {
    set_hook(Box::new(|info| {
        // A closed standard error changes nothing.
        let _ = std::io::stderr().lock().write_all(message(info).as_bytes());
        std::process::exit(UNDECIDED.into());
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let what = text.unwrap_or("for no known reason");
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
    format!(
        "undecided[fault]: contract-gate failed{}: {}\n  \
         Nothing was decided, which blocks. Please report this, with the command.\n",
        place.unwrap_or_default(),
        printable(what)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAG: &str = "CONTRACT_GATE_TEST_OF_A_PANIC";

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a panic can only be watched from outside")]
    fn a_panic_in_any_thread_ends_with_2() {
        if std::env::var_os(FLAG).is_some() {
            block_on_panic();
            let thread = std::thread::spawn(|| panic!("no\x1b[2Jsuch luck"));
            let _ = thread.join();
            std::process::exit(0);
        }
        let ended = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cli::fault::tests::a_panic_in_any_thread_ends_with_2"])
            .arg("--nocapture")
            .env(FLAG, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(said.contains(r"no\x1b[2Jsuch luck") && said.contains("which blocks"), "{said}");
    }
}
