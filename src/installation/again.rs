//! The command that makes an installation again, as it is: with the hooks that it left out, and
//! as strict.

use policy::text::shell_word;

use super::settings::{MODE, OBSERVE, own};
use super::{HookName, Kind, Place, Problem, Record, Serves};

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
    let bare = place.worktrees.first().filter(|main| main.kind == Kind::Bare);
    let elsewhere = match is_server {
        false => place.linked(),
        // A server's are installed in the repository, whoever asks in a worktree of it.
        true => bare.filter(|_| !place.is_bare()).map(|bare| bare.path.as_path()),
    };
    let mut command = match elsewhere {
        Some(root) => format!("contract-gate -C {} install", shell_word(&root.to_string_lossy())),
        None => "contract-gate install".to_owned(),
    };
    if is_server {
        command.push_str(" --server");
    }
    // A server's hooks are its own: they are for no other repository.
    if !is_server && place.serves() == Serves::EveryRepository {
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
