import Deliveries
import TestKit

@testable import ReportArchive

/// Archives for the tests of the index of texts: two whole blocks and a part of a third, of two sources.
enum TextIndexArchive {
    static let count = 2 * TextBlock.deliveryCount + 30

    static func with(
        seed: UInt64 = 1, _ body: (ArchiveWriter, ArchiveReader) async throws -> Void
    ) async throws {
        var generator = SplitMix64(seed: seed)
        let bodies = (1...count).map { _ in TextIndexArchive.body(&generator) }
        try await TestArchive.withWriter { writer in
            let deliveries = bodies.enumerated().map { index, body in
                SealedDelivery.fixture(source: index.isMultiple(of: 3) ? "other" : "klavi", body: .raw(body))
            }
            for delivery in deliveries.dropLast() { writer.commit(delivery) { _ in } }
            try await writer.commitAll(deliveries.suffix(1))
            try Projector(writer) { delivery in
                [
                    .fixture(
                        key: "\(delivery.id)",
                        externalInfo: delivery.request.body.isEmpty ? #"{"traceId":"Tráce-\#(delivery.id)"}"# : nil)
                ]
            }.catchUp()
            try await body(writer, ArchiveReader(writer.location))
        }
    }

    /// Words of a few letters, so that needles are found often; some bodies are JSON with escapes, some no UTF-8, some empty.
    private static func body(_ generator: inout SplitMix64) -> [UInt8] {
        let words = (0..<Int.random(in: 1...4, using: &generator)).map { _ in word(&generator) }
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return []
        case 1: return Array("{\"a\":\"\\u00c7\\\"\(words.joined(separator: "\\u0041"))\",\"\\u0130\":1}".utf8)
        case 2: return [0xff, 0xc3] + Array(words.joined().utf8) + [0xe2, 0x82]
        case 3: return Array("{\"a\":\"\\ud83d\\ude00\(words.joined())\"".utf8)
        default: return Array("{\"a\":\"\(words.joined(separator: " "))\"}".utf8)
        }
    }

    private static let letters: [Character] = [
        "a", "B", "é", "Ç", "İ", "ß", "Σ", "K", "\u{0}", "😀", "7", " ", "'", "\"",
    ]

    static func word(_ generator: inout SplitMix64) -> String {
        String(
            (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &generator)]
            })
    }
}

extension ArchiveWriter {
    /// Indexes until nothing is left, and says how many blocks that were.
    @discardableResult
    func indexAllTexts(_ reader: ArchiveReader) throws -> Int {
        var count = 0
        while try indexNextTexts(reader) != nil { count += 1 }
        return count
    }
}

extension ArchiveReader {
    /// The deliveries with a text, and what looking for it came to.
    func having(_ texts: [String], _ change: (inout ReportFilter) -> Void = { _ in }) throws -> (
        found: [Int64], counts: ScanCounts?
    ) {
        var filter = ReportFilter()
        filter.texts = texts
        change(&filter)
        var found: [Int64] = []
        let counts = try forEachReport(matching: filter) { found.append($0.deliveryID.rawValue) }
        return (found, counts)
    }
}
