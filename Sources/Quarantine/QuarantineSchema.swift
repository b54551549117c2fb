package import Journal

/// The tables of `quarantine.sqlite`. `storage/schema.sql` shows them too.
package enum QuarantineSchema {
    package static let schema = SQLiteSchema(name: "quarantine", applicationID: applicationID, steps: [format1])

    /// `CBqu` in ASCII.
    package static let applicationID: Int32 = 0x4342_7175

    static let format1 = """
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
        """
}
