//! Files that the trunk renames while a lane changes them: git follows, and the lane's work comes to
//! where the trunk has put them.

use super::{CONTRACT, play, with};
use crate::sandbox::{Ran, Sandbox};

const STRATEGIES: [&str; 3] = ["merge", "squash", "rebase"];

/// An interface whose file the dispatcher has renamed since its agent changed it.
fn renamed(contract: &str, to: &str) -> Sandbox {
    let world = with(&contract.replace("suite = \"./suite.sh\"\n", ""));
    play(
        &world,
        &format!(
            "by_hand() {{ git -c core.hooksPath=/dev/null commit -q \"$@\"; }}
             cd repo; seq 40 >api/long; ls api db ui >list.txt; git add -A; by_hand -m long; cd ..
             for lane in db api ui; do (cd wt-$lane; git merge -q main); done
             work db db/new; gate land agent-2
             (cd wt-api; seq 3 40 >api/long; echo mine >>api/long; edit api/new; save work)
             cd repo; mkdir -p $(dirname {to}); git mv api/long {to}; by_hand -m 'Rename it'"
        ),
    )
    .expect(0);
    world
}

fn land(world: &Sandbox, strategy: &str) -> Ran {
    play(world, &format!("gate land agent-1 --strategy {strategy} 2>&1"))
}

#[test]
fn a_lane_does_not_land_in_a_path_that_is_not_its_own() {
    for (to, line) in [("ui/long", "agent-3"), ("conf/long", ""), ("suite.d/long", "nobody")] {
        let contract = CONTRACT.replace("[shared]\n", "[shared]\n\"suite.d/**\" = \"nobody\"\n");
        let world = renamed(&contract, to);
        let trunk = world.git("repo", &["rev-parse", "main"]).line();
        for strategy in STRATEGIES {
            let told = land(&world, strategy).expect(1).text();
            let message = format!(
                "error[trunk-direct]: {to} changes in the landing of agents/api, which may not edit it: git follows \
                 main's rename of api/long"
            );
            assert!(told.contains(&message), "{to} {strategy}: {told}");
            assert!(line != "nobody" || told.contains(r#"│ "suite.d/**" = "nobody""#), "{told}");
            assert!(told.contains("take in the trunk in wt-api  git merge main"), "{told}");
            assert_eq!(world.git("repo", &["rev-parse", "main"]).line(), trunk);
            let told =
                play(&world, &format!("gate rehearse --strategy {strategy} 2>&1")).expect(1).text();
            assert!(told.contains(&message), "{to} {strategy}: {told}");
        }
        // The way that is told: the merge is refused for what it brings there, and says what undoes it.
        let told = play(&world, "cd wt-api; git merge main 2>&1").expect(1).text();
        let undo = told.lines().find_map(|line| line.split_once("git restore "));
        let (_, undo) = undo.unwrap_or_else(|| panic!("{told}"));
        play(&world, &format!("cd wt-api; git restore {undo}; git commit -q --no-edit")).expect(0);
        land(&world, "merge").expect(0);
        let there = world.git("repo", &["diff", "--name-only", &trunk, "main", "--"]).lines();
        assert_eq!(there, ["api/new", "list.txt"], "{to}");
    }
}

#[test]
fn under_landings_only_neither() {
    let contract = format!("{CONTRACT}[policy]\ntrunk-steps = \"landings-only\"\n");
    let world = renamed(&contract, "ui/long");
    for strategy in STRATEGIES {
        let told = land(&world, strategy).expect(1).text();
        assert!(told.contains("error[trunk-direct]: ui/long "), "{strategy}: {told}");
        assert!(told.contains("git follows main's rename of api/long"), "{strategy}: {told}");
    }
}

#[test]
fn a_lane_lands_where_its_own_file_is_called_now() {
    for strategy in STRATEGIES {
        let world = renamed(CONTRACT, "api/called/long");
        land(&world, strategy).expect(0);
        let text = world.git("repo", &["show", "main:api/called/long"]).text();
        assert!(text.starts_with("3\n") && text.ends_with("40\nmine\n"), "{strategy}: {text}");
    }
}

#[test]
fn a_mode_holds_where_a_rename_has_led() {
    let scope = r#"scope = ["api/**", { path = "more/**", mode = "additions-only" }]"#;
    let contract = CONTRACT.replace(r#"scope = ["api/**"]"#, scope);
    let world = renamed(&contract, "more/long");
    for strategy in STRATEGIES {
        let told = land(&world, strategy).expect(1).text();
        assert!(told.contains("error[additions-only]: "), "{strategy}: {told}");
    }
}

#[test]
fn with_a_directory_that_the_trunk_has_renamed_what_is_added_goes_along() {
    let world = with(&CONTRACT.replace("suite = \"./suite.sh\"\n", ""));
    play(
        &world,
        "cd repo; mkdir api/sub; seq 40 >api/sub/one; seq 50 90 >api/sub/two; git add -A; git commit -q --no-verify -m long
         cd ..; for lane in db api ui; do (cd wt-$lane; git merge -q main); done; work db db/new; gate land agent-2
         (cd wt-api; seq 7 >api/sub/new; edit api/new; save work)
         cd repo; git config merge.directoryRenames true; git mv api/sub ui/sub; git commit -q --no-verify -m 'Rename it'",
    )
    .expect(0);
    let told = land(&world, "merge").expect(1).text();
    let message = "error[trunk-direct]: ui/sub/new changes in the landing of agents/api, which may not edit it: git \
                   follows main's rename of api/sub/new";
    assert!(told.contains(message), "{told}");
}
