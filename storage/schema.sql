-- The schema of a Callbox archive, version 1: what `.schema` of the sqlite3 shell shows of a new file, with its marks.
-- Tests compare a new archive with this file; storage/README.md tells how to read one without Callbox.

-- `CBox` in ASCII.
PRAGMA application_id = 1128427384;

PRAGMA user_version = 1;

-- What vouched for deliveries, each combination once. What we fetched ourselves is vouched for by the connection.
CREATE TABLE origin (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL CHECK (source <> ''),
    verification TEXT NOT NULL
        CHECK (verification IN ('verified', 'failed', 'expired', 'unverified', 'fetched')),
    secretName TEXT
) STRICT;

CREATE UNIQUE INDEX originByName ON origin (source, verification, secretName IS NULL, coalesce(secretName, ''));

-- Every delivery, in order. Written once; each row's chain is a hash over itself and the chain of the row before.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    uuid BLOB NOT NULL CHECK (length(uuid) = 16),
    receivedAtMilliseconds INTEGER NOT NULL,
    originId INTEGER NOT NULL REFERENCES origin (id),
    bodyByteCount INTEGER NOT NULL CHECK (bodyByteCount >= 0),
    bodySHA256 BLOB NOT NULL CHECK (length(bodySHA256) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    head BLOB NOT NULL
) STRICT;

CREATE TRIGGER journalIsNeverChanged BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journalIsNeverCut BEFORE DELETE ON journal
WHEN NOT EXISTS (SELECT 1 FROM gap WHERE OLD.id BETWEEN firstId AND lastId)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Where retention took rows out of the journal: the numbers, the chain of the last one, why.
CREATE TABLE gap (
    firstId INTEGER PRIMARY KEY,
    lastId INTEGER NOT NULL CHECK (lastId >= firstId),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    prunedAtMilliseconds INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> '')
) STRICT;

-- The bodies of the journal's rows: as they came, compressed, equal to another delivery's, or pruned.
CREATE TABLE body (
    journalId INTEGER PRIMARY KEY REFERENCES journal (id),
    encoding TEXT NOT NULL CHECK (encoding IN ('raw', 'zlib', 'same', 'gone')),
    sameAs INTEGER REFERENCES body (journalId) CHECK ((sameAs IS NOT NULL) = (encoding = 'same')),
    pruningId INTEGER REFERENCES pruning (id) CHECK ((pruningId IS NOT NULL) = (encoding = 'gone')),
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX bodyBySameness ON body (sameAs) WHERE sameAs IS NOT NULL;

-- When and why bodies were pruned.
CREATE TABLE pruning (
    id INTEGER PRIMARY KEY,
    prunedAtMilliseconds INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> '')
) STRICT;

-- Preset dictionaries (RFC 1950 §2.2): a zlib stream names the one it needs by its Adler-32 checksum.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    checksum INTEGER NOT NULL UNIQUE,
    source TEXT,
    kind TEXT CHECK (kind IS NULL OR source IS NOT NULL),
    createdAtMilliseconds INTEGER NOT NULL,
    bodyCount INTEGER NOT NULL CHECK (bodyCount >= 0),
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 32768)
) STRICT;

-- What must not be pruned, by delivery or by a field's value, until somebody lets it go.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    journalId INTEGER,
    name TEXT,
    value TEXT,
    reason TEXT NOT NULL CHECK (reason <> ''),
    placedAtMilliseconds INTEGER NOT NULL,
    releasedAtMilliseconds INTEGER,
    CHECK ((journalId IS NULL) = (name IS NOT NULL) AND (name IS NULL) = (value IS NULL))
) STRICT;

-- What nothing proved: kept for a while, trusted in nothing, never a report. The oldest go first.
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL CHECK (length(uuid) = 16),
    receivedAtMilliseconds INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers TEXT NOT NULL CHECK (json_type(headers) = 'array'),
    peer TEXT NOT NULL,
    verification TEXT NOT NULL CHECK (verification IN ('failed', 'expired')),
    reason TEXT NOT NULL,
    bodySHA256 BLOB NOT NULL CHECK (length(bodySHA256) = 32),
    bodyByteCount INTEGER NOT NULL CHECK (bodyByteCount = length(body)),
    body BLOB NOT NULL
) STRICT;

