import Deliveries
import Providers
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation

@Suite("The diagnosis of a signature as text")
struct DiagnosisViewTests {
    private static func lines(_ request: InboundRequest, _ scheme: HMACScheme, _ secrets: [Secret]) -> [String] {
        let diagnosis = scheme.diagnose(request, with: secrets, toleranceMilliseconds: 300_000)
        return DiagnosisView.lines(diagnosis, of: request, RecordedOutput().console())
    }

    private static func later(_ request: InboundRequest, by milliseconds: Int64) -> InboundRequest {
        InboundRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body,
            peer: request.peer, receivedAt: request.receivedAt.advanced(byMilliseconds: milliseconds))
    }

    private static func secret(_ name: String, _ text: String) -> Secret {
        Secret(name: name, purpose: .signature, bytes: Array(text.utf8))
    }

    private static let klavi = Sample.named("klavi/link-created-event")
    private static let legacy = Sample.named("certn/legacy-applicant-analyzing").request

    @Test("for a verified signature, only the hash of the body is shown")
    func verified() throws {
        let lines = Self.lines(Self.klavi.request, .klavi, [SampleSources.klaviSecret])
        let digest = try #require(Self.klavi.expected.root["bodySHA256"]?.string)
        #expect(
            lines == [
                "verified by secret primary", "  body      \(Self.klavi.request.body.count) bytes, SHA-256 \(digest)",
            ])
    }

    @Test("a failed check shows the received and the expected signatures, but no secret")
    func failed() {
        let request = Self.klavi.request
        let secrets = [Self.secret("one", "hush-1"), Self.secret("t\u{1b}wo", "hush-2")]
        let lines = Self.lines(request, .klavi, secrets)
        #expect(lines.first == "does not verify: no configured secret matches the signature")
        #expect(lines.contains("  got       \(request.headers.onlyValue(named: "X-Klavi-Signature") ?? "?")"))
        let expected = lines.filter { $0.hasPrefix("  expected  X-Klavi-Signature: ") }
        #expect(expected.count == 2)
        #expect(expected.first?.hasSuffix("   (secret one)") == true)
        #expect(expected.last?.hasSuffix("   (secret t\\u{1b}wo)") == true)
        #expect(!lines.joined().contains("hush"))
    }

    @Test("a request with the expected signature that the diagnosis shows is verified")
    func expectation() throws {
        let secret = SampleSources.klaviSecret
        let damaged = InboundRequest.fixture(headers: [HeaderField("X-Klavi-Signature", "00")])
        let line = try #require(Self.lines(damaged, .klavi, [secret]).last)
        let value = try #require(line.split(separator: " ").dropFirst(2).first.map(String.init))
        let mended = InboundRequest.fixture(headers: [HeaderField("X-Klavi-Signature", value)])
        #expect(Self.lines(mended, .klavi, [secret]).first == "verified by secret primary")
    }

    @Test("if the header is missing, no received value is shown")
    func missing() {
        let lines = Self.lines(.fixture(), .klavi, [SampleSources.klaviSecret])
        #expect(lines.first == "does not verify: no signature header")
        #expect(!lines.contains { $0.hasPrefix("  got") })
    }

    @Test("a time outside of the tolerance is shown with its direction", arguments: [Int64(900_000), -900_000])
    func expired(milliseconds: Int64) throws {
        let secrets = [Self.secret("s", "certn-test-secret")]
        let lines = Self.lines(Self.later(Self.legacy, by: milliseconds), .certnLegacy, secrets)
        let direction = milliseconds > 0 ? "before" : "after"
        let first = try #require(lines.first)
        #expect(first.hasPrefix("expired: signed with secret s, but the signed time is "))
        #expect(first.hasSuffix(" s \(direction) arrival"))
        #expect(lines.contains { $0.hasPrefix("  time      signed time is ") && $0.hasSuffix("\(direction) arrival") })
    }
}
