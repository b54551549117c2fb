package import BodyCompression
internal import Crypto
package import Deliveries
internal import Synchronization
package import TestKit

extension EncodedDelivery {
    /// A delivery with defaults for all properties, so tests pass only relevant properties. Each delivery has a new
    /// UUID by default.
    package static func fixture(
        uuid: UUIDv7? = nil, source: String = "klavi", receivedAt: Timestamp = .fixture, method: String = "POST",
        target: String = "/klavi", headers: HeaderFields = [HeaderField("Host", "callbox.example")],
        peer: String = "192.0.2.1", verification: Verification = .verified, secretName: String? = "primary",
        body: EncodedBody = .raw(#"{"a":1}"#), salt: [UInt8] = [UInt8](repeating: 0x11, count: 16)
    ) -> EncodedDelivery {
        EncodedDelivery(
            uuid: uuid ?? .next(), source: source, receivedAt: receivedAt, verification: verification,
            secretName: secretName,
            head: EncodedHead(RequestHead(method: method, target: target, peer: peer, headers: headers)), body: body,
            salt: salt)
    }

    /// The target in the head; nil unless the head is stored as text.
    package var targetText: String? {
        RequestHead(head.storedBytes)?.target
    }

    /// A sample as intake produces it, with an uncompressed body.
    package init(_ sample: Sample) {
        let request = sample.request
        self = .fixture(
            source: sample.sourceName, receivedAt: request.receivedAt, method: request.method,
            target: request.target.text, headers: request.headers, peer: request.peer, body: .raw(request.body))
    }
}

extension EncodedHead {
    /// The head as uncompressed text.
    package init(_ head: RequestHead) {
        self.init(storedBytes: head.text, sha256: Array(SHA256.hash(data: head.text)))
    }
}

extension EncodedBody {
    package static func raw(_ text: String) -> EncodedBody {
        raw(Array(text.utf8))
    }

    package static func raw(_ bytes: [UInt8]) -> EncodedBody {
        EncodedBody(encoding: .raw, storedBytes: bytes, byteCount: bytes.count, sha256: Array(SHA256.hash(data: bytes)))
    }

    /// `compressibleText`, compressed by another program (Python's zlib, level 6).
    package static let compressed = EncodedBody(
        encoding: .zlib,
        storedBytes: Hex.decode("789cab56cacb2f4955b2524a1c05a360140c7ba0540b0007327e68".utf8) ?? [],
        byteCount: compressibleText.utf8.count, sha256: Array(SHA256.hash(data: Array(compressibleText.utf8))))

    /// A body, encoded as in intake.
    package static func encoded(_ bytes: [UInt8], with compressor: any BodyCompressor = ZlibCompressor()) -> EncodedBody
    {
        let compressed = compressor.compress(bytes)
        return EncodedBody(
            encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? bytes, byteCount: bytes.count,
            sha256: Array(SHA256.hash(data: bytes)))
    }

    package static let compressibleText = #"{"note":""# + String(repeating: "a", count: 1000) + #""}"#
}

extension UUIDv7 {
    /// The UUID `019a4000-0000-7000-8000-000000000001`. `numbered` creates UUIDs with other last digits.
    package static let fixture = numbered(1)

    package static func numbered(_ number: UInt64) -> UUIDv7 {
        let high: UInt64 = 0x019a_4000_0000_7000
        let bytes = [high, 0x8000_0000_0000_0000 | number].flatMap { word in
            withUnsafeBytes(of: word.bigEndian, Array.init)
        }
        guard let uuid = UUIDv7(bytes: bytes) else { fatalError("sixteen bytes make a UUID") }
        return uuid
    }

    private static let last = Atomic<UInt64>(1 << 32)

    /// A UUID that no other fixture has.
    package static func next() -> UUIDv7 {
        numbered(last.add(1, ordering: .relaxed).newValue)
    }
}
