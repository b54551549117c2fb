"""A receiver as a developer would write it by hand: FastAPI, a signature check, one durable SQLite row per delivery.

It has one worker and one connection, because SQLite allows one writer. A commit takes a fraction of a millisecond, so
it runs on the event loop; running it on a thread was slower.
"""
import hashlib
import hmac
import json
import os
import sqlite3
import time

from fastapi import FastAPI, Request, Response

SECRET = os.environ["BENCH_SECRET"].encode()
database = sqlite3.connect(os.environ["BENCH_ARCHIVE"], isolation_level=None, check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute(
    "CREATE TABLE IF NOT EXISTS delivery"
    " (id INTEGER PRIMARY KEY, receivedAt REAL NOT NULL, path TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL)")
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.post("/klavi/{product}")
async def receive(product: str, request: Request) -> Response:
    body = await request.body()
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-klavi-signature", "")):
        return Response(status_code=401)
    headers = json.dumps(request.headers.items())
    # The statement commits and syncs, because it runs outside an explicit transaction.
    database.execute(
        "INSERT INTO delivery (receivedAt, path, headers, body) VALUES (?, ?, ?, ?)",
        (time.time(), request.url.path, headers, body))
    return Response(b'{"ok":true}', media_type="application/json")
