//! What a decision asks a repository for: it must not grow with what does not matter.

use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::answers::{answer, answer_from};
use crate::evidence::contract::Contracts;
use crate::evidence::fake::{FakeView, Files, name};
use crate::evidence::history::History;
use crate::evidence::located::{Side, Trunk};
use crate::evidence::search::{DEEPEST_BASES, MOST_SEARCHED, Search};

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// A commit that puts a content at a path of its first parent.
fn commit(view: &mut FakeView, name: &str, parents: &[Oid], at: &str, content: &str) -> Oid {
    let mut files = match parents.first() {
        Some(parent) => Files::clone(&view.files(*parent)),
        None => Files::new(),
    };
    let id = view.store(content.as_bytes());
    files.insert(path(at), Entry { mode: EntryMode::File, id });
    view.make(name, parents, files)
}

/// A trunk whose contract has many lanes `l0`, `l1`…, each with a few commits, one after another
/// in the merge order.
fn many_lanes(lanes: usize, commits: usize) -> FakeView {
    let mut view = FakeView::new();
    view.config.insert("contractgate.trunk".to_owned(), vec!["main".to_owned()]);
    let mut contract = "format = 1\n".to_owned();
    for lane in 0..lanes {
        contract.push_str(&format!(
            "[agents.l{lane}]\nbranch = \"l{lane}\"\nscope = [\"l{lane}/**\"]\n"
        ));
    }
    for lane in 0..lanes {
        contract.push_str(&format!("[[merge-order]]\nagents = [\"l{lane}\"]\n"));
    }
    let root = commit(&mut view, "m0", &[], "contract.toml", &contract);
    view.refs.insert(RefName::branch("main"), root);
    for lane in 0..lanes {
        let mut tip = root;
        for number in 0..commits {
            let name = format!("l{lane}-{number}");
            tip = commit(&mut view, &name, &[tip], &format!("l{lane}/{number}"), &name);
        }
        view.refs.insert(RefName::branch(&format!("l{lane}")), tip);
    }
    view
}

#[test]
fn a_step_that_concerns_no_lane_is_one_comparison_however_many_there_are() {
    let mut view = many_lanes(200, 3);
    let root = view.refs[&RefName::branch("main")];
    commit(&mut view, "m1", &[root], "README", "1");
    assert_eq!(answer(&view, "receive main=m1"), ["m0..m1 => ok"]);
    assert!(view.asked.diffs.get() <= 2, "{:?}", view.asked);
    assert!(view.asked.walks.get() <= 10, "{:?}", view.asked);
    assert!(view.asked.blobs.get() <= 2, "{:?}", view.asked);
}

#[test]
fn many_steps_cost_as_much_as_each_of_them() {
    let mut view = many_lanes(50, 3);
    let mut tip = view.refs[&RefName::branch("main")];
    for number in 1..=100 {
        tip = commit(&mut view, &format!("m{number}"), &[tip], "README", &number.to_string());
    }
    assert_eq!(answer(&view, "receive main=m100").len(), 100);
    assert!(view.asked.diffs.get() <= 2 * 100, "{:?}", view.asked);
    assert!(view.asked.walks.get() <= 5 * 100, "{:?}", view.asked);
}

#[test]
fn of_many_branches_in_no_lane_the_trunk_is_asked_at_once() {
    let mut view = many_lanes(3, 1);
    let mut trunk = vec![view.refs[&RefName::branch("main")]];
    let works: Vec<Oid> =
        (0..100).map(|n| commit(&mut view, &format!("w{n}"), &[trunk[0]], "README", "x")).collect();
    for number in 1..=100 {
        let below = [trunk[number - 1]];
        trunk.push(commit(&mut view, &format!("m{number}"), &below, "README", &number.to_string()));
    }
    view.refs.insert(RefName::branch("main"), trunk[100]);
    let names = |prefix: &str, commits: &[Oid]| -> Vec<String> {
        commits.iter().map(|id| format!("{prefix}-{0}={0}", name(*id))).collect()
    };
    let moves = [names("work", &works), names("name", &trunk)].concat().join(" ");
    for verb in ["receive", "push"] {
        let before = view.asked.walks.get();
        let lines = answer(&view, &format!("{verb} {moves}"));
        let expected: Vec<String> =
            works.iter().map(|id| format!("unlisted {} => ok", name(*id))).collect();
        assert_eq!(lines, expected);
        assert!(view.asked.walks.get() - before <= 10, "{:?}", view.asked);
    }
}

