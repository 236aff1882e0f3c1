"""A light page for tests of the widgets: the module as it lies, a small model, a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from widgets.localstore import LocalStore
from widgets.store import StoreError

WIDGETS = Path(__file__).parents[1] / "widgets"
TYPES = {".js": "text/javascript", ".css": "text/css"}

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>题目</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/widgets/quiz.css">
<link rel="stylesheet" href="/widgets/table.css">
<style>body { margin: 0 auto; max-width: 48rem; padding: 8px 12px; background: #f6f5f2 }</style>
</head><body><script type="module">
import quiz from "/widgets/quiz.js";
import table from "/widgets/table.js";

class Model {
  traits = { delivery: { status: "idle", message: "" } };
  listeners = {};
  constructor(send) { this.send = send; }
  get(name) { return this.traits[name]; }
  set(name, value) {
    this.traits[name] = value;
    for (const listener of this.listeners["change:" + name] ?? []) listener();
  }
  on(event, listener) { (this.listeners[event] ??= []).push(listener); }
  off(event, listener) {
    this.listeners[event] = this.listeners[event].filter((other) => other !== listener);
  }
}

window.models = {};
window.sent = [];
const asked = new URLSearchParams(location.search);
for (const id of asked.getAll("q")) {
  const model = new Model(async (message) => {
    window.sent.push(message);
    model.set("delivery", { status: "saving", message: "" });
    const reply = await fetch("/answer/" + id, {
      method: "POST",
      body: JSON.stringify({ ...message, version: model.get("question").version }),
    }).catch(() => null);
    if (!reply) return model.set("delivery", { status: "waiting", message: "连不上。" });
    const said = await reply.json();
    if (!reply.ok) return model.set("delivery", { status: said.status, message: said.message });
    model.set("state", said.state);
    model.set("delivery", { status: "saved", message: "回执 " + said.receipt });
  });
  Object.assign(model.traits, await (await fetch("/view/" + id)).json());
  model.traits.owner = asked.get("owner") ?? "";
  window.models[id] = model;
  quiz.render({ model, el: document.body });
}
for (const address of asked.getAll("t")) {
  const model = new Model((message) => window.sent.push(message));
  model.traits.table = await (await fetch("/table/" + address)).json();
  model.traits.xlsx = "/xlsx/" + address;
  table.render({ model, el: document.body });
}
document.body.dataset.ready = "yes";
</script></body></html>"""


@dataclass
class PageHost:
    """Where the page is, and the ways to make its store fail."""

    url: str
    store: LocalStore
    answered: list[dict[str, Any]] = field(default_factory=list)
    lose_replies: int = 0

    def address(self, *questions: str, tables: tuple[str, ...] = (), owner: str = "") -> str:
        asked = [f"q={name}" for name in questions] + [f"t={name}" for name in tables]
        return f"{self.url}/?{'&'.join([*asked, f'owner={owner}'])}"


class _Handler(BaseHTTPRequestHandler):
    host: PageHost

    def do_GET(self) -> None:
        parts = urlsplit(self.path).path.strip("/").split("/")
        if parts[0] == "widgets":
            file = WIDGETS.joinpath(*parts[1:])
            self._send(200, file.read_bytes(), TYPES[file.suffix])
        elif parts[0] == "view":
            self._json(200, self.host.store.question_view(parts[1]))
        elif parts[0] == "table":
            self._json(200, self.host.store.table(*parts[1:]))
        elif parts[0] == "xlsx":
            self._send(200, self.host.store.table_file(*parts[1:]), "application/octet-stream")
        elif parts == [""]:
            self._send(200, PAGE.encode(), "text/html")
        else:
            self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.host.answered.append(body)
        question = self.path.rsplit("/", 1)[1]
        try:
            given = self.host.store.answer(question, body["version"], body["value"], body["key"])
        except StoreError as error:
            self._json(409, {"status": error.status, "message": str(error)})
            return
        if self.host.lose_replies:
            self.host.lose_replies -= 1
            self.close_connection = True
            return
        self._json(201, given)

    def _json(self, status: int, content: Any) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def page_host(store: LocalStore) -> Iterator[PageHost]:
    """Serve the page on a free port of this machine."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.host = PageHost(f"http://127.0.0.1:{server.server_port}", store)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield handler.host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
