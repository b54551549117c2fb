extension Migrations {
    /// Journal, reports and replays, as the first release wrote them.
    static let version1 = """
        -- What arrived, in order. Written once; everything below it can be rebuilt from it, but for the replays.
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            uuid BLOB NOT NULL CHECK (length(uuid) = 16),
            receivedAtMilliseconds INTEGER NOT NULL,
            source TEXT NOT NULL CHECK (source <> ''),
            method TEXT NOT NULL,
            target TEXT NOT NULL,
            headers TEXT NOT NULL CHECK (json_type(headers) = 'array'),
            peer TEXT NOT NULL,
            verification TEXT NOT NULL CHECK (verification IN ('verified', 'failed', 'stale', 'unattempted')),
            secretName TEXT,
            bodySHA256 BLOB NOT NULL CHECK (length(bodySHA256) = 32),
            bodyByteCount INTEGER NOT NULL CHECK (bodyByteCount >= 0),
            bodyEncoding TEXT NOT NULL CHECK (bodyEncoding IN ('raw', 'zlib')),
            body BLOB NOT NULL CHECK (bodyEncoding <> 'raw' OR length(body) = bodyByteCount)
        ) STRICT;

        CREATE TRIGGER journalIsNeverChanged BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        CREATE TRIGGER journalIsNeverCut BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        -- How far the tables below follow the journal.
        CREATE TABLE projection (
            name TEXT PRIMARY KEY,
            journalId INTEGER NOT NULL CHECK (journalId >= 0)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO projection (name, journalId) VALUES ('reports', 0);

        -- What a delivery says, once however often it came.
        CREATE TABLE report (
            id INTEGER PRIMARY KEY,
            journalId INTEGER NOT NULL REFERENCES journal (id),
            ordinal INTEGER NOT NULL CHECK (ordinal > 0),
            receivedAtMilliseconds INTEGER NOT NULL,
            source TEXT NOT NULL,
            provider TEXT NOT NULL,
            kind TEXT NOT NULL,
            dedupeKey TEXT NOT NULL,
            providerTimeMilliseconds INTEGER,
            rule TEXT CHECK (rule IN ('specific', 'other', 'all')),
            box TEXT CHECK ((box IS NULL) = (rule IS NULL)),
            externalInfo TEXT,
            problem TEXT,
            attemptCount INTEGER NOT NULL DEFAULT 1 CHECK (attemptCount > 0),
            lastJournalId INTEGER NOT NULL REFERENCES journal (id),
            lastReceivedAtMilliseconds INTEGER NOT NULL
        ) STRICT;

        CREATE UNIQUE INDEX reportByDedupeKey ON report (source, dedupeKey);
        CREATE INDEX reportByKind ON report (kind, id);
        CREATE INDEX reportByBox ON report (box, id);
        CREATE INDEX reportByProvider ON report (provider, id);
        CREATE INDEX reportByTime ON report (receivedAtMilliseconds);

        -- Which delivery brought which report: one row an arrival.
        CREATE TABLE attempt (
            journalId INTEGER NOT NULL REFERENCES journal (id),
            ordinal INTEGER NOT NULL CHECK (ordinal > 0),
            reportId INTEGER NOT NULL REFERENCES report (id),
            number INTEGER NOT NULL CHECK (number > 0),
            PRIMARY KEY (journalId, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX attemptByReport ON attempt (reportId);

        -- What a report can be found by.
        CREATE TABLE field (
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            reportId INTEGER NOT NULL REFERENCES report (id),
            PRIMARY KEY (name, value, reportId)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX fieldByReport ON field (reportId);

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
        """
}
