import Deliveries
import Providers
import TestKit
import Testing

/// Tests a source that accepts deliveries only from 192.0.2.0/24, the network of `fixture` requests.
@Suite struct SenderAddressTests {
    private static let genuine = Sample.named("klavi/link-created-event").request

    private static func harness(
        allowing range: String = "192.0.2.0/24", certificates: Set<ClientCertificate> = [],
        acceptsUnsigned: Bool = false, isChecked: Bool = true
    ) throws -> IntakeHarness {
        var policy = SenderPolicy()
        policy.allowed = [try #require(AddressRange(range))]
        policy.certificates = certificates
        policy.acceptsUnsigned = acceptsUnsigned
        return IntakeHarness(
            sources: SourceTable([
                Source(
                    name: "klavi", provider: KlaviProvider(), path: "/klavi",
                    originPolicy: isChecked
                        ? .required(secrets: [SampleSources.klaviSecret], toleranceMilliseconds: 0) : .unchecked,
                    senderPolicy: policy)
            ]))
    }

    @Test("a signed delivery from an allowed address is verified")
    func allowed() throws {
        let harness = try Self.harness()
        harness.receive(Self.genuine)
        #expect(harness.committed.map(\.verification) == [.verified])
    }

    @Test(
        "a delivery from an address that is not allowed is rejected, signed or unsigned",
        arguments: [true, false], [true, false])
    func elsewhere(isChecked: Bool, isSigned: Bool) throws {
        let harness = try Self.harness(allowing: "198.51.100.0/24", acceptsUnsigned: true, isChecked: isChecked)
        harness.receive(isSigned ? Self.genuine : Self.genuine.without("X-Klavi-Signature"))
        #expect(harness.responses.map(\.status) == [401])
        #expect(harness.events.map(\.summary) == ["rejected klavi 401: the sender's address is not allowed"])
        #expect(harness.quarantined.map(\.verification) == [.failed])
    }

    @Test(
        "a delivery without a readable sender address is rejected with a specific reason",
        arguments: ["unknown", "local"])
    func unreadable(peer: String) throws {
        let harness = try Self.harness()
        let genuine = Self.genuine
        harness.receive(
            InboundRequest(
                method: genuine.method, target: genuine.target, headers: genuine.headers, body: genuine.body,
                peer: peer, receivedAt: genuine.receivedAt))
        #expect(
            harness.events.map(\.summary) == [
                "rejected klavi 401: the sender's address is not known"
            ])
    }

    @Test("an unsigned delivery from an allowed address is accepted only if the source accepts unsigned deliveries")
    func unsigned() throws {
        let unsigned = Self.genuine.without("X-Klavi-Signature")
        let strict = try Self.harness()
        strict.receive(unsigned)
        #expect(strict.responses.map(\.status) == [401])
        let lenient = try Self.harness(acceptsUnsigned: true)
        lenient.receive(unsigned)
        #expect(lenient.committed.map(\.verification) == [.unverified])
        #expect(lenient.committed.map(\.secretName) == [nil])
    }

    @Test("a wrong signature from an allowed address is rejected")
    func wrongSignature() throws {
        let harness = try Self.harness(acceptsUnsigned: true)
        harness.receive(Self.genuine.with(body: Self.genuine.body + [0x20]))
        #expect(harness.responses.map(\.status) == [401])
    }

    @Test("a source with client certificates accepts only signed deliveries with one of these certificates")
    func clientCertificate() throws {
        let own = ClientCertificate(fingerprint: String(repeating: "ab", count: 32))
        let harness = try Self.harness(certificates: [own])
        harness.receive(Self.genuine.with(certificate: own))
        #expect(harness.committed.map(\.verification) == [.verified])
        harness.receive(Self.genuine.with(certificate: own).without("X-Klavi-Signature"))
        harness.receive(Self.genuine)
        harness.receive(Self.genuine.with(certificate: ClientCertificate(fingerprint: "other")))
        #expect(harness.responses.map(\.status) == [200, 401, 401, 401])
        #expect(harness.committed.count == 1)
        #expect(
            harness.quarantined.map(\.reason)
                == [
                    OriginCheck.Rejection.missing, .certificate, .certificate,
                ].map(\.rawValue))
    }
}
