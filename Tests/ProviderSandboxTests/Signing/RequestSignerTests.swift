import Testing

@testable import ProviderSandbox

@Suite("Signing samples")
struct RequestSignerTests {
    private static let signedCases: [SampleCase] = {
        let cases = (try? Checkout.samples.cases(named: [])) ?? []
        return cases.filter { SigningScheme(of: $0) != nil }
    }()

    private func signer(_ mode: ProofMode, for cases: [SampleCase]) throws -> RequestSigner {
        let names = RequestSigner.secretNames(for: cases, mode: mode)
        return RequestSigner(mode: mode, secrets: try Checkout.secrets.secrets(named: names))
    }

    /// The second at which a sample was signed; any other where no time is sent.
    private func recordedSeconds(of sample: SampleCase) -> Int64 {
        let headers = sample.request.headers
        return headers.firstValue(of: "X-Klavi-Timestamp").flatMap { Int64($0) }
            ?? headers.firstValue(of: "Certn-Signature").flatMap { Int64($0.dropFirst(2).prefix { $0 != "," }) } ?? 1
    }

    @Test("signing at the recorded second gives the recorded request back", arguments: signedCases)
    func reproducesRecording(sample: SampleCase) throws {
        let signed = try signer(.fresh, for: [sample]).signed(sample, secondsSinceEpoch: recordedSeconds(of: sample))
        #expect(signed == sample.request)
    }

    @Test("all schemes are among the samples")
    func everyScheme() {
        #expect(Self.signedCases.count == 18)
        let schemes: [SigningScheme] = [
            .klavi, .certnLegacy, .certnCentric, .certificallHMAC, .certificallBearer, .certificallBasic,
        ]
        for scheme in schemes { #expect(Self.signedCases.contains { SigningScheme(of: $0) == scheme }) }
    }

    @Test("Klavi's timestamp is now, and its signature does not depend on it")
    func freshKlavi() throws {
        let sample = try #require(Checkout.samples.cases(named: ["klavi/link-created-event"]).first)
        let signed = try signer(.fresh, for: [sample]).signed(sample, secondsSinceEpoch: 1_800_000_000)
        #expect(signed.headers.firstValue(of: "X-Klavi-Timestamp") == "1800000000")
        let name = "X-Klavi-Signature"
        #expect(signed.headers.firstValue(of: name) == sample.request.headers.firstValue(of: name))
    }

    @Test("Certn legacy is signed with the time of now")
    func freshCertnLegacy() throws {
        let sample = try #require(Checkout.samples.cases(named: ["certn/legacy-applicant-analyzing"]).first)
        let signed = try signer(.fresh, for: [sample]).signed(sample, secondsSinceEpoch: 1_800_000_000)
        let value = CertnLegacySignature.value(
            body: sample.request.body, secret: Array("certn-test-secret".utf8), secondsSinceEpoch: 1_800_000_000)
        #expect(signed.headers.firstValue(of: "Certn-Signature") == value)
    }

    @Test("a wrong secret changes the proof and nothing else", arguments: signedCases)
    func wrongSecret(sample: SampleCase) throws {
        #expect(RequestSigner.secretNames(for: [sample], mode: .wrong).isEmpty)
        let signer = try signer(.wrong, for: [sample])
        let signed = signer.signed(sample, secondsSinceEpoch: recordedSeconds(of: sample))
        #expect(signed.body == sample.request.body)
        #expect(signed.headers.map(\.name) == sample.request.headers.map(\.name))
        let changed = zip(signed.headers, sample.request.headers).filter { $0 != $1 }
        #expect(changed.count == 1)
        #expect(signer.expectedStatus(of: sample) == 401)
    }

    @Test("a wrong proof keeps its form")
    func wrongProofForm() throws {
        let cases = try Checkout.samples.cases(named: [
            "certificall/basic-certificates", "certificall/hmac-hex-certificate", "certificall/hmac-base64-certificate",
        ])
        let signer = try signer(.wrong, for: cases)
        let values = cases.map { signer.signed($0, secondsSinceEpoch: 1).headers.firstValue(of: "Authorization") ?? "" }
        #expect(values[0] == CertificallAuthorization.basic(user: "hook", password: "not-the-secret-of-anybody"))
        for value in values[1...] { #expect(value.hasPrefix("HMAC-SHA256 callbox-test-key:")) }
        #expect(values[1].count == "HMAC-SHA256 callbox-test-key:".count + 64)
        #expect(values[2].hasSuffix("="))
    }

    @Test("what is not signed goes out as it is and keeps its status", arguments: [ProofMode.fresh, .wrong])
    func unsigned(mode: ProofMode) throws {
        let cases = try Checkout.samples.cases(named: ["ezid/redirect-to-app", "certn/centric-challenge"])
        let signer = try signer(mode, for: cases)
        for sample in cases {
            #expect(SigningScheme(of: sample) == nil)
            #expect(signer.signed(sample, secondsSinceEpoch: 5) == sample.request)
            #expect(signer.expectedStatus(of: sample) == sample.expectedStatus)
        }
    }
}
