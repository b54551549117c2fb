import Deliveries
import Foundation
import Providers
import Testing

@Suite("The contract of every provider's verification")
struct ProviderContract {
    @Test("a genuine delivery is verified, and the result names the secret", arguments: ProofScheme.all)
    func verifies(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request()) == .verified(secretName: "primary"))
    }

    @Test("a delivery without a body is verified like other deliveries", arguments: ProofScheme.all)
    func emptyBody(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request(body: [])) == .verified(secretName: "primary"))
    }

    @Test("the header is found in any letter case", arguments: ProofScheme.all)
    func headerLetterCase(_ scheme: ProofScheme) {
        let request = scheme.request()
        for change in [{ $0.lowercased() }, { $0.uppercased() }] as [(String) -> String] {
            let headers = request.headers.fields.map { HeaderField(change($0.name), $0.value) }
            #expect(scheme.verify(request.replacing(headers: headers)) == .verified(secretName: "primary"))
        }
    }

    @Test("bytes that are not UTF-8 are verified like any other bytes", arguments: ProofScheme.all)
    func invalidUTF8(_ scheme: ProofScheme) {
        let body = Array(UInt8.min...UInt8.max) + [0xc3, 0x28, 0xed, 0xa0, 0x80]
        #expect(scheme.verify(scheme.request(body: body)) == .verified(secretName: "primary"))
    }

    @Test("a body is rejected if any of its bits is changed", arguments: ProofScheme.signatures)
    func tamperedBit(_ scheme: ProofScheme) {
        let request = scheme.request()
        for index in request.body.indices {
            var body = request.body
            body[index] ^= 1 << (index % 8)
            #expect(scheme.verify(request.replacing(body: body)) == .failed(.mismatch), "byte \(index)")
        }
    }

    @Test("a longer, shorter, empty or reformatted body is rejected", arguments: ProofScheme.signatures)
    func tamperedLength(_ scheme: ProofScheme) {
        let request = scheme.request()
        let body = request.body
        let others = [
            body + [0x0a], [0x20] + body, body + [0x00], Array(body.dropLast()), Array(body.dropFirst()), [],
            body + body,
            Array(String(decoding: body, as: UTF8.self).replacingOccurrences(of: ":", with: ": ").utf8),
        ]
        for other in others { #expect(scheme.verify(request.replacing(body: other)) == .failed(.mismatch)) }
    }

    @Test("a different secret does not verify a delivery", arguments: ProofScheme.all)
    func wrongSecret(_ scheme: ProofScheme) {
        for key in ["another-contract-key", "", ProofScheme.key + " ", String(ProofScheme.key.dropLast())] {
            #expect(scheme.verify(scheme.request(key: key)) != .verified(secretName: "primary"), "\(key)")
        }
        #expect(scheme.verify(scheme.request(key: "another-contract-key")) == .failed(.mismatch))
    }

    @Test("without a secret no delivery is verified", arguments: ProofScheme.all)
    func noSecrets(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request(), with: []) == .failed(.mismatch))
        #expect(scheme.verify(scheme.request(key: ""), with: []) != .verified(secretName: ""))
        #expect(scheme.verify(scheme.request(key: "\0"), with: []) == .failed(.mismatch), "not a secret")
    }

    @Test("a secret for another purpose does not verify a delivery", arguments: ProofScheme.all)
    func wrongPurpose(_ scheme: ProofScheme) {
        for purpose in scheme.provider.secretPurposes where purpose != scheme.purpose && purpose != .signature {
            let secret = Secret(
                name: "other", purpose: purpose, identity: scheme.identity,
                bytes: Array(scheme.secretText(ProofScheme.key).utf8))
            #expect(scheme.verify(scheme.request(), with: [secret]) == .failed(.mismatch), "\(purpose)")
        }
    }

    @Test("a missing header is reported as missing", arguments: ProofScheme.all)
    func missing(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request(values: [])) == .failed(.missing))
        #expect(scheme.verify(.with()) == .failed(.missing))
    }

    @Test("a repeated header is rejected, even if both lines are correct", arguments: ProofScheme.all)
    func repeated(_ scheme: ProofScheme) throws {
        let request = scheme.request()
        let value = try #require(request.headers.onlyValue(named: scheme.headerName))
        #expect(scheme.verify(scheme.request(body: request.body, values: [value, value])) == .failed(.repeated))
        #expect(scheme.verify(scheme.request(body: request.body, values: [value, ""])) == .failed(.repeated))
        #expect(scheme.verify(scheme.request(body: request.body, values: ["", value])) == .failed(.repeated))
        let mixedCase = request.headers.fields + [HeaderField(scheme.headerName.uppercased(), value)]
        #expect(scheme.verify(request.replacing(headers: mixedCase)) == .failed(.repeated))
    }

    @Test(
        "an empty header is malformed", arguments: ProofScheme.all,
        ["", " ", "\t", ",", "=", ":", "sha256=", "null", "é", "\0"])
    func nothing(_ scheme: ProofScheme, _ value: String) {
        #expect(scheme.verify(scheme.request(values: [value])) == .failed(.malformed))
    }

    @Test("two values in one header are rejected unless the scheme allows lists", arguments: ProofScheme.signatures)
    func folded(_ scheme: ProofScheme) throws {
        let request = scheme.request()
        let value = try #require(request.headers.onlyValue(named: scheme.headerName))
        for separator in [", ", ",", " "] {
            let check = scheme.verify(scheme.request(body: request.body, values: [value + separator + value]))
            guard !scheme.isList else {
                #expect(check == .verified(secretName: "primary"))
                continue
            }
            // Certificall's API key ends at the last colon. The key therefore contains the first value and is unknown.
            let isNamed = scheme.description == ProofScheme.certificallHMAC.description
            #expect(check == .failed(isNamed ? .mismatch : .malformed), "\(separator)")
        }
    }

    @Test("each of several secrets verifies its own deliveries, and the result names it", arguments: ProofScheme.all)
    func rotation(_ scheme: ProofScheme) {
        let secrets = [
            scheme.secret("old", key: "old-contract-test-key"), scheme.secret("new", key: "new-contract-test-key"),
        ]
        for secrets in [secrets, secrets.reversed()] {
            #expect(
                scheme.verify(scheme.request(key: "old-contract-test-key"), with: secrets)
                    == .verified(secretName: "old"))
            #expect(
                scheme.verify(scheme.request(key: "new-contract-test-key"), with: secrets)
                    == .verified(secretName: "new"))
            #expect(scheme.verify(scheme.request(key: "third-contract-test-key"), with: secrets) == .failed(.mismatch))
        }
    }

    @Test("if a secret has two names, the first name is returned", arguments: ProofScheme.all)
    func sameSecretTwice(_ scheme: ProofScheme) {
        let secrets = ["first", "second"].map { scheme.secret($0, key: ProofScheme.key) }
        #expect(scheme.verify(scheme.request(), with: secrets) == .verified(secretName: "first"))
    }

    @Test("a header of 100 kB is rejected", arguments: ProofScheme.all)
    func hugeHeader(_ scheme: ProofScheme) {
        let count = 100_000
        let values = ["0", "a", " ", ",", "=", ":", "\u{301}", "A="].map {
            String(repeating: $0, count: count / $0.utf8.count)
        }
        for value in values {
            for prefix in ["", "sha256=", "Bearer ", "Basic ", "HMAC-SHA256 api-key:", "t=1700000000,v1=", "t=", "v1="]
            {
                let check = scheme.verify(scheme.request(values: [prefix + value]))
                #expect(check == .failed(.malformed) || check == .failed(.mismatch), "\(prefix) and 100 kB")
            }
        }
    }

    @Test("an empty secret does not affect other secrets", arguments: ProofScheme.all)
    func emptySecret(_ scheme: ProofScheme) {
        let secrets = [scheme.secret("empty", key: ""), scheme.secret("primary", key: ProofScheme.key)]
        #expect(scheme.verify(scheme.request(), with: secrets) == .verified(secretName: "primary"))
        #expect(scheme.verify(scheme.request(values: [""]), with: secrets) == .failed(.malformed))
        #expect(scheme.verify(scheme.request(values: []), with: secrets) == .failed(.missing))
    }

    @Test("different bodies have different signatures", arguments: ProofScheme.signatures)
    func transplanted(_ scheme: ProofScheme) {
        let other = scheme.request(body: Array("{}".utf8))
        #expect(scheme.verify(other.replacing(body: Array("[]".utf8))) == .failed(.mismatch))
    }

    @Test("JSON that is nested 100,000 levels deep is verified, and parsed as unrecognised", arguments: ProofScheme.all)
    func nested(_ scheme: ProofScheme) throws {
        for opening in ["[", #"{"a":"#, #"[{"eventName":"#] {
            let request = scheme.request(body: Array(String(repeating: opening, count: 100_000).utf8))
            #expect(scheme.verify(request) == .verified(secretName: "primary"))
            let reports = scheme.provider.parse(ArchivedDelivery(of: request)).reports
            #expect(reports.map(\.type) == [ReportContent.unrecognisedType])
            #expect(try #require(reports.first?.problem).contains("512"))
        }
    }
}
