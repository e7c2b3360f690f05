//! The whole product, through its binary, with real git.

mod sandbox;
