-- The tables of quarantine.sqlite. storage/README.md explains how to read them without Callbox.

-- `CBqu` in ASCII.
PRAGMA application_id = 1128427893;

PRAGMA user_version = 1;

-- Rejected deliveries, for a limited time. The lowest IDs are deleted first. head is uncompressed JSON text, otherwise
-- like a head in the journal. The small columns precede the large ones, so SQLite can read the small ones without
-- overflow pages.
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    storedByteCount INTEGER NOT NULL CHECK (storedByteCount > 0),
    uuid BLOB NOT NULL CHECK (length(uuid) = 16),
    receivedAtMilliseconds INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    verification TEXT NOT NULL CHECK (verification IN ('failed', 'expired')),
    reason TEXT NOT NULL,
    bodySHA256 BLOB NOT NULL CHECK (length(bodySHA256) = 32),
    head BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- The number of rejected deliveries and their stored bytes, in one row, updated in the same transactions.
CREATE TABLE total (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    deliveryCount INTEGER NOT NULL CHECK (deliveryCount >= 0),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 0)
) STRICT;

INSERT INTO total (id, deliveryCount, byteCount) VALUES (1, 0, 0);
