//! The whole product, through its binary, with real git.

mod commit;
mod gated;
mod landing;
mod merge;
mod refs;
mod sandbox;
