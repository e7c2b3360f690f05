//! A squash: whose it is.

use super::{play, world};
use crate::sandbox::Sandbox;

/// Who the trunk's newest commit says has written it and committed it, and its trailers.
fn written_by(world: &Sandbox) -> (String, Vec<String>) {
    let told = |format: &str| world.git("repo", &["log", "-1", format, "main"]);
    let trailers = told("--format=%(trailers:key=Co-authored-by,unfold)").lines();
    (told("--format=%an <%ae>, %cn").line(), trailers)
}

#[test]
fn it_is_by_the_author_of_the_lane_and_committed_by_who_lands_it() {
    let world = world();
    play(
        &world,
        "(cd wt-db; export GIT_AUTHOR_NAME='Ágnes O' GIT_AUTHOR_EMAIL=a@example.org
         edit db/one; save one; edit db/two; save two); gate land --strategy squash",
    )
    .expect(0);
    let (by, with) = written_by(&world);
    assert_eq!(by, "Ágnes O <a@example.org>, Test");
    assert_eq!(with.concat(), "");
    // One commit keeps its subject, and its author too.
    play(
        &world,
        "(cd wt-api; export GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org; edit api/new; save alone)
         gate land --strategy squash",
    )
    .expect(0);
    assert_eq!(written_by(&world).0, "Bo <bo@example.org>, Test");
    assert_eq!(world.git("repo", &["log", "-1", "--format=%B", "main"]).text().trim(), "alone");
    // A merge is whoever's that makes it.
    play(
        &world,
        "(cd wt-ui; export GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org; edit ui/new; save alone)
         gate land --strategy merge",
    )
    .expect(0);
    assert_eq!(written_by(&world).0, "Test <test@example.com>, Test");
}

#[test]
fn further_authors_are_named_each_once() {
    let world = world();
    play(
        &world,
        r#"by() { export GIT_AUTHOR_NAME="$1" GIT_AUTHOR_EMAIL="$2"; }
         (cd wt-db; by Ada ada@example.org; edit db/one; save one
          by 'Bo "the" B' bo@example.org; edit db/two; save two; by ada ADA@example.org; edit db/three; save three
          by Test test@example.com; edit db/four
          save "$(printf 'four\n\nCo-authored-by: Cleo <cleo@example.org>\nCo-authored-by: Bo <bo@example.org>')")
         gate land --strategy squash"#,
    )
    .expect(0);
    let (by, with) = written_by(&world);
    assert_eq!(by, "Ada <ada@example.org>, Test");
    let with: Vec<&String> = with.iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        with,
        [
            "Co-authored-by: Bo \"the\" B <bo@example.org>",
            "Co-authored-by: Test <test@example.com>",
            "Co-authored-by: Cleo <cleo@example.org>"
        ]
    );
    let message = world.git("repo", &["log", "-1", "--format=%B", "main"]).text();
    assert!(message.starts_with("Land agents/db (agent-2)\n\n* one\n* two\n"), "{message}");
}

#[test]
fn line_endings_that_a_setting_makes_equal_conflict_where_nothing_but_contents_tells_of_the_landing()
 {
    let world = world();
    let renormalized = "cd repo; printf 'one\\r\\ntwo\\r\\n' >db/lines; smuggle; git -C ../wt-db merge -q --ff-only main
                        (cd ../wt-db; printf 'three\\r\\n' >>db/lines; git commit -qam 'three')
                        echo '* text=auto' >.gitattributes; git add --renormalize .; smuggle; git config merge.renormalize true";
    play(&world, renormalized).expect(0);
    for strategy in ["squash", "rebase"] {
        let landed = world.copy().gate("repo", &["land", "agent-2", "--strategy", strategy]);
        landed.expect(1).says("conflict").says("db/lines");
    }
    world.gate("repo", &["land", "agent-2", "--strategy", "merge"]).expect(0);
    let status = world.gate("repo", &["status"]);
    status.says("landed: merged");
}
