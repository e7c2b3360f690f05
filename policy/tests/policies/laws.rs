//! The laws of the decision, on contracts and attempts that nobody thought of.

use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::{
    Actor, Amendment, AmendmentResult, Attempt, Beside, Carried, Checkpoint, Entering,
    EntryEvidence, LaneState, LaneWork, LocalIdentity, Pusher, Stale, Subject, TrunkStep,
};
use policy::change::{
    Change, ChangeKind, CommitRef, Entry, EntryMode, Hazard, Instead, LeadsTo, LeftBehind, Lines,
    TakenAway,
};
use policy::contract::{ContractFile, Problem, read};
use policy::decide;
use policy::name::{AgentId, RefName};
use policy::path::RepoPath;
use policy::rules::RULES;
use policy::verdict::{Outcome, Severity, Verdict};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::table::{agent, contract, id};

/// A contract as text, in parts that a law may vary.
#[derive(Debug, Clone)]
struct Text {
    /// Per agent: the mode of its second entry, whether it is withdrawn.
    agents: Vec<(&'static str, bool)>,
    /// What stands under `[shared]`.
    shared: Vec<&'static str>,
    /// The agents in their order, a step each.
    order: Vec<usize>,
    integrator: Option<&'static str>,
    policy: (&'static str, &'static str, bool),
    /// Per waiver: rule, number of the agent, path.
    waivers: Vec<(&'static str, usize, Option<&'static str>)>,
    /// An additional entry of the first agent's scope.
    extra: bool,
}

const MODES: [&str; 4] = ["edit", "no-delete", "additions-only", "create-only"];
const WAIVABLE: [&str; 6] = [
    "out-of-scope",
    "shared-owned",
    "additions-only",
    "path-hazard",
    "merge-order",
    "carries-unlanded",
];

impl Text {
    fn written(&self) -> String {
        let mut text = String::from("format = 1\n");
        if let Some(integrator) = self.integrator {
            text += &format!("integrator = \"{integrator}\"\n");
        }
        for (number, (mode, withdrawn)) in self.agents.iter().enumerate() {
            let extra = if self.extra && number == 0 { ", \"free/**\"" } else { "" };
            text += &format!(
                "[agents.a{number}]\nbranch = \"lane/{number}\"\nwithdrawn = {withdrawn}\n\
                 scope = [\"d{number}/**\", {{ path = \"d{number}/m/**\", mode = \"{mode}\" }}{extra}]\n"
            );
        }
        text += &format!("[shared]\n{}\n", self.shared.join("\n"));
        for number in &self.order {
            text += &format!("[[merge-order]]\nagents = [\"a{number}\"]\n");
        }
        for (rule, number, path) in &self.waivers {
            let number = number % self.agents.len();
            text += &format!("[[waivers]]\nrule = \"{rule}\"\nagent = \"a{number}\"\n");
            text.extend(path.map(|path| format!("path = \"{path}\"\n")));
            text += "because = \"so\"\n";
        }
        let (unlisted, steps, kept) = self.policy;
        text +=
            &format!("[policy]\nunlisted-branches = \"{unlisted}\"\ntrunk-steps = \"{steps}\"\n");
        if kept {
            text += "agent-branches = \"lane/**\"\n";
        }
        text
    }
}

fn texts() -> impl Strategy<Value = Text> {
    let shared = vec![
        "\"s/owned\" = { owner = \"a0\" }",
        "\"s/frozen\" = \"nobody\"",
        "\"s/added\" = { additions-by = [\"a0\"] }",
        "\"s/made\" = { generated-by = \"make\" }",
    ];
    let policy = (
        select(vec!["allow", "warn", "deny"]),
        select(vec!["open", "landings-only"]),
        any::<bool>(),
    );
    let path = option::of(select(vec!["d0/**", "**", "s/*"]));
    (
        vec((select(MODES.to_vec()), any::<bool>()), 1..4),
        proptest::sample::subsequence(shared.clone(), 0..=shared.len()),
        any::<prop::sample::Index>(),
        option::of(select(vec!["a0", "boss"])),
        policy,
        vec((select(WAIVABLE.to_vec()), 0..3_usize, path), 0..4),
    )
        .prop_map(|(agents, shared, turn, integrator, policy, waivers)| {
            let mut order: Vec<_> = (0..agents.len()).collect();
            order.rotate_left(turn.index(agents.len()));
            Text { agents, shared, order, integrator, policy, waivers, extra: false }
        })
}

fn agents() -> impl Strategy<Value = AgentId> {
    select(vec!["a0", "a1", "a2", "boss", "unknown"]).prop_map(agent)
}

/// Names of paths that contracts speak of, and others.
fn paths() -> impl Strategy<Value = RepoPath> {
    let known = select(vec![
        "d0/x",
        "d0/m/x",
        "d1/x",
        "d1/m/x",
        "d2/m/y",
        "s/owned",
        "s/frozen",
        "s/added",
        "s/made",
        "free/x",
        "CONTRACT.md",
        "contract.toml",
        ".gitmodules",
        "d0/.gitattributes",
        "nowhere",
    ])
    .prop_map(|path| path.as_bytes().to_vec());
    let any_bytes = vec(any::<u8>(), 1..8);
    prop_oneof![8 => known, 1 => any_bytes]
        .prop_filter_map("a path", |bytes| RepoPath::new(bytes).ok())
}

fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![Just("plain".to_owned()), any::<String>(), Just("\x1b[31m\u{202e}\n".to_owned())]
}

