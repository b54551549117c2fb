import ArchiveTestKit
import BodyCompression
import Deliveries
import StrictJSON
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

@Suite("Spellings of values")
struct SpellingTests {
    /// The fields of reports whose keys are `a`, `b` and so on.
    private static let fields: [[ReportField]] = [
        [ReportField("city", "São Paulo"), ReportField("cpf", "390.533.447-05")],
        [ReportField("city", "Sa\u{303}o Paulo"), ReportField("CPF", "39053344705")],
        [ReportField("city", "SAO PAULO"), ReportField("cpf", "39053344706")],
        [ReportField("city", "Santos"), ReportField("id", "4437B139-8A16-11EE-B636-487B6BAD036A")],
        [ReportField("co\u{301}digo", "7"), ReportField("id", "4437b139-8a16-11ee-b636-487b6bad036a")],
        [ReportField("código", "7"), ReportField("ip", "192.168.100.20")],
    ]

    private static func found(_ adjust: (inout ReportFilter) throws -> Void) async throws -> String {
        var filter = ReportFilter()
        filter.folds = true
        try adjust(&filter)
        let reports = fields.enumerated().map { place, fields in
            RoutedReport.fixture(
                type: place.isMultiple(of: 2) ? "Extração" : "extracao",
                key: String(UnicodeScalar(UInt8(ascii: "a") + UInt8(place))), fields: fields)
        }
        return try await IndexArchive.with(reports) { [filter] reader in
            // The plan must use the index, like the plan of an exact filter.
            if let field = filter.fields.first, filter.texts.isEmpty {
                #expect(try reader.plan(of: filter).lead == .field(field.name))
                #expect(try reader.plan(of: filter).candidateCount <= 3)
            }
            return try reader.reports(matching: filter).compactMap(\.problem).joined()
        }
    }

    @Test(
        "a field is found in every spelling of its name and value, using the index",
        arguments: [
            ("city", "são paulo", "cba"), ("city", "sao paulo", "cba"), ("city", "SÃO PAULO", "cba"),
            ("City", "Sa\u{303}o Paulo", "cba"), ("city", "sao", ""), ("cpf", "39053344705", "ba"),
            ("cpf", "390.533.447-05", "ba"), ("cpf", "390 533 447 05", "ba"), ("cpf", "39053344706", "c"),
            ("id", "4437b139-8a16-11ee-b636-487b6bad036a", "ed"), ("id", "4437B139-8A16-11EE-B636-487B6BAD036A", "ed"),
            ("codigo", "7", "fe"), ("código", "7", "fe"), ("ip", "19216810020", ""), ("ip", "192.168.100.20", "f"),
        ])
    func fields(name: String, value: String, expected: String) async throws {
        #expect(try await Self.found { $0.fields = [ReportField(name, value)] } == expected)
    }

    @Test("an exact filter compares bytes")
    func exact() async throws {
        for (value, expected) in [("São Paulo", "a"), ("Sa\u{303}o Paulo", "b"), ("sao paulo", ""), ("SAO PAULO", "c")]
        {
            #expect(
                try await Self.found {
                    $0.folds = false
                    $0.fields = [ReportField("city", value)]
                } == expected)
        }
        #expect(
            try await Self.found {
                $0.folds = false
                $0.types = ["Extração"]
            } == "eca")
    }

    @Test("types and topics are found in every spelling")
    func categories() async throws {
        #expect(try await Self.found { $0.types = ["EXTRACAO"] } == "fedcba")
        #expect(try await Self.found { $0.topics = ["Links"] } == "fedcba")
        #expect(try await Self.found { $0.types = ["extraca"] } == "")
    }

    @Test(
        "field tests compare all spellings, and regular expressions compare the composed form",
        arguments: [
            (ValueTest.Relation.notEqual, "sao paulo", "fed"), (.equal, "santos", "d"), (.matches, "^São", "ba"),
            (.matches, "^Sa\u{303}o", "ba"), (.matches, "^são", ""), (.notMatches, "São", "fedc"),
        ])
    func tests(relation: ValueTest.Relation, operand: String, expected: String) async throws {
        let test = try #require(ValueTest(relation, operand, folds: true))
        #expect(try await Self.found { $0.fieldTests = [FieldTest("city", test)] } == expected)
    }

    @Test("removed reports leave no folded keys in the index")
    func removal() async throws {
        try await IndexArchive.with { archive in
            for _ in 1...3 { try await archive.commitAll([.fixture()]) }
            try archive.index { [.fixture(key: "\($0.id.rawValue)", fields: [ReportField("n", "Ação")])] }
            let reader = try archive.reader()
            #expect(try reader.number("SELECT count(*) FROM fieldKey") == 3)
            let connection = try WritingConnection(
                archive.directory.indexPath, IndexSchema.schema, durability: .lastCommitsMayGo)
            defer { connection.finish() }
            try connection.run { try IndexRows.remove(1...2, $0) }
            #expect(try reader.number("SELECT count(*) FROM fieldKey") == 1)
        }
    }
}

@Suite("Compressed bodies and bodies in other encodings")
struct BodyFormTests {
    private static let gzip = HeaderField("Content-Encoding", "deflate")
    private static let json = HeaderField("Content-Type", "application/json; charset=ISO-8859-1")

    private static func withReader(_ body: (ArchiveReader) throws -> Void) async throws {
        let text = #"{"city":"São Paulo","cpf":"390.533.447-05"}"#
        let compressed = try #require(
            ZlibCompressor().compress(Array(String(repeating: " ", count: 100).utf8 + Array(text.utf8))))
        let utf16 = [0xff, 0xfe] + text.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xff), UInt8(unit >> 8)] }
        let latin1 = text.unicodeScalars.map { UInt8($0.value) }
        try await IndexArchive.with { archive in
            try await archive.commitAll([
                .fixture(headers: [gzip], body: .raw(compressed)), .fixture(headers: [], body: .raw(utf16)),
                .fixture(headers: [json], body: .raw(latin1)), .fixture(headers: [], body: .raw(Array(text.utf8))),
                .fixture(headers: [gzip], body: .raw([0xff, 0xff, 0xff])),
            ])
            try archive.index { [.fixture(key: "\($0.id.rawValue)")] }
            try body(archive.reader())
        }
    }

    @Test("texts and values are found in bodies that are compressed or have another encoding")
    func scans() async throws {
        try await Self.withReader { reader in
            for text in ["sao paulo", "39053344705", "SÃO"] {
                var filter = ReportFilter()
                (filter.texts, filter.folds) = ([text], true)
                #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [4, 3, 2, 1])
            }
            for (operand, folds, expected) in [
                ("sao paulo", true, [4, 3, 2, 1]), ("São Paulo", false, [4, 3, 2, 1]), ("sao paulo", false, []),
            ] as [(String, Bool, [Int64])] {
                var filter = ReportFilter()
                let test = try #require(ValueTest(.equal, operand, folds: folds))
                filter.bodyTests = [BodyTest(try #require(JSONPath("$.city")), test)]
                #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == expected)
            }
        }
    }
}
