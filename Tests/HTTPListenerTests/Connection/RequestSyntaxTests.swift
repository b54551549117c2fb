import Deliveries
import Testing

@testable import HTTPListener

/// Tests of valid and invalid request lines and header lines, byte by byte (RFC 9112 §2 to §5, RFC 9110 §5).
@Suite struct RequestSyntaxTests {
    /// The statuses of the responses to some bytes. `/close` follows if the connection ends.
    static func outcome(_ bytes: some Sequence<UInt8>) throws -> String {
        let conversation = try Conversation()
        let responses = conversation.exchange(bytes)
        let statuses = Conversation.statuses(responses).joined(separator: " ")
        conversation.end()
        #expect(conversation.budget.usedByteCount == 0)
        return statuses + (responses.contains("\r\nConnection: close\r\n") ? "/close" : "")
    }

    private static func outcome(ofLine line: String) throws -> String {
        try outcome("\(line)\r\nHost: a\r\n\r\n".utf8)
    }

    private static func outcome(ofHeader header: String) throws -> String {
        try outcome("GET / HTTP/1.1\r\nHost: a\r\n\(header)\r\n".utf8)
    }

    /// Sends each byte value between two texts, and compares the accepted values with the expected values.
    private static func expectBytes(
        _ before: String, _ after: String, accepted: (UInt8) -> Bool
    ) throws {
        for byte in UInt8.min...UInt8.max {
            let outcome = try outcome(Array(before.utf8) + [byte] + Array(after.utf8))
            #expect(outcome == (accepted(byte) ? "200" : "400/close"), "0x\(String(byte, radix: 16))")
        }
    }

    @Test("the name of a header line consists of token characters (RFC 9110 §5.6.2)")
    func nameBytes() throws {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        // A colon would end the name.
        try Self.expectBytes("GET / HTTP/1.1\r\nHost: a\r\nX", "Y: z\r\n\r\n") { tokens.contains($0) || $0 == 0x3a }
    }

    @Test("the value of a header line has no control characters except tabs")
    func valueBytes() throws {
        try Self.expectBytes("GET / HTTP/1.1\r\nHost: a\r\nX: y", "z\r\n\r\n") { byte in
            byte >= 0x20 && byte != 0x7f || byte == 0x09
        }
    }

    @Test(
        "the value of a header line keeps its bytes, even bytes that are not UTF-8",
        arguments: [
            [0x53, 0xe3, 0x6f], [0x53, 0xc3, 0xa3, 0x6f], [0xff], [0xc3], [0xf4, 0x8f, 0xba, 0x80], [0x61, 0x20, 0x80],
        ] as [[UInt8]])
    func exactValue(bytes: [UInt8]) throws {
        let request = Array("GET /header HTTP/1.1\r\nHost: a\r\nX: ".utf8) + bytes + Array(" \t\r\n\r\n".utf8)
        for cut in request.indices {
            let conversation = try Conversation()
            let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
            #expect(responses.hasSuffix("\r\n\r\n" + Hex.encode(bytes)), "cut at \(cut)")
        }
    }

    @Test("a target consists of visible ASCII characters")
    func targetBytes() throws {
        try Self.expectBytes("GET /?a", "b HTTP/1.1\r\nHost: a\r\n\r\n") { (0x21...0x7e).contains($0) }
    }

    @Test(
        "a malformed request line gets 400, and the connection ends",
        arguments: [
            "GET /", "GET HTTP/1.1", "GET  HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / / HTTP/1.1",
            " GET / HTTP/1.1", "\tGET / HTTP/1.1",
            "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / HTTP/1.1 ", "GET / HTTP/1.1\t", "GET / HTTP/1.1\r",
            "GET\u{b}/ HTTP/1.1", "GE\rT / HTTP/1.1",
            "P OST / HTTP/1.1", "POST\0 / HTTP/1.1", "É / HTTP/1.1", "\"GET\" / HTTP/1.1", "GET, / HTTP/1.1",
            "HTTP/1.1 200 OK", "HTTP/1.1", "GET", ".", "\0",
            "GET / HTTP/0.9", "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/1.10", "GET / HTTP/11", "GET / HTTP/1.",
            "GET / HTTP/1", "GET / HTTP/01.1", "GET / HTTP/+1.1", "GET / HTTP/1.1.1", "GET / HTTP/1,1",
            "GET / HTTP /1.1", "GET / HTTP/ 1.1", "GET / http/1.1", "GET / HTTPS/1.1", "GET / FTP/1.1",
            "GET / RTSP/1.0", "GET / ICE/1.0", "GET / HTTP/1.1x", "GET / x HTTP/1.1", "GET a:80 HTTP/1.1",
            "GET a HTTP/1.1", "GET ? HTTP/1.1", "GET urn:x HTTP/1.1",
            "PRI * HTTP/2.0", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2", "SSH-2.0-OpenSSH_9.2", "EHLO a", "*1", "stats",
        ])
    func badLine(line: String) throws {
        #expect(try Self.outcome(ofLine: line) == "400/close")
    }

