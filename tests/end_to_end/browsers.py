"""Two real browsers with the built extension, behind one face, so that each test runs in both."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import websocket
from playwright.sync_api import Page
from services import need, playwright

EXTENSION = Path(__file__).parents[2] / "extension"
OVERLAY = "document.querySelector('sayso-overlay')"
IN_OVERLAY = f"{OVERLAY}?.shadowRoot"

Found = TypeVar("Found")

CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIREFOX_ID = "sayso@sayso.example"
FIREFOX_UUID = "5a750000-0000-4000-8000-000000005a75"


def eventually(look: Callable[[], Found | None], timeout: float = 10) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + timeout
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError("not there in time")
        time.sleep(0.05)
    return found


class Tab(ABC):
    """One tab. Expressions are JavaScript, run in the page's own world; what they give comes back as JSON."""

    @abstractmethod
    def goto(self, url: str) -> None: ...
    @abstractmethod
    def js(self, expression: str) -> Any: ...
    @abstractmethod
    def key(self, *keys: str) -> None:
        """Press keys together: `key("Shift", "Tab")`."""

    @abstractmethod
    def pointer(self, x: float, y: float, *, press: bool) -> None: ...
    @abstractmethod
    def size(self, width: int, height: int) -> None: ...
    @abstractmethod
    def media(
        self, *, scheme: str = "light", forced_colors: bool = False, printed: bool = False, calm: bool = False
    ) -> None:
        """`calm`: the reader wants no motion."""

    @abstractmethod
    def screenshot(self, path: Path) -> None: ...
    @abstractmethod
    def front(self) -> None: ...
    @abstractmethod
    def close(self) -> None: ...

    def wait(self, expression: str, timeout: float = 20) -> Any:
        """The expression's value as soon as it is true."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(RuntimeError):  # the page is just changing
                if value := self.js(expression):
                    return value
            time.sleep(0.05)
        raise TimeoutError(f"never true within {timeout} s: {expression}")

    def hover(self, element: str) -> None:
        self._point(element, press=False)

    def click(self, element: str) -> None:
        self._point(element, press=True)

    def _point(self, element: str, *, press: bool) -> None:
        spot = self.wait(
            f"""(async () => {{
            const e = {element};
            if (!e) return null;
            e.scrollIntoView({{block: 'nearest', behavior: 'instant'}});
            const before = e.getBoundingClientRect();
            await new Promise(done => setTimeout(done, 60));  // or it is still on its way
            const b = e.getBoundingClientRect();
            return b.x === before.x && b.y === before.y && b.width && b.y >= 0 && b.y + b.height / 2 < innerHeight
                && {{x: b.x + b.width / 2, y: b.y + b.height / 2}} }})()"""
        )
        self.pointer(spot["x"], spot["y"], press=press)

    @property
    def state(self) -> str | None:
        state: str | None = self.js(f"{OVERLAY}?.dataset.saysoState ?? null")
        return state

    @property
    def labels(self) -> list[tuple[int, str]]:
        """(index, label) of every label that is shown."""
        found = self.js(
            f"[...({IN_OVERLAY}?.querySelectorAll('.sayso-label') ?? [])].map(e => [+e.dataset.index, e.dataset.label])"
        )
        return [(index, label) for index, label in found]

    @property
    def notice(self) -> str:
        text: str = self.js(f"{IN_OVERLAY}?.querySelector('.notice p')?.textContent ?? ''")
        return text

    def said(self) -> str:
        """The notice, as soon as there is one."""
        self.wait(f"!!{IN_OVERLAY}?.querySelector('.notice p')")
        return self.notice

    def wait_for_labels(self, count: int) -> None:
        self.wait(f"{IN_OVERLAY}?.querySelectorAll('.sayso-label').length === {count}")

    def wait_for(self, state: str, timeout: float = 20) -> None:
        try:
            self.wait(f"{OVERLAY}?.dataset.saysoState === '{state}'", timeout)
        except TimeoutError as error:
            raise TimeoutError(f"not {state} but {self.state} within {timeout} s, saying {self.notice!r}") from error


class Browser(ABC):
    name: str
    origin: str  # of the extension's own pages
    console: Tab  # the first-run page, which opens by itself

    @abstractmethod
    def new_tab(self, url: str) -> Tab: ...
    @abstractmethod
    def press_button(self, tab: Tab) -> None:
        """A real press of the toolbar button while the tab is in front."""

    @abstractmethod
    def allow_site(self, pattern: str) -> None:
        """The reader grants the extension a site."""

    @abstractmethod
    def forbid_site(self, pattern: str) -> None: ...
    @abstractmethod
    def shortcut(self, letter: str) -> None:
        """Press Alt+Shift and a letter, as the browser itself sees it."""

    @abstractmethod
    def kill_background(self) -> None:
        """As the browser does with a background that it takes to be idle."""

    @abstractmethod
    def close(self) -> None: ...

    def surface(self, name: str) -> Tab:
        """One of the extension's pages, in a tab."""
        return self.new_tab(f"{self.origin}/{name}.html")

    def extension(self, expression: str) -> Any:
        """Run an expression in a page of the extension."""
        return self.console.js(expression)

    def side(self, expression: str) -> Any:
        """Run an expression over `page`, the window of the panel at the browser's side; None while there is none."""
        views = "chrome.extension.getViews().find(view => view.location.pathname === '/sidepanel.html')"
        return self.extension(f"(page => page && {expression})({views})")

    def zoom(self, tab: Tab, factor: float) -> None:
        tab.front()
        self.extension(f"chrome.tabs.query({{active: true}}).then(([{{id}}]) => chrome.tabs.setZoom(id, {factor}))")

    def badge(self) -> str:
        """What the toolbar button says of the tab in front."""
        shown = "chrome.tabs.query({active: true}).then(([{id}]) => chrome.action.getBadgeText({tabId: id}))"
        text: str = self.extension(shown)
        return text

    def reset(self, server: str) -> None:
        """As after a fresh install, with the server at this address."""
        self.extension("chrome.storage.sync.clear()")
        self.extension("chrome.storage.local.clear()")
        self.extension(f"chrome.storage.sync.set({{server: {json.dumps(server)}}})")


