//! The gate's hooks in a repository: put there, found there, taken away again.
//!
//! One private copy of the program lies in the directory that git takes hooks from, and the
//! hooks are further names of it: small binaries that start at once. What was there before is
//! kept in a directory beside, goes on working, and comes back byte for byte.
//!
//! Nothing here judges a change. Nothing outside the hooks directory, the directory beside it
//! and the repository's own configuration is ever written; a file that somebody changed since is
//! left alone and named.

pub mod again;
mod author;
mod clone;
mod directory;
pub mod doctor;
mod hook_name;
mod kept;
mod occupant;
pub mod outweigh;
mod place;
pub mod previous;
mod problem;
mod put;
mod record;
pub mod settings;
pub mod standing;
mod take_back;
mod trunk;

pub use self::author::Author;
pub use self::clone::instead_of_a_branch;
pub use self::directory::HooksDirectory;
pub use self::hook_name::HookName;
pub use self::place::{ChosenBy, Kind, Place};
pub use self::problem::{Problem, shown};
pub use self::put::{Deed, Done, Joining, Others, Put, Serves, put};
pub use self::record::Record;
pub use self::settings::{CONTRACT, MODE, OBSERVE, TRUNK};
pub use self::take_back::{Left, Return, Returned, take_back};
pub use self::trunk::{Trunk, TrunkSource, propose};