-- Deliveries that came into the journal out of the quarantine.
CREATE TABLE promotion (
    journalId INTEGER PRIMARY KEY REFERENCES journal (id),
    quarantineId INTEGER NOT NULL UNIQUE,
    promotedAtMilliseconds INTEGER NOT NULL,
    verification TEXT NOT NULL CHECK (verification IN ('failed', 'expired')),
    reason TEXT NOT NULL,
    forcedBecause TEXT CHECK (forcedBecause <> '')
) STRICT;

-- Deliveries that were sent again, by hand.
CREATE TABLE replay (
    id INTEGER PRIMARY KEY,
    journalId INTEGER NOT NULL REFERENCES journal (id),
    startedAtMilliseconds INTEGER NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    durationMilliseconds INTEGER NOT NULL CHECK (durationMilliseconds >= 0),
    status INTEGER,
    responseByteCount INTEGER,
    responseSHA256 BLOB CHECK (length(responseSHA256) = 32),
    failure TEXT CHECK ((failure IS NULL) <> (status IS NULL))
) STRICT;

CREATE INDEX replayByDelivery ON replay (journalId);

-- What was asked for at a provider: links, cases, applications. Written before the provider is asked, so that none is
-- forgotten whatever happens then.
CREATE TABLE link (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    createdAtMilliseconds INTEGER NOT NULL,
    provider TEXT NOT NULL CHECK (provider <> ''),
    api TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'created', 'failed', 'disabled', 'dismissed')),
    expiresAtMilliseconds INTEGER,
    externalInfo TEXT CHECK (externalInfo IS NULL OR json_type(externalInfo) = 'object'),
    note TEXT
) STRICT;

