//! Amendments: what a step of the trunk does to the contract itself.

use policy::attempt::{Amendment, AmendmentResult};
use policy::contract::Problem;
use policy::verdict::Severity;

use crate::evidence::contract::{Contracts, Held};
use crate::evidence::state::State;
use crate::evidence::{Known, Unknown};

/// What a step does to the contract; `None` when it leaves it alone.
pub fn amendment(
    contracts: &Contracts<'_, '_>,
    before: &State,
    after: &State,
) -> Known<Option<Amendment>> {
    let files = contracts.amended(before, after)?;
    if files.is_empty() {
        return Ok(None);
    }
    let first = before.commit.is_none() || matches!(contracts.in_state(before)?, Held::Nothing);
    let result = match contracts.in_state(after)? {
        Held::Nothing => AmendmentResult::Removed,
        Held::Contract(_) => AmendmentResult::Valid,
        Held::Broken(Unknown::ContractInvalid { problems, .. }) => {
            AmendmentResult::Invalid(problems)
        }
        Held::Broken(unknown) => {
            AmendmentResult::Invalid(vec![whole_file(unknown.code(), unknown.to_string())])
        }
    };
    Ok(Some(Amendment { files, result, first }))
}

/// A problem that no single line has.
fn whole_file(code: &'static str, message: String) -> Problem {
    Problem {
        code,
        severity: Severity::Error,
        line: 1,
        column: 1,
        span: (0, 0),
        message,
        help: None,
    }
}
