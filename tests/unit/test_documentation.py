"""The pages for people: the README is short, links lead somewhere, and the commands that they print exist."""

import re
import shlex

import pytest
from flowsift.catalog.project import REPOSITORY
from flowsift.cli.main import _parsers, commands

GENERATED = REPOSITORY / "docs" / "analyses"
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"] + [
    page for page in sorted(REPOSITORY.glob("docs/**/*.md")) if page.parent != GENERATED
]
PARSERS = _parsers(commands())[1]
COMMENT = re.compile(r"\s+# .*| …")


def text_of(page):
    return page.read_text(encoding="utf-8")


def printed(page, program):
    """The arguments of each call of a program, in indented lines and in code within text; … leaves something out."""
    text = text_of(page).replace("\\\n", " ")
    lines = re.findall(r"^    (.+)$", text, re.M) + re.findall(r"`([^`\n]+)`", text)
    calls = (call for line in lines for call in COMMENT.sub("", line).split(" && "))
    return [shlex.split(call)[1:] for call in calls if call.startswith(f"{program} ")]


def anchors(page):
    """The names of a page's headings in links."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_readme_is_short():
    assert len(text_of(REPOSITORY / "README.md").splitlines()) <= 150


def test_every_page_is_looked_at():
    assert {"README.md", "CONTRIBUTING.md", "quickstart.md", "operate.md"} <= {page.name for page in PAGES}
    assert any(printed(page, "flowsift") for page in PAGES) and any(printed(page, "make") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page):
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        name, _, anchor = link.partition("#")
        if "://" in name:
            continue
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_targets_of_make_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of(REPOSITORY / "Makefile"), re.M))
    wanted = {word for call in printed(page, "make") for word in call if "=" not in word}
    assert wanted <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_commands_of_flowsift_exist_with_their_options(page):
    for command, *arguments in printed(page, "flowsift"):
        assert command in PARSERS, command
        options = {option for action in PARSERS[command]._actions for option in action.option_strings}
        assert {word for word in arguments if word.startswith("--")} <= options, (command, *arguments)
