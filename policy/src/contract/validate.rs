//! Draft to contract: everything that the text alone can get wrong, all of it at once.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::draft::{Draft, DraftAgent, DraftPolicy, DraftShare, DraftStep, DraftWaiver, Text};
use super::kept_branches;
use super::keys::WAIVABLE;
use super::lane_names::{Unique, branch_name, check_integrator, check_length, worktree_name};
use super::model::{
    Agent, Contract, MergeSettings, OrderStep, Policy, PolicyLines, Promise, ScopeEntry,
    SharedEntry, SharedPolicy, Waiver,
};
use super::narrowing::{Narrowing, TooMany};
use super::order;
use super::overlap::{self, Overlap};
use super::pattern::Pattern;
use super::permission::Lookup;
use super::source::{Placed, Problems, Shown, nearest, nearest_agent};
use crate::name::{AgentId, LONGEST_AGENT};
use crate::path::{RepoPath, fold_component};

/// How many agents a contract may have: more than anybody dispatches, and few enough for every
/// name to be compared with every other.
const MOST_AGENTS: usize = 1000;

/// Judges a draft. `None` when anything is wrong; the problems say what.
pub(super) fn validate(draft: Draft, problems: &mut Problems<'_>) -> Option<Contract> {
    if let Some(surplus) = draft.agents.get(MOST_AGENTS) {
        let message = format!("{} agents; at most {MOST_AGENTS} are read", draft.agents.len());
        problems.error(
            "too-many-agents",
            &surplus.name.at,
            message,
            "dispatch fewer agents at a time",
        );
        return None;
    }
    // Who seems to have no path may have one in what was not understood.
    let is_read_whole = problems.is_empty();
    let integrator = draft.integrator.as_ref().and_then(|name| agent_name(name, problems));
    let mut names = Names { ids: HashSet::new(), spelled: Vec::new() };
    for agent in &draft.agents {
        names.take_in(&agent.name, problems);
    }
    if draft.agents.is_empty() {
        let help = "name each agent with its branch and its scope";
        problems.error("no-agents", &(0..0), "the contract names no agents", help);
    }
    let shared = shared(&draft, &names, problems);
    let (agents, places) = agents(&draft, &names, &shared, is_read_whole, problems);
    check_integrator(&draft, problems);
    report_overlaps(&agents, &shared, &places, problems);
    let order = merge_order(&draft, &names, &agents, problems);
    let names = Names {
        spelled: names.spelled.iter().cloned().chain(draft.integrator.map(|i| i.value)).collect(),
        ids: names.ids.into_iter().chain(integrator.clone()).collect(),
    };
    let waivers = draft.waivers.iter().filter_map(|w| waiver(w, &names, problems)).collect();
    let contract = Contract {
        file: draft.file,
        lines: problems.source.lines(),
        name: draft.name.and_then(|name| one_line(&name.value)),
        version: version(draft.version.as_ref(), problems),
        version_line: draft.version.as_ref().map(|version| problems.source.line(version.at.start)),
        trunk: trunk(draft.trunk.as_ref(), problems),
        objective: draft.objective.and_then(|objective| one_line(&objective.value)),
        integrator,
        lookup: Lookup::new(&agents, &shared),
        agents,
        shared,
        order,
        merge: MergeSettings {
            timeout: timeout(draft.merge.timeout.as_ref(), problems),
            suite: command("suite", draft.merge.suite.as_ref(), problems),
            setup: command("setup", draft.merge.setup.as_ref(), problems),
            strategy: draft.merge.strategy.map(|strategy| strategy.value).unwrap_or_default(),
        },
        waivers,
        policy: policy(draft.policy, problems),
        unheard: problems.take_warnings(),
    };
    if contract.trunk.is_some() {
        lanes_on_the_trunk(&contract, problems);
    }
    problems.is_empty().then_some(contract)
}

