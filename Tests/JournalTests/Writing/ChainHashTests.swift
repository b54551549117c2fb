import ArchiveTestKit
import Crypto
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

/// Tests that compute the hash of an entry independently, as storage/README.md describes.
@Suite(.offPool) struct ChainHashTests {
    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    private static func text(_ text: String?) -> [UInt8] {
        text.map { bytes(UInt32($0.utf8.count)) + Array($0.utf8) } ?? bytes(UInt32.max)
    }

    @Test("a commitment is SHA-256 over the salt and the SHA-256 of the bytes")
    func commitment() {
        let salt = [UInt8](1...16)
        #expect(Commitment.make(salt: salt, bytes: [7]) == Self.sha256(salt + Self.sha256([7])))
        #expect(Commitment.make(salt: salt, sha256: [9]) == Self.sha256(salt + [9]))
    }

    @Test("the hash covers the columns in the documented order", arguments: ["primary", "", nil])
    func formula(secretName: String?) {
        let previous = [UInt8](repeating: 1, count: 32)
        let body = [UInt8](repeating: 2, count: 32)
        let head = [UInt8](repeating: 3, count: 32)
        var input = previous + Self.bytes(Int64(258)) + Self.bytes(Int64(-1)) + Self.bytes(Int64(77))
        input += UUIDv7.fixture.bytes + head + body
        input += Self.text("delivery") + Self.text("klav\u{ed}") + Self.text("expired") + Self.text(secretName)
        var hash = ChainHash()
        let link = hash.next(
            after: previous, position: 258, recordedAt: Timestamp(millisecondsSinceEpoch: -1), byteCount: 77,
            uuid: UUIDv7.fixture.bytes, headCommitment: head, bodyCommitment: body,
            origin: Origin(
                type: "delivery", source: "klav\u{ed}", verification: "expired", secretName: secretName))
        #expect(link == Self.sha256(input))
    }

    @Test("the hashes of a stored delivery and record follow the documentation")
    func journal() async throws {
        let delivery = EncodedDelivery.fixture(uuid: .fixture, receivedAt: .fixture, body: .compressed)
        let record = JournalRecord.holdRelease(HoldReleaseRecord(hold: 7))
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([delivery])
            let later = Timestamp.fixture.advanced(byMilliseconds: 5)
            #expect(try writer.append(record, at: later) == 2)
            let reader = try writer.reader()
            let rows = try reader.entries(after: 0, countLimit: 10, byteCountLimit: .max)
            var first = [UInt8](repeating: 0, count: 32) + Self.bytes(Int64(1))
            first +=
                Self.bytes(Timestamp.fixture.millisecondsSinceEpoch) + Self.bytes(Int64(1011)) + UUIDv7.fixture.bytes
            let head = #"["POST","/klavi","192.0.2.1",[["Host","callbox.example"]]]"#
            first += Self.sha256(Self.sha256(delivery.salt).prefix(16) + Self.sha256(Array(head.utf8)))
            first += Self.sha256(delivery.salt + Self.sha256(Array(EncodedBody.compressibleText.utf8)))
            first += Self.text("delivery") + Self.text("klavi") + Self.text("verified") + Self.text("primary")
            #expect(rows.first?.chain == Self.sha256(first))
            let last = try #require(rows.last)
            let json = Array(#"{"hold":7}"#.utf8)
            var second = Self.sha256(first) + Self.bytes(Int64(2)) + Self.bytes(later.millisecondsSinceEpoch)
            second +=
                Self.bytes(Int64(json.count)) + last.uuid
                + Self.sha256(Self.sha256(last.salt).prefix(16) + Self.sha256([]))
            second += Self.sha256(last.salt + Self.sha256(json))
            second += Self.text("hold-release") + Self.text(nil) + Self.text(nil) + Self.text(nil)
            #expect(last.chain == Self.sha256(second))
            #expect(try reader.end() == ChainMark(position: 2, chain: Self.sha256(second)))
        }
    }
}