#[test]
fn a_lane_of_many_commits_is_checked_without_reading_them_one_by_one() {
    let view = many_lanes(1, 2_000);
    let lines = answer(&view, "check l0");
    assert!(lines.len() == 1 && lines[0].ends_with("=> ok"), "{lines:?}");
    assert!(view.asked.diffs.get() <= 5, "{:?}", view.asked);
    assert!(view.asked.walks.get() <= 20, "{:?}", view.asked);
}

#[test]
fn the_commits_behind_many_violations_are_found_by_one_comparison_a_commit() {
    let (commits, paths) = (300, 40);
    let mut view = many_lanes(1, 1);
    let tip = view.refs[&RefName::branch("l0")];
    let mut files = Files::clone(&view.files(tip));
    let id = view.store(b"not mine");
    for number in 0..paths {
        files.insert(path(&format!("other/{number}")), Entry { mode: EntryMode::File, id });
    }
    let mut tip = view.make("trespass", &[tip], files);
    for number in 0..commits {
        tip = commit(&mut view, &format!("c{number}"), &[tip], "l0/x", &number.to_string());
    }
    view.refs.insert(RefName::branch("l0"), tip);
    let lines = answer(&view, "check l0");
    assert!(lines.len() == 1 && lines[0].contains("other/0"), "{lines:?}");
    assert!(view.asked.diffs.get() <= commits + 10, "{:?}", view.asked);
    // Whether a commit has a contract of its own is seen at the root of its tree.
    assert!(view.asked.entries.get() <= 10 * paths + 2 * (commits + 10), "{:?}", view.asked);
}

#[test]
fn a_landing_reads_each_own_commit_once_at_most() {
    let mut view = many_lanes(200, 3);
    let root = view.refs[&RefName::branch("main")];
    let tip = view.refs[&RefName::branch("l0")];
    let (files, _) = view.merged(root, tip);
    view.make("m1", &[root, tip], files);
    let lines = answer(&view, "receive main=m1");
    assert_eq!(lines, ["m0..m1; l0 enters (l0-2) +l0/0 +l0/1 +l0/2 => ok"]);
    assert!(view.asked.walks.get() <= 10, "{:?}", view.asked);
    assert!(view.asked.diffs.get() <= 200 * 3 + 20, "{:?}", view.asked);
}

#[test]
fn a_revert_is_looked_for_in_many_steps_by_a_few_look_ups_each() {
    let mut view = many_lanes(2, 1);
    let mut tip = view.refs[&RefName::branch("main")];
    for number in 1..=400 {
        tip = commit(&mut view, &format!("m{number}"), &[tip], "l0/x", &number.to_string());
    }
    view.refs.insert(RefName::branch("main"), tip);
    commit(&mut view, "n", &[tip], "l0/x", "never");
    assert_eq!(answer(&view, "receive main=n"), ["m400..n => trunk-direct(l0/x)?"]);
    assert!(view.asked.diffs.get() <= 2 * 400, "{:?}", view.asked);
    assert!(view.asked.entries.get() <= 10 * 400, "{:?}", view.asked);
}

#[test]
fn new_files_beside_each_other_cost_a_listing_of_their_directory_and_not_one_each() {
    let mut view = many_lanes(1, 1);
    let tip = view.refs[&RefName::branch("l0")];
    let mut files = Files::clone(&view.files(tip));
    let id = view.store(b"new");
    for number in 0..500 {
        files.insert(path(&format!("l0/new/{number}")), Entry { mode: EntryMode::File, id });
    }
    let tip = view.make("new", &[tip], files);
    view.refs.insert(RefName::branch("l0"), tip);
    let lines = answer(&view, "check l0");
    assert!(lines.len() == 1 && lines[0].ends_with("=> ok"), "{lines:?}");
    assert!(view.asked.listings.get() <= 6, "{:?}", view.asked);
}

