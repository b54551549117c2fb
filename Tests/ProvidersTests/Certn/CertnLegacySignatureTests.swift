import Deliveries
import Providers
import Testing

@Suite("Certn-Signature")
struct CertnLegacySignatureTests {
    private static let body = Array(#"{"id":"1"}"#.utf8)
    private static let secret = Secret(name: "legacy", purpose: .legacy, bytes: Array("key".utf8))

    /// The signature over the text of a time and the body.
    private static func signature(at time: String, key: String = "key") -> String {
        Hex.encode(TestCode.hmac(key: key, Array("\(time).".utf8) + body))
    }

    private func check(
        _ header: String, receivedAt milliseconds: Int64 = 1_700_000_000_000, secrets: [Secret] = [secret]
    ) -> OriginCheck {
        CertnProvider().verify(
            .with(
                headers: [HeaderField("Certn-Signature", header)], body: Self.body,
                receivedAt: Timestamp(millisecondsSinceEpoch: milliseconds)), with: secrets)
    }

    @Test(
        "a time within 300 s of the arrival is fresh, in both directions and to the millisecond",
        arguments: [0, 1, -1, 299_999, 300_000, -299_999, -300_000])
    func fresh(_ age: Int64) {
        let header = "t=1700000000,v1=" + Self.signature(at: "1700000000")
        #expect(check(header, receivedAt: 1_700_000_000_000 + age) == .verified(secretName: "legacy"))
    }

    @Test(
        "a time beyond the tolerance is expired, and its offset is reported",
        arguments: [300_001, -300_001, 86_400_000, -86_400_000])
    func expired(_ age: Int64) {
        let header = "t=1700000000,v1=" + Self.signature(at: "1700000000")
        #expect(check(header, receivedAt: 1_700_000_000_000 + age) == .expired(secretName: "legacy", milliseconds: age))
    }

    @Test("an expired header with a wrong signature is a mismatch, because its time is not trusted")
    func expiredMismatch() {
        let header = "t=1500000000,v1=" + Self.signature(at: "1700000000")
        #expect(check(header) == .failed(.mismatch))
    }

    @Test("the caller determines the tolerance")
    func tolerance() {
        let request = InboundRequest.with(
            headers: [HeaderField("Certn-Signature", "t=1700000000,v1=" + Self.signature(at: "1700000000"))],
            body: Self.body, receivedAt: Timestamp(millisecondsSinceEpoch: 1_700_000_001_000))
        let provider = CertnProvider()
        #expect(
            provider.verify(request, with: [Self.secret], toleranceMilliseconds: 1000)
                == .verified(secretName: "legacy"))
        #expect(
            provider.verify(request, with: [Self.secret], toleranceMilliseconds: 999)
                == .expired(secretName: "legacy", milliseconds: 1000))
        #expect(
            provider.verify(request, with: [Self.secret], toleranceMilliseconds: .max)
                == .verified(secretName: "legacy"))
    }

    @Test("the signature covers the text of the time")
    func timeIsSigned() {
        let signature = Self.signature(at: "1700000000")
        for time in ["1700000001", "01700000000", "1700000000000", "170000000"] {
            #expect(check("t=\(time),v1=\(signature)") == .failed(.mismatch), "\(time)")
        }
        #expect(check("t=01700000000,v1=" + Self.signature(at: "01700000000")) == .verified(secretName: "legacy"))
    }

    @Test("a time of thirteen digits is in milliseconds, and a time of ten digits is in seconds")
    func milliseconds() {
        func header(_ time: String) -> String { "t=\(time),v1=\(Self.signature(at: time))" }
        #expect(check(header("1700000000123")) == .verified(secretName: "legacy"))
        #expect(check(header("1700000300000")) == .verified(secretName: "legacy"))
        #expect(check(header("1700000300001")) == .expired(secretName: "legacy", milliseconds: -300_001))
        #expect(check(header("1699999700000")) == .verified(secretName: "legacy"))
        #expect(check(header("1699999699999")) == .expired(secretName: "legacy", milliseconds: 300_001))
    }

    @Test(
        "any time outside the tolerance is expired",
        arguments: [
            ("0", 1_700_000_000_000), ("1", 1_699_999_999_000), ("17000000000", -15_300_000_000_000),
            ("999999999999", 1_700_000_000_000 - 999_999_999_999_000),
            ("9999999999999", 1_700_000_000_000 - 9_999_999_999_999),
        ] as [(String, Int64)])
    func farTimes(_ time: String, _ age: Int64) {
        #expect(check("t=\(time),v1=\(Self.signature(at: time))") == .expired(secretName: "legacy", milliseconds: age))
    }

    @Test(
        "extreme times of arrival are also expired",
        arguments: [(Int64.min, Int64.min), (.max, .max - 1_700_000_000_000)])
    func ownTimeAtTheEnds(_ receivedAt: Int64, _ age: Int64) {
        let header = "t=1700000000,v1=" + Self.signature(at: "1700000000")
        #expect(check(header, receivedAt: receivedAt) == .expired(secretName: "legacy", milliseconds: age))
    }

    @Test(
        "text that is not a time is malformed, even if it is signed",
        arguments: [
            "", "-1700000000", "+1700000000", "1700000000.0", "1e9", "0x6553F100", "now", "17000000000000",
            "999999999999999999", "9223372036854775807", "9223372036854775808", "18446744073709551616",
            "-9223372036854775808", "99999999999999999999999999999999999999", "1700000000s", "17 00000000",
            "١٧٠٠٠٠٠٠٠٠", "2023-11-14T22:13:20Z",
        ])
    func noTime(_ time: String) {
        #expect(check("t=\(time),v1=\(Self.signature(at: time))") == .failed(.malformed))
    }

    @Test("a missing or repeated time is malformed")
    func timeCount() {
        let signature = Self.signature(at: "1700000000")
        #expect(check("t=1700000000,t=1700000000,v1=\(signature)") == .failed(.malformed))
        #expect(check("t=1700000000,v1=\(signature),t=1700000001") == .failed(.malformed))
        #expect(check("v1=\(signature)") == .failed(.malformed))
        #expect(check("T=1700000000,v1=\(signature)") == .failed(.malformed))
    }

    @Test("one correct signature among several is enough, in any position")
    func severalSignatures() {
        let right = "v1=" + Self.signature(at: "1700000000")
        let wrong = "v1=" + Self.signature(at: "1700000000", key: "another")
        for order in [[right, wrong], [wrong, right], [wrong, wrong, right], [right, right]] {
            #expect(check("t=1700000000," + order.joined(separator: ",")) == .verified(secretName: "legacy"))
        }
        #expect(check("\(right),t=1700000000") == .verified(secretName: "legacy"))
        #expect(check("t=1700000000,\(wrong),\(wrong)") == .failed(.mismatch))
    }

    @Test("up to eight signatures are checked, and a header with more signatures is malformed")
    func signatureCount() {
        let right = "v1=" + Self.signature(at: "1700000000")
        let wrong = "v1=" + Self.signature(at: "1700000000", key: "another")
        let eight = ["t=1700000000"] + Array(repeating: wrong, count: 7) + [right]
        #expect(check(eight.joined(separator: ",")) == .verified(secretName: "legacy"))
        #expect(check((eight + [wrong]).joined(separator: ",")) == .failed(.malformed))
    }

    @Test("while a secret is being replaced, a match of either signature with either secret is enough")
    func rotation() {
        let header =
            "t=1700000000,v1=\(Self.signature(at: "1700000000", key: "old")),v1="
            + Self.signature(at: "1700000000", key: "new")
        for name in ["old", "new"] {
            let secret = Secret(name: name, purpose: .legacy, bytes: Array(name.utf8))
            #expect(check(header, secrets: [secret]) == .verified(secretName: name))
        }
    }

    @Test("elements with unknown names are ignored")
    func otherSchemes() {
        let signature = Self.signature(at: "1700000000")
        for other in ["v0=\(signature)", "v2=abc", "v10=é", "x=", "=", "v2=a=b", " v3 = 1 "] {
            #expect(check("t=1700000000,\(other),v1=\(signature)") == .verified(secretName: "legacy"), "\(other)")
            #expect(check("\(other),v1=\(signature),t=1700000000") == .verified(secretName: "legacy"), "\(other)")
        }
        for scheme in ["v0", "v2", "v11", "V1", "v01", ""] {
            #expect(check("t=1700000000,\(scheme)=\(signature)") == .failed(.malformed), "\(scheme)")
        }
    }

    @Test("blanks around elements, names and values are ignored")
    func blanks() {
        let signature = Self.signature(at: "1700000000")
        #expect(check("t=1700000000, v1=\(signature)") == .verified(secretName: "legacy"))
        #expect(check(" t = 1700000000 ,  v1 = \(signature) ") == .verified(secretName: "legacy"))
        #expect(check("t=1700000000,,v1=\(signature),") == .verified(secretName: "legacy"))
        #expect(check("t=1700000000\t,\tv1=\(signature)") == .verified(secretName: "legacy"))
        #expect(check("t=17000\t00000,v1=\(signature)") == .failed(.malformed))
    }

    @Test("an element without an equals sign is ignored")
    func noEqualsSign() {
        let signature = Self.signature(at: "1700000000")
        #expect(check("t=1700000000,v1=\(signature),v2") == .verified(secretName: "legacy"))
        #expect(check("beta,t=1700000000,v1=\(signature)") == .verified(secretName: "legacy"))
        #expect(check("t=1700000000,\(signature)") == .failed(.malformed))
        #expect(check("1700000000,\(signature)") == .failed(.malformed))
        #expect(check("t=1700000000;v1=\(signature)") == .failed(.malformed))
    }

    @Test("a signature over the body alone, without the time, is a mismatch")
    func bodyOnly() {
        let signature = Hex.encode(TestCode.hmac(key: "key", Self.body))
        #expect(check("t=1700000000,v1=\(signature)") == .failed(.mismatch))
    }
}
