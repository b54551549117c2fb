import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct OriginTests {
    /// A text in the Unicode normalisation forms C and D. Swift compares the two strings as equal.
    private static let (composed, decomposed) = ("c\u{f3}digo", "co\u{301}digo")

    @Test("origins are compared as bytes")
    func equality() {
        #expect(Self.composed == Self.decomposed)
        func origin(_ source: String?, _ secretName: String?) -> Origin {
            Origin(type: "delivery", source: source, verification: "verified", secretName: secretName)
        }
        #expect(origin(Self.composed, nil) == origin(Self.composed, nil))
        #expect(origin(Self.composed, nil) != origin(Self.decomposed, nil))
        #expect(origin("a", Self.composed) != origin("a", Self.decomposed))
        #expect(origin("a", nil) != origin("a", ""))
        #expect(Set([origin(Self.composed, nil), origin(Self.decomposed, nil)]).count == 2)
    }

    @Test("names that differ only in normalisation stay distinct, in one batch and after a restart")
    func journal() async throws {
        let names = [Self.composed, Self.decomposed]
        let origins = names.flatMap { source in names.map { (source, $0) } }
        try await TestArchive.withDirectory { directory in
            for _ in 0..<2 {
                try await TestArchive.withWriter(at: directory) { writer in
                    try await writer.commitTogether(origins.map { .fixture(source: $0.0, secretName: $0.1) })
                }
            }
            let reader = try JournalReader(directory.journal)
            #expect(try reader.number("SELECT count(*) FROM origin") == 4)
            for position in Int64(1)...8 {
                let (source, secretName) = origins[Int(position - 1) % 4]
                let stored = try #require(try reader.delivery(position))
                #expect(Array(stored.source.utf8) == Array(source.utf8))
                #expect(stored.secretName.map { Array($0.utf8) } == Array(secretName.utf8))
            }
            #expect(try reader.verify().findings == [])
        }
    }
}
