-- The tables of a new quarantine.sqlite. storage/README.md says how to read it without Callbox.

-- `CBqu` in ASCII.
PRAGMA application_id = 1128427893;

PRAGMA user_version = 1;

-- Rejected deliveries, for a while; the lowest IDs are deleted first. A head is the JSON text of a delivery's head in the
-- journal, uncompressed. Small columns come first: SQLite then reads them without the pages of the large ones.
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

-- Running totals of that table, one row.
CREATE TABLE total (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    deliveryCount INTEGER NOT NULL CHECK (deliveryCount >= 0),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 0)
) STRICT;

INSERT INTO total (id, deliveryCount, byteCount) VALUES (1, 0, 0);
