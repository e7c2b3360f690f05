//! The honest-work table: what the gate must never stand in the way of.
//!
//! Each row is one kind of work that people and agents do with git in a day. It is played under
//! both policies for the trunk: what is done meets the client's hooks, and what came of it is pushed
//! to a server that tells nobody apart and to one that does. The gate must be silent, and `check`
//! must find nothing afterwards, or the row says what stands there and why.
//!
//! The same rows are `docs/honest-work.md`. To write it anew:
//!
//! ```text
//! CONTRACT_GATE_WRITE_DOCS=1 cargo test --test suite honest_work::the_document
//! ```

mod document;
mod row;
mod world;

use std::fs;
use std::path::Path;

use crate::gated::{by_turns, play_each};
use crate::sandbox::{Ran, Sandbox};
use row::{Place, Policy, Row, Says};
use world::{name_people, run};

/// Rows about one thing, that are played in copies of one world.
struct Theme {
    title: &'static str,
    world: fn(Policy) -> Sandbox,
    rows: Vec<Row>,
}

/// Names the themes, in the order of the document: each is a test.
macro_rules! themes {
    ($($file:ident { $($theme:ident)* })*) => {
        $(mod $file;)*

        fn themes() -> Vec<Theme> {
            vec![$($($file::$theme()),*),*]
        }

        $($(#[test]
        fn $theme() {
            play(&$file::$theme());
        })*)*
    };
}

themes! {
    trunk { taking_the_trunk_in taking_the_remotes_trunk_in conflicts_and_crossings }
    hotfixes { hotfixes_on_the_trunk }
    landings { landing other_ways_to_the_trunk after_the_landing }
    landed { lanes_of_shared_files_alone lanes_that_take_their_work_back squashes_and_what_came_after landings_through_a_rename landings_by_a_driver paths_that_are_handed_on landed_work_that_is_moved }
    meanwhile { joining_two_lines steps_that_lanes_take_in_before_they_are_pushed }
    contents { names_and_kinds_of_files contents_of_files very_large_files additions_and_shared_files undoing }
    settings { a_user_who_has_set_everything other_ways_to_call_git hooks_that_call_git }
    repositories { submodules_left_alone repositories_of_other_shapes }
    pushes { pushing beginnings }
    unusual { interrupted_commands unusual_histories }
    everyday { commits_and_their_history the_worktree_and_the_index branches_and_upkeep }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads how it was called")]
fn the_document_is_what_the_rows_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/honest-work.md");
    let document = document::document(&themes());
    if std::env::var_os("CONTRACT_GATE_WRITE_DOCS").is_some() {
        fs::write(&file, &document).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == document,
        "docs/honest-work.md is not what the rows say; write it anew with CONTRACT_GATE_WRITE_DOCS=1"
    );
}

#[test]
fn no_two_rows_have_one_name() {
    let themes = themes();
    let mut names: Vec<&str> =
        themes.iter().flat_map(|theme| theme.rows.iter().map(|row| row.work)).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_row_that_is_refused_says_why() {
    for row in themes().iter().flat_map(|theme| &theme.rows) {
        let says = |place| Policy::ALL.map(|policy| row.says(place, policy));
        let mut all = Place::ALL.into_iter().flat_map(says);
        let is_refused = all.any(|says| matches!(says, Says::Refusal(_) | Says::Unknown(_)));
        assert!(!is_refused || !row.note.is_empty(), "{}: refused, and why is not said", row.work);
    }
}

/// Plays every row of a theme under both policies.
fn play(theme: &Theme) {
    let models = Policy::ALL.map(|policy| (policy, (theme.world)(policy)));
    play_each(theme.rows.iter().enumerate(), |(number, row)| {
        let each = by_turns(&models, number).iter().map(|(policy, model)| {
            let played = play_row(row, *policy, model);
            played.map_err(|fault| format!("under {}: {fault}", policy.name()))
        });
        (row.work, each.collect())
    });
}

fn play_row(row: &Row, policy: Policy, model: &Sandbox) -> Result<(), String> {
    let world = model.copy();
    succeeds("what is given", &run(&world, "dana", &row.given))?;
    let says = row.says(Place::Client, policy);
    if let Says::Refusal(_) | Says::Unknown(_) = says {
        holds(says, &[run(&world.copy(), "dana", &row.tried)])?;
        // What the client's hooks refuse is pushed all the same, to see what the servers say.
        let off = "for each in */.git/; do git -C \"$each\" config core.hooksPath /nowhere; done";
        run(&world, "dana", off).expect(0);
        succeeds("past the hooks", &run(&world, "dana", &row.tried))?;
    } else {
        holds(says, &[run(&world, "dana", &row.tried)])?;
        succeeds("check", &run(&world, "dana", "cd repo; \"$GATE\" check --all"))?;
    }
    let named = world.copy();
    name_people(&named);
    for (place, world) in [(Place::Server, &world), (Place::Named, &named)] {
        let pushed: Vec<Ran> =
            row.pushes.iter().map(|push| run(world, push.by, &push.script)).collect();
        holds(row.says(place, policy), &pushed).map_err(|fault| format!("{place:?}: {fault}"))?;
        succeeds("afterwards", &run(world, "dana", &row.then))?;
    }
    Ok(())
}

fn succeeds(what: &str, ran: &Ran) -> Result<(), String> {
    if ran.code == 0 { Ok(()) } else { Err(format!("{what} fails: {ran:?}")) }
}

/// Whether some commands, one after another, met what the gate has to say: what it refuses is the
/// last of them.
fn holds(says: Says, ran: &[Ran]) -> Result<(), String> {
    let Some((last, before)) = ran.split_last() else { return Ok(()) };
    let is_refused = matches!(says, Says::Refusal(_) | Says::Unknown(_));
    let has_failed = before.iter().any(|ran| ran.code != 0) || (last.code != 0) != is_refused;
    let words = ["error[", "undecided[", "warning[", "denied at", "undecided at", "panicked"];
    let said: Vec<&str> = ran.iter().flat_map(|ran| ran.stderr.lines()).collect();
    let said = |word: &str| said.iter().any(|line| line.contains(word));
    let is_as_said = match says {
        Says::Nothing => !words.iter().any(|word| said(word)),
        Says::Warning(rule) => {
            said(&format!("warning[{rule}]")) && !said("error[") && !said("undecided[")
        }
        Says::Refusal(rule) => said(&format!("error[{rule}]")) && !said("undecided["),
        Says::Unknown(code) => said(&format!("undecided[{code}]")) && !said("error["),
    };
    match has_failed || !is_as_said {
        true => Err(format!("expected {says:?}: {ran:?}")),
        false => Ok(()),
    }
}
