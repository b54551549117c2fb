import BodyCompression
import Crypto
import Deliveries
import Foundation
import Journal
import TestKit

/// A delivery whose content depends only on its number, so it can be compared after reading.
struct TestDelivery: Sendable {
    let number: Int
    let uuid: UUIDv7
    let body: [UInt8]
    let encoded: EncodedDelivery

    private static let compressor = ZlibCompressor()

    init(_ number: Int, byteCount: Int) {
        var generator = SplitMix64(seed: UInt64(number) &+ 7)
        self.number = number
        self.uuid = UUIDv7(at: Self.receivedAt(number), using: &generator)
        // Every third body is compressible, and all other bodies are random bytes.
        self.body =
            number % 3 == 0
            ? Array(String(repeating: #"{"n":\#(number)}"#, count: byteCount / 8 + 1).utf8.prefix(byteCount))
            : generator.quickBytes(byteCount)
        self.encoded = Self.encode(number, uuid, body)
    }

    private static func encode(_ number: Int, _ uuid: UUIDv7, _ body: [UInt8]) -> EncodedDelivery {
        let compressed = compressor.compress(body)
        let head = RequestHead(
            method: "POST", target: target(number), peer: "192.0.2.1",
            headers: [HeaderField("Host", "callbox.example"), HeaderField("X-Number", "\(number)")])
        return EncodedDelivery(
            uuid: uuid, source: "klavi", receivedAt: receivedAt(number), verification: .verified, secretName: "primary",
            head: EncodedHead(
                storedBytes: HeadCompression.encode(head.text),
                sha256: Array(SHA256.hash(data: head.text))),
            body: EncodedBody(
                encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? body, byteCount: body.count,
                sha256: Array(SHA256.hash(data: body))),
            salt: Array(repeating: 1, count: 16))
    }

    private static func receivedAt(_ number: Int) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: 1_760_000_000_000).advanced(byMilliseconds: Int64(number))
    }

    private static func target(_ number: Int) -> String {
        "/klavi?number=\(number)"
    }

    /// True if the archived delivery equals the delivery that was sent.
    func equals(_ archived: ArchivedDelivery) -> Bool {
        archived.uuid == uuid && archived.request.body == body && archived.request.target.text == Self.target(number)
            && archived.request.receivedAt == Self.receivedAt(number) && archived.request.method == "POST"
            && archived.request.headers.onlyValue(named: "X-Number") == "\(number)" && archived.source == "klavi"
    }
}

extension SplitMix64 {
    /// Does the same as `bytes`, but generates eight bytes at a time, because the workloads require megabytes and debug
    /// builds are slow.
    fileprivate mutating func quickBytes(_ count: Int) -> [UInt8] {
        let words = (0..<(count + 7) / 8).map { _ in next() }
        return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
}
