//! The rules, and the decision that asks each of them.
//!
//! One file is one rule: its code, its explanation, its judgement. A new rule is one new file,
//! one line in [`RULES`] and one table in `fixtures/policies`. Rules see the contract and the
//! attempt and nothing else; none of them knows of another, of severity overrides or of waivers:
//! [`decide`] settles those for all.

mod case;
mod findings;
mod help;
mod settle;
mod untracked;
mod who;
mod whole;

mod additions_only;
mod amendment_not_alone;
mod carries_unlanded;
mod contract_invalid;
mod contract_protected;
mod create_only;
mod foreign_branch;
mod identity_conflict;
mod lane_deleted;
mod merge_order;
mod no_delete;
mod out_of_scope;
mod path_hazard;
mod replace_ref;
mod shared_frozen;
mod shared_owned;
mod shell;
mod stale_contract;
mod trunk_direct;
mod trunk_rewound;
mod unlisted_branch;
mod withdrawn;

use crate::attempt::{Attempt, Subject};
use crate::contract::Contract;
use crate::verdict::Verdict;
use case::Case;
use findings::Findings;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its code, by which violations, waivers and `explain` name it.
    pub code: &'static str,
    /// What it is about.
    pub group: Group,
    /// What people are told of it.
    pub explain: Explanation,
    judge: fn(&Case<'_>, &mut Findings),
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Which paths a lane may change, and how.
    Paths,
    /// Which refs may move, and by whom.
    Refs,
    /// In which order work reaches the trunk.
    Order,
}

impl Group {
    /// All groups, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Paths, Self::Refs, Self::Order];

    /// The word used in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paths => "paths",
            Self::Refs => "refs",
            Self::Order => "order",
        }
    }
}

/// What people are told of a rule, in full sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What the rule says, in one sentence.
    pub summary: &'static str,
    /// What exactly it looks at, and what is free.
    pub meaning: &'static str,
    /// A case in which it refuses.
    pub example: &'static str,
    /// Why it exists.
    pub reason: &'static str,
    /// What to do about a refusal.
    pub remedy: &'static str,
}

/// All rules, in the order in which violations are reported.
pub const RULES: &[Rule] = &[
    identity_conflict::RULE,
    out_of_scope::RULE,
    shared_owned::RULE,
    shared_frozen::RULE,
    contract_protected::RULE,
    additions_only::RULE,
    create_only::RULE,
    no_delete::RULE,
    path_hazard::RULE,
    foreign_branch::RULE,
    unlisted_branch::RULE,
    withdrawn::RULE,
    lane_deleted::RULE,
    trunk_rewound::RULE,
    trunk_direct::RULE,
    replace_ref::RULE,
    amendment_not_alone::RULE,
    contract_invalid::RULE,
    merge_order::RULE,
    carries_unlanded::RULE,
    stale_contract::RULE,
];

/// The rule of this code.
pub fn find(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// The rule whose code is spelt most nearly like this; `None` when none is near.
pub fn nearest(code: &str) -> Option<&'static Rule> {
    let distance = |rule: &&Rule| strsim::damerau_levenshtein(rule.code, code);
    RULES.iter().min_by_key(distance).filter(|rule| distance(rule) <= rule.code.len() / 3)
}

/// Whether a contract may waive the rule of this code: the path rules but `contract-protected`,
/// and the rules of order (design section 2.2). A waiver of any other code means nothing.
pub fn waivable(code: &str) -> bool {
    code != contract_protected::RULE.code
        && find(code).is_some_and(|rule| matches!(rule.group, Group::Paths | Group::Order))
}

/// Judges an attempt under a contract. Pure, total and deterministic: it reports everything at
/// once, in a stable order.
pub fn decide(contract: &Contract, attempt: &Attempt) -> Verdict {
    let mut findings = judge(contract, attempt);
    if let Some(before) = attempt.before() {
        settle::keep_only_what_is_added(&mut findings, &judge(contract, &before));
    }
    settle::waive(&mut findings, contract);
    settle::leave_what_stays(&mut findings, contract, attempt);
    whole::mark(contract, attempt, &mut findings);
    if let Subject::TrunkStep(step) = &attempt.subject
        && step.published
    {
        settle::leave_as_history(&mut findings);
    }
    findings.into_verdict()
}

/// Everything that the rules find, before it is settled what of it counts.
fn judge(contract: &Contract, attempt: &Attempt) -> Findings {
    let case = Case::new(contract, attempt);
    let mut findings = Findings::default();
    for rule in RULES {
        findings.begin(rule.code);
        (rule.judge)(&case, &mut findings);
    }
    untracked::note(&case, &mut findings);
    findings
}
