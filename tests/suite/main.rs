//! The whole product, through its binary, with real git.

mod command_line;
mod sandbox;
