//! The record of an installation: a small JSON file in the directory beside the hooks, by which a
//! later `install` or `uninstall` knows what is the gate's own.
//!
//! It is written before anything that it speaks of, so that a file of the gate's is always known
//! as one, wherever an installation stopped.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{HookName, HooksDirectory, Problem};
use crate::system::files;

const NAME: &str = "installed.json";

/// The record's largest size, in bytes; it has a few lines.
const LIMIT: u64 = 1 << 20;

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of this format: 1.
    format: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// What git calls the program's content (`git hash-object`), the present one first. More than
    /// one while a newer program takes the place of an older.
    pub programs: Vec<String>,
    /// The hooks that the gate stands in.
    #[serde(default)]
    pub hooks: BTreeSet<HookName>,
    /// Whether the hooks directory itself was made.
    #[serde(default)]
    pub made_directory: bool,
    /// Whether the directory is there for every repository, by a global or system setting.
    #[serde(default, skip_serializing_if = "is_not")]
    pub every_repository: bool,
    /// The keys in the repository's own configuration that were set.
    #[serde(default)]
    pub settings: Vec<Setting>,
}

/// A key in git's configuration that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// The value that it was given.
    pub value: String,
    /// The value that it had.
    pub before: Option<String>,
}

impl Record {
    /// A record in which nothing is installed yet.
    pub fn empty() -> Self {
        Self {
            format: 1,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            programs: Vec::new(),
            hooks: BTreeSet::new(),
            made_directory: false,
            every_repository: false,
            settings: Vec::new(),
        }
    }

    /// Reads it; `None` when nothing was installed.
    ///
    /// # Errors
    /// It is there and cannot be understood.
    pub fn read(hooks: &HooksDirectory) -> Result<Option<Self>, Problem> {
        let path = path(hooks);
        let unreadable = |reason: String| Problem::Record { path: path.clone(), reason };
        let Some(bytes) =
            files::read(&path, LIMIT).map_err(|error| unreadable(error.to_string()))?
        else {
            return Ok(None);
        };
        let record: Self =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        match record.format {
            1 => Ok(Some(record)),
            other => Err(unreadable(format!("its format is {other}, a newer program wrote it"))),
        }
    }

    /// Writes it, when it is not already there in these words.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, hooks: &HooksDirectory) -> Result<(), Problem> {
        let (beside, path) = (hooks.beside(), path(hooks));
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Problem::Record { path: path.clone(), reason: error.to_string() })?;
        text.push('\n');
        if files::read(&path, LIMIT).is_ok_and(|there| there.as_deref() == Some(text.as_bytes())) {
            return Ok(());
        }
        fs::create_dir_all(&beside).map_err(Problem::file(&beside))?;
        files::write(&path, text.as_bytes(), 0o644).map_err(Problem::file(&path))
    }

    /// Takes it away; nothing is installed from here on.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(hooks: &HooksDirectory) -> Result<(), Problem> {
        let path = path(hooks);
        match fs::remove_file(&path) {
            Err(error) if !files::is_absent(&error) => Err(Problem::file(&path)(error)),
            _ => Ok(()),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_not(flag: &bool) -> bool {
    !flag
}

fn path(hooks: &HooksDirectory) -> PathBuf {
    hooks.beside().join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_and_a_strange_one_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let hooks = HooksDirectory::new(&place.path().join("hooks"));
        assert_eq!(Record::read(&hooks).unwrap(), None);
        let mut record = Record::empty();
        record.programs.push("0123".to_owned());
        record.settings.push(Setting {
            key: "contractgate.trunk".to_owned(),
            value: "main".to_owned(),
            before: None,
        });
        record.write(&hooks).unwrap();
        assert_eq!(Record::read(&hooks).unwrap(), Some(record.clone()));
        for strange in ["", "{}", &serde_json::to_string(&Record { format: 2, ..record }).unwrap()]
        {
            fs::write(path(&hooks), strange).unwrap();
            assert!(Record::read(&hooks).is_err(), "{strange}");
        }
        Record::remove(&hooks).unwrap();
        Record::remove(&hooks).unwrap();
        assert_eq!(Record::read(&hooks).unwrap(), None);
    }
}
