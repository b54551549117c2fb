import Deliveries
import Foundation
import Providers
import Testing

@Suite("Signed times and identifiers of schemes in a configuration")
struct SignedTimeContract {
    private static let key = Secret(name: "key", purpose: .signature, bytes: Array("key".utf8))
    private static let body = Array(#"{"type":"a"}"#.utf8)

    private static var standard: HMACScheme {
        var scheme = HMACScheme.standardWebhooks
        scheme.secretFormat = .text
        return scheme
    }

    /// Checks a Standard Webhooks request. A nil argument omits the header.
    private func check(
        id: String? = "1", time: String? = "1700000000", signedTime: String? = nil, age: Int64 = 0,
        signatures: (String) -> String = { "v1,\($0)" }, extra: [HeaderField] = []
    ) -> OriginCheck {
        let message = Array("\(id ?? "").\(signedTime ?? time ?? "").".utf8) + Self.body
        let signature = Data(TestCode.hmac(key: "key", message)).base64EncodedString()
        var headers = [HeaderField("webhook-signature", signatures(signature))] + extra
        if let id { headers.append(HeaderField("webhook-id", id)) }
        if let time { headers.append(HeaderField("webhook-timestamp", time)) }
        let request = InboundRequest.with(
            headers: headers, body: Self.body, receivedAt: Timestamp.vectors.advanced(byMilliseconds: age))
        return Self.standard.verify(request, with: [Self.key], toleranceMilliseconds: 300_000)
    }

    @Test("a time within the tolerance is fresh", arguments: [0, 1, -1, 300_000, -300_000])
    func fresh(_ age: Int64) {
        #expect(check(age: age) == .verified(secretName: "key"))
    }

    @Test(
        "a time outside of the tolerance is expired, and its distance is reported",
        arguments: [300_001, -300_001, 86_400_000, -86_400_000])
    func expired(_ age: Int64) {
        #expect(check(age: age) == .expired(secretName: "key", milliseconds: age))
    }

    @Test(
        "extreme times are expired and do not trap",
        arguments: ["0", "9999999999999", "999999999999"])
    func extremes(_ time: String) {
        guard case .expired = check(time: time) else {
            Issue.record("\(time) is not expired")
            return
        }
        guard case .expired = check(time: time, age: .max) else {
            Issue.record("\(time) is not expired at the end of time")
            return
        }
    }

    @Test(
        "a time that is not a number of seconds is malformed",
        arguments: [
            "", " ", "-1", "+1700000000", "1700000000.0", "1.7e9", "0x10", "2023-11-14T22:13:20Z", "17000000000000",
            "9223372036854775807", "9223372036854775808", "18446744073709551616", "１７", " 1700000000",
        ])
    func junkTime(_ time: String) {
        #expect(check(time: time) == .failed(.malformed))
    }

    @Test("a missing or repeated time or identifier is malformed")
    func companions() {
        #expect(check(time: nil, signedTime: "1700000000") == .failed(.malformed))
        #expect(check(id: nil) == .failed(.malformed))
        #expect(check(extra: [HeaderField("webhook-timestamp", "1700000000")]) == .failed(.malformed))
        #expect(check(extra: [HeaderField("Webhook-Id", "1")]) == .failed(.malformed))
    }

    @Test("a time or identifier that differs from the signed value is a mismatch, even if the time is fresh")
    func exchanged() {
        #expect(check(time: "1700000001", signedTime: "1700000000") == .failed(.mismatch))
        #expect(check(time: "01700000000", signedTime: "1700000000") == .failed(.mismatch))
        #expect(check(time: "1500000000", signedTime: "1700000000") == .failed(.mismatch))
    }

    private static let wrong = Data(repeating: 7, count: 32).base64EncodedString()

    @Test("one correct signature among up to eight is enough, and signatures of other versions are ignored")
    func several() {
        let wrong = "v1,\(Self.wrong)"
        for position in 0..<8 {
            let check = check { right in
                (0..<8).map { $0 == position ? "v1,\(right)" : wrong }.joined(separator: " ")
            }
            #expect(check == .verified(secretName: "key"), "place \(position)")
        }
        #expect(check { "v1a,junk v1 v1,\($0) v2,?" } == .verified(secretName: "key"))
        #expect(check { "  v1,\($0)  " } == .verified(secretName: "key"))
        #expect(check { _ in "\(wrong) \(wrong)" } == .failed(.mismatch))
    }

    @Test("nine signatures are malformed, and so is a signature with wrong syntax")
    func malformed() {
        #expect(check { Array(repeating: "v1,\($0)", count: 9).joined(separator: " ") } == .failed(.malformed))
        #expect(check { "v2,\($0)" } == .failed(.malformed))
        #expect(check { "V1,\($0)" } == .failed(.malformed))
        #expect(check { "v1,\($0) v1,short" } == .failed(.malformed))
        #expect(check { "v1=\($0)" } == .failed(.malformed))
        #expect(check { $0 } == .failed(.malformed))
        #expect(check { "v1,\u{301}\($0)" } == .failed(.malformed))
    }

    @Test(
        "a signature of the wrong length is malformed", arguments: HMACScheme.Algorithm.allCases,
        HMACScheme.Encoding.allCases)
    func length(_ algorithm: HMACScheme.Algorithm, _ encoding: HMACScheme.Encoding) {
        var scheme = HMACScheme(header: "S")
        scheme.algorithm = algorithm
        scheme.encoding = encoding
        let right = [HMACScheme.Algorithm.sha1: 20, .sha256: 32, .sha512: 64][algorithm]
        for byteCount in [0, 1, 19, 20, 21, 31, 32, 33, 63, 64, 65, 128] {
            let bytes = [UInt8](repeating: 0x5a, count: byteCount)
            let text = encoding == .base64 ? Data(bytes).base64EncodedString() : Hex.encode(bytes)
            let check = scheme.verify(
                .with(headers: [HeaderField("S", text)]), with: [Self.key], toleranceMilliseconds: 0)
            if byteCount == right {
                #expect(check == .failed(.mismatch))
            } else if encoding != .hexOrBase64 {
                #expect(check == .failed(.malformed), "\(byteCount)")
            }
        }
    }

    @Test("sha256= is optional after the prefix, and a repeated or different prefix is malformed")
    func prefix() {
        var scheme = HMACScheme(header: "S")
        scheme.layout = .single(prefix: "v0=")
        let code = Hex.encode(TestCode.hmac(key: "key", Self.body))
        func check(_ value: String) -> OriginCheck {
            scheme.verify(
                .with(headers: [HeaderField("S", value)], body: Self.body), with: [Self.key], toleranceMilliseconds: 0)
        }
        #expect(check("v0=" + code) == .verified(secretName: "key"))
        #expect(check("v0=sha256=" + code) == .verified(secretName: "key"))
        for value in ["v0=\u{301}" + code, "v0=v0=" + code, "v1=" + code, "V0=" + code, "sha256=\u{301}" + code] {
            #expect(check(value) == .failed(.malformed), "\(value)")
        }
    }
}
