extension Migrations {
    /// A ledger of links, with what is expected for them, and of what was fetched by our own calls (docs/decisions/0017).
    static let version4 = """
        -- What vouched for deliveries, each combination once. What we fetched ourselves is vouched for by the connection.
        PRAGMA legacy_alter_table = ON;
        DROP INDEX originByName;
        ALTER TABLE origin RENAME TO originOfVersion3;
        PRAGMA legacy_alter_table = OFF;

        CREATE TABLE origin (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL CHECK (source <> ''),
            verification TEXT NOT NULL
                CHECK (verification IN ('verified', 'failed', 'stale', 'unattempted', 'fetched')),
            secretName TEXT
        ) STRICT;

        CREATE UNIQUE INDEX originByName ON origin (source, verification, secretName IS NULL, coalesce(secretName, ''));

        INSERT INTO origin SELECT * FROM originOfVersion3;

        DROP TABLE originOfVersion3;

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
        """
}
