import Deliveries
import NIOCore
import TestKit
import Testing

@testable import HTTPListener

@Suite struct ProxyHeaderTests {
    /// A PROXY header of version 2 (proxy-protocol.txt §2.2).
    static func version2(
        command: UInt8 = 0x21, family: UInt8 = 0x11, _ block: [UInt8], byteCount: Int? = nil
    ) -> [UInt8] {
        let length = byteCount ?? block.count
        return ProxyHeader.signature + [command, family, UInt8(length >> 8), UInt8(length & 0xff)] + block
    }

    private static let ipv4: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0x1f, 0x90, 0x01, 0xbb]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 20)

    static let valid: [(name: String, bytes: [UInt8], source: String?)] = [
        ("version 1, IPv4", Array("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n".utf8), "192.0.2.7"),
        ("version 1, IPv6", Array("PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n".utf8), "2001:db8::7"),
        ("version 1, unknown", Array("PROXY UNKNOWN\r\n".utf8), nil),
        ("version 1, unknown with text", Array("PROXY UNKNOWN ffff:f...f:ffff 1 2 3\r\n".utf8), nil),
        ("version 2, IPv4", version2(ipv4), "192.0.2.7"),
        ("version 2, IPv6", version2(family: 0x21, ipv6), "2001:db8::7"),
        ("version 2, TLVs", version2(ipv4 + [0x01, 0, 2, 0x68, 0x32, 0x04, 0, 0]), "192.0.2.7"),
        ("version 2, LOCAL", version2(command: 0x20, family: 0, []), nil),
        ("version 2, LOCAL with bytes to ignore", version2(command: 0x20, family: 0x77, [1, 2, 3]), nil),
        ("version 2, unspecified family", version2(family: 0, [1, 2]), nil),
        ("version 2, Unix socket", version2(family: 0x31, [UInt8](repeating: 0, count: 216)), nil),
    ]

    @Test(
        "a PROXY header is parsed to the client and the header's length, and a truncated header is incomplete",
        arguments: valid.map(\.name))
    func accepted(name: String) throws {
        let header = try #require(Self.valid.first { $0.name == name })
        let expected = ProxyHeader.complete(source: header.source, byteCount: header.bytes.count)
        #expect(ProxyHeader(header.bytes + Array("GET / HTTP/1.1".utf8)) == expected)
        for cut in 0..<header.bytes.count {
            #expect(ProxyHeader(header.bytes[..<cut]) == .incomplete, "cut at \(cut)")
        }
    }

    static let invalid: [(name: String, bytes: [UInt8])] = [
        ("no header", Array("GET / HTTP/1.1\r\n".utf8)),
        ("version 1 without an end", Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 0x61, count: 100)),
        ("version 1 without a carriage return", Array("PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n".utf8)),
        ("version 1 with a wrong family", Array("PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n".utf8)),
        ("version 1 without a port", Array("PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n".utf8)),
        ("version 1 with a large port", Array("PROXY TCP4 192.0.2.7 198.51.100.1 1 65536\r\n".utf8)),
        ("version 1 with two spaces", Array("PROXY  TCP4 192.0.2.7 198.51.100.1 1 2\r\n".utf8)),
        ("version 1 that is empty", Array("PROXY \r\n".utf8)),
        ("version 1 in bytes that are not text", Array("PROXY ".utf8) + [0xff, 0x0d, 0x0a]),
        ("version 3", version2(command: 0x31, ipv4)), ("an unknown command", version2(command: 0x22, ipv4)),
        ("UDP", version2(family: 0x12, ipv4)), ("a short block", version2(Array(ipv4.dropLast()))),
        ("a long block", version2(ipv4, byteCount: 4097)), ("a cut TLV", version2(ipv4 + [0x01, 0])),
        ("a TLV beyond the block", version2(ipv4 + [0x01, 0, 9, 1])),
    ]

    @Test("malformed bytes are not a PROXY header", arguments: invalid.map(\.name))
    func rejected(name: String) throws {
        let header = try #require(Self.invalid.first { $0.name == name })
        #expect(ProxyHeader(header.bytes) == .invalid)
    }

    @Test("random bytes never end the process")
    func random() {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let start = Bool.random(using: &generator) ? ProxyHeader.signature : Array("PROXY ".utf8)
            let bytes = start + generator.bytes(Int.random(in: 0..<60, using: &generator))
            if case .complete(_, let byteCount) = ProxyHeader(bytes) { #expect(byteCount <= bytes.count) }
        }
    }

    @Test("a connection from a trusted proxy must start with a PROXY header, which determines the client's address")
    func conversation() throws {
        let proxies = TrustedProxies([try #require(.init("192.0.2.0/24"))], announcement: .proxyProtocol)
        let request = Array("GET /peer HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n".utf8)
        let header = Array("PROXY TCP4 203.0.113.9 198.51.100.1 1 2\r\n".utf8)
        for cut in 0...(header.count + request.count) {
            let conversation = try Conversation(proxies: proxies)
            let bytes = header + request
            let responses = conversation.exchange(bytes[..<cut]) + conversation.exchange(bytes[cut...])
            #expect(responses.hasSuffix("\r\n\r\n203.0.113.9"), "cut at \(cut)")
        }
        let without = try Conversation(proxies: proxies)
        #expect(without.exchange(request) == "")
        #expect(!without.isOpen)
        let silent = try Conversation(proxies: proxies)
        silent.wait(atMost: .seconds(11))
        #expect(!silent.isOpen)
        #expect(silent.counters[.handshakeTimeout] == 1)
    }

    @Test("a PROXY header from an address that is not a trusted proxy is rejected")
    func untrusted() throws {
        let conversation = try Conversation()
        let responses = conversation.exchange("PROXY TCP4 203.0.113.9 198.51.100.1 1 2\r\nGET / HTTP/1.1\r\n\r\n".utf8)
        #expect(responses.contains("HTTP/1.1 400 "))
        #expect(responses.contains("PROXY protocol header"))
    }
}

@Suite struct MalformedInputTests {
    @Test(
        "the response to bytes that are not HTTP/1.1 names the protocol or the error",
        arguments: [
            ([0x16, 0x03, 0x01, 0x02], "TLS handshake"), (Array("PROXY TCP4 ".utf8), "PROXY protocol"),
            (ProxyHeader.signature, "PROXY protocol"), (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), "HTTP/2"),
            (Array("SSH-2.0-OpenSSH_9.6\r\n".utf8), "SSH banner"),
            (Array("DESCRIBE x RTSP/1.0\r\n\r\n".utf8), "request line"),
            (Array("GET / HTTP/1.1\r\nHost : a\r\n\r\n".utf8), "not valid HTTP/1.1"),
        ] as [([UInt8], String)])
    func cause(bytes: [UInt8], word: String) throws {
        let conversation = try Conversation()
        let response = conversation.exchange(bytes)
        #expect(response.hasPrefix("HTTP/1.1 400 "))
        #expect(response.contains(word))
        #expect(conversation.counters[.malformed] == 1)
    }
}
