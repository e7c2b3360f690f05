//! The page, at the widths that people have.

use policy::attempt::Stale;
use policy::name::RefName;
use policy::verdict::{Note, Undecided};

use super::*;
use crate::evidence::lane::size::Size;
use crate::report::samples::{agent, help, oid};
use crate::ritual::status::{Desk, Distance, Uncommitted, Verdict};

const NOW: i64 = 1_800_000_000;

fn lane(number: usize) -> LaneStatus {
    let name = format!("agent-{number:02}");
    LaneStatus {
        agent: agent(&name),
        branch: format!("agents/part-{number:02}"),
        step: Some(number.div_ceil(4)),
        busy: None,
        desk: Some(Desk {
            path: format!("/repo/wt-{number:02}").into(),
            branch: Some(RefName::branch(&format!("agents/part-{number:02}"))),
            gone: false,
            uncommitted: Ok(Uncommitted::default()),
        }),
        tip: Some(oid('1')),
        own: Some(number),
        size: Some(Size { files: number, added: 10 * number, deleted: number, uncounted: 0 }),
        distance: Some(Distance { ahead: number, behind: 3 }),
        verdict: Verdict { outcome: Outcome::Allowed, errors: 0, warnings: 0, undecided: 0 },
        landing: Some(Landing::Not),
        taken_back: false,
        has_more: false,
        undone_contract: None,
        stale: None,
        last: Some(NOW - 5000 * number as i64),
        waits_for: Some(
            (1..=(number - 1) / 4 * 4).map(|n| agent(&format!("agent-{n:02}"))).collect(),
        ),
        blocks: Vec::new(),
        unknown: Vec::new(),
    }
}

/// Twenty lanes, of which each kind is one.
fn status() -> Status {
    let mut lanes: Vec<LaneStatus> = (1..=20).map(lane).collect();
    for (at, landing) in [(0, Landing::Reachable), (1, Landing::Arrived), (2, Landing::BranchGone)]
    {
        lanes[at].landing = Some(landing);
        lanes[at].own = Some(0);
        lanes[at].size = Some(Size::default());
    }
    (lanes[2].tip, lanes[2].distance, lanes[2].desk, lanes[2].last) = (None, None, None, None);
    lanes[3].landing = Some(Landing::Withdrawn);
    for lane in &mut lanes {
        let landed = ["agent-01", "agent-02", "agent-03", "agent-04"].map(agent);
        lane.waits_for.as_mut().unwrap().retain(|id| !landed.contains(id));
    }
    lanes[4].desk.as_mut().unwrap().uncommitted = Ok(Uncommitted { changed: 3, untracked: 1 });
    lanes[4].blocks = (9..=20).map(|n| agent(&format!("agent-{n:02}"))).collect();
    lanes[5].verdict = Verdict { outcome: Outcome::Denied, errors: 2, warnings: 1, undecided: 0 };
    lanes[6].verdict =
        Verdict { outcome: Outcome::Undecided, errors: 0, warnings: 0, undecided: 1 };
    let message = "object 4be81c2 cannot be read: it is damaged".to_owned();
    lanes[6].unknown = vec![Undecided { code: "unreadable", message, help: Vec::new() }];
    lanes[6].size = None;
    lanes[7].stale = Some(Stale { has: 1, current: 2, concerns: vec!["its scope".to_owned()] });
    (lanes[8].own, lanes[8].size, lanes[8].last) = (Some(0), Some(Size::default()), None);
    (lanes[9].tip, lanes[9].size, lanes[9].own) = (None, None, Some(0));
    (lanes[9].desk, lanes[9].last, lanes[9].distance) = (None, None, None);
    lanes[10].desk.as_mut().unwrap().gone = true;
    lanes[11].desk.as_mut().unwrap().uncommitted = Err("git failed".to_owned());
    lanes[12].branch = "agents/漢字\u{1b}[2J".to_owned();
    lanes[13].size.as_mut().unwrap().uncounted = 1;
    lanes[14].verdict.warnings = 1;
    Status {
        behind: Vec::new(),
        trunk: "main".to_owned(),
        commit: oid('3'),
        file: "contract.toml",
        name: Some("feature/uploads".to_owned()),
        version: 2,
        lanes,
        next: vec![
            help("agent-05 may land", "contract-gate land agent-05"),
            help("agent-06 is denied", "contract-gate check --agent agent-06"),
        ],
        notes: Vec::new(),
    }
}

fn plain(found: &Found, room: Room) -> String {
    let text = page(found, room, NOW);
    let plain = anstream::adapter::strip_str(&text).to_string();
    for line in plain.lines() {
        // A command is never cut: it is there to be copied.
        let fits = line.width() <= room.width || line.contains("contract-gate ");
        assert!(fits, "{line:?} is wider than {}", room.width);
        assert_eq!(line, line.trim_end(), "no line ends with blanks");
    }
    plain
}

fn room(width: usize, height: Option<usize>) -> Room {
    Room { width, height, all: true }
}

#[test]
fn twenty_lanes_fit_a_screen() {
    let found = Found::Run(status());
    for (width, height) in [(80, 24), (100, 30), (120, 40)] {
        let page = plain(&found, room(width, Some(height - 1)));
        assert!(page.lines().count() < height, "{page}");
        insta::assert_snapshot!(format!("twenty_lanes_at_{width}"), page);
    }
    plain(&found, room(40, None));
    plain(&found, room(300, None));
}

#[test]
fn more_lanes_than_lines_show_those_that_are_to_come() {
    let found = Found::Run(status());
    for height in 3..24 {
        let page = plain(&found, Room { width: 80, height: Some(height), all: false });
        assert_eq!(page.lines().count(), height.max(4), "{page}");
    }
    let page = plain(&found, Room { width: 80, height: Some(9), all: false });
    insta::assert_snapshot!(page);
}

#[test]
fn a_note_of_the_trunk_and_no_contract_are_said() {
    let mut status = status();
    status.lanes.truncate(1);
    status.notes =
        vec![Note { code: "trunk-diverged", message: "main and origin/main differ".into() }];
    status.next = vec![help("every lane has landed: end the run", "contract-gate close")];
    insta::assert_snapshot!(plain(&Found::Run(status), room(80, None)));
    let found = Found::NoContract { trunk: "main".to_owned(), behind: Vec::new() };
    let said = "note[no-contract]: there is no contract on main, so nothing is enforced\n";
    assert_eq!(plain(&found, room(80, None)), said);
}

#[test]
fn ages_are_told_in_one_unit() {
    let told =
        [-5, 59, 60, 3599, 3600, 172_799, 172_800, 8_639_999, 8_640_000, 63_072_000].map(age);
    assert_eq!(told, ["now", "now", "1m", "59m", "1h", "47h", "2d", "99d", "14w", "2y"]);
}
