//! The command that makes an installation again, as it is: with the hooks that it left out, and
//! as strict.

use policy::text::shell_word;

use super::settings::{MODE, OBSERVE, own};
use super::{HookName, Place, Problem, Record, Serves};

/// The command, for a record of what was installed; without one, for a first installation here.
///
/// # Errors
/// Git gives no answer.
pub fn command(place: &Place, record: Option<&Record>) -> Result<String, Problem> {
    // A client's hooks are installed in a worktree, also those of a bare repository's.
    let is_server = match record {
        Some(record) => record.hooks.contains(&HookName::PreReceive),
        None => place.is_bare() && place.linked().is_none(),
    };
    let mut command = match place.linked().filter(|_| !is_server) {
        Some(root) => format!("contract-gate -C {} install", shell_word(&root.to_string_lossy())),
        None => "contract-gate install".to_owned(),
    };
    if is_server {
        command.push_str(" --server");
    }
    if place.serves() == Serves::EveryRepository {
        command.push_str(" --allow-global");
    }
    if let Some(record) = record {
        let all: &[HookName] = if is_server { &HookName::SERVER } else { &HookName::CLIENT };
        for hook in all.iter().filter(|hook| !record.hooks.contains(hook)) {
            command.push_str(&format!(" --without {hook}"));
        }
        let is_ours = record.settings.iter().any(|setting| setting.key == MODE);
        if is_ours && own(&place.git(), MODE)?.as_deref() == Some(OBSERVE) {
            command.push_str(" --observe");
        }
    }
    Ok(command)
}
