//! A landing that git did not let the trunk move to: lanes may have moved while its suite ran, and by then
//! the gate itself is against it.

use policy::contract::Agent;
use policy::oid::Oid;

use super::{Lander, Settled};
use crate::checkpoints::check::Whom;
use crate::ritual::run::{Asked, Run};
use crate::ritual::step::{Outcome, Step, Way};
use crate::ritual::{Done, Stopped};
use crate::system::environment::Environment;

impl Lander<'_> {
    /// The landing as it is judged by now. Where nothing is against it, git has refused it for what it
    /// says.
    pub(super) fn refused(
        &self,
        run: &Run<'_>,
        (agent, step): (&Agent, &Step),
        to: Oid,
        words: String,
    ) -> Done<Step> {
        let settled = Settled::of(run, &self.request.terms);
        let judged = match step.tip {
            Some(tip) if !self.request.push => {
                let way = way(self.environment, &self.request.asked, run, &settled);
                way.again((agent, tip), step.from, to)?
            }
            _ => return Err(Stopped::Refused(words)),
        };
        match judged.outcome {
            Outcome::Bad(_) => Ok(judged),
            Outcome::Good { .. } => Err(Stopped::Refused(words)),
        }
    }
}

/// How a lane comes onto the trunk on these terms.
pub(super) fn way<'w>(
    environment: &'w Environment,
    asked: &'w Asked,
    run: &'w Run<'_>,
    settled: &'w Settled,
) -> Way<'w> {
    Way {
        environment,
        asked,
        contract: &run.contract,
        strategy: settled.strategy,
        suite: settled.suite.as_deref(),
        out_of_order: false,
        by: Whom::Here,
    }
}