fn commits() -> impl Strategy<Value = CommitRef> {
    (any::<u8>(), foreign()).prop_map(|(byte, summary)| CommitRef { id: id(byte), summary })
}

fn entries() -> impl Strategy<Value = Option<Entry>> {
    let modes = vec![
        EntryMode::File,
        EntryMode::File,
        EntryMode::Executable,
        EntryMode::Symlink,
        EntryMode::Submodule,
    ];
    option::of((select(modes), 0..3_u8).prop_map(|(mode, byte)| Entry { mode, id: id(byte) }))
}

fn lines() -> impl Strategy<Value = Lines> {
    prop_oneof![
        Just(Lines::NotRead),
        Just(Lines::Kept),
        (any::<u32>(), foreign(), select(vec![Instead::Nothing, Instead::WithCr, Instead::Marked]))
            .prop_map(|(line, text, instead)| Lines::Lost { line, text, instead }),
        foreign().prop_map(Lines::Unknown),
    ]
}

fn hazards() -> impl Strategy<Value = Hazard> {
    let leads = select(vec![LeadsTo::File, LeadsTo::Directory, LeadsTo::Unknown]);
    prop_oneof![
        paths().prop_map(|onto| Hazard::Folds { onto }),
        (vec(select(b"../.git/dx\n".to_vec()), 0..12), leads)
            .prop_map(|(target, leads_to)| Hazard::Link { target, leads_to }),
        Just(Hazard::GitDirectory),
    ]
}

/// Changes of different paths, in the order of the paths.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let facts = (
        entries(),
        entries(),
        lines(),
        vec(hazards(), 0..3),
        option::of(commits()),
        option::of(any::<u8>()),
    );
    btree_map(paths(), facts, 0..6).prop_map(|all| {
        let change = |(path, (old, new, lines, hazards, commit, from)): (_, _)| Change {
            path,
            kind: ChangeKind::between(old, new).unwrap_or(ChangeKind::Modified),
            old,
            new,
            lines,
            hazards,
            commit,
            came_by_merge: false,
            undo_from: Option::<u8>::map(from, id),
        };
        all.into_iter().map(change).collect()
    })
}

fn carried() -> impl Strategy<Value = Vec<Carried>> {
    let facts = (commits(), 0..4_usize, btree_set(paths(), 0..3));
    btree_map(agents(), facts, 0..3).prop_map(|all| {
        let carried = |(lane, (commit, count, paths))| Carried { lane, commit, count, paths };
        all.into_iter().map(carried).collect()
    })
}

