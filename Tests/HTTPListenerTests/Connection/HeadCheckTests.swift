import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct HeadCheckTests {
    private static func status(_ head: HTTPRequestHead, _ limits: ListenerLimits = ListenerLimits()) -> Int? {
        HeadCheck(head).problem(limits)?.status
    }

    @Test(
        "a host is a name, an address or an address in brackets, with or without a port",
        arguments: [
            "a", "callbox.example", "callbox.example:8787", "127.0.0.1", "127.0.0.1:80", "[::1]", "[2001:db8::1]:8787",
            "a_b-c.d~e", "x%20y", "a!$&'()*+;=b", "[::ffff:1.2.3.4]", "[v1.a:b]", "[VF.x]:80", "a:", "a:0", "a:65535",
            "[::1]:", String(repeating: "a", count: 255),
        ])
    func goodHost(host: String) {
        #expect(Self.status(.fixture(host: host)) == nil)
    }

    @Test(
        "an impossible Host is rejected",
        arguments: [
            "", " ", "a b", "a/b", "user@a", "a,b", "a\\b", "é", "a[::1]", "a?b", "a#b", "<a>", ":80", "a:65536",
            "a:99999x", "a:-1", "a:1:2",
            "%", "a%2", "a%zz", "[zz]", "[:]", "[1.2.3.4]", "[a]", "[::1%25lo]", "[:::]", "[v.a]", "[v1.]", "[vg.a]",
            "[]", "[::1", "::1]", "[::1]x", "[::1]:x", "a:080000",
            String(repeating: "a", count: 256),
        ])
    func badHost(host: String) {
        #expect(Self.status(.fixture(host: host)) == 400)
    }

    @Test("the host of an absolute target follows the rules of the Host header (RFC 9110 §4.2)")
    func absoluteTarget() {
        for target in ["http://a", "https://a:80/b", "HTTP://[::1]?c=@", "http://a/b@c:d", "/http://@", "*"] {
            #expect(Self.status(.fixture(.GET, target)) == nil, "\(target)")
        }
        for target in [
            "http://", "http:///a", "https://?a", "http://u:p@a/b", "http://u@a", "http://a:b/", "http://#a",
        ] {
            #expect(Self.status(.fixture(.GET, target)) == 400, "\(target)")
        }
    }

    @Test("HTTP/1.1 requires exactly one host, and HTTP/1.0 at most one")
    func hostCount() {
        #expect(Self.status(.fixture(host: nil)) == 400)
        #expect(Self.status(.fixture(host: "a", headers: [("host", "a")])) == 400)
        #expect(Self.status(.fixture(host: "a", headers: [("HOST", "b")])) == 400)
        #expect(Self.status(.fixture(version: .http1_0, host: nil)) == nil)
        #expect(Self.status(.fixture(version: .http1_0, host: "a")) == nil)
        #expect(Self.status(.fixture(version: .http1_0, host: "a", headers: [("Host", "a")])) == 400)
        #expect(Self.status(.fixture(version: .http1_0, host: "a/b")) == 400)
    }

    @Test("a target of the maximum length is accepted, and a longer target is rejected")
    func targetLength() {
        var limits = ListenerLimits()
        limits.targetByteCount = 10
        #expect(Self.status(.fixture(.GET, "/234567890"), limits) == nil)
        #expect(Self.status(.fixture(.GET, "/2345678901"), limits) == 414)
        #expect(Self.status(.fixture(.GET, "/23456789é"), limits) == 414)
    }

    @Test("all header lines count towards the limit, including the Host line")
    func headerCount() {
        var limits = ListenerLimits()
        limits.headerFieldCount = 3
        #expect(Self.status(.fixture(headers: [("A", "1"), ("A", "2")]), limits) == nil)
        #expect(Self.status(.fixture(headers: [("A", "1"), ("A", "2"), ("A", "3")]), limits) == 431)
    }

    @Test(
        "100-continue is the only accepted expectation",
        arguments: [
            ("100-continue", nil), ("100-CONTINUE \t", nil), ("100-continue, 100-continue", nil), ("200-ok", 417),
            ("", nil), ("100-continue, 200-ok", 417), ("100", 417),
        ] as [(String, Int?)])
    func expectation(value: String, status: Int?) {
        #expect(Self.status(.fixture(announcing: 1, headers: [("Expect", value)])) == status)
    }

    @Test("a client gets 100 Continue if it expects this response, uses HTTP/1.1 and sends a body")
    func expectsContinue() {
        let ask = ("Expect", "100-continue")
        let chunked = ("Transfer-Encoding", "chunked")
        #expect(HeadCheck(.fixture(announcing: 1, headers: [ask])).expectsContinue)
        #expect(HeadCheck(.fixture(headers: [chunked, ask])).expectsContinue)
        #expect(!HeadCheck(.fixture(announcing: 1)).expectsContinue)
        #expect(!HeadCheck(.fixture(announcing: 0, headers: [ask])).expectsContinue)
        #expect(!HeadCheck(.fixture(headers: [ask])).expectsContinue)
        #expect(!HeadCheck(.fixture(version: .http1_0, headers: [chunked, ask])).expectsContinue)
    }

    @Test("the announced length is the number in Content-Length, clamped to 64 bits")
    func announcedByteCount() {
        #expect(HeadCheck(.fixture()).announcedByteCount == nil)
        #expect(HeadCheck(.fixture(announcing: 12)).announcedByteCount == 12)
        #expect(HeadCheck(.fixture(headers: [("Content-Length", "12 \t ")])).announcedByteCount == 12)
        #expect(
            HeadCheck(.fixture(headers: [("Content-Length", "000000000000000000000000012")])).announcedByteCount == 12)
        #expect(HeadCheck(.fixture(headers: [("Content-Length", "00")])).announcedByteCount == 0)
        #expect(HeadCheck(.fixture(headers: [("content-length", "18446744073709551615")])).announcedByteCount == .max)
    }

    @Test("a request has a body if its length is not 0 or if it is chunked")
    func hasNoBody() {
        #expect(HeadCheck(.fixture()).hasNoBody)
        #expect(HeadCheck(.fixture(announcing: 0)).hasNoBody)
        #expect(!HeadCheck(.fixture(announcing: 1)).hasNoBody)
        #expect(!HeadCheck(.fixture(headers: [("Transfer-Encoding", "chunked")])).hasNoBody)
        #expect(!HeadCheck(.fixture(headers: [("Content-Length", "18446744073709551615")])).hasNoBody)
    }
}
