"""`stedi lab` in a real browser: the start page, a notebook opened, all of it run, its figure seen."""

import os
import re
import shutil
import socket
import subprocess

import boto3
import pytest
from playwright.sync_api import expect

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.glue.session import WORKING, live_sessions
from runner.paths import NOTEBOOKS, PROJECT, SAMPLES
from runner.pipeline.landing import copy_new_files, find_files
from runner.pipeline.steps import STEPS
from tests.browser.conftest import DESKTOP, watch
from tests.pipeline.conftest import STEDI, stedi

pytestmark = pytest.mark.kernel
PICTURES = os.environ.get("PICTURES")
"""A folder for screenshots, for who wants to look."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake with landed files and a database, and nothing made of them yet."""
    root = tmp_path_factory.mktemp("lake")
    assert stedi("up", "--lake", root).code == 0
    with use_profile(PROFILE, root):
        boto3.client("s3").create_bucket(Bucket="stedi-lakehouse")
        boto3.client("glue").create_database(DatabaseInput={"Name": "stedi"})
        copy_new_files(find_files(SAMPLES), "stedi-lakehouse")
    yield root
    stedi("down", "--lake", root)


@pytest.fixture(scope="module")
def lab(browser, lake, tmp_path_factory):
    """JupyterLab on a copy of the notebooks, which it may save; the address of its start page."""
    copy = shutil.copytree(NOTEBOOKS, tmp_path_factory.mktemp("lab") / "notebooks")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=testing",
        f"--notebook-dir={copy}",
        "--no-browser",
    ]
    process = subprocess.Popen([STEDI, "lab", "--lake", lake, *options], cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if found := re.search(rf"http://(?:localhost|127\.0\.0\.1):{port}(/lab/tree/[^\s?]+)", line):
            break
    yield f"http://127.0.0.1:{port}{found[1]}?token=testing"
    process.terminate()
    process.communicate(timeout=60)
    with use_profile(PROFILE, lake):
        assert not any(session["Status"] in WORKING for session in live_sessions())


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


@pytest.mark.deep
def test_a_notebook_is_opened_from_the_start_page_and_run(browser, lab, lake):
    page = watch(browser, viewport=DESKTOP).page
    page.goto(lab)
    start = page.locator(".jp-MarkdownViewer")
    expect(start.get_by_role("heading", name="The notebooks")).to_be_visible(timeout=60_000)
    assert start.get_by_role("link").count() == len(STEPS)
    picture(page, "lab-start")
    start.get_by_role("link", name="02 · Customers").click()
    notebook = page.locator(".jp-NotebookPanel")
    expect(notebook.get_by_role("paragraph").filter(has_text="Keeps the customers")).to_be_visible(timeout=60_000)
    # JupyterLab forgets cells that are run while the kernel starts.
    expect(page.get_by_role("button", name="Glue PySpark | Idle")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    figure = notebook.locator(".jp-OutputArea-output img")
    expect(figure.first).to_be_visible(timeout=120_000)
    expect(notebook.get_by_text("Recorded 02_customer_landing_to_trusted").last).to_be_visible(timeout=120_000)
    figure.first.scroll_into_view_if_needed()
    picture(page, "lab-figure")
    assert notebook.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    with use_profile(PROFILE, lake):
        assert len(live_sessions()) == 1  # it has the project's tag, though nobody but the notebook made it


def test_the_start_page_names_every_notebook_by_its_title(lab):
    text = (PROJECT / "notebooks" / "README.md").read_text("utf-8")
    for step in STEPS:
        title = re.search(r'"# (.+?)(?:\\n)?"', (PROJECT / "notebooks" / f"{step}.ipynb").read_text("utf-8"))[1]
        assert f"[{title}]({step}.ipynb)" in text
