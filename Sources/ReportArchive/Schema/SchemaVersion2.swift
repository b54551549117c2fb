extension Migrations {
    /// The quarantine.
    static let version2 = """
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
            verification TEXT NOT NULL CHECK (verification IN ('failed', 'stale')),
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
            verification TEXT NOT NULL CHECK (verification IN ('failed', 'stale')),
            reason TEXT NOT NULL,
            forcedBecause TEXT CHECK (forcedBecause <> '')
        ) STRICT;
        """
}
