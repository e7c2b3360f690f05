//! What stands in a lane: names and contents of every kind.

use super::Theme;
use super::row::work;
use super::world::at_its_turn;

pub fn names_and_kinds_of_files() -> Theme {
    Theme {
        title: "Names and kinds of files within the scope",
        world: at_its_turn,
        rows: vec![
            work("names with spaces, quotes, tabs, newlines, stars, brackets, a dash or a colon in front")
                .given("cd wt-uploads/src/api/uploads; edit 'a b.ts'; edit \"'q'.ts\"; edit '\"q\".ts'; edit \"$(printf 'tab\\there')\"; edit \"$(printf 'line\\nbreak')\"
                        edit '*'; edit '[id].ts'; edit './-rf'; edit ':(top)x'; edit 'back\\slash'; edit '$(x)'; edit '~'; edit '#'; git add -A .")
                .tried("cd wt-uploads; git commit -qm names; git mv 'src/api/uploads/a b.ts' 'src/api/uploads/c  d.ts'; git commit -qm moved")
                .lane_landed(),
            work("names that are not ASCII, not normalised, not UTF-8, or very long")
                .given("cd wt-uploads/src/api/uploads; edit 'zażółć gęślą.ts'; edit '文件.ts'; edit \"$(printf 'cafe\\314\\201.ts')\"; edit \"$(printf '\\303\\251.ts')\"
                        edit \"$(printf 'caf\\351.ts')\"; edit \"$(printf '\\377\\376')\"; edit \"$(head -c 250 /dev/zero | tr '\\0' n)\"; git add -A .")
                .tried("cd wt-uploads; git commit -qm names; git rm -q \"$(printf 'src/api/uploads/caf\\351.ts')\"; git commit -qm less")
                .lane_landed(),
            work("deep directories, hidden files, files without an ending")
                .given("cd wt-uploads/src/api/uploads; edit a/b/c/d/e/f/g/h/i/j/k/l/m.ts; edit .env.example; edit .hidden/x; edit Makefile; git add -A .")
                .tried("cd wt-uploads; git commit -qm x")
                .lane_landed(),
            work("renames within the scope, alone, with changes, of directories, of the case alone")
                .given("lane uploads src/api/uploads/dir/a.ts src/api/uploads/dir/b.ts")
                .tried("cd wt-uploads/src/api/uploads; git mv README.md ABOUT.md; git commit -qm r; git mv dir other; edit other/a.ts more; git commit -qam d; git mv ABOUT.md About.md; git commit -qm c")
                .lane_landed(),
            work("a rename out of the way and back, and a swap of two files")
                .given("lane uploads src/api/uploads/a.ts src/api/uploads/b.ts")
                .tried("cd wt-uploads/src/api/uploads; git mv a.ts x; git mv b.ts a.ts; git mv x b.ts; git commit -qm swap; git mv README.md R; git commit -qm away; git mv R README.md; git commit -qm back")
                .lane_landed(),
            work("the executable bit, a link within the scope, a file that becomes a directory and back")
                .given("lane uploads src/api/uploads/run")
                .tried("cd wt-uploads/src/api/uploads; chmod +x run; git commit -qam x; ln -s run link; git add link; git commit -qm l; git rm -q README.md; edit README.md/x; git add -A .; git commit -qm d
                        git rm -qr README.md; edit README.md; git add -A .; git commit -qm f")
                .lane_landed(),
            work("links up, down and beside within the scope, to files, to directories, to what comes later")
                .given("cd wt-uploads/src/api/uploads; edit lib/x; edit v2/deep/y; ln -s ../lib/x v2/x; ln -s ../../lib v2/deep/lib; ln -s v2/deep/y y; ln -s . here; ln -s ./lib/later later; ln -s ../router.ts r; git add -A .")
                .tried("cd wt-uploads; git commit -qm links; ln -sfn v2/deep src/api/uploads/here; git commit -qam there")
                .lane_landed(),
            work("links to directories of the scope, to a file there and to what comes later, where others own a name in every directory")
                .given("cd repo; sed -i 's|^.shared.$|&\\n\"src/api/**/OWNERS\" = { owner = \"agent-2\" }\\n\"src/api/uploads/db/**\" = { owner = \"agent-2\" }|' contract.toml; git commit -qam amended; git push -q origin main
                        cd ../wt-uploads; git merge -q --no-edit main; cd src/api/uploads; edit v2/x.ts; ln -s v2 now; ln -s v2/deep/later later; ln -s v2/x.ts x.ts; ln -s ../v2 v2/here; git add -A .")
                .tried("cd wt-uploads; git commit -qm links")
                .lane_landed(),
            work("everything in the scope deleted, and made again")
                .given("cd wt-uploads; git rm -qr src/api/uploads")
                .tried("cd wt-uploads; git commit -qm gone; edit src/api/uploads/again.ts; save")
                .lane_landed(),
            work("a file that git ignores, added by force, and one that the trunk begins to ignore")
                .given("on_trunk x; edit wt-uploads/src/api/uploads/dist/x.js; git -C wt-uploads add -f src/api/uploads/dist/x.js")
                .tried("cd wt-uploads; git commit -qm x; edit src/api/uploads/node_modules/y; git add -A; git diff --cached --quiet")
                .lane_landed(),
        ],
    }
}

pub fn contents_of_files() -> Theme {
    Theme {
        title: "Contents of files",
        world: at_its_turn,
        rows: vec![
            work("CRLF, LF and mixed line ends, and their change")
                .given("cd wt-uploads/src/api/uploads; printf 'a\\r\\nb\\r\\n' >crlf; printf 'a\\nb\\r\\n' >mixed; printf 'a\\rb\\r' >cr; git add -A .")
                .tried("cd wt-uploads; git commit -qm x; sed -i 's/\\r$//' src/api/uploads/crlf; git commit -qam lf")
                .lane_landed(),
            work("no newline at the end, an empty file, one of NUL bytes, a byte order mark")
                .given("cd wt-uploads/src/api/uploads; printf 'no end' >a; : >empty; head -c 4096 /dev/zero >nul; printf '\\357\\273\\277bom\\n' >bom; git add -A .")
                .tried("cd wt-uploads; git commit -qm x; printf 'no end' >>src/api/uploads/a; printf x >src/api/uploads/empty; git commit -qam y")
                .lane_landed(),
            work("binary files, changed and replaced by text")
                .given("cd wt-uploads/src/api/uploads; head -c 300000 /dev/urandom >image.png; git add -A .")
                .tried("cd wt-uploads; git commit -qm x; head -c 300000 /dev/urandom >src/api/uploads/image.png; git commit -qam y; echo text >src/api/uploads/image.png; git commit -qam z")
                .lane_landed(),
            work("a binary file that the trunk has changed too, taken from one side")
                .given("head -c 9000 /dev/urandom >wt-uploads/src/api/uploads/README.md; (cd wt-uploads; save); on_trunk src/api/uploads/README.md")
                .tried("cd wt-uploads; ! git merge -q main >/dev/null 2>&1; git checkout -q --ours src/api/uploads/README.md; save ours")
                .lane_landed(),
            work("pointer files of large file storage, with the attributes in the scope of nobody")
                .given("cd wt-uploads/src/api/uploads; printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize 12345\\n' 1 >model.bin; git add -A .")
                .tried("cd wt-uploads; git commit -qm x; sed -i s/12345/54321/ src/api/uploads/model.bin; git commit -qam y")
                .lane_landed(),
            work("filters and attributes that the trunk has: text, eol, ident, a clean filter, a merge driver")
                .given("(cd repo; printf '*.ts text eol=crlf ident\\n*.md merge=union\\n*.up filter=up\\n' >.gitattributes; smuggle); git -C server.git fetch -q ../repo main:main
                        git -C repo config filter.up.clean 'tr a-z A-Z'; git -C repo config filter.up.smudge cat; (cd wt-uploads; git merge -q main)")
                .tried("cd wt-uploads; edit src/api/uploads/a.ts '// $Id$'; edit src/api/uploads/x.up 'select 1'; git add -A 2>/dev/null; git commit -qm x; edit src/api/uploads/README.md; git commit -qam y 2>/dev/null")
                .lane_landed(),
            work("many files at once")
                .given("cd wt-uploads/src/api/uploads; for i in 0 1 2; do mkdir d$i; for j in 0 1 2 3 4 5 6 7 8 9; do for k in 0 1 2 3 4; do echo $i$j$k >d$i/$j$k; done; done; done; git add -A .")
                .tried("cd wt-uploads; git commit -qm many; git mv src/api/uploads/d1 src/api/uploads/e1; git commit -qm moved")
                .lane_landed(),
        ],
    }
}

pub fn very_large_files() -> Theme {
    Theme {
        title: "Very large files",
        world: at_its_turn,
        rows: vec![
            work("a file of 100 MB, changed once")
                .given("cd wt-uploads; git config core.compression 1; truncate -s 100M src/api/uploads/big.bin; git add -A")
                .tried("cd wt-uploads; git commit -qm big; echo more >>src/api/uploads/big.bin; git commit -qam more")
                .lane_landed(),
        ],
    }
}

pub fn additions_and_shared_files() -> Theme {
    Theme {
        title: "Additions, shared and generated files",
        world: at_its_turn,
        rows: vec![
            work("lines added at the end, at the beginning, between, and equal to others")
                .given("cd wt-uploads; edit src/api/router.ts; sed -i '1i // first' src/api/router.ts; sed -i '3i // between' src/api/router.ts; tail -n 1 src/api/router.ts >>src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .lane_landed(),
            work("lines that one has added oneself are changed, moved and taken away again")
                .given("cd wt-uploads; edit src/api/router.ts '// mine'; edit src/api/router.ts '// also mine'; save; edit CHANGELOG.md '- mine'; save")
                .tried("cd wt-uploads; sed -i 's/^- mine/- still mine/' CHANGELOG.md; git commit -qam a; sed -i '/also mine/d; s,// mine,// still mine,' src/api/router.ts; git commit -qam b; sed -i '/still mine/d' CHANGELOG.md; git commit -qam c")
                .lane_landed(),
            work("an addition after the trunk has changed the file, by a rebase")
                .given("cd wt-uploads; edit CHANGELOG.md '- mine'; save; (cd ../repo; sed -i 's/begun/well begun/' CHANGELOG.md; smuggle); git -C ../server.git fetch -q ../repo main:main")
                .tried("cd wt-uploads; ! git rebase -q main >/dev/null 2>&1; sed -i '/^[<=>|]/d; /^- begun/d' CHANGELOG.md; git add -A; git rebase --continue >/dev/null")
                .lane_landed(),
            work("additions of two lanes to one file, landed one after another")
                .given("(cd wt-uploads; edit CHANGELOG.md '- uploads'; edit src/api/uploads/a.ts; save); cd wt-tests; sed -i '3i - tests' CHANGELOG.md; edit tests/uploads/a.ts; save")
                .tried("land uploads; cd wt-tests; git merge -q --no-edit main || { sed -i '/^[<=>|]/d' CHANGELOG.md; save; }; cd ..; land tests")
                .pushed("dana", "push main agents/uploads agents/tests"),
            work("a lane that takes in the trunk and another lane's commit, beside a list that git merges by `union` and that goes on at its top")
                .given("list=src/db/list.txt; (cd repo; echo '*.txt merge=union' >.gitattributes; printf '%s\n' top '' a b >$list; smuggle)
                        begun=$(git -C repo rev-parse main); (cd wt-migrations; unseen reset -q --hard $begun; edit $list one; smuggle)
                        one=$(git -C repo rev-parse agents/migrations); (cd wt-migrations; unseen reset -q --hard $begun; edit $list other; smuggle)
                        other=$(git -C repo rev-parse agents/migrations); (cd repo; unseen merge -q --no-ff --no-edit $one)
                        (cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit $other)
                        (cd repo; unseen merge -q --no-ff --no-edit $other; sed -i 's/^top$/top, said/' $list; smuggle); settled")
                .tried("cd wt-uploads; edit src/api/uploads/more.ts; git add -A; git commit -qm more; cd ..; land uploads")
                .pushed("dana", "push main agents/uploads"),
            work("an addition to a file whose last line has no end, and to one of CRLF")
                .given("(cd repo; printf '# C\\r\\n- begun' >CHANGELOG.md; printf 'one\\r\\ntwo\\r\\n' >src/api/router.ts; smuggle); git -C server.git fetch -q ../repo main:main; cd wt-uploads; git merge -q main
                        printf '\\n- mine\\n' >>CHANGELOG.md; printf 'three\\r\\n' >>src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .lane_landed(),
            work("a file that one owns and shares, and others ask for")
                .given("edit wt-uploads/package.json '{}'")
                .tried("cd wt-uploads; git commit -qam x; edit package.json; git commit -qam y")
                .lane_landed(),
            work("a generated file, made again by every lane and by the landing")
                .given("lane tests lock.txt tests/uploads/a.ts; lane uploads lock.txt src/api/uploads/a.ts")
                .tried("cd repo; git merge -q --no-ff --no-commit agents/uploads; echo 2 >lock.txt; git add -A; git commit -q --no-edit; git merge -q --no-ff --no-commit agents/tests >/dev/null || echo 3 >lock.txt; git add -A; git commit -q --no-edit")
                .pushed("dana", "push main agents/uploads agents/tests"),
            work("a lane that made a generated file lands, takes the trunk in by a fast-forward and goes on, before the trunk is pushed with it")
                .tried("lane migrations lock.txt src/db/migrations/2.sql; land migrations; git -C wt-migrations merge -q --ff-only main
                        lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("the same, the trunk pushed alone")
                .tried("lane migrations lock.txt src/db/migrations/2.sql; land migrations; git -C wt-migrations merge -q --ff-only main
                        lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("two lanes that made the same generated file and add the same line, landed one after another")
                .given(EQUAL)
                .tried("land uploads tests")
                .pushed("dana", "push main"),
            work("two lanes that made the same generated file and add the same line, landed by a squash")
                .given(EQUAL)
                .tried("squash uploads")
                .pushed("dana", "push main"),
        ],
    }
}

/// A generated file and a list of additions that come to be equal in two lanes.
const EQUAL: &str = "for lane in uploads tests; do (cd wt-$lane; echo 2 >lock.txt; edit CHANGELOG.md '- equal'; save); done
                     lane uploads src/api/uploads/a.ts; lane tests tests/uploads/a.ts; push agents/uploads agents/tests";

pub fn undoing() -> Theme {
    let trespass = "cd wt-uploads; edit tsconfig.json; edit src/auth/session.ts; git mv src/index.ts src/main.ts; edit src/api/uploads/a.ts; smuggle; cd ..";
    Theme {
        title: "Undoing what was refused",
        world: at_its_turn,
        rows: vec![
            work("violations that came past the hooks are undone one by one")
                .given(trespass)
                .tried("cd wt-uploads; git checkout -q main -- tsconfig.json; git commit -qm one; git restore -s main -SW src/auth/session.ts; git commit -qm two; git mv src/main.ts src/index.ts; git commit -qm three")
                .lane_landed(),
            work("they are undone by a revert, and the honest part picked again")
                .given(trespass)
                .tried("cd wt-uploads; git revert --no-edit HEAD >/dev/null; edit src/api/uploads/a.ts; save")
                .lane_landed(),
            work("they are undone by a rebase that drops them")
                .given(format!("lane uploads src/api/uploads/b.ts; {trespass}; lane uploads src/api/uploads/c.ts 2>/dev/null"))
                .tried("cd wt-uploads; git rebase -q --onto HEAD~2 HEAD~1")
                .lane_landed(),
            work("they are undone by an amendment of the commit")
                .given(trespass)
                .tried("cd wt-uploads; git reset -q main -- tsconfig.json src/auth/session.ts src/index.ts src/main.ts; git commit -q --amend --no-edit; git checkout -q .; git clean -qfd")
                .lane_landed(),
            work("a refused commit is repaired and committed")
                .given("cd wt-uploads; edit tsconfig.json; edit src/api/uploads/a.ts; git add -A; ! git commit -qm x 2>/dev/null")
                .tried("cd wt-uploads; git restore -SW tsconfig.json; git commit -qm x")
                .lane_landed(),
            work("a refused push is repaired and pushed")
                .given(format!("{trespass}; ! git -C wt-uploads push -q origin agents/uploads 2>/dev/null"))
                .tried("cd wt-uploads; git reset -q --hard HEAD~1; edit src/api/uploads/a.ts; save")
                .lane_landed(),
            work("a refused merge is given up, and the lanes land in order")
                .given("uploads; tests; cd repo; ! git merge -q --no-ff --no-edit agents/tests 2>/dev/null")
                .tried("cd repo; git merge --abort; cd ..; land uploads tests")
                .pushed("dana", "push main agents/uploads agents/tests"),
        ],
    }
}
