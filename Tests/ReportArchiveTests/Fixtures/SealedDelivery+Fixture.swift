import Crypto
import Deliveries
import TestKit

extension SealedDelivery {
    /// A delivery with a default for everything, so that each argument of a test matters.
    static func fixture(
        uuid: UUIDv7 = .fixture, source: String = "klavi", receivedAt: Timestamp = .fixture, method: String = "POST",
        target: String = "/klavi", headers: HeaderFields = [HeaderField("Host", "callbox.example")],
        peer: String = "192.0.2.1", verification: Verification = .verified, secretName: String? = "primary",
        body: SealedBody = .raw(#"{"a":1}"#)
    ) -> SealedDelivery {
        SealedDelivery(
            uuid: uuid, source: source, receivedAt: receivedAt, verification: verification, secretName: secretName,
            head: SealedHead(DeliveryHead(method: method, target: target, peer: peer, headers: headers)), body: body,
            headSalt: Array(repeating: 1, count: 16), bodySalt: Array(repeating: 2, count: 16))
    }

    /// The target in its head, where that is stored as text.
    var targetText: String? {
        DeliveryHead(head.storedBytes)?.target
    }

    /// A sample as intake hands it over, its body as it came.
    init(_ sample: Sample) {
        let request = sample.request
        self = .fixture(
            source: sample.sourceName, receivedAt: request.receivedAt, method: request.method,
            target: request.target.text, headers: request.headers, peer: request.peer, body: .raw(request.body))
    }
}

extension SealedHead {
    /// The head as text, without compression.
    init(_ head: DeliveryHead) {
        self.init(storedBytes: head.text, sha256: Array(SHA256.hash(data: head.text)))
    }
}

extension SealedBody {
    static func raw(_ text: String) -> SealedBody {
        raw(Array(text.utf8))
    }

    static func raw(_ bytes: [UInt8]) -> SealedBody {
        SealedBody(encoding: .raw, storedBytes: bytes, byteCount: bytes.count, sha256: Array(SHA256.hash(data: bytes)))
    }

    /// `compressibleText` as another zlib wrote it (Python's, level 6).
    static let compressed = SealedBody(
        encoding: .zlib,
        storedBytes: Hex.decode("789cab56cacb2f4955b2524a1c05a360140c7ba0540b0007327e68".utf8) ?? [],
        byteCount: compressibleText.utf8.count, sha256: Array(SHA256.hash(data: Array(compressibleText.utf8))))

    static let compressibleText = #"{"note":""# + String(repeating: "a", count: 1000) + #""}"#
}

extension UUIDv7 {
    /// 019a4000-0000-7000-8000-000000000001 or another number at its end.
    static let fixture = numbered(1)

    static func numbered(_ number: UInt8) -> UUIDv7 {
        let bytes: [UInt8] = [0x01, 0x9a, 0x40, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number]
        guard let uuid = UUIDv7(bytes: bytes) else { fatalError("sixteen bytes make a UUID") }
        return uuid
    }
}
