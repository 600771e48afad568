"""What can go wrong with a server: one clear line each, status 2, and the token in none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.corpus import FOLDER
from annotations.document import Document, Span
from annotations.formats import read_documents, write_documents
from tests.studio.conftest import Chitieu, OpenProject

JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6ODA3NTE5NTU4MX0.c2lnbmF0dXJl"


def complaint(stderr: str, *words: str) -> None:
    assert stderr.startswith("error: ")
    assert stderr.count("\n") == 1, stderr
    for word in words:
        assert word in stderr


@pytest.mark.parametrize("token", ["deadbeef" * 5, "not a token", JWT, "khóa"])
def test_a_wrong_token(chitieu: Chitieu, token: str) -> None:
    done = chitieu(
        "studio", "push", "-p", "x", "annotations/corpus/dev", status=2, LABEL_STUDIO_API_KEY=token
    )
    complaint(done, "LABEL_STUDIO_API_KEY")
    assert token not in done


@pytest.mark.parametrize("token", ["deadbeef" * 5, JWT])
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://no-such-host.invalid", "http://[", "label.studio"]
)
def test_an_unreachable_server(chitieu: Chitieu, url: str, token: str) -> None:
    done = chitieu(
        "studio", "pull", "-p", "x", "-o", "y", status=2, LABEL_STUDIO_URL=url, LABEL_STUDIO_API_KEY=token
    )
    complaint(done, url)


@pytest.mark.parametrize("missing", ["LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"])
def test_no_sign_in(chitieu: Chitieu, missing: str) -> None:
    done = chitieu("studio", "pull", "-p", "x", "-o", "y", status=2, **{missing: ""})
    complaint(done, "set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY")


def test_a_project_with_a_foreign_configuration(
    chitieu: Chitieu, open_project: OpenProject, title: str
) -> None:
    project = open_project("any", create=True)
    config = '<View><Text name="t" value="$body"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
    made = project.client.projects.create(title=title, label_config=config)
    for command in (("push", "annotations/corpus/dev"), ("pull", "-o", "never"), ("agreement",)):
        done = chitieu("studio", *command, "-p", title, status=2)
        complaint(done, title, "another labelling configuration", 'no <Labels name="label">')
    assert project.client.projects.get(made.id).task_number == 0
    assert not Path("never").exists()


def test_a_project_just_made_in_the_browser_is_set_up(
    chitieu: Chitieu, open_project: OpenProject, title: str
) -> None:
    project = open_project("any", create=True)
    project.client.projects.create(title=title, label_config="<View></View>")
    chitieu("studio", "push", "-p", title, "annotations/corpus/dev")
    assert len(list(open_project(title).briefly())) == len(list(read_documents(FOLDER / "dev")))


def test_no_project_and_two_projects(chitieu: Chitieu, open_project: OpenProject, title: str) -> None:
    done = chitieu("studio", "pull", "-p", title, "-o", "never", status=2)
    complaint(done, f"there is no project {title!r}")
    client = open_project(title, create=True).client
    client.projects.create(title=title)
    done = chitieu("studio", "push", "-p", title, "annotations/corpus/dev", status=2)
    complaint(done, f"2 projects are called {title!r}")


def test_what_the_editor_would_break_on_is_not_sent(
    chitieu: Chitieu, open_project: OpenProject, title: str, tmp_path: Path
) -> None:
    documents = [Document("tốt", "một hai"), Document("xấu", "một hai", (Span("i#1", 0, 3, "INDICATOR"),))]
    write_documents(documents, tmp_path / "d.jsonl")
    done = chitieu("studio", "push", "-p", title, tmp_path / "d.jsonl", status=2)
    complaint(done, "document 'xấu'", "'i#1'")
    assert list(open_project(title).briefly()) == []


def test_a_time_that_is_none(chitieu: Chitieu, open_project: OpenProject, title: str, tmp_path: Path) -> None:
    open_project(title, create=True)
    done = chitieu("studio", "pull", "-p", title, "-o", tmp_path, "--since", "hôm qua", status=2)
    complaint(done, "'hôm qua'")
