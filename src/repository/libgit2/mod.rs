//! The libgit2 side of [`super::GitView`]: the only place that names `git2`.
use git2 as _;