def bundled_finder() -> str:
    """page/find.ts as one expression that puts its exports into `sayso`."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "find.js")
        command = ["npx", "rolldown", "--config", "tests/finder.config.ts", "--file", str(bundle)]
        subprocess.run(command, cwd=EXTENSION, check=True, capture_output=True)
        return f"(() => {{ {bundle.read_text()}; window.sayso = sayso }})()"


class PlaywrightTab(Tab):
    def __init__(self, page: Page) -> None:
        self.page = page

    def goto(self, url: str) -> None:
        self.page.goto(url, wait_until="domcontentloaded")

    def js(self, expression: str) -> Any:
        try:
            return self.page.evaluate(expression)
        except Exception as error:
            raise RuntimeError(str(error)) from error

    def key(self, *keys: str) -> None:
        self.page.keyboard.press("+".join(keys))

    def pointer(self, x: float, y: float, *, press: bool) -> None:
        self.page.mouse.move(x, y)
        if press:
            self.page.mouse.click(x, y)

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def media(
        self, *, scheme: str = "light", forced_colors: bool = False, printed: bool = False, calm: bool = False
    ) -> None:
        self.page.emulate_media(
            color_scheme=scheme,
            reduced_motion="reduce" if calm else "no-preference",
            forced_colors="active" if forced_colors else "none",
            media="print" if printed else "screen",
        )

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def front(self) -> None:
        self.page.bring_to_front()

    def close(self) -> None:
        self.page.close()


class Chromium(Browser):
    name = "chromium"

    def __init__(self, extension: Path, site_port: int, *, grantable: str = "", screen: Screen | None = None) -> None:
        """`screen`: where to have a window; headless without. `grantable`: a match pattern that `allow_site` can grant.

        Chromium's question about an optional site cannot be answered without a window. So a copy of the extension names
        the site among the required ones, where the browser's settings page can withhold and grant it.
        """
        self.profile = tempfile.mkdtemp(prefix="sayso-chromium-")
        self.screen = screen
        if grantable:
            extension = Path(shutil.copytree(extension, Path(self.profile, "extension")))
            manifest = json.loads((extension / "manifest.json").read_text())
            manifest["host_permissions"].append(grantable)
            (extension / "manifest.json").write_text(json.dumps(manifest))
        self.context = playwright().chromium.launch_persistent_context(
            self.profile,
            executable_path="/usr/bin/chromium",
            channel="chromium",
            headless=screen is None,
            env={**os.environ, **(screen.environment if screen else {})},
            viewport={"width": 1200, "height": 900},
            accept_downloads=True,
            args=[
                *CHROMIUM_SWITCHES,
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
                "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                f"--ip-address-space-overrides=127.0.0.1:{site_port}=public",  # or the page would count as local too
            ],
        )
        assert self.context.browser is not None
        self.cdp = self.context.browser.new_browser_cdp_session()
        [found] = eventually(lambda: self.cdp.send("Extensions.getExtensions")["extensions"] or None)
        self.id = found["id"]
        self.origin = f"chrome-extension://{self.id}"
        welcome = f"{self.origin}/welcome.html"
        self.console = PlaywrightTab(self.page_at(welcome))
        if grantable:
            access = json.dumps({"extensionId": self.id, "hostAccess": "ON_SPECIFIC_SITES"})
            self.settings_page(f"updateExtensionConfiguration({access})")
            self.allow_site("http://127.0.0.1/*")

    def page_at(self, url: str) -> Page:
        def look() -> Page | None:
            self.context.pages[0].wait_for_timeout(20)  # lets Playwright take note of new tabs
            return next((page for page in self.context.pages if page.url == url), None)

        return eventually(look)

    def new_tab(self, url: str) -> PlaywrightTab:
        tab = PlaywrightTab(self.context.new_page())
        tab.goto(url)
        return tab

    def press_button(self, tab: Tab) -> None:
        tab.front()
        url = tab.js("location.href")

        def in_front() -> str | None:
            # On a busy machine another tab, at times of the same address, is for a moment more.
            tabs = self.cdp.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
            [active] = [each for each in tabs if each["embedderData"]["tabActive"]]
            return active["targetId"] if [each for each in tabs if each["url"] == url] == [active] else None

        self.cdp.send("Extensions.triggerAction", {"id": self.id, "targetId": eventually(in_front, 20)})

    def allow_site(self, pattern: str) -> None:
        self.settings_page(f"addHostPermission('{self.id}', '{pattern}')")

    def forbid_site(self, pattern: str) -> None:
        self.settings_page(f"removeHostPermission('{self.id}', '{pattern}')")

    def settings_page(self, call: str) -> None:
        page = self.new_tab("chrome://extensions")
        page.js(f"chrome.developerPrivate.{call}")
        page.close()

    def shortcut(self, letter: str) -> None:
        assert self.screen, "without a window Chromium hears no shortcuts"
        self.screen.press(f"alt+shift+{letter}")

    def kill_background(self) -> None:
        for target in self.cdp.send("Target.getTargets", {"filter": [{"type": "service_worker"}]})["targetInfos"]:
            if target["url"].startswith(self.origin):
                self.cdp.send("Target.closeTarget", {"targetId": target["targetId"]})

    def close(self) -> None:
        self.context.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Screen:
    """A screen in memory, for what a browser does with a window alone."""

    def __init__(self) -> None:
        program = need(shutil.which("Xvfb") and shutil.which("xdotool"), "xvfb and xdotool")
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
        self.process = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.environment = {"DISPLAY": f":{number.readline().strip()}"}
        self.keyboard = program

    def press(self, keys: str) -> None:
        command = [self.keyboard, "key", "--clearmodifiers", keys]
        subprocess.run(command, env={**os.environ, **self.environment}, check=True)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class BidiTab(Tab):
    def __init__(self, firefox: Firefox, context: str) -> None:
        self.firefox = firefox
        self.context = context

    def goto(self, url: str) -> None:
        # Firefox reports no load event for extension pages, and an error for a page one of whose frames was refused.
        self.firefox.command("browsingContext.navigate", context=self.context, url=url, wait="none")
        self.wait(f"location.href === {json.dumps(url)} && document.readyState !== 'loading'")

    def js(self, expression: str) -> Any:
        return self.firefox.evaluate(expression, self.context)

    def key(self, *keys: str) -> None:
        codes = [KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": code} for code in codes]
        up = [{"type": "keyUp", "value": code} for code in reversed(codes)]
        self._perform({"type": "key", "id": "keys", "actions": down + up})

    def pointer(self, x: float, y: float, *, press: bool) -> None:
        actions: list[dict[str, Any]] = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        if press:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._perform({"type": "pointer", "id": "mouse", "actions": actions})

    def _perform(self, source: dict[str, Any]) -> None:
        self.firefox.command("input.performActions", context=self.context, actions=[source])

    def size(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        self.firefox.command("browsingContext.setViewport", context=self.context, viewport=viewport)

    def media(
        self, *, scheme: str = "light", forced_colors: bool = False, printed: bool = False, calm: bool = False
    ) -> None:
        self.front()
        overrides = {
            "prefersReducedMotionOverride": "reduce" if calm else "none",
            "prefersColorSchemeOverride": scheme,
            "forcedColorsOverride": "active" if forced_colors else "none",
            "mediumOverride": "print" if printed else "",
        }
        self.firefox.evaluate(
            f"void Object.assign(gBrowser.selectedBrowser.browsingContext, {json.dumps(overrides)})",
            self.firefox.window,
        )

    def screenshot(self, path: Path) -> None:
        shot = self.firefox.command("browsingContext.captureScreenshot", context=self.context)
        path.write_bytes(base64.b64decode(shot["data"]))

    def front(self) -> None:
        self.firefox.command("browsingContext.activate", context=self.context)

    def close(self) -> None:
        self.firefox.command("browsingContext.close", context=self.context)


# No page reaches beyond this computer.
PROXIES = (
    "function FindProxyForURL(url, host)"
    "{return /(\\.test|^127.0.0.1|^localhost)$/.test(host)?'DIRECT':'PROXY 127.0.0.1:65000'}"
)

KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "Space": " ",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}


class Firefox(Browser):
    """Stock Firefox over WebDriver BiDi: neither geckodriver nor a browser build of its own is needed."""

    name = "firefox"
    origin = f"moz-extension://{FIREFOX_UUID}"

    def __init__(self, extension: Path, site_port: int, *, prefs: dict[str, Any] | None = None) -> None:
        self.profile = tempfile.mkdtemp(prefix="sayso-firefox-")
        self.numbers = itertools.count(1)
        prefs = {
            "browser.shell.checkDefaultBrowser": False,
            "datareporting.policy.dataSubmissionEnabled": False,
            "app.update.enabled": False,
            "remote.prefs.recommended": True,
            "extensions.webextensions.uuids": json.dumps({FIREFOX_ID: FIREFOX_UUID}),
            "extensions.webextOptionalPermissionPrompts": False,  # the browser's question is answered with yes
            "network.proxy.type": 2,
            "network.proxy.allow_hijacking_localhost": False,
            "network.proxy.autoconfig_url": f"data:,{PROXIES}",
            "network.dns.localDomains": "news.test,other.test",
            "network.lna.address_space.public.override": f"127.0.0.1:{site_port}",
            **(prefs or {}),
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in prefs.items()]
        Path(self.profile, "user.js").write_text("".join(lines))
        self.process = subprocess.Popen(
            [
                "firefox-esr",
                "--headless",
                "--no-remote",
                "--profile",
                self.profile,
                "--remote-debugging-port=0",
                "--remote-allow-system-access",
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError("Firefox did not start")
        self.socket = websocket.create_connection(found[1] + "/session", timeout=60, suppress_origin=True)
        self.command("session.new", capabilities={})
        kind = "path" if extension.is_dir() else "archivePath"
        self.command("webExtension.install", extensionData={"type": kind, "path": str(extension)})
        [window] = self.command("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
        self.window = window["context"]
        self.console = BidiTab(self, eventually(lambda: self.context_of(f"{self.origin}/welcome.html")))

    def context_of(self, url: str) -> str | None:
        """The tab that shows this address."""
        tabs = self.command("browsingContext.getTree")["contexts"]
        return next((tab["context"] for tab in tabs if tab["url"] == url), None)

    def command(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            reply = json.loads(self.socket.recv())
            if reply.get("id") == number:
                if reply["type"] == "error":
                    raise RuntimeError(f"{method}: {reply['error']}: {reply['message']}")
                return reply["result"]

    def evaluate(self, expression: str, context: str) -> Any:
        reply = self.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression}) ?? null))()",
            target={"context": context},
            awaitPromise=True,
            userActivation=True,
        )
        if reply["type"] != "success":
            raise RuntimeError(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"]["value"])

    def new_tab(self, url: str) -> BidiTab:
        tab = BidiTab(self, self.command("browsingContext.create", type="tab")["context"])
        tab.goto(url)
        return tab

    def press_button(self, tab: Tab) -> None:
        tab.front()
        button = FIREFOX_ID.translate({ord("@"): "_", ord("."): "_"}) + "-BAP"
        self.evaluate(
            f"""(document.querySelectorAll("panel").forEach(panel => panel.hidePopup()),
            document.getElementById("{button}").click())""",
            self.window,
        )

    def allow_site(self, pattern: str) -> None:
        self.permissions("add", pattern)

    def forbid_site(self, pattern: str) -> None:
        self.permissions("remove", pattern)

    def shortcut(self, letter: str) -> None:
        """By Firefox's own input processor, which stands where the window system's keys come in."""
        keys = [["Alt", "AltLeft", 18], ["Shift", "ShiftLeft", 16], [letter, f"Key{letter}", ord(letter)]]
        self.evaluate(
            f"""(() => {{
            const input = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            if (!input.beginInputTransactionForTests(window)) throw new Error("no input");
            const made = {json.dumps(keys)}
                .map(([key, code, keyCode]) => new KeyboardEvent("", {{key, code, keyCode}}));
            for (const key of made) input.keydown(key);
            for (const key of made.reverse()) input.keyup(key);
            }})()""",
            self.window,
        )

    def kill_background(self) -> None:
        self.evaluate(
            f"""WebExtensionPolicy.getByID("{FIREFOX_ID}").extension
            .terminateBackground({{disableResetIdleForTest: true}})""",
            self.window,
        )

    def permissions(self, method: str, pattern: str) -> None:
        """As the switch in about:addons does."""
        change = json.dumps({"origins": [pattern], "permissions": []})
        self.evaluate(
            f"""ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs").ExtensionPermissions
            .{method}("{FIREFOX_ID}", {change}, WebExtensionPolicy.getByID("{FIREFOX_ID}").extension).then(() => 1)""",
            self.window,
        )

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.command("browser.close")
        self.socket.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)
