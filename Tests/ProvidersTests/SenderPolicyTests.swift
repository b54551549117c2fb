import Deliveries
import Providers
import Testing

@Suite("Allowed sender addresses")
struct SenderPolicyTests {
    private func policy(allowed: [String] = [], proxies: [String] = []) -> SenderPolicy {
        var policy = SenderPolicy()
        policy.allowed = allowed.compactMap { AddressRange($0) }
        policy.trustedProxies = proxies.compactMap { AddressRange($0) }
        return policy
    }

    private func request(_ peer: String, _ forwarded: [String] = []) -> InboundRequest {
        .init(
            method: "POST", target: RequestTarget("/"),
            headers: HeaderFields(forwarded.map { HeaderField("x-forwarded-for", $0) }), body: [], peer: peer,
            receivedAt: .vectors)
    }

    @Test("every sender is admitted without a list, even one without an address")
    func anywhere() {
        for peer in ["192.0.2.1", "local", ""] { #expect(SenderPolicy.anywhere.admits(request(peer))) }
    }

    @Test(
        "a list admits its ranges alone, an IPv4 address in either form",
        arguments: [
            ("18.230.43.17", true), ("::ffff:18.230.43.17", true), ("::ffff:12e6:2b11", true), ("18.230.43.18", false),
            ("10.255.0.1", true), ("11.0.0.0", false), ("2001:db8::1", true), ("2001:DB8:ffff::", true),
            ("2001:db9::1", false), ("::1", false), ("local", false), ("", false), ("18.230.43.17:443", false),
        ])
    func allowed(_ peer: String, _ isAdmitted: Bool) {
        let policy = policy(allowed: ["18.230.43.17", "10.0.0.0/8", "2001:db8::/32"])
        #expect(policy.admits(request(peer)) == isAdmitted)
    }

    @Test("a stranger's X-Forwarded-For is not believed")
    func stranger() {
        let policy = policy(allowed: ["18.230.43.17"], proxies: ["10.0.0.0/8"])
        #expect(!policy.admits(request("203.0.113.9", ["18.230.43.17"])))
        #expect(policy.sender(of: request("203.0.113.9", ["18.230.43.17"])) == NetworkAddress("203.0.113.9"))
    }

    @Test(
        "the last address in X-Forwarded-For that is not a trusted proxy counts",
        arguments: [
            (["18.230.43.17"], "18.230.43.17"),
            (["18.230.43.17, 203.0.113.9"], "203.0.113.9"),
            (["junk, 18.230.43.17"], "18.230.43.17"),
            (["18.230.43.17,10.1.1.1 , 10.2.2.2"], "18.230.43.17"),
            (["18.230.43.17", "203.0.113.9"], "203.0.113.9"),
            (["203.0.113.9, 18.230.43.17", "10.1.1.1"], "18.230.43.17"),
            (["::ffff:18.230.43.17, ::ffff:10.1.1.1"], "18.230.43.17"),
            (["2001:db8::1"], "2001:db8::1"),
            (["10.1.1.1"], "10.0.0.1"),
            ([], "10.0.0.1"), ([""], "10.0.0.1"), ([" ,, "], nil), ([",,"], "10.0.0.1"),
            (["18.230.43.17, junk"], nil), (["18.230.43.17", "unknown"], nil), (["18.230.43.17:443"], nil),
            (["\"[2001:db8::1]\""], nil), (["18.230.43.17, 10.1.1.1, _hidden, 10.2.2.2"], nil),
        ] as [([String], String?)])
    func proxies(_ forwarded: [String], _ sender: String?) {
        let policy = policy(allowed: ["::/0"], proxies: ["10.0.0.0/8"])
        for peer in ["10.0.0.1", "::ffff:10.0.0.1"] {
            let request = request(peer, forwarded)
            #expect(policy.sender(of: request) == sender.flatMap { NetworkAddress($0) })
            #expect(policy.admits(request) == (sender != nil))
        }
    }
}
