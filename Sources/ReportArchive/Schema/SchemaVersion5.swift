extension Migrations {
    /// The access log.
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
        """
}
