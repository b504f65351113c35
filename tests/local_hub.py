"""A Hugging Face Hub for tests: one process, one thread a request, standard library only, nothing leaves 127.0.0.1.

    with LocalHub(tokens={"hf_ann": "ann"}) as hub:        # hub.endpoint == "http://127.0.0.1:PORT"
        HfApi(endpoint=hub.endpoint, token="hf_ann").upload_folder(…)
        hf_hub_download("ann/my-lm", "model.pt", endpoint=hub.endpoint)

What the real Hub does and this one, too: repositories with commits, branches, tags and pull requests; small text
files in git, everything that .gitattributes calls large by Git LFS (`preupload` decides); `resolve` answers HEAD
and GET with the commit and the ETag in headers and redirects large files to another address; ranges, so that broken
downloads go on; 401/403/404 with X-Error-Code; model cards are checked before an upload.
What it does not: Xet (set HF_HUB_DISABLE_XET=1 in the test's environment), signatures of addresses, rate limits.
`hub.log` has each request as (method, path); `hub.unknown` those that no route answered – a test should find it empty.
`hub.fail = {"resolve": 503}` or `hub.cut_after = 1000` make it misbehave.
"""

from __future__ import annotations

import base64
import contextlib
import fnmatch
import hashlib
import json
import re
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = ("*.pt", "*.bin", "*.safetensors", "*.zip", "*.npz", "*.pkl", "*.png")  # as in the Hub's own .gitattributes
LARGE_ENDINGS = tuple(pattern[1:] for pattern in LARGE)
LFS_THRESHOLD = 10 * 1024 * 1024


@dataclass
class Blob:
    content: bytes
    lfs: bool

    @property
    def oid(self) -> str:  # git's own name of the blob; for a large file that of its pointer
        content = self.content
        if self.lfs:
            content = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (
                self.sha256.encode(),
                len(self.content),
            )
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Repo:
    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, Blob]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)  # branches, tags, refs/pr/N
    tags: set[str] = field(default_factory=set)

    def commit(self, ref: str, files: dict[str, Blob], message: str) -> str:
        content = json.dumps([self.refs.get(ref), message, sorted((p, b.oid) for p, b in files.items())])
        sha = hashlib.sha1(content.encode()).hexdigest()
        self.commits[sha], self.refs[ref] = files, sha
        return sha

    def find(self, revision: str) -> str | None:
        return self.refs.get(revision) or (revision if revision in self.commits else None)


class LocalHub:
    def __init__(self, tokens: dict[str, str] | None = None) -> None:
        self.tokens = tokens or {}  # token → user
        self.repos: dict[str, Repo] = {}
        self.lfs: dict[str, bytes] = {}
        self.log: list[tuple[str, str]] = []
        self.seen_tokens: set[str] = set()
        self.unknown: list[tuple[str, str]] = []
        self.fail: dict[str, int] = {}
        self.cut_after: int | None = None
        self.connections: set[socket.socket] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.store = (
            f"http://localhost:{self.server.server_address[1]}"  # large files lie at another host, as they do in truth
        )

    def put(self, name: str, files: dict[str, bytes], *, private: bool = False, gated: bool = False) -> str:
        """Put files into a repository, as somebody may have done without any of our checks; returns the commit."""
        repo = self.repos.setdefault(name, Repo(private, gated))
        blobs = {path: Blob(content, path.endswith(LARGE_ENDINGS)) for path, content in files.items()}
        self.lfs |= {blob.sha256: blob.content for blob in blobs.values() if blob.lfs}
        return repo.commit("main", blobs, "by hand")

    def __enter__(self) -> LocalHub:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.connections):  # clients keep theirs open, and would be answered for ever
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class RefusedError(Exception):
    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        self.status, self.code, self.message = status, code, message


ROUTES: list[tuple[str, re.Pattern[str], str]] = []
ID, REV = r"(?P<repo>[^/]+/[^/]+)", r"(?P<rev>[^/?]+)"