#[test]
fn where_lanes_begin_is_looked_for_along_the_trunk_once_for_all_lanes_and_steps() {
    let (lanes, steps) = (20, 300);
    let mut view = many_lanes(lanes, 1);
    let mut trunk = vec![view.refs[&RefName::branch("main")]];
    for number in 1..=steps {
        let files = Files::clone(&view.files(trunk[number - 1]));
        trunk.push(view.make(&format!("m{number}"), &[trunk[number - 1]], files));
    }
    let history = History::new(&view);
    let contracts =
        Contracts::new(&history, &Trunk::locate(&history, None, None, Side::Client).unwrap());
    let contracts = contracts.unwrap();
    let contract = contracts.at(trunk[0]).unwrap().known().unwrap().unwrap();
    for at in &trunk {
        for agent in contract.agents() {
            assert_eq!(contracts.base_of(agent, &[*at]), Ok(Some(trunk[0])));
        }
    }
    // Each commit for itself, each question at most the commit below.
    let most = steps + 2 * lanes * (steps + 1);
    assert!(contracts.walked.get() <= most, "{} of {most}", contracts.walked.get());
}

/// A text of some places far enough from each other, one of which is at its next version.
fn versions(places: usize, level: usize, next: Option<usize>) -> String {
    let mut text = String::new();
    for place in 0..places {
        let version = level + usize::from(next == Some(place));
        text.push_str(&format!("{place} at {version}\n{place}a\n{place}b\n"));
    }
    text
}

/// A lane that has taken in again and again, by several merges beside each other, what it had done
/// at several places of a file, with one such merge on the trunk and another at its tip.
fn criss_cross(width: usize, levels: usize) -> FakeView {
    let mut view = many_lanes(2, 1);
    let root = view.refs[&RefName::branch("main")];
    let root = commit(&mut view, "begun", &[root], "l0/x", &versions(width, 0, None));
    let mut parents = vec![root];
    for level in 0..levels {
        let mut next = Vec::new();
        for place in 0..width {
            let text = versions(width, level, Some(place));
            let name = format!("c{level}-{place}");
            next.push(commit(&mut view, &name, &parents, "l0/x", &text));
        }
        parents = next;
    }
    let landed = commit(&mut view, "landed", &parents, "l0/x", &versions(width, levels, Some(0)));
    let files = Files::clone(&view.files(landed));
    let trunk = view.make("m1", &[root, landed], files);
    view.refs.insert(RefName::branch("main"), trunk);
    let tip = commit(&mut view, "tip", &parents, "l0/x", &versions(width, levels, Some(1)));
    view.refs.insert(RefName::branch("l0"), tip);
    view
}

#[test]
fn merge_bases_of_merge_bases_are_merged_once_each() {
    for (width, levels) in [(2, 60), (5, 12)] {
        let view = criss_cross(width, levels);
        let lines = answer(&view, "check l0");
        assert!(lines.len() == 1 && lines[0].ends_with("~l0/x => ok"), "{lines:?}");
        let most = width * levels + 10;
        assert!(view.asked.merges.get() <= most, "{:?}, at most {most}", view.asked);
    }
}

#[test]
fn more_merge_bases_within_each_other_than_the_limit_are_not_decided() {
    let view = criss_cross(2, DEEPEST_BASES + 10);
    assert_eq!(answer(&view, "check l0"), ["undecided(search-limit)"]);
}

/// A lane of two lines that merge each other again and again, or of one that is merged into the
/// other, as the trunk's own line: an old trunk is the second parent of what is pushed.
fn crosswise_as_the_trunk(commits: usize, both_ways: bool) -> FakeView {
    let mut view = many_lanes(2, 0);
    let trunk = view.refs[&RefName::branch("main")];
    let mut one = commit(&mut view, "one", &[trunk], "l0/one", "0");
    let mut other = commit(&mut view, "other", &[trunk], "l0/other", "0");
    for number in 1..=commits {
        let text = number.to_string();
        let taken_in = other;
        let parents = if both_ways { &[other, one][..] } else { &[other] };
        other = commit(&mut view, &format!("other-{number}"), parents, "l0/other", &text);
        one = commit(&mut view, &format!("one-{number}"), &[one, taken_in], "l0/one", &text);
    }
    let trunk = commit(&mut view, "hotfix", &[trunk], "other/x", "now");
    view.refs.insert(RefName::branch("main"), trunk);
    let (files, _) = view.merged(one, trunk);
    view.make("n", &[one, trunk], files);
    view
}

