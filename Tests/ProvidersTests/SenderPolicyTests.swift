import Deliveries
import Providers
import Testing

@Suite("Allowed senders")
struct SenderPolicyTests {
    private func policy(allowed: [String] = []) -> SenderPolicy {
        var policy = SenderPolicy()
        policy.allowed = allowed.compactMap { AddressRange($0) }
        return policy
    }

    private func request(_ peer: String, certificate: ClientCertificate? = nil) -> InboundRequest {
        .init(
            method: "POST", target: RequestTarget("/"), headers: [HeaderField("x-forwarded-for", "18.230.43.17")],
            body: [], peer: peer, receivedAt: .vectors, certificate: certificate)
    }

    @Test("if no addresses are listed, every sender is accepted, even without an address")
    func anywhere() {
        for peer in ["192.0.2.1", "local", ""] { #expect(SenderPolicy.anywhere.rejection(of: request(peer)) == nil) }
    }

    @Test(
        "a list accepts only its ranges, and an IPv4 address also as an IPv4-mapped IPv6 address",
        arguments: [
            ("18.230.43.17", true), ("::ffff:18.230.43.17", true), ("::ffff:12e6:2b11", true), ("18.230.43.18", false),
            ("10.255.0.1", true), ("11.0.0.0", false), ("2001:db8::1", true), ("2001:DB8:ffff::", true),
            ("2001:db9::1", false), ("::1", false), ("local", false), ("", false), ("18.230.43.17:443", false),
            ("unknown", false),
        ])
    func allowed(_ peer: String, _ isAdmitted: Bool) {
        let policy = policy(allowed: ["18.230.43.17", "10.0.0.0/8", "2001:db8::/32"])
        let rejection: OriginCheck.Rejection = NetworkAddress(peer) == nil ? .unknownAddress : .address
        #expect(policy.rejection(of: request(peer)) == (isAdmitted ? nil : rejection))
    }

    @Test("if certificates are configured, a sender needs an allowed address and one of the certificates")
    func certificates() {
        let (own, renewed) = (ClientCertificate(fingerprint: "aa"), ClientCertificate(fingerprint: "bb"))
        var policy = policy(allowed: ["10.0.0.0/8"])
        policy.certificates = [own, renewed]
        for certificate in [own, renewed] {
            #expect(policy.rejection(of: request("10.0.0.1", certificate: certificate)) == nil)
        }
        let other = ClientCertificate(fingerprint: "cc")
        #expect(policy.rejection(of: request("10.0.0.1", certificate: other)) == .certificate)
        #expect(policy.rejection(of: request("10.0.0.1")) == .certificate)
        #expect(policy.rejection(of: request("10.0.0.1"), checksCertificate: false) == nil)
        #expect(policy.rejection(of: request("11.0.0.1", certificate: own)) == .address)
    }
}