def route(methods: str, pattern: str):
    def add(function):
        ROUTES.extend((m, re.compile(pattern + "$"), function.__name__) for m in methods.split())
        return function

    return add


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LocalHub

    def setup(self) -> None:
        super().setup()
        self.hub.connections.add(self.connection)

    def finish(self) -> None:
        self.hub.connections.discard(self.connection)
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: object) -> None:
        pass

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query)
        self.body = self._read_body()
        self.hub.log.append((self.command, parts.path))
        for method, pattern, name in ROUTES:
            if method == self.command and (match := pattern.match(parts.path)):
                try:
                    if status := self.hub.fail.get(name):
                        raise RefusedError(status)
                    groups = {k: unquote(v) for k, v in match.groupdict().items() if v is not None}
                    return getattr(self, name)(**groups)
                except RefusedError as error:
                    headers = {"X-Error-Code": error.code, "X-Error-Message": error.message} if error.code else {}
                    return self.answer({"error": error.message or error.code}, error.status, headers)
        self.hub.unknown.append((self.command, self.path))
        return self.answer({"error": "Not Found"}, 404)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 – names of the standard library

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, content: object = b"", status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        kind = "application/octet-stream" if isinstance(content, bytes) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            cut, self.hub.cut_after = (
                (self.hub.cut_after, None) if isinstance(content, bytes) and body else (None, self.hub.cut_after)
            )
            self.wfile.write(body[:cut] if cut else body)
            if cut:
                self.close_connection = True

    # who may do what
    def user(self, needed: bool = False) -> str | None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.hub.seen_tokens |= {token} - {""}
        if (token and token not in self.hub.tokens) or (needed and not token):
            raise RefusedError(401, "", "Invalid username or password.")
        return self.hub.tokens.get(token)

    def repo(self, name: str, write: bool = False) -> Repo:
        user = self.user(needed=write)
        found = self.hub.repos.get(name)
        if found is None or (found.private and user != name.split("/")[0]):
            raise RefusedError(404 if user else 401, "RepoNotFound", "Repository not found")
        if write and user != name.split("/")[0] and not self.query.get("create_pr"):
            raise RefusedError(403, "", "You don't have the rights to write to this repository")
        return found

    def revision(self, repo: Repo, revision: str) -> str:
        if sha := repo.find(revision):
            return sha
        raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {revision}")

    # the account
    @route("GET", "/api/whoami-v2")
    def whoami(self) -> None:
        user = self.user(needed=True)
        self.answer({"type": "user", "name": user, "orgs": [], "auth": {"accessToken": {"role": "write"}}})

    @route("POST", "/api/repos/create")
    def create(self) -> None:
        user, given = self.user(needed=True), json.loads(self.body)
        name = f"{given.get('organization') or user}/{given['name']}"
        if name.split("/")[0] != user:
            raise RefusedError(
                403, "", f"You don't have the rights to create a model under the namespace {name.split('/')[0]}"
            )
        url = f"{self.hub.endpoint}/{name}"
        if name in self.hub.repos:
            return self.answer({"error": "You already created this model repo", "url": url}, 409)
        repo = Repo(private=given.get("visibility") == "private" or bool(given.get("private")))
        attributes = "".join(f"{p} filter=lfs diff=lfs merge=lfs -text\n" for p in LARGE).encode()
        repo.commit("main", {".gitattributes": Blob(attributes, False)}, "initial commit")
        self.hub.repos[name] = repo
        return self.answer({"url": url, "name": name, "id": name})

    # uploads
    @route("POST", "/api/validate-yaml")
    def validate_yaml(self) -> None:
        import yaml  # huggingface_hub brings it along

        content = json.loads(self.body)["content"]
        head = re.match(r"---\s*\n(.*?)\n---", content, re.S)
        try:
            data = yaml.safe_load(head[1]) if head else None
        except yaml.YAMLError as error:
            return self.answer({"errors": [{"message": str(error)}], "warnings": []}, 400)
        if data is not None and not isinstance(data.get("license", ""), str | list):
            return self.answer({"errors": [{"message": '"license" must be a string'}], "warnings": []}, 400)
        return self.answer(
            {"errors": [], "warnings": [] if data else [{"message": "empty or missing yaml metadata in repo card"}]}
        )

    @route("POST", f"/api/models/{ID}/preupload/{REV}")
    def preupload(self, repo: str, rev: str) -> None:
        there = self.repo(repo, write=True)
        files = there.commits[self.revision(there, rev)]

        def one(file: dict) -> dict:
            path = file["path"]
            large = file["size"] > LFS_THRESHOLD or any(fnmatch.fnmatch(path.rsplit("/")[-1], p) for p in LARGE)
            old = files.get(path)
            oid = None if old is None else old.sha256 if old.lfs else old.oid
            return {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": oid}

        self.answer({"files": [one(file) for file in json.loads(self.body)["files"]]})

    @route("POST", rf"/{ID}\.git/info/lfs/objects/batch")
    def lfs_batch(self, repo: str) -> None:
        self.user(needed=True)
        objects = []
        for item in json.loads(self.body)["objects"]:
            entry = {"oid": item["oid"], "size": item["size"]}
            if item["oid"] not in self.hub.lfs:
                entry["actions"] = {
                    "upload": {"href": f"{self.hub.endpoint}/storage/{item['oid']}"},
                    "verify": {"href": f"{self.hub.endpoint}/{repo}.git/info/lfs/objects/verify"},
                }
            objects.append(entry)
        self.answer({"transfer": "basic", "objects": objects})

    @route("PUT", "/storage/(?P<oid>[0-9a-f]{64})")
    def store(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise RefusedError(400, "", "BadDigest")
        self.hub.lfs[oid] = self.body
        self.answer()

    @route("POST", rf"/{ID}\.git/info/lfs/objects/verify")
    def lfs_verify(self, repo: str) -> None:
        given = json.loads(self.body)
        right = len(self.hub.lfs.get(given["oid"], b"")) == given["size"]
        self.answer({}, 200 if right else 404)

    @route("POST", f"/api/models/{ID}/commit/{REV}")
    def commit(self, repo: str, rev: str) -> None:
        there = self.repo(repo, write=True)
        base = self.revision(there, rev)
        header, *changes = [json.loads(line) for line in self.body.splitlines()]
        if header["value"].get("parentCommit", base) != base:
            raise RefusedError(412, "", "A commit has happened since. Please refresh and try again.")
        files = dict(there.commits[base])
        for change in changes:
            value = change["value"]
            if change["key"] == "file":
                files[value["path"]] = Blob(base64.b64decode(value["content"]), False)
            elif change["key"] == "lfsFile":
                if value["oid"] not in self.hub.lfs:
                    raise RefusedError(400, "", f"LFS pointer {value['path']} points to a file that does not exist")
                files[value["path"]] = Blob(self.hub.lfs[value["oid"]], True)
            else:
                gone = value["path"].rstrip("/")
                files = {p: b for p, b in files.items() if p != gone and not p.startswith(gone + "/")}
        answer: dict[str, object] = {"success": True}
        if self.query.get("create_pr"):
            number = 1 + sum(ref.startswith("refs/pr/") for ref in there.refs)
            rev = f"refs/pr/{number}"
            there.refs[rev] = base
            answer["pullRequestUrl"] = f"{self.hub.endpoint}/{repo}/discussions/{number}"
        sha = there.commit(rev, files, header["value"]["summary"])
        self.answer({**answer, "commitOid": sha, "commitUrl": f"{self.hub.endpoint}/{repo}/commit/{sha}"})

    @route("POST", f"/api/models/{ID}/tag/{REV}")
    def tag(self, repo: str, rev: str) -> None:
        there, name = self.repo(repo, write=True), json.loads(self.body)["tag"]
        if name in there.refs:
            raise RefusedError(409, "", f"Tag {name} already exists")
        there.refs[name] = self.revision(there, rev)
        there.tags.add(name)
        self.answer({})

    # what is there
    @route("GET", f"/api/models/{ID}(?:/revision/{REV})?")
    def info(self, repo: str, rev: str = "main") -> None:
        there = self.repo(repo)
        sha = self.revision(there, rev)
        siblings = [
            {"rfilename": path, **({"size": len(b.content), "blobId": b.oid} if self.query.get("blobs") else {})}
            for path, b in there.commits[sha].items()
        ]
        self.answer(
            {
                "_id": "0",
                "id": repo,
                "modelId": repo,
                "author": repo.split("/")[0],
                "sha": sha,
                "private": there.private,
                "gated": there.gated,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "siblings": siblings,
            }
        )

    @route("GET", f"/api/models/{ID}/tree/{REV}(?:/(?P<folder>.*))?")
    def tree(self, repo: str, rev: str, folder: str = "") -> None:
        there = self.repo(repo)
        sha = self.revision(there, rev)
        self.answer(
            [self._entry(p, b) for p, b in there.commits[sha].items() if p.startswith(folder)],
            headers={"X-Repo-Commit": sha},
        )

    @route("POST", f"/api/models/{ID}/paths-info/{REV}")
    def paths_info(self, repo: str, rev: str) -> None:
        there = self.repo(repo)
        files = there.commits[self.revision(there, rev)]
        asked = parse_qs(self.body.decode()).get("paths", [])
        self.answer([self._entry(path, files[path]) for path in asked if path in files])

    @staticmethod
    def _entry(path: str, blob: Blob) -> dict:
        large = {"lfs": {"oid": blob.sha256, "size": len(blob.content), "pointerSize": 134}} if blob.lfs else {}
        return {"type": "file", "path": path, "size": len(blob.content), "oid": blob.oid, **large}

    @route("GET", f"/api/models/{ID}/refs")
    def list_refs(self, repo: str) -> None:
        there = self.repo(repo)

        def ref(name: str, kind: str) -> dict:
            return {
                "name": name,
                "ref": name if kind == "pr" else f"refs/{kind}/{name}",
                "targetCommit": there.refs[name],
            }

        pulls = [ref(n, "pr") for n in there.refs if n.startswith("refs/pr/")]
        branches = [ref(n, "heads") for n in there.refs if not n.startswith("refs/pr/") and n not in there.tags]
        self.answer(
            {"branches": branches, "tags": [ref(n, "tags") for n in there.tags], "converts": [], "pullRequests": pulls}
        )

    # downloads
    @route("HEAD GET", f"/{ID}/resolve/{REV}/(?P<path>.+)")
    def resolve(self, repo: str, rev: str, path: str) -> None:
        there = self.repo(repo)
        if there.gated and not self.user():
            raise RefusedError(401, "GatedRepo", "Access to this model is restricted")
        sha = self.revision(there, rev)
        blob = there.commits[sha].get(path)
        if blob is None:
            return self.answer(
                {"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": sha}
            )
        headers = {"X-Repo-Commit": sha, "Accept-Ranges": "bytes"}
        if blob.lfs:
            return self.answer(
                b"",
                302,
                {
                    **headers,
                    "X-Linked-Etag": f'"{blob.sha256}"',
                    "X-Linked-Size": str(len(blob.content)),
                    "Location": f"{self.hub.store}/cdn/{blob.sha256}",
                },
            )
        return self._content(blob.content, {**headers, "ETag": f'"{blob.oid}"'})

    @route("HEAD GET", "/cdn/(?P<oid>[0-9a-f]{64})")
    def cdn(self, oid: str) -> None:
        if self.headers.get("Authorization"):
            raise RefusedError(400, "", "a token must not go to the file store")
        self._content(self.hub.lfs[oid], {"ETag": f'"{oid}"'})

    def _content(self, content: bytes, headers: dict[str, str]) -> None:
        if wanted := re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            start, end = int(wanted[1]), int(wanted[2] or len(content) - 1)
            if start >= len(content):
                return self.answer(b"", 416, {"Content-Range": f"bytes */{len(content)}"})
            return self.answer(
                content[start : end + 1], 206, {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"}
            )
        return self.answer(content, 200, headers)
