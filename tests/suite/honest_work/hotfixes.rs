//! The dispatcher's own steps on the trunk, beside the lanes.

use super::Theme;
use super::row::work;
use super::world::usual;

const STEP: &str = "the policy is that the trunk takes landings alone";

pub fn hotfixes_on_the_trunk() -> Theme {
    Theme {
        title: "Hotfixes on the trunk",
        world: usual,
        rows: vec![
            work("a hotfix in nobody's paths")
                .tried("cd repo; edit src/index.ts; git commit -qam fix")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in the paths of a lane that has not landed")
                .given("uploads; push agents/uploads")
                .tried("cd repo; edit src/api/uploads/README.md; git commit -qam fix")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix is picked from the trunk into a lane")
                .given("uploads; on_trunk tsconfig.json src/index.ts")
                .tried("cd wt-uploads; git cherry-pick main >/dev/null")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads")
                .then("git -C server.git rev-parse -q --verify agents/uploads"),
        ],
    }
}
