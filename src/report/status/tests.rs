use policy::attempt::Stale;
use policy::verdict::Undecided;

use super::*;
use crate::evidence::lane::size::Size;
use crate::report::samples::{agent, oid};
use crate::report::status_json;
use crate::ritual::status::{Desk, Distance, Uncommitted, Verdict};
