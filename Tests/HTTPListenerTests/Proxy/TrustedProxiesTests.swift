import Deliveries
import Testing

@testable import HTTPListener

@Suite struct TrustedProxiesTests {
    private static func client(_ announcement: TrustedProxies.Announcement, _ lines: [String]) throws -> String? {
        let ranges = try ["10.0.0.0/8", "2001:db8:1::/48"].map { try #require(AddressRange($0)) }
        return TrustedProxies(ranges, announcement: announcement).client(in: lines, peer: "10.0.0.1")
    }

    @Test(
        "the client is the last hop in X-Forwarded-For that is not a trusted proxy",
        arguments: [
            ([], "10.0.0.1"), ([""], "10.0.0.1"), ([" , ,"], "10.0.0.1"),
            (["203.0.113.9"], "203.0.113.9"), (["8.8.8.8, 203.0.113.9"], "203.0.113.9"),
            (["203.0.113.9, 10.1.1.1, 10.0.0.2"], "203.0.113.9"),
            (["8.8.8.8", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            (["203.0.113.9:4711"], "203.0.113.9"), (["2001:db8::9"], "2001:db8::9"),
            (["[2001:db8::9]"], "2001:db8::9"), (["[2001:db8::9]:4711"], "2001:db8::9"),
            (["\"203.0.113.9\""], "203.0.113.9"), (["\"[2001:db8::9]:80\" ,, "], "2001:db8::9"),
            (["\t203.0.113.9 ,2001:db8:1::5"], "203.0.113.9"), (["10.0.0.3"], "10.0.0.3"),
            (["::ffff:203.0.113.9"], "::ffff:203.0.113.9"),
        ] as [([String], String)])
    func xForwardedFor(lines: [String], expected: String) throws {
        #expect(try Self.client(.xForwardedFor, lines) == expected)
    }

    @Test(
        "the client is the last `for` address in Forwarded that is not a trusted proxy",
        arguments: [
            ([], "10.0.0.1"), (["for=203.0.113.9"], "203.0.113.9"), (["For=\"[2001:db8::9]:4711\""], "2001:db8::9"),
            (["for=192.0.2.1;proto=http;by=10.0.0.1, FOR=203.0.113.9; proto=https"], "203.0.113.9"),
            (["for=203.0.113.9", "for=10.0.0.2"], "203.0.113.9"),
            (["for=\"203.0.113.9:_port\""], "203.0.113.9"),
            (["host=\"a,for=8.8.8.8;\";for=203.0.113.9"], "203.0.113.9"),
            (["host=\"\\\",for=8.8.8.8\";for=203.0.113.9"], "203.0.113.9"),
        ] as [([String], String)])
    func forwarded(lines: [String], expected: String) throws {
        #expect(try Self.client(.forwarded, lines) == expected)
    }

    @Test(
        "if the last hop is not an address, the client is unknown and earlier hops are ignored",
        arguments: [
            (.xForwardedFor, "8.8.8.8, unknown"), (.xForwardedFor, "a.example"), (.xForwardedFor, "203.0.113.9:"),
            (.xForwardedFor, "[2001:db8::9"), (.xForwardedFor, "203.0.113.9 8.8.8.8"), (.xForwardedFor, "[]"),
            (.xForwardedFor, "8.8.8.8, \"203.0.113.9, 10.0.0.2"), (.forwarded, "for=8.8.8.8, for=unknown"),
            (.forwarded, "for=\"_hidden\""), (.forwarded, "for=8.8.8.8, proto=https"), (.forwarded, "8.8.8.8"),
            (.forwarded, "for=8.8.8.8;for=203.0.113.9"), (.forwarded, "for=2001:db8::9:x"),
        ] as [(TrustedProxies.Announcement, String)])
    func hidden(announcement: TrustedProxies.Announcement, line: String) throws {
        #expect(try Self.client(announcement, [line]) == nil)
    }

    @Test("a forwarding header is ignored if it is not the configured header or its sender is not a trusted proxy")
    func otherHeader() throws {
        let ranges = [try #require(AddressRange("192.0.2.0/24"))]
        let request = "GET /peer HTTP/1.1\r\nHost: a\r\nForwarded: for=8.8.8.8\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
        for (proxies, expected) in [
            (TrustedProxies(ranges), "203.0.113.9"), (TrustedProxies(ranges, announcement: .forwarded), "8.8.8.8"),
            (TrustedProxies(), "192.0.2.1"),
        ] {
            #expect(try Conversation(proxies: proxies).exchange(request.utf8).hasSuffix("\r\n\r\n\(expected)"))
        }
        let hidden = try Conversation(proxies: TrustedProxies(ranges))
        #expect(
            hidden.exchange("GET /peer HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: x\r\n\r\n".utf8).hasSuffix("unknown"))
    }

    @Test("loopback and trusted proxies have no limit per address, because many clients share them")
    func limitedAddress() throws {
        let proxies = TrustedProxies([try #require(AddressRange("192.0.2.0/24"))])
        for peer in ["127.0.0.1", "::1", "local", "192.0.2.7"] {
            #expect(ClientAddress(peer, proxies: proxies).limitedAddress == nil, "\(peer)")
        }
        #expect(
            ClientAddress("2001:db8::1", proxies: proxies).limitedAddress
                == ClientAddress("2001:db8::ffff:1", proxies: proxies).limitedAddress)
        #expect(
            ClientAddress("203.0.113.1", proxies: proxies).limitedAddress
                != ClientAddress("203.0.113.2", proxies: proxies).limitedAddress)
    }
}
