import BodyCompression
import Crypto
import Deliveries
import Intake
import Providers
import Testing

/// A sender or its proxy may compress bodies. The signature may cover the compressed or the decompressed body.
@Suite("Signatures of compressed bodies")
struct CompressedBodyTests {
    private static let secret = Secret(name: "primary", purpose: .signature, bytes: Array("0123456789abcdef".utf8))
    private static let plain = Array(
        #"{"eventName":"link_created","padding":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#.utf8)

    private static func source(bodyByteCountLimit: Int = 32 << 20) -> Source {
        Source(
            name: "klavi", provider: KlaviProvider(), path: "/klavi",
            originPolicy: .required(secrets: [secret], toleranceMilliseconds: 300_000),
            bodyByteCountLimit: bodyByteCountLimit)
    }

    private static func authenticate(
        _ body: [UInt8], signed: [UInt8], coding: String?, at source: Source = source()
    ) -> AuthenticDelivery.Outcome {
        let code = HMAC<SHA256>.authenticationCode(
            for: signed, using: SymmetricKey(data: Array("0123456789abcdef".utf8)))
        let headers =
            [HeaderField("X-Klavi-Signature", Hex.encode(Array(code)))]
            + (coding.map { [HeaderField("Content-Encoding", $0)] } ?? [])
        return AuthenticDelivery.authenticate(
            InboundRequest(
                method: "POST", target: RequestTarget("/klavi"), headers: HeaderFields(headers), body: body,
                peer: "192.0.2.1", receivedAt: Timestamp(millisecondsSinceEpoch: 0)), at: source)
    }

    private static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        try #require(ZlibCompressor().compress(bytes))
    }

    @Test("a signature over the compressed or the decompressed bytes verifies, and the exact bytes are stored")
    func accepted() throws {
        let compressed = try Self.compressed(Self.plain)
        for signed in [compressed, Self.plain] {
            guard case .authentic(let delivery) = Self.authenticate(compressed, signed: signed, coding: "deflate")
            else {
                Issue.record("rejected")
                continue
            }
            #expect(delivery.verification == .verified)
            #expect(delivery.request.body == compressed)
        }
    }

    private static func reason(_ outcome: AuthenticDelivery.Outcome) -> String? {
        if case .rejected(.failed, let reason) = outcome { reason } else { nil }
    }

    @Test("the reason for a rejection mentions the compression")
    func rejected() throws {
        let compressed = try Self.compressed(Self.plain)
        let mismatch = "no configured secret matches the signature"
        #expect(
            Self.reason(Self.authenticate(compressed, signed: [1], coding: "deflate"))
                == "\(mismatch) over the compressed or the decompressed body")
        #expect(Self.reason(Self.authenticate(compressed, signed: Self.plain, coding: nil)) == mismatch)
        #expect(Self.reason(Self.authenticate(Self.plain, signed: [1], coding: "deflate")) == mismatch)
        #expect(
            Self.reason(Self.authenticate(compressed, signed: Self.plain, coding: "br"))
                == "\(mismatch) over the received bytes; the body has Content-Encoding br; only gzip and deflate are read"
        )
        #expect(
            Self.reason(Self.authenticate([0xff] + compressed, signed: Self.plain, coding: "deflate"))
                == "\(mismatch) over the received bytes; the deflate body is damaged or incomplete"
        )
    }

    @Test("an unverified body is decompressed to at most 32 times its length, and at most to the source's limit")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0x30, count: 1 << 20)
        let bomb = try Self.compressed(zeros)
        #expect(bomb.count * 32 < 256 * 1024)
        #expect(
            Self.reason(Self.authenticate(bomb, signed: zeros, coding: "deflate"))?
                .hasSuffix("decompresses to more than the limit of 262144 bytes") == true)
        let compressed = try Self.compressed(Self.plain)
        let small = Self.source(bodyByteCountLimit: Self.plain.count - 1)
        #expect(
            Self.reason(Self.authenticate(compressed, signed: Self.plain, coding: "deflate", at: small))?
                .hasSuffix("decompresses to more than the limit of \(Self.plain.count - 1) bytes") == true)
    }
}
