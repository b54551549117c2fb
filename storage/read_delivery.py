#!/usr/bin/env python3
"""Read a Callbox journal without Callbox: one delivery, or the chain of all entries.

    read_delivery.py journal.sqlite 42    print delivery 42: its request line, headers and body
    read_delivery.py journal.sqlite       check every entry, print a line for each and the end of the chain

The format is described in README.md beside this file.
"""

import hashlib
import io
import json
import pathlib
import re
import sqlite3
import struct
import sys
import zlib


def sha256(data):
    return hashlib.sha256(data).digest()


def commitment(salt, digest):
    return sha256(salt + digest)


RAW, ZLIB, PRUNED = 0, 1, 2


class Journal:
    COLUMNS = """position, uuid, recordedAtMilliseconds, type, source, verification, secretName, byteCount, bodySHA256,
        bodyCommitment, chain, salt, prunedBy, encoding, head, body"""

    def __init__(self, path):
        self.database = sqlite3.connect(pathlib.Path(path).absolute().as_uri() + "?mode=ro", uri=True)
        self.database.row_factory = sqlite3.Row
        self.dictionaries = dict(self.database.execute("SELECT checksum, bytes FROM dictionary").fetchall())

    def entries(self, condition="1"):
        return self.database.execute(
            f"SELECT {self.COLUMNS} FROM entry JOIN origin ON origin.id = originId WHERE {condition} ORDER BY position")

    def entry(self, position):
        return next(iter(self.entries(f"position = {int(position)}")), None)

    def inflate(self, stream):
        needs_dictionary = stream[1] & 0x20
        name = int.from_bytes(stream[2:6], "big")
        inflater = zlib.decompressobj(zdict=self.dictionaries[name]) if needs_dictionary else zlib.decompressobj()
        data = inflater.decompress(stream)
        assert inflater.eof and not inflater.unused_data, "a stream is damaged"
        return data

    def text(self, stored):
        """A summary, or a head without packed digits: JSON, or a zlib stream of it."""
        return stored if not stored or stored.startswith(b"[") else self.inflate(stored)

    def head(self, stored):
        """The text of a head, which may be compressed. Packed runs of hexadecimal digits may precede the stream."""
        if not stored or stored[0] > 63:
            return self.text(stored)
        end = 1 + 4 * stored[0]
        digits = io.BytesIO(stored[1:end].hex().encode())
        return re.sub(rb"[\x01-\x1f]", lambda run: digits.read(8 * run[0][0]), self.inflate(stored[end:]))

    def body(self, entry):
        """The body of an entry that was not pruned."""
        body = self.inflate(entry["body"]) if entry["encoding"] == ZLIB else entry["body"]
        assert len(body) == entry["byteCount"], f"entry {entry['position']}: wrong length"
        assert sha256(body) == entry["bodySHA256"], f"entry {entry['position']}: wrong SHA-256"
        return body

    def chain(self, entry, previous):
        """The chain of an entry, from its content and the chain of the entry before."""
        if entry["encoding"] == PRUNED:
            head_salt, body = entry["salt"], entry["bodyCommitment"]
            self.check_summary(entry)
        else:
            head_salt = sha256(entry["salt"])[:16]
            body = commitment(entry["salt"], sha256(self.body(entry)))
        head = commitment(head_salt, sha256(self.head(entry["head"])))
        message = previous
        message += struct.pack(">qqq", entry["position"], entry["recordedAtMilliseconds"], entry["byteCount"])
        message += entry["uuid"] + head + body
        for name in ("type", "source", "verification", "secretName"):
            value = entry[name]
            message += b"\xff" * 4 if value is None else struct.pack(">I", len(value.encode())) + value.encode()
        return sha256(message)

    def check_summary(self, entry):
        """Check the summary of a pruned body: the `prune` record has the commitment of the summary."""
        record = json.loads(self.body(self.entry(entry["prunedBy"])))
        summary = commitment(entry["salt"], sha256(self.text(entry["body"]))).hex()
        named = {pruned["delivery"]: pruned["summary"] for pruned in record["pruned"]}
        assert named.get(entry["position"]) == summary, f"entry {entry['position']}: wrong summary"

    def gaps(self):
        """The last position of each gap and the chain there, by first position. Each gap must be in a record."""
        gaps = {}
        for first, last, chain, recorded_by in self.database.execute(
            "SELECT firstPosition, lastPosition, chain, recordedBy FROM gap"
        ):
            record = json.loads(self.body(self.entry(recorded_by)))
            assert any(a <= first and last <= b for a, b in record["runs"]), f"no record of the gap at {first}"
            gaps[first] = (last, chain)
        return gaps

    def verify(self):
        """Yield each entry after checking its chain, then set `end` to the last position and its chain."""
        gaps = self.gaps()
        position, chain = 0, bytes(32)
        for entry in self.entries():
            while position + 1 < entry["position"] and position + 1 in gaps:
                position, chain = gaps[position + 1]
            assert entry["position"] == position + 1, f"entry {position + 1} is missing"
            position, chain = entry["position"], self.chain(entry, chain)
            assert chain == entry["chain"], f"entry {position}: the chain breaks here"
            yield entry
        while position + 1 in gaps:
            position, chain = gaps[position + 1]
        self.end = (position, chain)


def print_delivery(journal, position):
    entry = journal.entry(position)
    if entry is None:
        sys.exit(f"there is no entry {position}")
    if entry["type"] == "delivery":
        method, target, peer, headers = json.loads(journal.head(entry["head"]))
        lines = [f"{method} {target}"] + [f"{name}: {value}" for name, value in headers]
        sys.stdout.buffer.write("".join(line + "\n" for line in lines).encode() + b"\n")
    if entry["encoding"] == PRUNED:
        sys.exit(f"the body of delivery {position} was pruned; see record {entry['prunedBy']}")
    sys.stdout.buffer.write(journal.body(entry))


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    journal = Journal(arguments[0])
    if len(arguments) == 2:
        return print_delivery(journal, int(arguments[1]))
    try:
        for entry in journal.verify():
            print(entry["position"], entry["type"], ("raw", "zlib", "pruned")[entry["encoding"]], entry["byteCount"])
    except AssertionError as problem:
        sys.exit(str(problem))
    position, chain = journal.end
    print(position, chain.hex())


if __name__ == "__main__":
    main(sys.argv[1:])
