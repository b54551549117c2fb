-- The tables of a new journal.sqlite. storage/README.md says how to read it without Callbox.

-- `CBox` in ASCII.
PRAGMA application_id = 1128427384;

PRAGMA user_version = 1;

-- What entries are and what vouches for deliveries, each combination once.
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

-- Every delivery and record, in order. Each entry's chain is a hash over itself and the chain of the entry before. A pruned
-- entry has the summary of its reports in place of the body, and the body's commitment in place of its SHA-256. encoding is 0
-- for a raw body, 1 for a zlib stream, 2 for a pruned one.
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
    prunedBy INTEGER REFERENCES entry (position) DEFERRABLE INITIALLY DEFERRED,
    encoding INTEGER NOT NULL CHECK (encoding IN (0, 1, 2)),
    head BLOB NOT NULL,
    body BLOB NOT NULL CHECK (encoding <> 0 OR length(body) = byteCount),
    CHECK ((encoding = 2) = (bodySHA256 IS NULL)),
    CHECK ((encoding = 2) = (bodyCommitment IS NOT NULL)),
    CHECK ((encoding = 2) = (prunedBy IS NOT NULL))
) STRICT;

-- For the foreign key: without it each removed entry would search the whole table.
CREATE INDEX entryByPruning ON entry (prunedBy) WHERE prunedBy IS NOT NULL;

CREATE TRIGGER entryIsNeverChanged
BEFORE UPDATE OF position, uuid, recordedAtMilliseconds, originId, byteCount, chain, head ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER entryIsNeverRemoved BEFORE DELETE ON entry
WHEN NOT EXISTS (SELECT 1 FROM gap WHERE OLD.position BETWEEN firstPosition AND lastPosition)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Runs of entries that were removed: their positions, the chain of the last one, the record that says why.
CREATE TABLE gap (
    firstPosition INTEGER PRIMARY KEY,
    lastPosition INTEGER NOT NULL CHECK (lastPosition >= firstPosition),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    recordedBy INTEGER NOT NULL REFERENCES entry (position) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX gapByRecord ON gap (recordedBy);

-- Preset dictionaries (RFC 1950 §2.2): a zlib stream names the one it needs by its Adler-32 checksum. The one without a
-- source is for heads.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    checksum INTEGER NOT NULL UNIQUE,
    source TEXT,
    type TEXT CHECK (type IS NULL OR source IS NOT NULL),
    createdAtMilliseconds INTEGER NOT NULL,
    bodyCount INTEGER NOT NULL CHECK (bodyCount >= 0),
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 32768)
) STRICT;

-- How far maintenance of the whole journal has come.
CREATE TABLE progress (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
