extension Migrations {
    /// The access log, and the index of texts.
    static let version5 = """
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

        -- Sources whose bodies are indexed by their text, which somebody has to have asked for. What is dropped stays listed
        -- until the last of it is gone.
        CREATE TABLE textIndex (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL UNIQUE CHECK (source <> ''),
            isDropped INTEGER NOT NULL CHECK (isDropped IN (0, 1))
        ) STRICT;

        -- Of which 1024 deliveries, their number >> 10, the index of a source is whole; a claim is on those being indexed.
        -- What is not among the deliveries has to be opened. A set is 16-bit numbers in the block, or 1024 bits.
        CREATE TABLE textBlock (
            indexId INTEGER NOT NULL REFERENCES textIndex (id),
            block INTEGER NOT NULL,
            claim INTEGER,
            deliveryCount INTEGER NOT NULL CHECK (deliveryCount BETWEEN 0 AND 1024),
            byteCount INTEGER NOT NULL,
            deliveries BLOB NOT NULL CHECK (length(deliveries) <= 128),
            PRIMARY KEY (indexId, block)
        ) STRICT, WITHOUT ROWID;

        -- In which deliveries of a block three bytes, as one number, stand side by side, letters in lower case.
        CREATE TABLE textGram (
            indexId INTEGER NOT NULL,
            block INTEGER NOT NULL,
            gram INTEGER NOT NULL CHECK (gram BETWEEN 0 AND 16777215),
            deliveries BLOB NOT NULL CHECK (length(deliveries) BETWEEN 2 AND 128),
            PRIMARY KEY (indexId, block, gram)
        ) STRICT, WITHOUT ROWID;
        """
}
