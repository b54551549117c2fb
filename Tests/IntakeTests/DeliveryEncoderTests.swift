import BodyCompression
import Crypto
import Deliveries
import Intake
import Providers
import TestKit
import Testing

@Suite struct SealingTests {
    /// The encoded delivery for a source without verification.
    private static func encoded(_ request: InboundRequest) throws -> EncodedDelivery {
        let harness = IntakeHarness(
            sources: SourceTable([
                Source(name: "front", provider: KlaviProvider(), path: "/klavi", originPolicy: .unchecked)
            ]))
        harness.receive(request)
        harness.runOffloaded()
        return try #require(harness.committed.first)
    }

    @Test("a body that zlib makes smaller is stored as a zlib stream and decompresses to the same bytes")
    func compressed() throws {
        let text = String(repeating: #"{"amount":"10.00"},"#, count: 100)
        let body = try Self.encoded(.fixture(body: text)).body
        #expect(body.encoding == .zlib)
        #expect(body.storedBytes.count < 100)
        #expect(body.byteCount == text.utf8.count)
        #expect(try ZlibDecompressor.decompress(body.storedBytes, byteCount: body.byteCount) == Array(text.utf8))
    }

    @Test("a body that zlib does not make smaller is stored raw", arguments: [1, 8, 100, 5000])
    func raw(byteCount: Int) throws {
        var generator = SplitMix64(seed: UInt64(byteCount))
        let bytes = generator.bytes(byteCount)
        let body = try Self.encoded(InboundRequest.fixture().with(body: bytes)).body
        #expect(body.encoding == .raw)
        #expect(body.storedBytes == bytes)
        #expect(body.byteCount == byteCount)
    }

    @Test("the digest is computed from the received body in every encoding")
    func digest() throws {
        #expect(
            Hex.encode(try Self.encoded(.fixture(body: "abc")).body.sha256)
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let text = String(repeating: "abc", count: 1000)
        #expect(try Self.encoded(.fixture(body: text)).body.sha256 == Array(SHA256.hash(data: Array(text.utf8))))
    }

    @Test(
        "a typical head is stored as a zlib stream with the dictionary for heads, and decompresses to the original")
    func head() throws {
        let request = InboundRequest.fixture(headers: [
            HeaderField("Host", "callbox.example"), HeaderField("Content-Type", "application/json"),
            HeaderField("User-Agent", "klavi-webhook/1.0"), HeaderField("X-Klavi-Signature", "5ec4e7"),
        ])
        let head = try Self.encoded(request).head
        let text = RequestHead(of: request).text
        #expect(head.storedBytes.count < text.count / 2)
        let checksum = head.storedBytes[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(checksum == HeadCompression.dictionary?.checksum)
        #expect(try head.text() == text)
        #expect(head.sha256 == Array(SHA256.hash(data: text)))
    }

    @Test("a head that zlib would not make smaller is stored as text, and its digest is computed from the text")
    func incompressibleHead() throws {
        let request = InboundRequest(
            method: "Q", target: RequestTarget("/klavi"), headers: [], body: [], peer: "::", receivedAt: .fixture)
        let head = DeliveryEncoder(compressor: ZlibCompressor())(.forced(request, source: "front")).head
        #expect(try head.text() == RequestHead(of: request).text)
        #expect(head.sha256 == Array(SHA256.hash(data: RequestHead(of: request).text)))
    }

    @Test("each delivery has its own identifier with its time of arrival")
    func identifier() throws {
        let first = try Self.encoded(.fixture()).uuid
        let second = try Self.encoded(.fixture()).uuid
        #expect(first != second)
        #expect(first.bytes.prefix(6) == second.bytes.prefix(6))
        let milliseconds = first.bytes.prefix(6).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        #expect(milliseconds == Timestamp.fixture.millisecondsSinceEpoch)
    }

    @Test("every delivery has its own salt, even if the requests are equal")
    func salts() throws {
        let request = InboundRequest.fixture()
        let salts = try (0..<100).map { _ in try Self.encoded(request).salt }
        #expect(salts.allSatisfy { $0.count == EncodedDelivery.saltByteCount })
        #expect(Set(salts).count == 100)
    }

    @Test("deliveries of a source without verification are unverified and have no secret name")
    func unchecked() throws {
        let delivery = try Self.encoded(.fixture(headers: [HeaderField("X-Klavi-Signature", "whatever")]))
        #expect(delivery.verification == .unverified)
        #expect(delivery.secretName == nil)
        #expect(delivery.source == "front")
    }
}