fn policy(draft: DraftPolicy, problems: &mut Problems<'_>) -> Policy {
    let line = |at: Option<usize>| at.map(|at| problems.source.line(at));
    let lines = PolicyLines {
        unlisted_branches: line(draft.unlisted_branches.as_ref().map(|word| word.at.start)),
        agent_branches: line(draft.agent_branches.as_ref().map(|text| text.at.start)),
        trunk_steps: line(draft.trunk_steps.as_ref().map(|word| word.at.start)),
    };
    Policy {
        unlisted_branches: draft.unlisted_branches.map(|word| word.value).unwrap_or_default(),
        agent_branches: draft
            .agent_branches
            .and_then(|text| kept_branches::pattern(&text, problems)),
        trunk_steps: draft.trunk_steps.map(|word| word.value).unwrap_or_default(),
        lines,
    }
}

/// The agents that the contract has.
struct Names {
    ids: HashSet<AgentId>,
    spelled: Vec<String>,
}

impl Names {
    fn take_in(&mut self, name: &Text, problems: &mut Problems<'_>) {
        let Some(id) = agent_name(name, problems) else { return };
        self.spelled.push(name.value.clone());
        self.ids.insert(id);
    }

    /// The agent that a text names; a problem when there is none.
    fn find(&self, name: &Text, problems: &mut Problems<'_>) -> Option<AgentId> {
        let id = agent_name(name, problems)?;
        if self.ids.contains(&id) {
            return Some(id);
        }
        if problems.leaves_one_out() {
            return None; // Whom it may mean takes long to find out, and would not be said.
        }
        let help = match nearest_agent(&name.value, self.spelled.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "give it a branch and a scope, or take it out here".to_owned(),
        };
        problems.error("unknown-agent", &name.at, format!("no agent is called {id}"), help);
        None
    }

    fn find_all(&self, names: &[Text], problems: &mut Problems<'_>) -> Vec<AgentId> {
        names.iter().filter_map(|name| self.find(name, problems)).collect()
    }
}

fn agent_name(name: &Text, problems: &mut Problems<'_>) -> Option<AgentId> {
    let id = AgentId::new(&name.value);
    if id.is_err() {
        let message = match name.value.len() {
            bytes if bytes > LONGEST_AGENT => {
                format!("an agent's name of {bytes} bytes; the longest has {LONGEST_AGENT}")
            }
            _ => format!("{} cannot name an agent", Shown(&name.value)),
        };
        let help =
            "letters, digits, `.`, `_` and `-`, beginning with a letter or digit; not `nobody`";
        problems.error("agent-name", &name.at, message, help);
    }
    id.ok()
}

pub(super) fn pattern(text: &Text, problems: &mut Problems<'_>) -> Option<Pattern> {
    match Pattern::parse(&text.value) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let message = match text.value.is_empty() {
                true => error.to_string(),
                false => format!("{}: {error}", Shown(&text.value)),
            };
            problems.error(error.code(), &text.at, message, error.help());
            None
        }
    }
}

