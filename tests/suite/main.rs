//! The whole product, through its binary, with real git.

mod commit;
mod gated;
mod refs;
mod sandbox;