#[test]
fn a_lane_that_merges_crosswise_costs_a_few_walks_a_commit_where_it_is_pushed_as_the_trunk() {
    for both_ways in [true, false] {
        let view = crosswise_as_the_trunk(100, both_ways);
        let lines = answer(&view, "receive as l0 main=n");
        assert!(lines.len() == 1 && lines[0].contains("l0 enters"), "{lines:?}");
        assert!(view.asked.walks.get() <= 12 * 200, "{:?}", view.asked);
    }
}

/// Lines of which every third is changed by a step of its own, as far as `has` says so.
fn every_third_line(steps: usize, has: impl Fn(usize) -> bool) -> String {
    let has = |at: usize| at % 3 == 1 && has(at / 3);
    (0..3 * steps).map(|at| format!("{at} {}\n", has(at))).collect()
}

/// A trunk of some steps that change the same file, `l0/x`, each at the next of its places.
fn one_file_in_many_steps(steps: usize, policy: &str) -> FakeView {
    let mut view = many_lanes(2, 1);
    let mut files = Files::clone(&view.files(view.refs[&RefName::branch("main")]));
    let contract = Rc::clone(view.content(files[&path("contract.toml")].id));
    let contract = [&contract[..], b"[policy]\ntrunk-steps = \"", policy.as_bytes(), b"\"\n"];
    let id = view.store(&contract.concat());
    files.insert(path("contract.toml"), Entry { mode: EntryMode::File, id });
    let mut tip = view.make("m0-under", &[], files);
    for number in 0..=steps {
        let text = every_third_line(steps, |step| step < number);
        tip = commit(&mut view, &format!("s{number}"), &[tip], "l0/x", &text);
    }
    view.refs.insert(RefName::branch("main"), tip);
    view
}

#[test]
fn steps_that_cannot_be_those_taken_back_are_told_without_reading_texts() {
    let mut view = one_file_in_many_steps(100, "landings-only");
    let tip = view.refs[&RefName::branch("main")];
    let mut files = Files::clone(&view.files(tip));
    let id = view.store(b"new");
    for changed in ["l0/x", "l1/never-before"] {
        files.insert(path(changed), Entry { mode: EntryMode::File, id });
    }
    view.make("n", &[tip], files);
    let lines = answer(&view, "receive main=n");
    assert!(lines.len() == 1 && lines[0].contains("trunk-direct"), "{lines:?}");
    assert_eq!(view.asked.merges.get(), 0, "{:?}", view.asked);
}

#[test]
fn a_single_step_taken_back_is_found_before_all_that_stand_in_a_row() {
    let mut view = one_file_in_many_steps(40, "landings-only");
    let tip = view.refs[&RefName::branch("main")];
    let text = every_third_line(40, |step| step != 10);
    commit(&mut view, "n", &[tip], "l0/x", &text);
    assert_eq!(answer(&view, "receive main=n"), ["s40..n; reverts => ok"]);
    assert!(view.asked.merges.get() <= 2 * 40, "{:?}", view.asked);
}

#[test]
fn a_search_that_is_cut_off_refuses_nothing_that_may_be_a_revert() {
    for (policy, expected) in
        [("landings-only", "undecided(search-limit)"), ("open", "s40..n => trunk-direct(l0/x)?")]
    {
        let mut view = one_file_in_many_steps(40, policy);
        let tip = view.refs[&RefName::branch("main")];
        commit(&mut view, "n", &[tip], "l0/x", "nothing of it\n");
        let history = History::new(&view);
        let spent = MOST_SEARCHED - 128 * 1024;
        assert_eq!(history.allowance.text(Search::Revert, spent), Ok(()));
        assert_eq!(answer_from(&history, &view, "receive main=n"), [expected]);
        let merges = view.asked.merges.get();
        assert!(0 < merges && merges <= 100, "{:?}", view.asked);
    }
}
