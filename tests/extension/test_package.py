"""What a store gets: the manifests, and zips that come out the same twice."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[2] / "extension"
OUTPUT = EXTENSION / ".output"


def make_zips() -> dict[str, str]:
    for old in OUTPUT.glob("*.zip"):
        old.unlink()
    subprocess.run(["npm", "run", "--silent", "zip"], cwd=EXTENSION, check=True, capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(OUTPUT.glob("*.zip"))}


@pytest.fixture(scope="module")
def zips() -> dict[str, str]:
    return make_zips()


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def manifest(request: pytest.FixtureRequest, zips: dict[str, str]) -> dict:
    [name] = [name for name in zips if name.endswith(f"-{request.param}.zip")]
    with zipfile.ZipFile(OUTPUT / name) as archive:
        found: dict = json.loads(archive.read("manifest.json"))
    return found


def test_two_builds_are_the_same_to_the_byte(zips):
    assert len(zips) == 3  # one for each browser, and the sources that addons.mozilla.org asks for
    assert make_zips() == zips


def test_the_source_zip_holds_what_a_reviewer_needs_to_build_and_nothing_built(zips):
    [name] = [name for name in zips if "sources" in name]
    files = zipfile.ZipFile(OUTPUT / name).namelist()
    assert {"package.json", "package-lock.json", "wxt.config.ts", "page/find.ts"} <= set(files)
    assert not [file for file in files if file.startswith((".output", "node_modules", ".wxt"))]


def test_no_more_is_asked_for_at_install_than_the_button_needs(manifest):
    assert manifest["manifest_version"] == 3
    assert set(manifest["permissions"]) - {"sidePanel"} == {"activeTab", "scripting", "storage", "contextMenus"}
    assert manifest["host_permissions"] == ["http://127.0.0.1/*"]
    assert "content_scripts" not in manifest
    assert "web_accessible_resources" not in manifest


def test_pages_of_the_extension_run_no_code_but_its_own(manifest):
    policy = manifest["content_security_policy"]["extension_pages"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_firefox_is_told_what_is_sent(manifest):
    if "browser_specific_settings" not in manifest:
        pytest.skip("Chrome has no such declaration")
    declared = manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]
    assert declared == {"required": ["none"], "optional": ["websiteContent"]}
    assert "sidePanel" not in manifest["permissions"]


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (EXTENSION / "package-lock.json").read_text()


@pytest.mark.usefixtures("zips")
def test_the_linter_of_mozillas_store_finds_nothing_to_warn_of():
    report = subprocess.run(["npm", "run", "--silent", "lint:firefox"], cwd=EXTENSION, capture_output=True, text=True)
    assert report.returncode == 0, report.stdout
    assert "warnings        0" in report.stdout


def test_the_docs_name_every_permission_shortcut_and_oldest_browser(manifest):
    docs = (EXTENSION.parent / "docs/extension.md").read_text()
    named = [f"`{permission}`" for permission in manifest["permissions"] + manifest["host_permissions"]]
    named += [command["suggested_key"]["default"] for command in manifest["commands"].values()]
    if "browser_specific_settings" in manifest:
        oldest = manifest["browser_specific_settings"]["gecko"]["strict_min_version"].removesuffix(".0")
        named.append(f"Firefox ({oldest} or newer)")
    else:
        named.append(f"Chrome ({manifest['minimum_chrome_version']} or newer)")
    assert [name for name in named if name not in docs] == []