-- What reports about a link are found by: fields of theirs.
CREATE TABLE linkKey (
    linkId INTEGER NOT NULL REFERENCES link (id),
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL,
    PRIMARY KEY (linkId, name, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX linkByKey ON linkKey (name, value);

-- The kinds of report that are to come for a link, with the field they have to have where the kind is not enough.
CREATE TABLE linkExpectation (
    linkId INTEGER NOT NULL REFERENCES link (id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    fieldName TEXT NOT NULL,
    fieldValue TEXT NOT NULL,
    PRIMARY KEY (linkId, kind, fieldName, fieldValue)
) STRICT, WITHOUT ROWID;

-- What is to be fetched from a provider because of a delivery or a link, once each, and what came of it. The journal may
-- have been pruned of the deliveries that are named.
CREATE TABLE followUp (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL CHECK (source <> ''),
    act TEXT NOT NULL CHECK (act <> ''),
    subject TEXT NOT NULL,
    causeJournalId INTEGER,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    attemptCount INTEGER NOT NULL CHECK (attemptCount >= 0),
    nextAttemptAtMilliseconds INTEGER,
    fetchedJournalId INTEGER,
    problem TEXT,
    UNIQUE (source, act, subject),
    CHECK ((nextAttemptAtMilliseconds IS NOT NULL) = (state = 'waiting'))
) STRICT;

CREATE INDEX followUpByTime ON followUp (nextAttemptAtMilliseconds) WHERE state = 'waiting';

-- Who had shown in full what is masked otherwise, and when. Written before it was shown.
CREATE TABLE access (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    atMilliseconds INTEGER NOT NULL,
    user TEXT NOT NULL CHECK (user <> ''),
    command TEXT NOT NULL CHECK (command <> ''),
    what TEXT NOT NULL,
    reason TEXT CHECK (reason <> '')
) STRICT;

CREATE TRIGGER accessIsNeverChanged BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

CREATE TRIGGER accessIsNeverCut BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

-- How far work that goes through the whole archive has come.
CREATE TABLE upkeep (
    name TEXT PRIMARY KEY,
    journalId INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the tables below follow the journal; -1 while they are being emptied.
CREATE TABLE projection (
    name TEXT PRIMARY KEY,
    journalId INTEGER NOT NULL CHECK (journalId >= -1)
) STRICT, WITHOUT ROWID;

INSERT INTO projection (name, journalId) VALUES ('reports', 0);

-- What kinds of report there are and where they file, each combination once.
CREATE TABLE category (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT CHECK (rule IN ('specific', 'other', 'all')),
    box TEXT CHECK ((box IS NULL) = (rule IS NULL))
) STRICT;

CREATE UNIQUE INDEX categoryByName ON category (source, provider, kind, coalesce(rule, ''), coalesce(box, ''));

-- What a delivery says, once however often it came. id is the first delivery's number * 1048576 + the place in it.
CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    categoryId INTEGER NOT NULL REFERENCES category (id),
    attemptCount INTEGER NOT NULL CHECK (attemptCount > 0),
    lastJournalId INTEGER,
    providerTimeMilliseconds INTEGER,
    problem TEXT,
    externalInfo TEXT
) STRICT;

CREATE INDEX reportByCategory ON report (categoryId, id);

-- The first 12 bytes of the SHA-256 of a source, a zero byte and what a report is known by when it comes again.
CREATE TABLE identity (
    key BLOB PRIMARY KEY CHECK (length(key) = 12),
    reportId INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Arrivals of a report after the first. id is the delivery's number * 1048576 + the place in it.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    reportId INTEGER NOT NULL REFERENCES report (id),
    number INTEGER NOT NULL CHECK (number > 1)
) STRICT;

CREATE INDEX attemptByReport ON attempt (reportId, number);

-- The names of fields, each once.
CREATE TABLE fieldName (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- What a report can be found by. A segment is 4096 deliveries: its part of the index is so small that few pages are
-- written for many rows, and reportId >> 32 names it. A value that is a UUID in its usual spelling is its sixteen bytes.
CREATE TABLE field (
    segment INTEGER NOT NULL,
    nameId INTEGER NOT NULL REFERENCES fieldName (id),
    value ANY NOT NULL CHECK (typeof(value) = 'text' OR typeof(value) = 'blob' AND length(value) = 16),
    reportId INTEGER NOT NULL,
    PRIMARY KEY (segment, nameId, value, reportId)
) STRICT, WITHOUT ROWID;

-- When 1024 deliveries arrived, the first and the last of them: id is their number >> 10.
CREATE TABLE span (
    id INTEGER PRIMARY KEY,
    firstReceivedAtMilliseconds INTEGER NOT NULL,
    lastReceivedAtMilliseconds INTEGER NOT NULL
) STRICT;

-- Views for a SQL shell.
CREATE VIEW deliveries AS
SELECT journal.id, journal.uuid, journal.receivedAtMilliseconds, origin.source, origin.verification,
    origin.secretName, journal.bodyByteCount, journal.bodySHA256, journal.chain, journal.head, body.encoding,
    body.sameAs, length(body.bytes) AS storedByteCount
FROM journal JOIN origin ON origin.id = journal.originId JOIN body ON body.journalId = journal.id;

CREATE VIEW reports AS
SELECT report.id, report.id >> 20 AS journalId, report.id & 1048575 AS ordinal, journal.receivedAtMilliseconds,
    category.source, category.provider, category.kind, category.rule, category.box, report.attemptCount,
    coalesce(report.lastJournalId, report.id >> 20) AS lastJournalId, report.providerTimeMilliseconds,
    report.problem, report.externalInfo
FROM report JOIN category ON category.id = report.categoryId JOIN journal ON journal.id = report.id >> 20;

CREATE VIEW fields AS
SELECT field.reportId, fieldName.name,
    CASE typeof(field.value)
        WHEN 'text' THEN field.value
        ELSE lower(
            substr(hex(field.value), 1, 8) || '-' || substr(hex(field.value), 9, 4) || '-'
            || substr(hex(field.value), 13, 4) || '-' || substr(hex(field.value), 17, 4) || '-'
            || substr(hex(field.value), 21))
    END AS value
FROM field JOIN fieldName ON fieldName.id = field.nameId;
