//! Where the demo plays: a directory of its own, in which git sees no configuration but the
//! play's, and this very program is `contract-gate`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::steps::{Deed, Place};
use crate::cli::Failure;
use crate::system::environment::Environment;
use crate::system::process;

/// How long one command may take. The whole play takes a few seconds.
const LIMIT: Duration = Duration::from_secs(60);

/// What git is told by the play, instead of by the user's configuration: a signature, a template
/// or a hooks path of theirs must not change how the play ends.
const CONFIGURATION: &str = "\
[user]
\tname = contract-gate demo
\temail = demo@example.invalid
[init]
\tdefaultBranch = main
[core]
\tautocrlf = false
[advice]
\tdetachedHead = false
";

/// The directory, and everything that a command is started with.
pub struct Stage {
    top: PathBuf,
    program: PathBuf,
    variables: BTreeMap<OsString, OsString>,
}

/// How one command ended.
pub struct Ended {
    /// Whether its exit status was 0.
    pub well: bool,
    /// Its exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// What it wrote, standard output before standard error. Foreign text.
    pub output: String,
}

impl Stage {
    /// Sets the stage up in an empty directory.
    pub fn set_up(top: &Path, program: PathBuf, environment: &Environment) -> io::Result<Self> {
        let home = top.join("home");
        fs::create_dir(&home)?;
        fs::write(home.join(".gitconfig"), CONFIGURATION)?;

        let foreign = |name: &str| {
            let of_git = name.starts_with("GIT_") && name != "GIT_EXEC_PATH";
            of_git || ["CONTRACT_GATE_AGENT", "XDG_CONFIG_HOME", "EMAIL"].contains(&name)
        };
        let mut variables = environment
            .variables()
            .filter(|(name, _)| !name.to_str().is_some_and(foreign))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<BTreeMap<_, _>>();
        let own: [(&str, OsString); 6] = [
            ("HOME", home.clone().into()),
            ("GIT_CONFIG_GLOBAL", home.join(".gitconfig").into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            ("GIT_CEILING_DIRECTORIES", top.into()),
            ("LC_ALL", "C.UTF-8".into()),
        ];
        variables.extend(own.map(|(name, value)| (name.into(), value)));
        Ok(Self { top: top.to_owned(), program, variables })
    }

    /// The path of a place.
    pub fn path(&self, place: Place) -> PathBuf {
        self.top.join(place.directory())
    }

    /// Does what is no command; a command is for [`Stage::run`].
    pub fn edit(&self, deed: &Deed) -> io::Result<()> {
        match *deed {
            Deed::Write(place, file, text) => {
                let path = self.path(place).join(file);
                if let Some(directory) = path.parent() {
                    fs::create_dir_all(directory)?;
                }
                fs::write(path, text)
            }
            Deed::Change(place, file, old, new) => {
                let path = self.path(place).join(file);
                let text = fs::read_to_string(&path)?;
                if !text.contains(old) {
                    return Err(io::Error::other(format!("{file} does not contain {old:?}")));
                }
                fs::write(path, text.replacen(old, new, 1))
            }
            Deed::Run(..) => Ok(()),
        }
    }

    /// Runs a command to its end.
    pub fn run(&self, place: Place, words: &[&str]) -> Result<Ended, Failure> {
        let shown = words.join(" ");
        let (name, arguments) = words.split_first().unwrap_or((&"", &[]));
        let mut command = match *name {
            "contract-gate" => self.command(&self.program, place),
            name => self.command(Path::new(name), place),
        };
        command.args(arguments);
        let output = process::run(command, &shown, None, LIMIT)
            .map_err(|error| Failure::new(error.to_string()))?;
        let text = [output.stdout, output.stderr].concat();
        Ok(Ended {
            well: output.status.success(),
            status: output.status.code(),
            output: String::from_utf8_lossy(&text).into_owned(),
        })
    }

    fn command(&self, program: &Path, place: Place) -> Command {
        let mut command = process::command(program, &self.path(place));
        command.env_clear().envs(&self.variables);
        command
    }

    /// Every ref of both repositories, to see whether one has moved.
    pub fn refs(&self) -> Result<String, Failure> {
        let mut refs = String::new();
        for place in [Place::Project, Place::Server] {
            let listed = self.run(place, &["git", "for-each-ref"])?;
            if !listed.well {
                return Err(Failure::new(format!("git for-each-ref failed: {}", listed.output)));
            }
            refs.push_str(&listed.output);
        }
        Ok(refs)
    }
}