    @Test(
        "a well-formed method that is unknown gets 501 at the end of its line, however the line is split",
        arguments: [
            "BREW /klavi HTTP/1.1", "get / HTTP/1.1", "GETT / HTTP/1.1", "G / HTTP/1.1", "123 / HTTP/1.1",
            "PROPFIND / HTTP/1.0", "M-SEARCH * HTTP/1.1", "|~ / HTTP/1.1",
        ])
    func unknownMethod(line: String) throws {
        let request = Array("\(line)\r\nHost: a\r\n\r\n".utf8)
        for cut in 0...request.count {
            let conversation = try Conversation()
            let first = conversation.exchange(request[..<cut])
            #expect(first.isEmpty == (cut < line.utf8.count + 2), "cut at \(cut)")
            let responses = first + conversation.exchange(request[cut...])
            #expect(Conversation.statuses(responses) == ["501"], "cut at \(cut)")
            #expect(responses.contains("the method is unknown"))
        }
    }

    @Test("a method consists of token characters (RFC 9110 §9.1)")
    func methodBytes() throws {
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: " ") {
            let outcome = try Self.outcome(Array("BR".utf8) + [byte] + Array("EW / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(outcome == (byte.isTokenCharacter ? "501/close" : "400/close"), "0x\(String(byte, radix: 16))")
        }
    }

    @Test("if the parser did not get the start of a request line, it does not parse the rest of the line")
    func withheldStart() throws {
        let conversation = try Conversation()
        #expect(conversation.exchange("BR".utf8) == "")
        #expect(conversation.exchange("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8).hasPrefix("HTTP/1.1 400 "))
    }

    @Test("a method too long for a request line gets 501 (RFC 9112 §3)", arguments: [8193, 70_000])
    func longMethod(byteCount: Int) throws {
        let method = String(repeating: "A", count: byteCount)
        #expect(try Self.outcome(method.utf8) == (byteCount > 8224 ? "501/close" : ""))
        #expect(try Self.outcome(ofLine: "\(method) / HTTP/1.1") == "501/close")
    }

    @Test(
        "a known method reaches the application",
        arguments: ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
    func knownMethod(method: String) throws {
        let request = Array("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for cut in 0...request.count {
            let conversation = try Conversation()
            let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
            #expect(Conversation.statuses(responses) == ["200"], "cut at \(cut)")
            #expect(responses.hasSuffix("\(method) /\n"))
        }
    }

    @Test(
        "a target reaches the application unchanged (RFC 9112 §3.2)",
        arguments: ["/", "/a?b", "//a", "/%00", "/a/../b", "http://a/b", "https://a", "*"])
    func targetForms(target: String) throws {
        let responses = try Conversation().exchange("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(responses.hasPrefix("HTTP/1.1 200 "))
        #expect(responses.hasSuffix("\r\n\r\nGET \(target)\n"))
    }

    @Test(
        "empty lines before a request line are skipped (RFC 9112 §2.2)",
        arguments: ["\r\n", "\r\n\r\n", "\n", String(repeating: "\r\n", count: 100)])
    func emptyLines(before: String) throws {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try Self.outcome((before + request + before + request).utf8) == "200 200")
    }

    @Test(
        "a carriage return without a line feed before a request line is an error, however it is split",
        arguments: ["\r", "\r\r\n", "\r\n\r", "\n\r"])
    func bareCarriageReturn(before: String) throws {
        let request = Array((before + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").utf8)
        for cut in 0...8 {
            let conversation = try Conversation()
            let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
            #expect(Conversation.statuses(responses) == ["400"], "cut at \(cut)")
        }
    }

    @Test("an empty line before a request line may arrive in pieces")
    func splitEmptyLine() throws {
        let conversation = try Conversation()
        for piece in ["\r", "\n", "\r", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r"] {
            #expect(conversation.exchange(piece.utf8).isEmpty == !piece.contains("GET"))
        }
        #expect(Conversation.statuses(conversation.exchange("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) == ["200"])
    }

    @Test(
        "a target above the limit gets 414, even if it is very long",
        arguments: [8192, 16_384, 16_385, 70_000, 1_000_000])
    func longTarget(byteCount: Int) throws {
        let target = "/" + String(repeating: "a", count: byteCount)
        #expect(try Self.outcome(ofLine: "GET \(target) HTTP/1.1").hasPrefix("414"))
        // The request line is not terminated.
        if byteCount > 8200 { #expect(try Self.outcome("GET \(target)".utf8) == "414/close") }
        #expect(try Self.outcome(ofLine: "GET \(target.prefix(8192)) HTTP/1.1") == "200")
    }

    @Test("a long target in pieces gets 414 as soon as it exceeds the limit")
    func longTargetInPieces() throws {
        let conversation = try Conversation()
        #expect(conversation.exchange("GET /".utf8) == "")
        let piece = [UInt8](repeating: 0x61, count: 1000)
        for _ in 0..<8 { #expect(conversation.exchange(piece) == "") }
        #expect(conversation.exchange(piece).hasPrefix("HTTP/1.1 414 "))
        #expect(conversation.counters[.targetLimit] == 1)
    }

    @Test(
        "a malformed header line gets 400",
        arguments: [
            "X : y\r\n", "X\t: y\r\n", "X\r\n", ": y\r\n", ":\r\n", "X: y\r\r\n", "X: y\rZ: z\r\n", "\rX: y\r\n",
            "X: \0\r\n", "X\0: y\r\n", "É: y\r\n", "\"X\": y\r\n", "[X]: y\r\n",
        ])
    func badHeader(header: String) throws {
        #expect(try Self.outcome(ofHeader: header) == "400/close")
    }

    @Test(
        "the value of a header line may be empty, or contain blanks and non-ASCII text",
        arguments: ["X:\r\n", "X:y\r\n", "X: \t y \t\r\n", "X: é\r\n", "x-Y_z: y\r\n", "X: a:b:c\r\n"])
    func goodHeader(header: String) throws {
        #expect(try Self.outcome(ofHeader: header) == "200")
    }

    @Test(
        "lines that are continued with a blank never change the framing",
        arguments: [
            "Content-Length: 1\r\n 0\r\n", "Transfer-Encoding:\r\n x\r\n", "Transfer-Encoding: x\r\n chunked\r\n",
        ])
    func folded(header: String) throws {
        #expect(try Self.outcome(ofHeader: header).hasSuffix("/close"))
    }

    @Test(
        "a head that breaks a rule of HTTP ends the connection",
        arguments: [
            ("Host: a\r\n", "400"), ("Expect: x\r\n", "417"), ("Transfer-Encoding: gzip\r\n", "501"),
            (String(repeating: "X: y\r\n", count: 100), "431"),
        ])
    func badHead(header: String, status: String) throws {
        #expect(try Self.outcome(ofHeader: header) == status + "/close")
    }

    @Test(
        "if the client stops sending, an incomplete request gets 400 with this reason",
        arguments: [
            "GET", "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        ])
    func truncated(request: String) throws {
        let conversation = try Conversation()
        #expect(conversation.exchange(request.utf8) == "")
        let response = conversation.closeInput()
        #expect(response.hasPrefix("HTTP/1.1 400 "))
        #expect(response.contains(MalformedInput.truncated.rawValue))
        #expect(!conversation.isOpen)
    }

    @Test("no response follows the response that ends a connection, even if more requests follow")
    func last() throws {
        let next = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        for header in [
            "Connection: close", "Connection: x, close", "Connection: close\t", "Connection: x\t,\tclose \t",
            "Connection: close\t\r\nConnection: x", "Connection: upgrade\r\nUpgrade: z",
        ] {
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n"
            #expect(try Self.outcome((request + next).utf8) == "200/close")
        }
        #expect(try Self.outcome(("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" + next).utf8) == "200/close")
        #expect(try Self.outcome((next + "garbage\r\n\r\n" + next).utf8) == "200 400/close")
    }
}
