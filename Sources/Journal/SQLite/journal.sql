-- The tables of journal.sqlite. storage/README.md explains how to read them without Callbox.

-- `CBox` in ASCII.
PRAGMA application_id = 1128427384;

PRAGMA user_version = 1;

-- The types of entries, and the source, verification and secret name of deliveries: one row for each combination.
CREATE TABLE origin (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL CHECK (type <> ''),
    source TEXT CHECK (source <> ''),
    verification TEXT CHECK (verification IN ('verified', 'unverified', 'failed', 'expired', 'fetched')),
    secretName TEXT,
    CHECK ((type IN ('delivery', 'redirect')) = (source IS NOT NULL)),
    CHECK ((source IS NULL) = (verification IS NULL)),
    CHECK (secretName IS NULL OR source IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX originByName
ON origin (type, coalesce(source, ''), coalesce(verification, ''), secretName IS NULL, coalesce(secretName, ''));

-- Every delivery and record, in order. chain is a hash of the entry and of the previous entry's chain. encoding is 0
-- for a raw body, 1 for a zlib stream, 2 for a pruned body: then body is a summary of the reports, and bodyCommitment
-- replaces bodySHA256. prunedBy is the position of the prune record, which a copy may not have yet.
CREATE TABLE entry (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    recordedAtMilliseconds INTEGER NOT NULL,
    originId INTEGER NOT NULL REFERENCES origin (id),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 0),
    bodySHA256 BLOB CHECK (length(bodySHA256) = 32),
    bodyCommitment BLOB CHECK (length(bodyCommitment) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    prunedBy INTEGER CHECK (prunedBy > position),
    encoding INTEGER NOT NULL CHECK (encoding IN (0, 1, 2)),
    head BLOB NOT NULL,
    body BLOB NOT NULL CHECK (encoding <> 0 OR length(body) = byteCount),
    CHECK ((encoding = 2) = (bodySHA256 IS NULL)),
    CHECK ((encoding = 2) = (bodyCommitment IS NOT NULL)),
    CHECK ((encoding = 2) = (prunedBy IS NOT NULL))
) STRICT;

CREATE TRIGGER entryIsNeverChanged
BEFORE UPDATE OF position, uuid, recordedAtMilliseconds, originId, byteCount, chain, head ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER entryIsNeverRemoved BEFORE DELETE ON entry
WHEN NOT EXISTS (SELECT 1 FROM gap WHERE OLD.position BETWEEN firstPosition AND lastPosition)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Ranges of removed entries: first and last position, the chain at the last one, and the record with the reason.
CREATE TABLE gap (
    firstPosition INTEGER PRIMARY KEY,
    lastPosition INTEGER NOT NULL CHECK (lastPosition >= firstPosition),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    recordedBy INTEGER NOT NULL
) STRICT;

-- Preset dictionaries (RFC 1950 §2.2). A zlib stream has the Adler-32 checksum of the dictionary that it
-- needs. The dictionary without a source is for heads.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    checksum INTEGER NOT NULL UNIQUE,
    source TEXT,
    type TEXT CHECK (type IS NULL OR source IS NOT NULL),
    createdAtMilliseconds INTEGER NOT NULL,
    bodyCount INTEGER NOT NULL CHECK (bodyCount >= 0),
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 32768)
) STRICT;

-- The position that a maintenance run over the whole journal has reached.
CREATE TABLE progress (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row if this journal is a copy; then only copying adds entries. journalUUID is the UUID of the shared journal in
-- PostgreSQL; NULL in a copy of another archive.
CREATE TABLE upstream (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journalUUID BLOB CHECK (length(journalUUID) = 16)
) STRICT;

-- Epochs after the first: each begins with the record of a promotion. A row without a record is the epoch of another
-- archive that took over; this archive then accepts no entries.
CREATE TABLE epoch (
    number INTEGER PRIMARY KEY CHECK (number > 1),
    position INTEGER UNIQUE REFERENCES entry (position)
) STRICT;
