//! The keys of git's configuration that an installation sets, and takes back.

use super::place::{effective_setting, own_setting};
use super::record::Setting;
use super::{HooksDirectory, Left, Problem, Record};
use crate::system::process::Git;

/// The branch that lanes land on.
pub const TRUNK: &str = "contractgate.trunk";

/// `observe`: everything is reported, nothing refused.
pub const MODE: &str = "contractgate.mode";

/// The value of [`MODE`] under which nothing is refused.
pub const OBSERVE: &str = "observe";

/// The file in which a contract was found once: from then on one that has become unrecognisable
/// is no legal text.
pub const CONTRACT: &str = "contractgate.contract";

/// The value of a key in the repository's own configuration.
///
/// # Errors
/// Git gives no answer.
pub fn own(git: &Git, key: &str) -> Result<Option<String>, Problem> {
    own_setting(git.clone(), key)
}

/// The value of a key here, wherever it is set.
///
/// # Errors
/// Git gives no answer.
pub fn effective(git: &Git, key: &str) -> Result<Option<String>, Problem> {
    effective_setting(git.clone(), key)
}

/// Sets a key in the repository's own configuration, and notes the value that it had. A key that
/// has the value already is left alone, and belongs to whoever set it.
///
/// # Errors
/// It cannot be written.
pub fn set(hooks: &HooksDirectory, git: &Git, key: &str, value: &str) -> Result<(), Problem> {
    let before = own(git, key)?;
    if before.as_deref() == Some(value) {
        return Ok(());
    }
    let mut record = Record::read(hooks)?.unwrap_or_else(Record::empty);
    match record.settings.iter_mut().find(|setting| setting.key == key) {
        // Changed by hand since: that value is the one to go back to.
        Some(setting) if before.as_ref() != Some(&setting.value) => {
            *setting = Setting { key: key.to_owned(), value: value.to_owned(), before };
        }
        Some(setting) => value.clone_into(&mut setting.value),
        None => {
            let setting = Setting { key: key.to_owned(), value: value.to_owned(), before };
            record.settings.push(setting);
        }
    }
    record.write(hooks)?;
    write(git, key, value)
}

/// Takes back a key that an earlier installation set, if it did. What is left, when somebody
/// else set or changed it.
///
/// # Errors
/// It cannot be written.
pub fn unset(hooks: &HooksDirectory, git: &Git, key: &str) -> Result<Option<Left>, Problem> {
    let mut record = Record::read(hooks)?.unwrap_or_else(Record::empty);
    let Some(at) = record.settings.iter().position(|setting| setting.key == key) else {
        return Ok(own(git, key)?.map(|value| Left::Setting { key: key.to_owned(), value }));
    };
    let setting = record.settings.remove(at);
    let left = take_back(git, &setting)?;
    record.write(hooks)?;
    Ok(left)
}

/// Gives a key the value that it had before it was set.
pub(super) fn take_back(git: &Git, setting: &Setting) -> Result<Option<Left>, Problem> {
    let key = setting.key.clone();
    match (own(git, &key)?, &setting.before) {
        // Taken back already, by an uninstallation that stopped.
        (present, before) if present == *before => Ok(None),
        (Some(value), _) if value != setting.value => Ok(Some(Left::Setting { key, value })),
        (Some(_), Some(before)) => write(git, &key, before).map(|()| None),
        (Some(_), None) => {
            let call = git.clone().args(["config", "--local", "--unset-all", &key]);
            call.stdout()?;
            Ok(None)
        }
        (None, Some(_) | None) => Ok(None),
    }
}

fn write(git: &Git, key: &str, value: &str) -> Result<(), Problem> {
    git.clone().args(["config", "--local", "--replace-all", key, value]).stdout()?;
    Ok(())
}
