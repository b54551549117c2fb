import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

/// Tests the values of fields. UUIDs are stored as bytes.
@Suite struct FieldValueTests {
    static let values = [
        "019a4000-0000-7000-8000-000000000001", "f3ee4895-2c10-41f2-879d-dc5976253590",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "41414141-4141-4141-4141-414141414141", "61626364-6566-4768-696a-6b6c6d6e6f70",
        "F3EE4895-2C10-41F2-879D-DC5976253590", "f3ee4895-2c10-41f2-879D-dc5976253590",
        "f3ee48952c10-41f2-879d-dc5976253590-", "g3ee4895-2c10-41f2-879d-dc5976253590",
        "f3ee4895-2c10-41f2-879d-dc597625359", "f3ee4895-2c10-41f2-879d-dc59762535901",
        "{3ee4895-2c10-41f2-879d-dc5976253590", "f3ee48952c1041f2879ddc5976253590", "", "AAAAAAAAAAAAAAAA",
        "é3ee4895-2c10-41f2-879d-dc597625359",
    ]

    @Test(
        "the prefixes of two values have the same order as the values, or are equal",
        arguments: values + ["é", "e\u{301}"])
    func prefix(text: String) {
        let value = FieldValue(text)
        for other in (Self.values + ["12345678", "123456789", "1234567\u{1}", "\u{0}"]).map(FieldValue.init) {
            #expect(!(value.prefix < other.prefix) || value < other)
            #expect(!(other.prefix < value.prefix) || other < value)
        }
    }

    @Test("a value is unchanged after storing, is found by a filter and is in the SQL view", arguments: values)
    func roundTrip(value: String) async throws {
        let field = ReportField("linkId", value)
        let others = Self.values.filter { $0 != value }.map { ReportField("linkId", $0) }
        let deliveries: [IndexedDelivery] = [
            .fixture(1, [.fixture(key: "it", fields: [field])]), .fixture(2, [.fixture(key: "others", fields: others)]),
        ]
        try await SparseArchive.withReader(deliveries) { reader in
            let brought = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(brought.flatMap(\.fields) == [field])
            var filter = ReportFilter()
            filter.fields = [field]
            #expect(try reader.reports(matching: filter).map(\.problem) == ["it"])
            filter.listsAttempts = true
            #expect(try reader.reports(matching: filter).map(\.problem) == ["it"])
            #expect(try reader.rows(SQLQuery("SELECT value FROM fields WHERE reportId >> 20 = 1")) == [[.text(value)]])
        }
    }

    @Test("a UUID in its usual spelling is stored as 16 bytes, and any other value as text")
    func storage() async throws {
        let fields = Self.values.map { ReportField("linkId", $0) }
        try await SparseArchive.withReader([.fixture(1, [.fixture(fields: fields)])]) { reader in
            let count = try reader.read { db in
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM field WHERE typeof(value) = 'blob' AND length(value) = 16")
            }
            #expect(count == 6)
        }
    }
}