fn agents(
    draft: &Draft,
    names: &Names,
    shared: &[SharedEntry],
    is_read_whole: bool,
    problems: &mut Problems<'_>,
) -> (Vec<Agent>, Vec<Places>) {
    let mut unique = Unique::default();
    let mut narrowing = Narrowing::new();
    let mut agents = Vec::new();
    let mut places = Vec::new();
    for draft_lane in &draft.agents {
        let lane = draft_lane;
        let branch = lane.branch.as_ref().and_then(|branch| branch_name(branch, problems));
        let worktree = lane.worktree.as_ref().and_then(|name| worktree_name(name, problems));
        unique.check("branch", lane.branch.as_ref(), problems);
        unique.check("worktree", lane.worktree.as_ref(), problems);
        let identity = lane.identity.clone().unwrap_or_else(|| lane.name.clone());
        unique.check("identity", Some(&identity), problems);
        check_length("identity", &identity, problems);
        let Ok(id) = AgentId::new(&lane.name.value) else { continue };
        if lane.branch.is_none() {
            let message = format!("{id} has no branch");
            let others = draft.agents.iter().filter(|other| other.branch.is_some());
            let help = match nearest_agent(id.as_str(), others.map(|other| &*other.name.value)) {
                Some(near) => format!("did you mean `{near}`? Otherwise give it a branch"),
                None => format!("give it one: `branch: agents/{id}`"),
            };
            problems.error("agent-without-branch", &lane.name.at, message, help);
        }
        let (scope, at) = scope(lane, &mut narrowing, problems);
        places.push(at);
        let withdrawn = lane.withdrawn.as_ref().is_some_and(|flag| flag.value);
        let is_empty = lane.scope.is_empty() && !shared.iter().any(|entry| owns(entry, &id));
        if is_empty && is_read_whole && !withdrawn {
            let message = format!("{id} has no paths of its own");
            let help = "give it a scope, or let it own a shared path; without one it can never land. If it has \
                        landed, or shall not, withdraw it";
            problems.error("agent-without-scope", &lane.name.at, message, help);
        }
        let promises = lane.promises.iter().map(|promise| Promise {
            text: one_line(&promise.text.value).unwrap_or_default(),
            relied_on_by: names.find_all(&promise.relied_on_by, problems),
            line: problems.source.line(promise.text.at.start),
        });
        let promises = promises.collect();
        agents.push(Agent {
            branch: branch.unwrap_or_default(),
            worktree,
            identity: lane.identity.as_ref().map(|identity| identity.value.as_str().into()),
            scope,
            promises,
            withdrawn,
            new_surface: lane.new_surface.as_ref().is_none_or(|flag| flag.value),
            line: problems.source.line(lane.name.at.start),
            id,
        });
        let lane = &agents[agents.len() - 1];
        let governed = !lane.withdrawn
            && !lane.scope.is_empty()
            && !shared.iter().any(|entry| owns(entry, &lane.id));
        if governed && !overlap::holds_own_path(lane, shared) {
            let id = &lane.id;
            let message = format!("shared paths govern every path in the scope of {id}");
            let help = "give it a path of its own, or let it own a shared one; without one it can never land";
            problems.error("agent-without-scope", &draft_lane.name.at, message, help);
        }
    }
    (agents, places)
}

/// Where the entries of one agent's scope stand in the text.
type Places = Vec<Range<usize>>;

fn owns(entry: &SharedEntry, id: &AgentId) -> bool {
    matches!(&entry.policy, SharedPolicy::Owner(owner) if owner == id)
}

fn report_overlaps(
    agents: &[Agent],
    shared: &[SharedEntry],
    places: &[Places],
    problems: &mut Problems<'_>,
) {
    if overlap::are_too_many(agents, shared) {
        TooMany::Patterns.tell(problems);
        return;
    }
    for Overlap { first, second, path } in overlap::overlaps(agents, shared) {
        let entry = |(agent, number): (usize, usize)| {
            let lane = &agents[agent];
            let entry = &lane.scope[number];
            (Shown(entry.pattern.as_str()).to_string(), &lane.id, entry.line)
        };
        let (one, its_agent, line) = entry(first);
        let (other, agent, _) = entry(second);
        let both = format!("{other} of {agent} and {one} of {its_agent} in line {line}");
        let at = &places[second.0][second.1];
        match path.map(RepoPath::new) {
            Some(Ok(path)) => {
                let help = "narrow one of the two, exclude the path with `except`, or give it a \
                            policy as a shared path";
                problems.error("overlap", at, format!("{both} both match {path}"), help);
            }
            Some(Err(_)) | None => {
                let message =
                    format!("whether {both} overlap takes more than 100,000 states to say");
                let help = "write simpler patterns, or narrow them to different directories";
                problems.error("overlap-undecided", at, message, help);
            }
        }
    }
}

