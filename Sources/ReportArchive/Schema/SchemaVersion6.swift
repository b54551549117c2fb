extension Migrations {
    /// Smaller segments of the index of fields. The rows go over in the order they have: each new segment is written from its
    /// start to its end.
    static let version6 = """
        DROP VIEW fields;

        ALTER TABLE field RENAME TO fieldBefore;

        -- What a report can be found by. A segment is 4096 deliveries: its part of the index is so small that few pages are
        -- written for many rows, and reportId >> 32 names it. A value that is a UUID in its usual spelling is its sixteen bytes.
        CREATE TABLE field (
            segment INTEGER NOT NULL,
            nameId INTEGER NOT NULL REFERENCES fieldName (id),
            value ANY NOT NULL CHECK (typeof(value) = 'text' OR typeof(value) = 'blob' AND length(value) = 16),
            reportId INTEGER NOT NULL,
            PRIMARY KEY (segment, nameId, value, reportId)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO field (segment, nameId, value, reportId)
        SELECT reportId >> 32, nameId, value, reportId FROM fieldBefore;

        DROP TABLE fieldBefore;

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
        """
}
