import Deliveries
import Providers
import Testing

@Suite("Bodies of unknown form")
struct UnrecognisedTests {
    private static let providers: [any Provider] = [KlaviProvider(), CertnProvider(), CertificallProvider()]

    @Test(
        "an unreadable body becomes one unrecognised report, which has a problem and the body's hash as its key",
        arguments: [
            "", " ", "null", "true", "7", #""text""#, "{}", "[]", #"{"a":1}"#, #"{"payload":{"eventName":"a"}}"#, "{",
            "[1,", "<xml/>", "a=1&b=2", "\0", "\u{feff}", #"{"eventName":"a","productName":"b""#,
            #"{"id":null,"cfRef":[],"eventName":{}}"#,
        ])
    func shapes(_ body: String) throws {
        for provider in Self.providers {
            let reports = provider.parse(body: body)
            let report = try #require(reports.first, "\(provider.name) has no report")
            #expect(reports.count == 1)
            #expect(report.type == "unrecognised")
            #expect(report.dedupeKey == "body:" + TestCode.sha256Hex(body))
            #expect(report.fields == [] && report.externalInfo == nil && report.providerTime == nil)
            #expect(try !#require(report.problem).isEmpty)
        }
    }

    @Test("the problem of a text that is not JSON has the reason and the position, and does not quote the text")
    func problem() {
        let body = #"{"secret-name":"secret-value"x}"#
        for provider in Self.providers {
            #expect(
                provider.parse(body: body).map(\.problem) == [
                    "the body is not JSON: unexpected character, at byte 29"
                ])
        }
    }

    @Test("random bytes are unrecognised", arguments: [1, 7, 100, 10_000])
    func random(byteCount: Int) {
        var generator = SystemRandomNumberGenerator()
        // No JSON text starts with this first byte.
        let body = [0xff] + (1..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        for provider in Self.providers { #expect(provider.parse(body: body).map(\.type) == ["unrecognised"]) }
    }

    @Test("an unrecognised report has the API that the request indicates")
    func providerNames() {
        #expect(KlaviProvider().parse(body: "x").map(\.provider) == ["klavi"])
        #expect(CertificallProvider().parse(body: "x").map(\.provider) == ["certificall"])
        #expect(CertnProvider().parse(body: "x").map(\.provider) == ["certn-centric"])
        let legacy = CertnProvider().parse(body: "x", headers: [HeaderField("CERTN-SIGNATURE", "")])
        #expect(legacy.map(\.provider) == ["certn-legacy"])
    }
}
