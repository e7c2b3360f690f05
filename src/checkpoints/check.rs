//! `check`: the verdict by hand or in CI.

mod named;
mod range;

use std::rc::Rc;

use policy::attempt::Checkpoint;
use policy::contract::{Agent, Contract};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::{Note, Outcome};

pub(super) use self::named::branch_ref;
use self::range::{Judged, commit_in};
use super::{Docket, Ground, asker, pre_commit, unknown_report};
use crate::evidence::case::{Acting, Case};
use crate::evidence::history::History;
use crate::evidence::identity::Asker;
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::own::Lanes;
use crate::evidence::lane_check::{Checked, LaneCheck};
use crate::evidence::located::{Side, Trunk};
use crate::evidence::state::State;
use crate::evidence::tips::commit_of;
use crate::evidence::{Known, Unknown};
use crate::report::{Force, Judgement, Report};
use crate::repository::{self, GitView, Head, Wanted};
use crate::system::environment::Environment;
pub use range::Range;

/// What is asked of the gate by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which lanes, in which state.
    pub question: Question,
    /// The trunk, when it is not the configured one.
    pub trunk: Option<String>,
    /// The remote among whose tracking refs lanes are looked up.
    pub remote: Option<String>,
    /// Whether these count before branches here that do not go on from them.
    pub there_first: bool,
    /// As whose act it is judged.
    pub by: Whom,
}

/// As whose act something is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whom {
    /// That of whoever is here.
    #[default]
    Here,
    /// The dispatcher's, whoever asks: nothing comes of it.
    Dispatcher,
}

impl Whom {
    /// Who acts.
    pub(super) fn acting(self, view: &dyn GitView, environment: &Environment) -> Known<Acting> {
        match self {
            Self::Here => asker(view, environment),
            Self::Dispatcher => Ok(Acting::Here(Asker::default())),
        }
    }
}

/// Which lanes, in which state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The index of this worktree, as a commit would be judged.
    Staged {
        /// Whose work it is, when that is said.
        agent: Option<AgentId>,
    },
    /// A lane itself.
    Lane(Range),
    /// The step that landing a lane now would make.
    Landing(Range),
    /// Every lane itself.
    AllLanes,
    /// For every lane, the step that landing it now would make.
    AllLandings,
}

/// Answers a request: one report, or one for each lane.
pub fn answer(request: &Request, environment: &Environment) -> Vec<Report> {
    let checkpoint = match request.question {
        Question::Landing(_) | Question::AllLandings => Checkpoint::CheckLanding,
        _ => Checkpoint::Check,
    };
    let reports =
        repository::open(environment, Wanted::Index).map_err(Unknown::from).and_then(|view| {
            let mut ground = Ground::new(view.as_ref())?;
            ground.remote = request.remote.clone().or(ground.remote);
            // A check is asked for and answers in full, whatever hooks do here.
            ground.force = Force::Refuse;
            reports(&ground, request, environment)
        });
    let mut reports =
        reports.unwrap_or_else(|unknown| vec![unknown_report(checkpoint, Force::Refuse, unknown)]);
    // What is said to be asked next is asked of the same trunk and remote.
    let said = reports.iter_mut().flat_map(|report| &mut report.judgements);
    for help in said.flat_map(|part| &mut part.verdict.undecided).flat_map(|one| &mut one.help) {
        help.label = request.again(&help.label);
        help.command = help.command.take().map(|command| request.again(&command));
    }
    reports
}

/// How a help names this command.
const CHECK: &str = "contract-gate check";

/// How it says that a landing is asked about.
const LANDING: &str = " --landing";

impl Request {
    /// What is said to be asked next, with the options that say where the trunk and the lanes are, and
    /// what is asked.
    fn again(&self, text: &str) -> String {
        let option = |name: &str, value: &Option<String>| {
            let word = |value: &String| format!(" --{name} {}", shell_word(&printable(value)));
            value.as_ref().map(word).unwrap_or_default()
        };
        let is_landing = matches!(self.question, Question::Landing(_) | Question::AllLandings);
        let (trunk, remote) = (option("trunk", &self.trunk), option("remote", &self.remote));
        let mut parts = text.split(CHECK);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.strip_prefix(LANDING);
            let landing = if is_landing || rest.is_some() { LANDING } else { "" };
            out.push_str(&format!("{CHECK}{landing}{trunk}{remote}{}", rest.unwrap_or(part)));
        }
        out
    }
}

