internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal
internal import StrictJSON
internal import TextForms

/// Matches bodies against a filter. JSON escapes are decoded before texts are compared.
struct BodyMatcher: Sendable {
    /// The tests of one path. At least one of the alternatives must pass, and all other tests must pass.
    private struct PathTests: Sendable {
        let path: JSONPath
        var alternatives: [ValueTest] = []
        var others: [ValueTest] = []
        /// Texts to search for before parsing. A body that passes the alternatives contains at least one of these
        /// texts, unless it has JSON escapes.
        var needles: [TextNeedle]?
    }

    private let paths: [PathTests]
    private let texts: [TextNeedle]

    init(_ filter: ReportFilter) {
        paths = filter.bodyTests.map(\.path).uniqued().map { path in
            var tests = PathTests(path: path)
            for one in filter.bodyTests where one.path == path {
                if one.test.relation == .equal {
                    tests.alternatives.append(one.test)
                } else {
                    tests.others.append(one.test)
                }
            }
            // A number has several spellings, so only operands that are not numbers can be searched for.
            if !tests.alternatives.isEmpty, tests.alternatives.allSatisfy({ DecimalValue($0.operand) == nil }) {
                tests.needles = tests.alternatives.map { TextNeedle($0.operand, isExact: $0.key == nil) }
            }
            return tests
        }
        texts = filter.texts.map { TextNeedle($0, isExact: !filter.folds) }
    }

    /// - Parameter externalInfo: JSON text; searched only if the body is empty.
    func matches(_ body: [UInt8], externalInfo: () throws -> String?) throws -> Bool {
        let hasEscapes = Self.hasEscapes(body)
        if !hasEscapes {
            for needles in paths.compactMap(\.needles) where !needles.contains(where: { $0.isFound(in: body) }) {
                return false
            }
        }
        var parsed: JSONDocument?
        if !paths.isEmpty {
            guard let document = try? JSONDocument(parsing: body),
                try paths.allSatisfy({ try Self.hold($0, document) })
            else {
                return false
            }
            parsed = document
        }
        guard !texts.isEmpty, !texts.contains(where: { $0.isFound(in: body) }) else { return true }
        if body.isEmpty {
            guard let text = try externalInfo().map({ Array($0.utf8) }) else { return false }
            return texts.contains { $0.isFound(in: text) } || hasEscaped(try? JSONDocument(parsing: text))
        }
        return hasEscapes && hasEscaped(parsed ?? (try? JSONDocument(parsing: body)))
    }

    private static func hasEscapes(_ body: [UInt8]) -> Bool {
        body.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, Int32(UInt8(ascii: "\\")), bytes.count) != nil } ?? false
        }
    }

    private func hasEscaped(_ document: JSONDocument?) -> Bool {
        document?.someEscapedString { string in texts.contains { $0.isFound(in: string) } } ?? false
    }

    private static func hold(_ tests: PathTests, _ document: JSONDocument) throws -> Bool {
        func isFound(_ test: ValueTest) throws -> Bool {
            try tests.path.someValue(in: document.root) { value in
                if test.relation == .present || test.relation == .absent { return true }
                return try value.scalarText.map { try test.finds($0, isNumber: value.kind == .number) } ?? false
            }
        }
        return try (tests.alternatives.isEmpty || tests.alternatives.contains(where: isFound))
            && tests.others.allSatisfy { try isFound($0) != $0.relation.isNegative }
    }
}

/// Matches single arrivals against a filter, including its conditions on bodies.
struct ArrivalMatcher {
    private let details: ReportDetails
    private let tests: FieldTestIndex
    private let bodies: BodyMatcher?
    private let dictionaries: DictionaryCache

    /// Nil if no report can match.
    init?(_ filter: ReportFilter, _ dictionaries: DictionaryCache, _ db: Database) throws {
        guard let conditions = try ReportConditions(filter, db) else { return nil }
        details = ReportDetails(conditions)
        tests = FieldTestIndex(conditions.tests)
        bodies = filter.opensBodies ? BodyMatcher(filter) : nil
        self.dictionaries = dictionaries
    }

    /// The report as this arrival contained it. Nil if it does not match, or if its body is needed but cannot be read.
    func summary(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> ReportSummary? {
        guard let summary = try details.summary(ofReport: report, arrival: arrival, db),
            try tests.hold(ofReport: report, db)
        else { return nil }
        guard let bodies else { return summary }
        guard let stored = try StoredBody.at(summary.deliveryID, db, dictionaries), let opened = try? stored.opened()
        else { return nil }
        let body = try opened.readable(in: summary.deliveryID, db, dictionaries)
        return try bodies.matches(body) { summary.externalInfo } ? summary : nil
    }
}

extension [UInt8] {
    /// The readable form of a delivery's body. Reads the head only if the body does not begin like text or is not
    /// UTF-8. A body that cannot be decompressed is returned unchanged.
    func readable(in id: DeliveryID, _ db: Database, _ dictionaries: DictionaryCache) throws -> [UInt8] {
        guard !ReadableBody.isReadAsStored(self), let row = try EntryRows.row(id.rawValue, db, dictionaries),
            let envelope = try? row.envelope()
        else { return self }
        let readable = ReadableBody(self, headers: envelope.head.headers)
        return readable.bytes.isEmpty ? self : readable.bytes
    }
}
