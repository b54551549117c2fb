import Deliveries
import Foundation
import ReportArchive
import TestKit
import Testing

@Suite struct CheckpointTests {
    private static func byteCount(_ path: String) throws -> Int {
        try Data(contentsOf: URL(filePath: path)).count
    }

    @Test("the log is copied back into the file as it grows, and closing leaves nothing in it")
    func checkpoint() async throws {
        let mebibyte = 1 << 20
        var generator = SplitMix64(seed: 1)
        let body = SealedBody.raw(generator.bytes(mebibyte / 4))
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitAll(Array(repeating: .fixture(body: body), count: 1))
                #expect(try Self.byteCount(location.path) < mebibyte / 4)
                try await writer.commitAll(Array(repeating: .fixture(body: body), count: 79))
                // The round after an answer copies: the next answer comes after it.
                try await writer.commitAll([.fixture()])
                #expect(try Self.byteCount(location.path) > 15 * mebibyte)
                #expect(try Self.byteCount(location.path + "-wal") < 11 * mebibyte)
            }
            #expect(try Self.byteCount(location.path) > 20 * mebibyte)
            #expect(try ArchiveReader(location).check().deliveryCount == 81)
        }
    }
}