fn reports(
    ground: &Ground<'_>,
    request: &Request,
    environment: &Environment,
) -> Known<Vec<Report>> {
    if let Question::Staged { agent } = &request.question {
        let environment = environment.clone().claiming(agent.as_ref().map(AgentId::as_str));
        let merged = pre_commit::concluded_merge(ground)?;
        let trunk = request.trunk.as_deref();
        let report =
            pre_commit::judge_index(ground, &environment, Checkpoint::Check, merged, trunk)?;
        return Ok(vec![report]);
    }
    let trunk = Trunk::locate(
        &ground.history,
        request.trunk.as_deref(),
        ground.remote.as_deref(),
        Side::Client,
    )?;
    // A build may have merged into the branch here what it is asked about.
    let remote = request.remote.as_deref().filter(|_| request.there_first);
    let trunk = trunk.at_remote_if_there(&ground.history, remote)?;
    let at_trunks_remote = ground.at_remote_of(&trunk);
    let ground = &at_trunks_remote;
    let tips = trunk.tips(&ground.history)?;
    let Some(governing) = tips.first().copied() else { return Err(trunk.missing()) };
    let contracts = ground.contracts(&trunk)?;
    let Some(contract) = contracts.at(governing)?.known()? else {
        return Ok(vec![no_contract(ground, request, &trunk)?]);
    };
    let acting = request.by.acting(ground.view, environment)?;
    let check = LaneCheck {
        history: &ground.history,
        contracts: &contracts,
        acting: &acting,
        contract: (Rc::clone(&contract), governing),
        trunk: &tips,
        trunk_ref: &trunk,
        remote: ground.remote.clone(),
        there_first: request.there_first,
    };
    let is_landing = matches!(request.question, Question::Landing(_) | Question::AllLandings);
    let asked = Asked { ground, trunk: &trunk, check, is_landing };
    match &request.question {
        Question::Lane(range) => Ok(vec![asked.lane(range)?]),
        Question::Landing(range) => Ok(vec![asked.landing(range, Among::One)?]),
        Question::AllLanes => Ok(asked.every_lane()),
        Question::AllLandings => asked.every(&contract, |agent| asked.landing_of(agent)),
        Question::Staged { .. } => Ok(Vec::new()),
    }
}

/// Every lane at its tip, as `check --all` judges it, in the contract's order: for whoever has read
/// this history already.
pub fn every_lane<'v>(check: LaneCheck<'_, 'v>, history: &Rc<History<'v>>) -> Vec<Report> {
    let remote = check.remote.clone();
    let history = Rc::clone(history);
    let ground = Ground { view: history.view(), history, force: Force::Refuse, remote };
    Asked { ground: &ground, trunk: check.trunk_ref, check, is_landing: false }.every_lane()
}

/// What is said where the worktree undoes what the lane's commits are denied for.
fn still_to_be_committed(agent: &Agent) -> Note {
    let branch = printable(&agent.branch);
    let message = format!("{branch} itself is denied until what is undone here is committed");
    Note { code: "not-committed", message }
}

fn no_contract(ground: &Ground<'_>, request: &Request, trunk: &Trunk) -> Known<Report> {
    let checkpoint = match request.question {
        Question::Landing(_) | Question::AllLandings => Checkpoint::CheckLanding,
        _ => Checkpoint::Check,
    };
    let mut docket = Docket::new(checkpoint, ground.force, Some(trunk));
    let here = ground.view.place().worktree.as_deref().and_then(|worktree| {
        ["contract.toml", "CONTRACT.md"].into_iter().find(|name| worktree.join(name).is_file())
    });
    let name = printable(&trunk.name);
    let message = match here {
        Some(file) => format!(
            "there is no contract on {name}, so nothing is enforced; the {file} in this worktree \
             counts once it is on {name}"
        ),
        None => format!("there is no contract on {name}, so nothing is enforced"),
    };
    docket.note([Note { code: "no-contract", message }]);
    Ok(docket.report)
}

