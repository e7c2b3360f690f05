//! Objects: one `git cat-file --batch-command` answers for all of them (git 2.36 and newer).
//!
//! Git reads an object without computing its hash; that is done here, so that a content that was
//! put in another's place is damage, as it is for libgit2.

use std::cell::RefCell;

use policy::oid::Oid;

use super::listed::{self, Answer, Malformed};
use crate::repository::objects::hash;
use crate::repository::raw::ObjectKind;
use crate::repository::{Read, ReadError};
use crate::system::process::{Conversation, Git, ProcessError};

/// The line with which an answer begins is longer than this only by somebody's long revision
/// expression, which it repeats.
const MAX_LINE: usize = 64 << 10;

/// The process, started when it is first asked, and again after it has ended.
#[derive(Debug)]
pub struct Batch {
    git: Git,
    process: RefCell<Option<Conversation>>,
}

impl Batch {
    /// Objects as this git sees them.
    pub fn new(git: Git) -> Self {
        Self { git: git.args(["cat-file", "--batch-command"]), process: RefCell::new(None) }
    }

    /// An object's kind and content, once its size in bytes has been agreed to.
    pub fn content(
        &self,
        id: Oid,
        agree: impl FnOnce(u64) -> Read<()>,
    ) -> Read<(ObjectKind, Vec<u8>)> {
        let found = self.ask(&format!("contents {id}"), |process, answer| match answer {
            Answer::Missing => Ok(Heard::Whole(Ok(None))),
            Answer::Found { id, kind, size } => {
                if let Err(too_large) = agree(size) {
                    return Ok(Heard::Begun(Err(too_large)));
                }
                // The content, and the end of a line behind it.
                let mut content = process.read_exactly(size.saturating_add(1))?;
                content.pop();
                Ok(Heard::Whole(Ok(Some((id, kind, content)))))
            }
        });
        let (answered, kind, content) = found
            .map_err(|reason| unreadable(id, &reason))??
            .ok_or_else(|| unreadable(id, "it is not in the repository"))?;
        if answered != id {
            return Err(unreadable(id, "git answers with another object"));
        }
        if hash(id, kind, &content) != Some(id) {
            return Err(unreadable(id, "its content has another hash"));
        }
        Ok((kind, content))
    }

    /// What a name stands for: an object's id, kind and size in bytes.
    ///
    /// # Errors
    /// What git says when it cannot tell.
    pub fn info(&self, name: &str) -> Result<Option<(Oid, ObjectKind, u64)>, String> {
        self.ask(&format!("info {name}"), |_, answer| match answer {
            Answer::Missing => Ok(Heard::Whole(None)),
            Answer::Found { id, kind, size } => Ok(Heard::Whole(Some((id, kind, size)))),
        })
    }

    fn ask<T>(
        &self,
        command: &str,
        read: impl FnOnce(&mut Conversation, Answer) -> Result<Heard<T>, ProcessError>,
    ) -> Result<T, String> {
        let mut slot = self.process.borrow_mut();
        // A process that has failed is not asked again: where it stands is not known.
        let mut process = match slot.take() {
            Some(process) => process,
            None => self.git.clone().converse().map_err(|error| error.to_string())?,
        };
        let answered = exchange(&mut process, command, read);
        match answered {
            Ok(Ok(Heard::Whole(value))) => {
                *slot = Some(process);
                Ok(value)
            }
            // To read on to the end of something huge takes longer than to begin anew.
            Ok(Ok(Heard::Begun(value))) => Ok(value),
            Ok(Err(malformed)) => Err(malformed.to_string()),
            Err(failure) => Err(process.end(failure)),
        }
    }
}

/// What came of an answer.
enum Heard<T> {
    /// It was read to its end: the next question can be asked.
    Whole(T),
    /// What follows was not read.
    Begun(T),
}

fn exchange<T>(
    process: &mut Conversation,
    command: &str,
    read: impl FnOnce(&mut Conversation, Answer) -> Result<T, ProcessError>,
) -> Result<Result<T, Malformed>, ProcessError> {
    process.ask(command)?;
    let line = process.read_line(MAX_LINE)?;
    match listed::answer(&line) {
        Ok(answer) => read(process, answer).map(Ok),
        Err(malformed) => Ok(Err(malformed)),
    }
}

fn unreadable(id: Oid, reason: &str) -> ReadError {
    ReadError::Object { id, reason: reason.to_owned() }
}
