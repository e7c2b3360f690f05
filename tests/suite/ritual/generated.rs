//! Files that a command makes again: their conflicts are none.

use super::{json, play, world};

/// Two commits of a lane that change the generated file and something else, and one of the trunk that
/// changes the same line.
const CONFLICT: &str = "(cd wt-db; edit list.txt mine; save; edit db/new; edit list.txt more; save)
    (cd repo; edit list.txt ours; smuggle)";

#[test]
fn a_forecast_tells_it_as_what_is_made_again_and_counts_it_for_nothing() {
    let world = world();
    play(
        &world,
        "for lane in db api ui; do (cd wt-$lane; edit $lane/new; edit list.txt $lane; save); done",
    )
    .expect(0);
    let ran = play(&world, "gate forecast");
    assert_eq!(ran.code, 0, "{ran:?}");
    let note = "list.txt conflicts in 3 pairs, and is made again by ls api db ui > list.txt";
    for word in [note, "every step merges", "nothing stands in the way"] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    let said = json(&world, "forecast", &world.gate("repo", &["forecast", "--format", "json"]));
    assert_eq!(said["outlook"], "clean");
    let made_again = &said["pairs"][3]["made_again"][0];
    assert_eq!(made_again["command"], "ls api db ui > list.txt");
    assert_eq!(
        (&made_again["kind"], &made_again["at"]["path"]),
        (&"content".into(), &"list.txt".into())
    );
    // Landing does what it says.
    play(&world, "gate land --all >/dev/null; cd repo; ls api db ui | cmp - list.txt").expect(0);
}

#[test]
fn a_forecast_still_counts_the_conflict_beside_it() {
    let world = world();
    play(&world, &format!("{CONFLICT}; work db db/d theirs; cd repo; edit db/d ours; smuggle"))
        .expect(0);
    let ran = world.gate("repo", &["forecast", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "forecast", &ran);
    let conflicts = said["pairs"][0]["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{said:#}");
    assert_eq!(conflicts[0]["paths"][0]["path"], "db/d");
}
