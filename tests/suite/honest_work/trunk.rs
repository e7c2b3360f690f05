//! The trunk goes on, and lanes take it in.

use super::Theme;
use super::row::work;
use super::world::usual;

pub fn taking_the_trunk_in() -> Theme {
    let trunk = "on_trunk tsconfig.json README.md src/auth/session.ts src/new.ts";
    let lane = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";
    Theme {
        title: "Taking the trunk in",
        world: usual,
        rows: vec![
            work("merging the trunk into a lane after others have landed")
                .given("migrations; land migrations; push main agents/migrations; uploads")
                .tried("cd wt-uploads; git merge -q --no-edit main")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads"),
            work("rebasing a lane onto the trunk after others have landed")
                .given("migrations; land migrations; push main agents/migrations; uploads")
                .tried("cd wt-uploads; git rebase -q main")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads"),
            work("merging a trunk that goes on in everybody's paths")
                .given(format!("{trunk}; {lane}"))
                .tried("cd wt-uploads; git merge -q --no-edit main")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads"),
        ],
    }
}