fn taken_away() -> impl Strategy<Value = BTreeMap<RepoPath, TakenAway>> {
    let left = (paths(), paths(), any::<bool>(), any::<bool>());
    let left = left.prop_map(|(what, into, into_is_new, has_trunk)| {
        TakenAway::LeftBehind(LeftBehind { what, into, into_is_new, has_trunk })
    });
    let how = prop_oneof![Just(TakenAway::InPlace), Just(TakenAway::Moved), left];
    btree_map(paths(), how, 0..3)
}

fn stale() -> impl Strategy<Value = Option<Stale>> {
    let facts = (any::<u64>(), any::<u64>(), vec(foreign(), 0..3));
    option::of(facts.prop_map(|(has, current, concerns)| Stale { has, current, concerns }))
}

fn states() -> impl Strategy<Value = LaneState> {
    (
        changes(),
        btree_set(paths(), 0..3),
        option::of(any::<u8>().prop_map(id)),
        taken_away(),
        carried(),
        stale(),
        btree_set(agents(), 0..3),
        vec(paths(), 0..25),
    )
        .prop_map(
            |(
                changes,
                new_directories,
                source,
                taken_away,
                carried,
                stale,
                waits_for,
                untracked,
            )| {
                let paths = new_directories.clone();
                LaneState {
                    changes,
                    new_directories,
                    beside: source.map(|source| Beside { source, paths }),
                    taken_away,
                    carried,
                    stale,
                    waits_for: waits_for.into_iter().collect(),
                    landed: false,
                    untracked,
                }
            },
        )
}

fn lane_work() -> impl Strategy<Value = Subject> {
    let how = (any::<bool>(), any::<bool>(), any::<bool>());
    (agents(), how, states(), option::of(states())).prop_map(|(lane, how, state, before)| {
        let (moves, follows_landing, with_trunk) = how;
        let work = LaneWork { lane, moves, follows_landing, with_trunk, state, before };
        Subject::Lane(Box::new(work))
    })
}

fn entering() -> impl Strategy<Value = Vec<Entering>> {
    let evidence = prop_oneof![
        commits().prop_map(EntryEvidence::Commit),
        (paths(), commits()).prop_map(|(path, commit)| EntryEvidence::Content(path, commit)),
        Just(EntryEvidence::Landed),
    ];
    let facts = (evidence, btree_set(agents(), 0..3), changes(), taken_away(), carried(), stale());
    btree_map(agents(), facts, 0..3).prop_map(|all| {
        let entering = |(lane, facts): (_, _)| {
            let (evidence, waits_for, changes, taken_away, carried, stale) = facts;
            let waits_for: Vec<_> = BTreeSet::into_iter(waits_for).collect();
            let idle = waits_for.first().cloned().into_iter().collect();
            let tracked = BTreeMap::new();
            let taken_back = BTreeSet::new();
            let along = waits_for.last().cloned().into_iter().collect();
            Entering {
                lane,
                evidence,
                by_paths_alone: false,
                stands_above: false,
                waits_for,
                idle,
                taken_back,
                tracked,
                along,
                changes,
                taken_away,
                carried,
                stale,
            }
        };
        all.into_iter().map(entering).collect()
    })
}

fn amendments() -> impl Strategy<Value = Amendment> {
    let problem = (foreign(), any::<u32>()).prop_map(|(message, line)| Problem {
        code: "syntax",
        severity: Severity::Error,
        line,
        column: 1,
        span: (0, 0),
        message: policy::text::printable(&message),
        help: None,
    });
    let result = prop_oneof![
        Just(AmendmentResult::Valid),
        Just(AmendmentResult::Removed),
        Just(AmendmentResult::Twice),
        vec(problem, 0..5).prop_map(AmendmentResult::Invalid),
    ];
    let (first, is_upstream) = (any::<bool>(), any::<bool>());
    let facts = (btree_set(paths(), 0..3), result, first, option::of(commits()), is_upstream);
    facts.prop_map(|(files, result, first, merges, is_upstream)| Amendment {
        files: files.into_iter().collect(),
        result,
        first,
        merges,
        is_upstream,
        lane: None,
    })
}