fn scope(
    lane: &DraftAgent,
    narrowing: &mut Narrowing,
    problems: &mut Problems<'_>,
) -> (Vec<ScopeEntry>, Places) {
    let mut places = Vec::new();
    let mut wide = Vec::new();
    for entry in &lane.scope {
        let at = entry.pattern.at.clone();
        let line = problems.source.line(at.start);
        let Some(pattern) = pattern(&entry.pattern, problems) else { continue };
        places.push(at);
        let except = Vec::new();
        wide.push((ScopeEntry { pattern, except, mode: entry.mode, line }, &entry.except[..]));
    }
    match narrowing.narrow(lane, wide, problems) {
        Ok(entries) => (entries, places),
        Err(too_many) => {
            too_many.tell(problems);
            (Vec::new(), Vec::new())
        }
    }
}

fn shared(draft: &Draft, names: &Names, problems: &mut Problems<'_>) -> Vec<SharedEntry> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut entries = Vec::new();
    for entry in &draft.shared {
        let line = problems.source.line(entry.pattern.at.start);
        if let Some(first) = seen.insert(&entry.pattern.value, line) {
            let message =
                format!("{} has a policy already, in line {first}", Shown(&entry.pattern.value));
            problems.error(
                "duplicate-shared",
                &entry.pattern.at,
                message,
                "one policy for each shared path",
            );
        }
        let policy = match &entry.policy {
            DraftShare::Nobody => Some(SharedPolicy::Nobody),
            DraftShare::Owner(owner) => names.find(owner, problems).map(SharedPolicy::Owner),
            DraftShare::AdditionsBy(agents) => {
                if agents.is_empty() {
                    let help = "name the agents, or write `nobody`";
                    problems.error(
                        "shared-policy",
                        &entry.pattern.at,
                        "no agent may add here",
                        help,
                    );
                }
                Some(SharedPolicy::AdditionsBy(names.find_all(agents, problems)))
            }
            DraftShare::GeneratedBy(text) => {
                command("generated-by", Some(text), problems).map(SharedPolicy::GeneratedBy)
            }
        };
        let pattern = pattern(&entry.pattern, problems);
        if let (Some(pattern), Some(policy)) = (pattern, policy) {
            let note = entry.note.as_deref().and_then(one_line);
            entries.push(SharedEntry { pattern, policy, note, line });
        }
    }
    entries
}

fn merge_order(
    draft: &Draft,
    names: &Names,
    agents: &[Agent],
    problems: &mut Problems<'_>,
) -> Vec<OrderStep> {
    let mut placed: HashMap<AgentId, u32> = HashMap::new();
    let mut steps = Vec::new();
    for step in &draft.order {
        let line = problems.source.line(step.at.start);
        let mut in_step = Vec::new();
        if step.agents.is_empty() {
            let help = "name one agent, or several that may land in any order";
            problems.error(
                "missing-key",
                &step.at,
                "this step of the merge order names no agent",
                help,
            );
        }
        for name in &step.agents {
            let Some(id) = names.find(name, problems) else { continue };
            if let Some(first) = placed.insert(id.clone(), line) {
                let message =
                    format!("{id} has its place in the merge order already, in line {first}");
                problems.error("order-repeats", &name.at, message, "each agent lands once");
                continue;
            }
            in_step.push(id);
        }
        steps.push(OrderStep {
            agents: in_step,
            after: step.after.as_ref().map(|after| names.find_all(after, problems)),
            because: step.because.as_deref().and_then(one_line),
            line,
        });
    }
    if !draft.order.is_empty() {
        for agent in agents.iter().filter(|agent| !agent.withdrawn) {
            if !placed.contains_key(&agent.id) {
                let at = draft.order.last().map_or(0..0, |step| step.at.clone());
                let message = format!("the merge order leaves out {}", agent.id);
                let help = format!("place {}, or say that it may land at any time", agent.id);
                problems.error("order-incomplete", &at, message, help);
            }
        }
    }
    order_cycle(&draft.order, &steps, problems);
    steps
}

