//! A contract file that is named on the command line, or found where it belongs.

use std::path::{Path, PathBuf};

use policy::contract::ContractFile;
use policy::text::printable;

use super::Failure;
use crate::repository::GitView;
use crate::system::environment::Environment;
use crate::system::files;

/// The largest file that is read at all, in bytes. What is longer than a contract may be is a
/// problem of the contract's, and said with the others.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A contract's text, and how it is named to people.
pub struct Written {
    /// Which spelling it has.
    pub spelling: ContractFile,
    /// The file, as it was named or found. Safe to print.
    pub name: String,
    /// Its bytes.
    pub text: Vec<u8>,
}

/// Reads the file that was named.
///
/// # Errors
/// When it is not there, cannot be read, or its name does not say which spelling it has.
pub fn named(path: &Path) -> Result<Written, Failure> {
    let shown = printable(&path.to_string_lossy());
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    let spelling = match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("toml") => ContractFile::Toml,
        Some("md" | "markdown") => ContractFile::Markdown,
        _ => {
            let message = format!("{shown} is neither .md nor .toml, so its spelling is not known");
            return Err(Failure::new(message));
        }
    };
    let text = files::read(path, LARGEST)
        .map_err(|error| Failure::new(format!("{shown} cannot be read: {error}")))?
        .ok_or_else(|| Failure::new(format!("{shown} is not there")))?;
    Ok(Written { spelling, name: shown, text })
}

/// Reads the contract at the root of this worktree, or in the current directory where there is no
/// repository.
///
/// # Errors
/// When there is none, or one in each spelling.
pub fn found(view: Option<&dyn GitView>, environment: &Environment) -> Result<Written, Failure> {
    let worktree = view.and_then(|view| view.place().worktree.clone());
    let root = worktree.unwrap_or_else(|| environment.directory().to_owned());
    let there = ContractFile::ALL.map(|file| root.join(file.name()));
    let there = there.into_iter().filter(|path| path.exists()).collect::<Vec<PathBuf>>();
    match there.as_slice() {
        [one] => {
            let written = named(one)?;
            Ok(Written { name: written.spelling.name().to_owned(), ..written })
        }
        [] => {
            let root = printable(&root.to_string_lossy());
            Err(Failure::new(format!("there is no contract.toml and no CONTRACT.md in {root}")))
        }
        _ => Err(Failure::new("there are both a contract.toml and a CONTRACT.md: name one")),
    }
}