fn steps() -> impl Strategy<Value = Subject> {
    (
        changes(),
        option::weighted(0.2, amendments()),
        entering(),
        btree_set(agents(), 0..4),
        btree_set(paths(), 0..4),
        btree_set((paths(), agents()), 0..3),
        option::weighted(0.2, agents()),
        any::<bool>(),
        prop::bool::weighted(0.2),
        option::of(commits()),
    )
        .prop_map(
            |(changes, amendment, entering, unlanded, unexplained, conflicted, lands, r, p, to)| {
                Subject::TrunkStep(Box::new(TrunkStep {
                    from: Some(id(1)),
                    to,
                    changes,
                    amendment,
                    entering,
                    unlanded,
                    unexplained,
                    conflicted: conflicted.into_iter().collect(),
                    followed: BTreeMap::new(),
                    lands,
                    reverts: r,
                    joins: r != p,
                    foreign_contract: None,
                    published: p,
                    tracked: BTreeMap::new(),
                    checked_out: BTreeMap::new(),
                }))
            },
        )
}

fn refs() -> impl Strategy<Value = RefName> {
    prop_oneof![
        select(vec!["main", "lane/0", "lane/9", "spike"]).prop_map(RefName::branch),
        vec(any::<u8>(), 0..9).prop_map(RefName::new),
    ]
}