fn order_cycle(written: &[DraftStep], steps: &[OrderStep], problems: &mut Problems<'_>) {
    let Some((lanes, last)) = order::cycle(steps) else { return };
    let mut names: Vec<&str> = lanes.iter().map(|agent| agent.as_str()).collect();
    names.extend(names.first().copied());
    let message = format!("the merge order goes in a circle: {}", names.join(" → "));
    problems.error(
        "order-cycle",
        &written[last].at,
        message,
        "take one `after` out, or move the step",
    );
}

fn waiver(waiver: &DraftWaiver, names: &Names, problems: &mut Problems<'_>) -> Option<Waiver> {
    let rule = waiver.rule.value.as_str();
    if !WAIVABLE.contains(&rule) {
        let message = format!("{} is no rule that can be waived", Shown(rule));
        let help = match nearest(rule, WAIVABLE) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", WAIVABLE.join(", ")),
        };
        problems.error("waiver-rule", &waiver.rule.at, message, help);
    }
    if waiver.because.value.trim().is_empty() {
        let help = "say why, for those who read the verdict";
        problems.error("waiver-reason", &waiver.because.at, "a waiver without a reason", help);
    }
    Some(Waiver {
        rule: rule.into(),
        agent: names.find(&waiver.agent, problems)?,
        path: waiver.path.as_ref().and_then(|path| pattern(path, problems)),
        because: one_line(&waiver.because.value).unwrap_or_default(),
        line: problems.source.line(waiver.at.start),
    })
}

/// Free text on one line: white space counts as one space, and nothing is no text.
fn one_line(text: &str) -> Option<Box<str>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" ").into())
}

fn version(version: Option<&Placed<u64>>, problems: &mut Problems<'_>) -> u64 {
    let Some(version) = version else { return 1 };
    if version.value == 0 || version.value > u64::from(u32::MAX) {
        let help = "raise it by one whenever the contract changes mid-run";
        problems.error(
            "version-number",
            &version.at,
            "versions are counted from 1, one by one",
            help,
        );
    }
    version.value
}

fn trunk(trunk: Option<&Text>, problems: &mut Problems<'_>) -> Option<Box<str>> {
    branch_name(trunk?, problems)
}

fn lanes_on_the_trunk(contract: &Contract, problems: &mut Problems<'_>) {
    // A disk without case has one file for both.
    let fold = |name: &str| fold_component(name.as_bytes());
    let Some(trunk) = contract.trunk.as_deref().map(fold) else { return };
    let on_trunk: HashSet<u32> = contract
        .agents
        .iter()
        .filter(|agent| fold(&agent.branch) == trunk)
        .map(|agent| agent.line)
        .collect();
    for line in on_trunk {
        let at = problems.source.at_line(line);
        let help = "an agent works on a branch of its own";
        problems.error("branch-is-trunk", &at, "this lane's branch is the trunk", help);
    }
}

fn timeout(timeout: Option<&Text>, problems: &mut Problems<'_>) -> Option<Box<str>> {
    let timeout = timeout?;
    let text = timeout.value.as_str();
    let number = text.strip_suffix(['s', 'm', 'h']).unwrap_or_default();
    if number.parse::<u32>().is_ok_and(|number| number > 0) {
        return Some(text.into());
    }
    let message = format!("{} is no length of time", Shown(text));
    problems.error("unknown-value", &timeout.at, message, "such as `90s`, `20m` or `2h`");
    None
}

fn command(what: &str, text: Option<&Text>, problems: &mut Problems<'_>) -> Option<Box<str>> {
    let text = text?;
    if text.value.trim().is_empty() || text.value.contains(char::is_control) {
        let message = format!("`{what}` is one command on one line");
        problems.error("command", &text.at, message, "such as `npm test`");
        return None;
    }
    Some(text.value.as_str().into())
}
