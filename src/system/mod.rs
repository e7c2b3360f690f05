//! The machine: processes, the environment, files, signals. Each has one place here, so that what the
//! program may touch can be read in a few files. Knows nothing of contracts.

mod conversation;
pub mod environment;
pub mod files;
pub mod process;
pub mod shell;
pub mod signals;
