-- The tables of index.sqlite. storage/README.md explains how to read them without Callbox.

-- `CBix` in ASCII.
PRAGMA application_id = 1128425848;

PRAGMA user_version = 3;

-- Rows by name. cursor: the last indexed position, and the chain there, which identifies the journal. follow-up: the
-- position up to which deliveries were searched for follow-ups. parsing:N: the number of times that parsing delivery N
-- began and did not end. clean-up: unused names and identities must be removed.
CREATE TABLE state (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    bytes BLOB
) STRICT, WITHOUT ROWID;

-- Time, origin and length of deliveries, copied from the journal because its rows are large. id is the position,
-- originId is origin.id of the journal.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    receivedAtMilliseconds INTEGER NOT NULL,
    originId INTEGER NOT NULL,
    byteCount INTEGER NOT NULL
) STRICT;

-- The types of reports and their routes: one row for each combination.
CREATE TABLE category (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    rule TEXT CHECK (rule IN ('specific', 'other', 'all')),
    topic TEXT CHECK ((topic IS NULL) = (rule IS NULL))
) STRICT;

CREATE UNIQUE INDEX categoryByName ON category (source, provider, type, coalesce(rule, ''), coalesce(topic, ''));

-- Reports: one row however often they arrive. id is the position of the first delivery * 1048576 + the place in it,
-- from 1.
CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    categoryId INTEGER NOT NULL REFERENCES category (id),
    attemptCount INTEGER NOT NULL CHECK (attemptCount > 0),
    lastDeliveryId INTEGER,
    providerTimeMilliseconds INTEGER,
    problem TEXT,
    externalInfo TEXT
) STRICT;

CREATE INDEX reportByCategory ON report (categoryId, id);

-- Identifies a report when it arrives again. key is the first 12 bytes of the SHA-256 of the source, a zero byte
-- and the report's deduplication key.
CREATE TABLE identity (
    key BLOB PRIMARY KEY CHECK (length(key) = 12),
    reportId INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Later arrivals of reports. id is the delivery's position * 1048576 + the place in it.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    reportId INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 1)
) STRICT;

CREATE INDEX attemptByReport ON attempt (reportId, number);

-- key is the folded name, equal for all spellings: composed and decomposed, capitals, accents.
CREATE TABLE fieldName (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL
) STRICT;

CREATE INDEX fieldNameByKey ON fieldName (key);

-- Searchable names and values of reports. A segment, reportId >> 32, has 4096 positions. The rows of a segment are on
-- few pages, so inserting many rows writes few pages. A value that is a UUID in its usual spelling is stored as 16
-- bytes.
CREATE TABLE field (
    segment INTEGER NOT NULL,
    nameId INTEGER NOT NULL,
    value ANY NOT NULL CHECK (typeof(value) = 'text' OR typeof(value) = 'blob' AND length(value) = 16),
    reportId INTEGER NOT NULL,
    PRIMARY KEY (segment, nameId, value, reportId)
) STRICT, WITHOUT ROWID;

-- The folded values of fields, if they differ from the value: without accents, capitals and the punctuation of national
-- numbers. The columns are those of field.
CREATE TABLE fieldKey (
    segment INTEGER NOT NULL,
    nameId INTEGER NOT NULL,
    value ANY NOT NULL CHECK (typeof(value) = 'text' OR typeof(value) = 'blob' AND length(value) = 16),
    reportId INTEGER NOT NULL,
    PRIMARY KEY (segment, nameId, value, reportId)
) STRICT, WITHOUT ROWID;

-- The first and the last arrival time in each range of 1024 positions. id is position >> 10.
CREATE TABLE span (
    id INTEGER PRIMARY KEY,
    firstReceivedAtMilliseconds INTEGER NOT NULL,
    lastReceivedAtMilliseconds INTEGER NOT NULL
) STRICT;

-- The tables below are derived from records. Their ids are the records' positions.

CREATE TABLE access (
    id INTEGER PRIMARY KEY,
    atMilliseconds INTEGER NOT NULL,
    user TEXT NOT NULL,
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT
) STRICT;

CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    deliveryId INTEGER,
    name TEXT,
    value TEXT,
    reason TEXT NOT NULL,
    placedAtMilliseconds INTEGER NOT NULL,
    releasedAtMilliseconds INTEGER,
    CHECK ((deliveryId IS NULL) = (name IS NOT NULL) AND (name IS NULL) = (value IS NULL))
) STRICT;

CREATE TABLE quarantineRelease (
    deliveryId INTEGER PRIMARY KEY,
    quarantineId INTEGER NOT NULL,
    releasedAtMilliseconds INTEGER NOT NULL,
    verification TEXT NOT NULL,
    reason TEXT NOT NULL,
    forcedBecause TEXT
) STRICT;

CREATE TABLE replay (
    id INTEGER PRIMARY KEY,
    deliveryId INTEGER NOT NULL,
    startedAtMilliseconds INTEGER NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    durationMilliseconds INTEGER NOT NULL,
    status INTEGER,
    responseByteCount INTEGER,
    responseSHA256 BLOB,
    failure TEXT CHECK ((failure IS NULL) <> (status IS NULL)),
    changes TEXT,
    runId INTEGER,
    item INTEGER CHECK ((item IS NULL) = (runId IS NULL)),
    isSentAgain INTEGER NOT NULL
) STRICT;

CREATE INDEX replayByDelivery ON replay (deliveryId);

CREATE INDEX replayByRun ON replay (runId, item) WHERE runId IS NOT NULL;

CREATE TABLE replayRun (
    id INTEGER PRIMARY KEY,
    startedAtMilliseconds INTEGER NOT NULL,
    changedAtMilliseconds INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'resumed', 'paused', 'ended')),
    url TEXT NOT NULL,
    deliveryCount INTEGER NOT NULL,
    itemCount INTEGER NOT NULL,
    byteCount INTEGER NOT NULL,
    options TEXT NOT NULL
) STRICT;

CREATE TABLE link (
    id INTEGER PRIMARY KEY,
    createdAtMilliseconds INTEGER NOT NULL,
    provider TEXT NOT NULL,
    api TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'created', 'failed', 'cancelled', 'dismissed')),
    expiresAtMilliseconds INTEGER,
    externalInfo TEXT,
    note TEXT
) STRICT;

-- The fields by which reports of a link are recognised.
CREATE TABLE linkKey (
    linkId INTEGER NOT NULL REFERENCES link (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    -- The folded value, as in fieldKey.
    foldedValue TEXT NOT NULL,
    PRIMARY KEY (linkId, name, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX linkByKey ON linkKey (name, value);
CREATE INDEX linkByFoldedKey ON linkKey (name, foldedValue);

-- The reports that are expected for a link. An empty fieldName means that the type is enough.
CREATE TABLE linkExpectation (
    linkId INTEGER NOT NULL REFERENCES link (id),
    type TEXT NOT NULL,
    fieldName TEXT NOT NULL,
    fieldValue TEXT NOT NULL,
    PRIMARY KEY (linkId, type, fieldName, fieldValue)
) STRICT, WITHOUT ROWID;

-- API calls that fetch what deliveries and links announced.
CREATE TABLE followUp (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    task TEXT NOT NULL,
    subject TEXT NOT NULL,
    causeDeliveryId INTEGER,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    attemptCount INTEGER NOT NULL CHECK (attemptCount >= 0),
    nextAttemptAtMilliseconds INTEGER,
    fetchedDeliveryId INTEGER,
    problem TEXT,
    UNIQUE (source, task, subject),
    CHECK ((nextAttemptAtMilliseconds IS NOT NULL) = (state = 'waiting'))
) STRICT;

CREATE INDEX followUpByTime ON followUp (nextAttemptAtMilliseconds) WHERE state = 'waiting';

-- The history of the retention settings.
CREATE TABLE retention (
    id INTEGER PRIMARY KEY,
    recordedAtMilliseconds INTEGER NOT NULL,
    settings TEXT NOT NULL,
    isConfirmed INTEGER NOT NULL CHECK (isConfirmed IN (0, 1))
) STRICT;