fn subjects() -> impl Strategy<Value = Subject> {
    prop_oneof![
        4 => lane_work(),
        4 => steps(),
        1 => (option::of(any::<u8>()), any::<bool>())
            .prop_map(|(to, published)| {
                let to = to.map(id);
                Subject::TrunkRewound { from: id(1), to, published }
            }),
        1 => (agents(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(lane, own_commits, landed, beside_landing)| {
                Subject::LaneDeleted { lane, tip: id(2), own_commits, landed, beside_landing }
            }
        ),
        1 => option::of(commits()).prop_map(|tip| Subject::UnlistedBranch { tip }),
        1 => (refs(), option::of(agents()))
            .prop_map(|(target, lane)| Subject::MadeSymbolic { target, lane }),
        1 => Just(Subject::Replacement),
        1 => Just(Subject::Nothing),
    ]
}

fn actors() -> impl Strategy<Value = Actor> {
    let name = prop_oneof![3 => agents().prop_map(|agent| agent.to_string()), 1 => foreign()];
    let local = (option::of(name.clone()), option::of(agents()), option::of(agents())).prop_map(
        |(claimed, worktree, branch)| Actor::Local(LocalIdentity { claimed, worktree, branch }),
    );
    let named = (name, any::<bool>())
        .prop_map(|(name, dispatcher)| Actor::Pusher(Pusher::Named { name, dispatcher }));
    prop_oneof![local, named, Just(Actor::Pusher(Pusher::Anybody))]
}

fn attempts() -> impl Strategy<Value = Attempt> {
    let checkpoints = select(vec![
        Checkpoint::PreCommit,
        Checkpoint::PreMergeCommit,
        Checkpoint::ReferenceTransaction,
        Checkpoint::PrePush,
        Checkpoint::PreReceive,
        Checkpoint::Check,
        Checkpoint::CheckLanding,
    ]);
    (checkpoints, actors(), option::of(refs()), option::of(refs()), subjects()).prop_map(
        |(checkpoint, actor, reference, trunk, subject)| Attempt {
            checkpoint,
            actor,
            reference,
            trunk,
            subject,
        },
    )
}

/// The same facts, told the other way round.
fn reversed(mut attempt: Attempt) -> Attempt {
    fn changes(all: &mut [Change]) {
        all.reverse();
        all.iter_mut().for_each(|change| change.hazards.reverse());
    }
    fn state(state: &mut LaneState) {
        changes(&mut state.changes);
        state.carried.reverse();
        state.waits_for.reverse();
        state.untracked.reverse();
    }
    match &mut attempt.subject {
        Subject::Lane(work) => {
            state(&mut work.state);
            work.before.iter_mut().for_each(state);
        }
        Subject::TrunkStep(step) => {
            changes(&mut step.changes);
            step.entering.reverse();
            step.conflicted.reverse();
            step.amendment.iter_mut().for_each(|amendment| amendment.files.reverse());
            for entering in &mut step.entering {
                changes(&mut entering.changes);
                entering.waits_for.reverse();
                entering.carried.reverse();
            }
        }
        _ => {}
    }
    attempt
}

/// Which things are wrong, whatever is said about them.
type Wrong = BTreeSet<(&'static str, Option<RepoPath>, Option<AgentId>, Option<AgentId>)>;

fn errors(verdict: &Verdict) -> Wrong {
    let errors = verdict.violations.iter().filter(|v| v.severity == Severity::Error);
    errors.map(|v| (v.rule, v.path.clone(), v.agent.clone(), v.owner.clone())).collect()
}

fn everything_said(verdict: &Verdict) -> Vec<&str> {
    let helps = verdict.violations.iter().flat_map(|violation| &violation.help);
    let helps = helps.chain(verdict.undecided.iter().flat_map(|reason| &reason.help));
    let helps = helps.flat_map(|help| [Some(help.label.as_str()), help.command.as_deref()]);
    let messages = verdict.violations.iter().map(|violation| violation.message.as_str());
    let notes = verdict.notes.iter().map(|note| note.message.as_str());
    let undecided = verdict.undecided.iter().map(|reason| reason.message.as_str());
    helps.flatten().chain(messages).chain(notes).chain(undecided).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_order_of_the_facts_does_not_show(text in texts(), attempt in attempts()) {
        let contract = contract(&text.written());
        let verdict = decide(&contract, &attempt);
        prop_assert_eq!(&decide(&contract, &attempt), &verdict);
        prop_assert_eq!(decide(&contract, &reversed(attempt)), verdict);
    }

    #[test]
    fn violations_come_in_the_order_of_the_rules_and_once(text in texts(), attempt in attempts()) {
        let verdict = decide(&contract(&text.written()), &attempt);
        let place = |code| RULES.iter().position(|rule| rule.code == code);
        let order: Vec<_> =
            verdict.violations.iter().map(|v| (place(v.rule), &v.path, &v.agent)).collect();
        prop_assert!(order.is_sorted());
        prop_assert!(order.iter().all(|(place, ..)| place.is_some()));
        let keys: BTreeSet<_> =
            verdict.violations.iter().map(|v| (v.rule, &v.path, &v.agent, &v.owner)).collect();
        prop_assert_eq!(keys.len(), verdict.violations.len());
    }

    #[test]
    fn nothing_that_is_said_reaches_a_terminal_raw(text in texts(), attempt in attempts()) {
        let verdict = decide(&contract(&text.written()), &attempt);
        for said in everything_said(&verdict) {
            let raw = |c: char| c.is_control() || policy::text::is_invisible(c);
            prop_assert!(!said.chars().any(raw), "{:?}", said);
        }
    }

    #[test]
    fn waivers_never_add_an_error(text in texts(), attempt in attempts()) {
        let strict = Text { waivers: Vec::new(), ..text.clone() };
        let strict = decide(&contract(&strict.written()), &attempt);
        let waived = decide(&contract(&text.written()), &attempt);
        prop_assert!(errors(&waived).is_subset(&errors(&strict)));
        prop_assert_eq!(strict.violations.len(), waived.violations.len());
        prop_assert!(waived.undecided.len() <= strict.undecided.len());
    }

    #[test]
    fn more_permission_never_adds_a_violation(
        text in texts(),
        mode in 0..MODES.len(),
        attempt in attempts(),
        work in lane_work(),
    ) {
        let mut attempt = Attempt { subject: work, ..attempt };
        if let Subject::Lane(work) = &mut attempt.subject {
            work.before = None;
        }
        // A waiver excuses one way of being wrong, and a freer mode may know another.
        let text = Text { waivers: Vec::new(), ..text };
        let stricter = Text { agents: text.agents.iter().map(|(_, w)| (MODES[mode], *w)).collect(), ..text.clone() };
        let freer = Text {
            agents: text.agents.iter().map(|(_, w)| (MODES[mode.saturating_sub(1)], *w)).collect(),
            extra: true,
            ..text
        };
        // A mode may be broken where the path was refused before: what counts is that no path is
        // refused that was not.
        let places = |text: &Text| -> BTreeSet<_> {
            let verdict = decide(&contract(&text.written()), &attempt);
            errors(&verdict).into_iter().map(|(_, path, agent, _)| (path, agent)).collect()
        };
        prop_assert!(places(&freer).is_subset(&places(&stricter)));
    }

    #[test]
    fn what_was_there_before_only_ever_lightens(
        text in texts(),
        attempt in attempts(),
        work in lane_work(),
    ) {
        let contract = contract(&text.written());
        let attempt = Attempt { subject: work, ..attempt };
        let added = decide(&contract, &attempt);
        let mut whole = attempt.clone();
        if let Subject::Lane(work) = &mut whole.subject {
            work.before = None;
        }
        let whole_verdict = decide(&contract, &whole);
        prop_assert!(errors(&added).is_subset(&errors(&whole_verdict)));
        // A move to the very same state denies for nothing but what is wrong about moving.
        let mut standing = whole.clone();
        if let Subject::Lane(work) = &mut standing.subject {
            work.before = Some(work.state.clone());
        }
        let standing = decide(&contract, &standing);
        let about_the_move = ["identity-conflict", "foreign-branch", "withdrawn"];
        let mut errors = standing.violations.iter().filter(|v| v.severity == Severity::Error);
        prop_assert!(errors.all(|error| about_the_move.contains(&error.rule)));
        prop_assert!(standing.undecided.is_empty());
    }

    #[test]
    fn both_spellings_of_a_contract_decide_the_same(text in texts(), attempt in attempts()) {
        let toml = contract(&text.written());
        let markdown = toml.to_markdown();
        let markdown = read(ContractFile::Markdown, markdown.as_bytes()).expect("the same contract");
        let unplaced = |mut verdict: Verdict| {
            verdict.violations.iter_mut().for_each(|violation| violation.contract_line = None);
            verdict
        };
        let one = unplaced(decide(&toml, &attempt));
        prop_assert_eq!(errors(&one), errors(&unplaced(decide(&markdown, &attempt))));
        prop_assert_eq!(one, unplaced(decide(&markdown, &attempt)));
    }

    #[test]
    fn a_lane_that_changes_less_is_refused_for_no_more(
        text in texts(),
        attempt in attempts(),
        work in lane_work(),
        kept in any::<prop::sample::Index>(),
    ) {
        let contract = contract(&text.written());
        let mut attempt = Attempt { subject: work, ..attempt };
        if let Subject::Lane(work) = &mut attempt.subject {
            work.before = None;
        }
        let whole = errors(&decide(&contract, &attempt));
        if let Subject::Lane(work) = &mut attempt.subject
            && !work.state.changes.is_empty()
        {
            let at = kept.index(work.state.changes.len());
            work.state.changes.remove(at);
        }
        prop_assert!(errors(&decide(&contract, &attempt)).is_subset(&whole));
    }

    #[test]
    fn history_is_never_refused(text in texts(), attempt in attempts(), step in steps()) {
        let mut attempt = Attempt { subject: step, ..attempt };
        if let Subject::TrunkStep(step) = &mut attempt.subject {
            step.published = true;
        }
        let verdict = decide(&contract(&text.written()), &attempt);
        prop_assert_eq!(verdict.outcome(), Outcome::Allowed);
        prop_assert!(verdict.violations.is_empty());
    }

    #[test]
    fn without_a_contract_only_the_contract_is_judged(attempt in attempts(), step in steps()) {
        let attempt = Attempt { subject: step, ..attempt };
        let Subject::TrunkStep(step) = &attempt.subject else { unreachable!() };
        let verdict = decide(&policy::contract::Contract::absent(), &attempt);
        if step.amendment.is_none() && step.unlanded.is_empty() && step.entering.is_empty() {
            prop_assert!(verdict.violations.is_empty());
        }
    }
}