/// Whether a lane was asked for itself, or is one of all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    One,
    All,
}

struct Asked<'g, 'c, 'v> {
    ground: &'g Ground<'v>,
    trunk: &'g Trunk,
    check: LaneCheck<'c, 'v>,
    is_landing: bool,
}

impl<'v> Asked<'_, '_, 'v> {
    fn contract(&self) -> &Contract {
        &self.check.contract.0
    }

    fn every(
        &self,
        contract: &Contract,
        ask: impl Fn(&Agent) -> Known<Report>,
    ) -> Known<Vec<Report>> {
        contract.agents().iter().map(ask).collect()
    }

    fn lane(&self, range: &Range) -> Known<Report> {
        let Some(agent) = self.lane_in(range)? else { return self.nobodys_branch(range) };
        if *range == Range::default() && self.is_elsewhere(agent)? {
            return self.nobodys_branch(range);
        }
        let Some(Judged { state, untracked, beyond, notes }) = self.state(agent, range)? else {
            return self.no_branch(agent, Checkpoint::Check, Among::One);
        };
        let base = match &range.base {
            Some(base) => Some(vec![self.revision(base)?]),
            None => None,
        };
        let checked = self.check.lane(agent, &state, untracked, base.as_deref())?;
        let mut report = self.report(agent, Checkpoint::Check, checked);
        report.judgements.extend(Judgement::of_notes(notes));
        if let Some(tip) = beyond.filter(|_| report.outcome() == Outcome::Allowed) {
            let tip = State::of_commit(&self.ground.history, tip)?;
            let checked = self.check.lane(agent, &tip, Vec::new(), base.as_deref())?;
            if self.report(agent, Checkpoint::Check, checked).outcome() == Outcome::Denied {
                report.judgements.extend(Judgement::of_notes([still_to_be_committed(agent)]));
            }
        }
        report.reference = Some(self.judged_as(agent, range)?);
        Ok(report)
    }

    fn every_lane(&self) -> Vec<Report> {
        let unknown = |agent, unknown| self.unknown(Checkpoint::Check, agent, unknown);
        let agents = self.contract().agents().iter();
        let lanes = match self.check.lanes() {
            Ok(lanes) => lanes,
            Err(why) => return agents.map(|agent| unknown(agent, why.clone())).collect(),
        };
        let landings = Landings::new(&lanes, self.check.contracts);
        let at_tip = |agent| self.lane_at_tip(&lanes, &landings, agent);
        // One lane that cannot be judged does not silence the others.
        agents.map(|agent| at_tip(agent).unwrap_or_else(|why| unknown(agent, why))).collect()
    }

