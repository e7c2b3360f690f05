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
