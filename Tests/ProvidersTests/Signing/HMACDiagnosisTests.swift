import Crypto
import Deliveries
import Providers
import Testing

@Suite("Diagnosis of signatures")
struct HMACDiagnosisTests {
    private static let secrets = ["one", "two"].map {
        Secret(name: $0, purpose: .legacy, bytes: Array("secret-of-\($0)".utf8))
    }
    private static let body = Array(#"{"id":"1"}"#.utf8)

    private func diagnose(_ values: [String], scheme: HMACScheme = .certnLegacy, receivedAt: Int64 = 1_700_000_000_000)
        -> HMACDiagnosis
    {
        scheme.diagnose(
            .with(
                headers: values.map { HeaderField(scheme.header, $0) }, body: Self.body,
                receivedAt: Timestamp(millisecondsSinceEpoch: receivedAt)), with: Self.secrets,
            toleranceMilliseconds: 300_000)
    }

    private func header(_ key: String, at time: String) -> String {
        "t=\(time),v1=" + Hex.encode(TestCode.hmac(key: key, Array("\(time).".utf8) + Self.body))
    }

    @Test("a diagnosis has the received and expected headers, the clock offset and the body's hash")
    func contents() {
        let wrong = "t=1700000000,v1=" + String(repeating: "0", count: 64)
        let diagnosis = diagnose([wrong], receivedAt: 1_700_000_009_000)
        #expect(diagnosis.outcome == .failed(.mismatch))
        #expect(diagnosis.got == [wrong])
        #expect(diagnosis.expected.map(\.secretName) == ["one", "two"])
        #expect(
            diagnosis.expected.map(\.headers)
                == ["one", "two"].map {
                    [HeaderField("Certn-Signature", header("secret-of-\($0)", at: "1700000000"))]
                })
        #expect(diagnosis.clockOffsetMilliseconds == 9000)
        #expect(diagnosis.bodySHA256 == Array(SHA256.hash(data: Self.body)))
    }

    @Test("the signature covers the text of the time", arguments: ["1700000000", "1700000000000", "01700000000"])
    func writtenTime(_ time: String) {
        let value = header("secret-of-two", at: time)
        let diagnosis = diagnose([value])
        #expect(diagnosis.outcome == .verified(secretName: "two"))
        #expect(diagnosis.clockOffsetMilliseconds == 0)
        #expect(diagnosis.expected.last?.headers == [HeaderField("Certn-Signature", value)])
    }

    @Test(
        "if the signed time is unreadable, the expected header has the time of arrival",
        arguments: [[], ["junk"], ["a", "b"]])
    func noTime(_ values: [String]) {
        let diagnosis = diagnose(values)
        #expect(diagnosis.got == values)
        #expect(diagnosis.clockOffsetMilliseconds == nil)
        #expect(
            diagnosis.expected.first?.headers == [
                HeaderField("Certn-Signature", header("secret-of-one", at: "1700000000"))
            ])
    }

    @Test("a scheme without a time has no clock offset")
    func noOffset() {
        #expect(diagnose(["x"], scheme: .klavi).clockOffsetMilliseconds == nil)
    }

    @Test("no text form of a diagnosis contains a secret")
    func secrecy() {
        for scheme in [HMACScheme.klavi, .certnLegacy, .standardWebhooks] {
            let diagnosis = diagnose(["junk"], scheme: scheme)
            var dumped = ""
            dump(diagnosis, to: &dumped)
            for text in [String(describing: diagnosis), String(reflecting: diagnosis), dumped] {
                #expect(!text.contains("secret-of-"))
                #expect(!text.contains("\(Array("secret-of-one".utf8))"))
                #expect(!text.contains(Hex.encode("secret-of-".utf8)))
            }
        }
    }
}
