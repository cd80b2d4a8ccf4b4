"""The files around the code agree with the code and with each other."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from bibmail import locks
from bibmail.tenancy import roles

ROOT: Path = settings.ROOT

_ROOMS = {"manage.py", "bibmail", "campaigns", "members", "journeys", "consent", "templates", "tests"}
_TOOLS = {
    ".ci", ".dockerignore", ".editorconfig", ".env.example", ".gitignore", ".npmrc", ".pre-commit-config.yaml",
    "CHANGELOG.md", "DEVELOPERS.md", "Dockerfile", "Makefile", "README.md", "bench", "docker-compose.yml", "docs",
    "locale", "package-lock.json", "package.json", "pyproject.toml", "requirements-dev.txt", "requirements.txt",
}  # fmt: skip
# What this machine made; .gitignore names it.
_MADE = {
    ".git", ".venv", "node_modules", "var", ".env", ".coverage", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".import_linter_cache", ".hypothesis", ".cache", "__pycache__",
}  # fmt: skip


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def settings_variables() -> set[str]:
    text = read("bibmail/settings.py")
    return set(re.findall(r'(?:env\.\w+|_secret)\(\s*"([A-Z_]+)"', text))


def example_variables() -> dict[str, str]:
    lines = [line for line in read(".env.example").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_top_level_holds_the_rooms_and_the_tools_and_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir()} - _MADE

    assert found - _ROOMS - _TOOLS == set()
    assert found >= _ROOMS


def test_the_example_names_every_variable_that_the_settings_read() -> None:
    others = {"POSTGRES_PASSWORD", "PORT", *(f"{role.upper()}_PASSWORD" for role in roles.LOGINS)}

    assert set(example_variables()) == settings_variables() | others


def test_every_variable_of_the_example_has_a_sentence() -> None:
    lines = read(".env.example").splitlines()

    for place, line in enumerate(lines):
        if re.match("[A-Z_]+=", line):
            above = next(
                text for text in reversed(lines[:place]) if not re.match("BIBMAIL_.*_PASSWORD=", text)
            )
            assert above.startswith("# "), line


def test_the_locks_are_of_today_and_name_no_address() -> None:
    assert locks.faults() == []


def test_a_dependency_more_makes_the_locks_old(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "package-lock.json", *locks.LOCKS):
        (tmp_path / name).write_text(read(name), "utf-8")
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text().replace("dependencies = [", 'dependencies = [\n    "attrs",', 1))

    assert locks.faults(tmp_path) == [
        f"{name} was not made from this pyproject.toml. Run `make lock`." for name in locks.LOCKS
    ]


def test_the_readme_names_the_two_commands() -> None:
    assert "make demo" in read("README.md")
    assert "make test" in read("README.md")


# --- docker-compose.yml ----------------------------------------------------------------------------


def test_compose_runs_every_process_and_prepares_first() -> None:
    services = compose()["services"]

    assert set(services) == {
        "postgres", "valkey", "prepare", "migrate", "web", "worker-clock", "worker-send", "worker-import", "beat",
        "sandbox",
    }  # fmt: skip
    assert services["sandbox"]["profiles"] == ["sandbox"]
    for name in ("web", "worker-clock", "worker-send", "worker-import", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("postgres", "valkey", "web", "worker-clock", "worker-send", "worker-import"):
        assert "healthcheck" in services[name], name


def test_compose_has_the_postgresql_of_the_laptop() -> None:
    from bibmail.embedded import binaries

    said = subprocess.run(
        [binaries.initdb().program, "--version"], capture_output=True, text=True, check=True
    )
    embedded = re.search(r"\) (\d+)", said.stdout)

    assert embedded
    assert compose()["services"]["postgres"]["image"] == f"postgres:{embedded[1]}"


def test_the_broker_never_evicts() -> None:
    words = compose()["services"]["valkey"]["command"]

    assert compose()["services"]["valkey"]["image"] == "valkey/valkey:9"
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"


def test_every_queue_has_a_worker() -> None:
    listened: set[str] = set()
    for service in compose()["services"].values():
        for word in service.get("command", []):
            listened |= (
                set(word.removeprefix("--queues=").split(",")) if word.startswith("--queues=") else set()
            )
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}

    assert routed | {settings.CELERY_TASK_DEFAULT_QUEUE} <= listened
    assert listened == {"clock", "service", "send", "import"}


def test_compose_reads_only_variables_of_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", read("docker-compose.yml")))

    assert used <= set(example_variables())


def test_compose_gives_the_pages_every_setting_and_no_other_password() -> None:
    services = compose()["services"]
    web = services["web"]["environment"]

    assert set(web) == settings_variables()
    assert "env_file" not in services["web"]
    for name, service in services.items():
        if name not in {"postgres", "prepare"}:
            assert "POSTGRES_PASSWORD" not in str(service), name
        if name not in {"prepare", "migrate"}:
            assert "MIGRATE" not in str(service), name


def test_every_volume_is_declared_and_used() -> None:
    found = compose()
    used = {
        mount.split(":")[0] for service in found["services"].values() for mount in service.get("volumes", [])
    }

    assert used == set(found["volumes"])


# --- Dockerfile ------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its words; lines that go on are joined, comments are left out."""
    lines = [line for line in read("Dockerfile").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def test_the_dockerfile_is_made_of_instructions() -> None:
    names = [name for name, _ in instructions()]

    assert names[0] == "FROM"
    assert set(names) <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "CMD"}
    assert names[-1] == "CMD"


def test_the_dockerfile_copies_what_exists_from_stages_that_exist() -> None:
    stages: set[str] = set()
    for name, rest in instructions():
        words = shlex.split(rest)
        if name == "FROM" and "AS" in words:
            stages.add(words[-1])
        elif name == "COPY" and words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
        elif name == "COPY":
            for source in words[:-1]:
                assert (ROOT / source).exists(), source


def test_the_image_holds_every_app_and_runs_as_nobody_special() -> None:
    final = read("Dockerfile").rpartition("\nFROM ")[2]
    projects = [app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()]

    for project in {*projects, "templates"}:
        assert f"\nCOPY {project} {project}\n" in final
    assert "requirements-dev" not in final
    assert final.index("\nUSER bibmail") < final.index("\nCMD")


# --- The rest --------------------------------------------------------------------------------------


def test_continuous_integration_runs_the_two_commands() -> None:
    text = read(".ci/run")

    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=False).returncode == 0
    assert "for step in check test; do" in text
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))

    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]


@pytest.mark.parametrize("target", ["help", "setup", "demo", "test", "check", "bench", "faults", "lock"])
def test_make_help_tells_of_every_target(target: str) -> None:
    assert re.search(rf"(?m)^{target}:.*## \w", read("Makefile"))
