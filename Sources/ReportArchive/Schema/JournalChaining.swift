internal import BodyCompression
internal import Crypto
internal import Deliveries
internal import GRDB
internal import StrictJSON

/// The step from version 2 to 3: every delivery moves into the chained journal, as it is, under its number. The query tables
/// are left empty for the projection.
enum JournalChaining {
    static func migrate(_ db: Database) throws {
        // Other tables refer to the journal by its name, which comes back below.
        try db.execute(
            sql: """
                DROP TABLE field; DROP TABLE attempt; DROP TABLE report; DROP TABLE projection;
                DROP TRIGGER journalIsNeverChanged; DROP TRIGGER journalIsNeverCut;
                PRAGMA legacy_alter_table = ON;
                ALTER TABLE journal RENAME TO journalOfVersion2;
                PRAGMA legacy_alter_table = OFF;
                """)
        try db.execute(sql: Migrations.version3)
        var journal = try JournalAppend(db)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, uuid, receivedAtMilliseconds, source, verification, secretName, bodySHA256, bodyByteCount,
                    bodyEncoding, body, method, target, peer, headers
                FROM journalOfVersion2 ORDER BY id
                """)
        while let row = try rows.next() {
            try journal.insert([try delivery(row)], as: try row.decode(atIndex: 0), to: db)
        }
        try db.execute(sql: "DROP TABLE journalOfVersion2")
    }

    private static func delivery(_ row: Row) throws -> SealedDelivery {
        guard let uuid = UUIDv7(bytes: try row.decode(Blob.self, atIndex: 1).bytes),
            let verification = Verification(rawValue: try row.decode(atIndex: 4)),
            let encoding = BodyEncoding(rawValue: try row.decode(atIndex: 8))
        else { throw ArchiveError.damaged("a delivery of the older archive does not read back") }
        let head = JSONText.array([
            .string(try row.decode(atIndex: 10)), .string(try row.decode(atIndex: 11)),
            .string(try row.decode(atIndex: 12)), .raw(try row.decode(atIndex: 13)),
        ])
        let text = Array(head.compact.utf8)
        return SealedDelivery(
            uuid: uuid, source: try row.decode(atIndex: 3),
            receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 2)), verification: verification,
            secretName: try row.decode(atIndex: 5),
            head: SealedHead(
                storedBytes: HeadCompression.compressor.compress(text) ?? text, sha256: SHA256.bytes(of: text)),
            body: SealedBody(
                encoding: encoding, storedBytes: try row.decode(Blob.self, atIndex: 9).bytes,
                byteCount: try row.decode(atIndex: 7), sha256: try row.decode(Blob.self, atIndex: 6).bytes),
            headSalt: SecureRandom.bytes(SealedDelivery.saltByteCount),
            bodySalt: SecureRandom.bytes(SealedDelivery.saltByteCount))
    }
}

extension SHA256 {
    static func bytes(of text: [UInt8]) -> [UInt8] {
        Array(hash(data: text))
    }
}
