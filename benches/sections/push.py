"""What a push takes, of one lane and of two hundred, with and without the server's `pre-receive`."""

import contracts
import hooks
import repositories
from measure import Variant, compare
from place import SETTINGS, git, run
from results import Section

AGENTS = 200
SIZE = 1_000
ROUNDS = {"one lane": 20, "200 lanes": 10}
REFSPECS = {"one lane": contracts.lane(0), "200 lanes": "refs/heads/agents/*"}
INSTALL = {
    "no hook": lambda repository: None,
    "a hook that does nothing": lambda repository: hooks.nothing(repository, hooks.SERVER),
    "contract-gate": lambda repository: hooks.gate(repository, "--server"),
}


def run_section():
    section = Section(
        "A push",
        f"`git push` to a bare repository beside, which has the trunk and a contract of {AGENTS} agents: of",
        f"one lane, and of all {AGENTS}, each a commit ahead. The server begins anew each time. The client",
        "has no hooks.",
    )
    client = repositories.copy(repositories.files(SIZE, AGENTS), "client")
    servers = {name: server(name, install, client) for name, install in INSTALL.items()}
    refuses(client, servers["contract-gate"])
    for what, refspec in REFSPECS.items():
        variants = [push(name, client, place, refspec) for name, place in servers.items()]
        section.compared(compare(variants, ROUNDS[what]), "no hook", what)
    return section


def server(name, install, client):
    """What a server begins with: the trunk, in one pack, and its hook."""
    place = repositories.fresh("server-" + name.replace(" ", "-"))
    run(["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", place])
    for setting, value in SETTINGS.items():
        git(place, "config", setting, value)
    git(client, "push", "--quiet", place, "main")
    git(place, "repack", "-adq")
    git(place, "pack-refs", "--all")
    install(place)
    return place


def push(name, client, begun, refspec):
    place = begun.with_name(begun.name + "-now")

    def before():
        repositories.copy(begun, place.name)

    return Variant(name, ["git", "push", "--quiet", str(place), refspec], client, before)


def refuses(client, begun):
    """The server judges: a lane with another's commit is refused."""
    place = repositories.copy(begun, "refusing")
    refspec = f"{contracts.lane(1)}:{repositories.lane_ref(0)}"
    status, said = run(["git", "push", place, refspec], cwd=client, may_fail=True)
    if status == 0 or "denied at pre-receive" not in said:
        raise SystemExit(f"the server has not judged a push:\n{said}")