    fn lane_at_tip<'s>(
        &'s self,
        lanes: &'s Lanes<'s, 'v>,
        landings: &'s Landings<'s, 'v>,
        agent: &Agent,
    ) -> Known<Report> {
        let Some(tip) = self.tip_of(agent)? else {
            return self.no_branch(agent, Checkpoint::Check, Among::All);
        };
        let state = State::of_commit(&self.ground.history, tip)?;
        let checked = self.check.lane_among(lanes, landings, agent, &state, Vec::new(), None)?;
        Ok(self.report(agent, Checkpoint::Check, checked))
    }

    fn landing(&self, range: &Range, among: Among) -> Known<Report> {
        let Some(agent) = self.lane_in(range)? else { return self.nobodys_branch(range) };
        let tip = match (&range.head, &range.branch) {
            (Some(head), _) => Some(self.named_tip(head)?),
            (None, Some(branch)) if branch_ref(branch) != agent.reference() => {
                Some(self.branch_tip(branch)?)
            }
            _ => self.tip_of(agent)?,
        };
        let Some(tip) = tip else {
            return self.no_branch(agent, Checkpoint::CheckLanding, among);
        };
        let base = match &range.base {
            Some(base) => Some(self.revision(base)?),
            None => None,
        };
        if let Some(unknown) = self.unseen_before(agent)? {
            return Err(unknown);
        }
        let branch = self.judged_as(agent, range)?;
        let checked = self.check.landing(agent, (&branch, tip), base, range.manner)?;
        let report = self.report(agent, Checkpoint::CheckLanding, checked);
        Ok(Report { reference: Some(branch), ..report })
    }

    fn landing_of(&self, agent: &Agent) -> Known<Report> {
        let range = Range { agent: Some(agent.id.clone()), ..Range::default() };
        Ok(self
            .landing(&range, Among::All)
            .unwrap_or_else(|unknown| self.unknown(Checkpoint::CheckLanding, agent, unknown)))
    }

    fn report(&self, agent: &Agent, checkpoint: Checkpoint, checked: Checked) -> Report {
        let mut docket = Docket::new(checkpoint, self.ground.force, Some(self.trunk));
        for case in checked.cases {
            docket.take(case);
        }
        docket.note(self.trunk.notes(self.check.trunk));
        docket.note(checked.notes);
        let mut report = docket.report;
        report.agent = Some(agent.id.clone());
        report.reference = Some(agent.reference());
        report.turn = checked.turn;
        report
    }

    /// A lane that cannot be judged, under a contract that is known.
    fn unknown(&self, checkpoint: Checkpoint, agent: &Agent, unknown: Unknown) -> Report {
        let mut docket = Docket::new(checkpoint, self.ground.force, Some(self.trunk));
        let (contract, commit) = &self.check.contract;
        docket.report.contract = Some(docket.governed(contract, *commit));
        docket.undecided(unknown);
        docket.report.agent = Some(agent.id.clone());
        docket.report.reference = Some(agent.reference());
        docket.report
    }

    /// A lane without a branch. Among all lanes that is one which has not begun; asked for by
    /// name, or where a remote has the branch, it is not known what is asked.
    fn no_branch(&self, agent: &Agent, checkpoint: Checkpoint, among: Among) -> Known<Report> {
        let elsewhere = self.remotes_with(&agent.branch)?;
        let landed = match among {
            Among::All => self.check.landed_without_branch(agent)?,
            Among::One => None,
        };
        let is_known = match landed {
            Some(_) => !self.check.has_more_at(agent, &elsewhere)?,
            None => elsewhere.is_empty(),
        };
        if among == Among::One || !is_known {
            let branch = agent.branch.to_string();
            let unknown = Unknown::NoSuchBranch { branch, remotes: elsewhere };
            return Ok(self.unknown(checkpoint, agent, unknown));
        }
        let mut docket = Docket::new(checkpoint, self.ground.force, Some(self.trunk));
        let branch = printable(&agent.branch);
        let message = format!("the branch {branch} does not exist yet");
        docket.note([landed.unwrap_or(Note { code: "no-branch", message })]);
        docket.report.agent = Some(agent.id.clone());
        docket.report.reference = Some(agent.reference());
        Ok(docket.report)
    }

    /// A branch in no lane, or a human in the main worktree: what hooks would say of work there, and
    /// of the step of the trunk, where it is asked about.
    fn nobodys_branch(&self, range: &Range) -> Known<Report> {
        let checkpoint = match self.is_landing {
            true => Checkpoint::CheckLanding,
            false => Checkpoint::Check,
        };
        let mut docket = Docket::new(checkpoint, self.ground.force, Some(self.trunk));
        let branch = match range.branch.as_deref().or(commit_in(range)) {
            Some(name) if self.is_brought_from_elsewhere(range)? => Some(branch_ref(name)),
            Some(name) => match self.branch_named(name)? {
                None => return Err(Unknown::NoLaneOf(name.to_owned())),
                branch => branch,
            },
            None => match self.ground.view.head()? {
                Head::Branch(name, _) | Head::Unborn(name) => Some(name),
                Head::Detached(_) => None,
            },
        };
        let Some(branch) = branch else { return Err(Unknown::NoLane) };
        // A fork's branch may be called like the trunk, and brings what it brings.
        let brings = self.is_landing && range.head.is_some();
        if self.is_the_trunk(&branch) && !brings {
            self.is_no_forks(&branch)?;
            let message = format!(
                "{} is the trunk and no lane; name a lane with --agent, or judge all with --all",
                printable(&branch.short())
            );
            docket.note([Note { code: "no-lane", message }]);
            return Ok(docket.report);
        }
        let tip = self.tip_of_no_lane(&branch, range)?;
        let is_mere = self.is_a_mere_name(range, tip).unwrap_or(false);
        if !self.is_the_trunk(&branch) && !is_mere {
            docket.take(Ok(self.unlisted(branch.clone(), tip)?));
        }
        if let (true, Some(tip)) = (self.is_landing, tip) {
            let base = range.base.as_deref().map(|base| self.revision(base)).transpose()?;
            for case in self.check.landing_of_no_lane(&branch, tip, base)? {
                docket.take(case);
            }
        }
        let is_an_agents = is_mere && self.check.acting.may_be_agent(self.contract());
        let mere = if is_an_agents { ", and may have no commits of an agent's" } else { "" };
        let message = format!(
            "{} is in no lane of the contract{mere}; name a lane with --agent, or judge all with --all",
            printable(&branch.short())
        );
        docket.note([Note { code: "no-lane", message }]);
        docket.report.reference = Some(branch);
        Ok(docket.report)
    }

    /// Whether a branch is the trunk, be it by the tracking ref that the trunk is read from.
    fn is_the_trunk(&self, branch: &RefName) -> bool {
        let trunk = &self.trunk.reference;
        let tracked = trunk.tracked().map(|(_, name)| name);
        branch == trunk || (tracked.is_some() && tracked == branch.branch_name())
    }

    /// Of a pull request from a fork's branch that is called like the trunk, the trunk here says nothing:
    /// then CI has something else checked out.
    fn is_no_forks(&self, branch: &RefName) -> Known<()> {
        let Head::Detached(head) = self.ground.view.head()? else { return Ok(()) };
        let mut is_part = false;
        for tip in self.check.trunk {
            is_part = is_part || self.ground.history.is_ancestor(head, *tip)?;
        }
        match is_part || !self.is_landing {
            true => Ok(()),
            false => Err(Unknown::CalledLikeTheTrunk(branch.short())),
        }
    }

    /// Where a branch in no lane is; `None` where nothing is committed on it yet.
    fn tip_of_no_lane(&self, branch: &RefName, range: &Range) -> Known<Option<Oid>> {
        let named = match (&range.head, &range.branch) {
            (Some(head), _) => Some(head),
            (None, named) => named.as_ref(),
        };
        let Some(named) = named else {
            let head = self.ground.view.resolve("HEAD")?;
            return head.map(|id| commit_of(&self.ground.history, branch, id)).transpose();
        };
        if branch_ref(named) == *branch {
            return Ok(Some(self.branch_tip(named)?));
        }
        // A branch that was named, and misspelt in a CI job, is no lane that passes.
        Ok(Some(self.revision(named)?))
    }

    fn unlisted(&self, branch: RefName, tip: Option<Oid>) -> Known<Case> {
        use policy::attempt::{Attempt, Subject};
        let tip = tip.map(|tip| self.ground.history.named(tip)).transpose()?;
        let contract = self.check.contract.clone();
        let actor = match self.check.acting {
            Acting::Here(asker) => asker.under(&contract.0),
            Acting::Pushing(pusher) => policy::attempt::Actor::Pusher(pusher.clone()),
        };
        let attempt = Attempt {
            checkpoint: Checkpoint::Check,
            actor,
            reference: Some(branch),
            trunk: Some(self.trunk.reference.clone()),
            subject: Subject::UnlistedBranch { tip },
        };
        Ok(Case::new(Some(contract), attempt))
    }
}
