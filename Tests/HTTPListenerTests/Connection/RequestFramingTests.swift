import Testing

@testable import HTTPListener

/// Tests how the end of a request's body is found, including attempts at request smuggling (RFC 9112 §6, §7, §11.2).
///
/// Each body is followed by a request to `/rejected`. If the second response is a 404, the body had the correct length
/// and the next request was read. A 404 in another position would be a smuggled request.
@Suite struct RequestFramingTests {
    private static let next = "GET /rejected HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let chunks = "5\r\n12345\r\n0\r\n\r\n"

    private static func outcome(_ headers: String, _ body: String, version: String = "1.1") throws -> String {
        let headers = headers.isEmpty ? "" : headers + "\r\n"
        return try RequestSyntaxTests.outcome(
            "POST / HTTP/\(version)\r\nHost: a\r\n\(headers)\r\n\(body)\(next)".utf8)
    }

    @Test(
        "a length is a single decimal number",
        arguments: [
            ("5", "200 404"), ("05", "200 404"), (" 5 ", "200 404"), ("1001", "413/close"),
            ("5\t", "200 404"), ("\t5 \t ", "200 404"), ("1001\t", "413/close"), ("5\t5", "400/close"),
            ("\t", "400/close"), ("5\t,", "400/close"),
            ("9223372036854775807", "413/close"), ("9223372036854775808", "413/close"),
            ("18446744073709551616", "400/close"), ("99999999999999999999999", "400/close"),
            ("+5", "400/close"), ("-5", "400/close"), ("-0", "400/close"), ("5 5", "400/close"), ("5,5", "400/close"),
            ("5, 5", "400/close"), ("5;", "400/close"), ("0x5", "400/close"), ("5.0", "400/close"),
            ("5e0", "400/close"),
            ("5a", "400/close"), ("a5", "400/close"), ("", "400/close"), ("\"5\"", "400/close"), ("5\0", "400/close"),
            ("\u{b}5", "400/close"), ("5_0", "400/close"), ("٥", "400/close"), ("５", "400/close"),
            ("5\u{a0}", "400/close"),
            ("nan", "400/close"), ("null", "400/close"), ("1 \r\n 0", "400/close"),
        ])
    func length(value: String, outcome: String) throws {
        #expect(try Self.outcome("Content-Length: \(value)", "12345") == outcome)
    }

    @Test(
        "two lengths are rejected, even if they are equal, and similar header names are ignored",
        arguments: [
            ("Content-Length: 5\r\nContent-Length: 5", "400/close"),
            ("Content-Length: 5\r\nContent-Length: 6", "400/close"),
            ("Content-Length: 0\r\nContent-Length: 5", "400/close"),
            ("content-length: 6\r\nCONTENT-LENGTH: 5", "400/close"),
            ("Content-Length : 5", "400/close"), ("Content-Length\t: 5", "400/close"),
            ("X: y\rContent-Length: 5", "400/close"), ("Content-Length\0: 5", "400/close"),
            ("Content-\r\n Length: 5", "400/close"),
            ("Content_Length: 6\r\nContent-Length: 5", "200 404"), ("cOnTeNt-LeNgTh: 5", "200 404"),
        ])
    func lengths(headers: String, outcome: String) throws {
        #expect(try Self.outcome(headers, "12345") == outcome)
    }

    @Test(
        "a single 'chunked' is the only accepted transfer coding",
        arguments: [
            "gzip, chunked", "gzip,chunked", "deflate, gzip, chunked", "x, chunked", "identity, chunked",
            "chunked, chunked", "chunked, gzip", "chunked, identity", "gzip", "identity", "x", "xchunked", "chunkedx",
            "x-chunked", "chunked;q=1", "\"chunked\"", "'chunked'", ",chunked", "chunked,", ", ,chunked", ",", "",
            "\u{b}chunked", "chunked\u{b}", "chun\0ked", "\u{a0}chunked", "chunked\u{a0}", "c hunked",
            "chunked chunked", "chunked\tchunked", "chun\tked", "\t", "chunked\t,", "chunked\tx",
            "chunke\u{338}d", "\u{212a}", "trailers", "*", "gzip\r\n , chunked",
        ])
    func codings(value: String) throws {
        for body in [Self.chunks, "12345", ""] {
            let outcome = try Self.outcome("Transfer-Encoding: \(value)", body)
            #expect(outcome == "501/close" || outcome == "400/close")
            let both = try Self.outcome("Content-Length: 5\r\nTransfer-Encoding: \(value)", body)
            #expect(both == "501/close" || both == "400/close")
        }
    }

    @Test("a second line with a transfer coding is rejected", arguments: ["chunked", "gzip", "identity", "x", ""])
    func codingsInLines(other: String) throws {
        for lines in [["chunked", other], [other, "chunked"]] {
            let outcome = try Self.outcome(
                lines.map { "Transfer-Encoding: \($0)" }.joined(separator: "\r\n"), Self.chunks)
            #expect(outcome == "501/close" || outcome == "400/close")
        }
    }

    @Test(
        "'chunked' may be written in any letter case",
        arguments: ["chunked", "Chunked", "CHUNKED", " chunked  ", "chunked\t", "\tchunked \t "])
    func chunked(value: String) throws {
        #expect(try Self.outcome("transfer-ENCODING: \(value)", Self.chunks) == "200 404")
    }

    @Test("tabs are kept in the values of other headers and in lines that resemble framing headers")
    func otherTabs() throws {
        let lines = ["X-Content-Length: 4\t", "Content-Lengt: 4\t", "X: Content-Length:\t4", "A: Content-Length:\t9\t"]
        #expect(
            try Self.outcome(
                (lines + ["Content-Length: 5\t"]).joined(separator: "\r\n"), "12345") == "200 404")
        let conversation = try Conversation()
        let responses = conversation.exchange(
            "GET /header HTTP/1.1\r\nHost: a\r\nX: a\tb\r\nContent-Length: 0\t\r\n\r\n".utf8)
        #expect(responses.hasSuffix("\r\n\r\n610962"))
    }

    @Test("tabs after a length or a transfer coding are ignored, however the head is split")
    func splitTabs() throws {
        for (line, body) in [("content-LENGTH:\t5\t", "12345"), ("Transfer-Encoding: chunked \t", Self.chunks)] {
            let request = Array("POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n\(body)\(Self.next)".utf8)
            for cut in request.indices {
                let conversation = try Conversation()
                let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
                #expect(Conversation.statuses(responses) == ["200", "404"], "cut at \(cut)")
            }
        }
    }

    @Test("a transfer coding is rejected if the request also has a length or uses HTTP/1.0")
    func lengthAndCoding() throws {
        let (length, coding) = ("Content-Length: 5", "Transfer-Encoding: chunked")
        for headers in ["\(length)\r\n\(coding)", "\(coding)\r\n\(length)", "Content-Length: 0\r\n\(coding)"] {
            for body in [Self.chunks, "0\r\n\r\nG", "1e\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n"] {
                #expect(try Self.outcome(headers, body) == "400/close")
            }
        }
        #expect(
            try Self.outcome("\(coding)\r\nConnection: keep-alive", Self.chunks, version: "1.0") == "400/close")
        #expect(try Self.outcome("Transfer_Encoding: chunked\r\n\(length)", "12345") == "200 404")
        for header in [
            "Transfer-Encoding : chunked", "Transfer-Encoding\0: chunked", "X: y\rTransfer-Encoding: chunked",
        ] {
            #expect(try Self.outcome(header, Self.chunks) == "400/close")
        }
    }

    @Test(
        "a chunk size is hexadecimal, and its extensions are ignored",
        arguments: [
            "5", "05", "0000000000000005", "5;x", "5;x=y", "5;x=\"y\"", "5;a;b=c",
        ])
    func sizes(text: String) throws {
        #expect(try Self.outcome("Transfer-Encoding: chunked", "\(text)\r\n12345\r\n0\r\n\r\n") == "200 404")
    }

    @Test(
        "white space around delimiters of a chunk extension is ignored, however the line is split (RFC 9112 §7.1.1)",
        arguments: [
            "5 ;x", "5\t;x", "5; x", "5 \t ;\t x", "5;x =y", "5;x= y", "5;x\t=\ty", "5;x = \"y z\"", "5;x=y ;z",
            "5;x=\"y\\\" ; \" ; z = \" \"", "5;x ; y", "5 ; x = y ; z",
        ])
    func extensionBlanks(text: String) throws {
        let body = "\(text)\r\n12345\r\n0 ; x = y\r\n\r\n"
        let request = Array(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)\(Self.next)".utf8)
        for cut in (request.count - body.utf8.count - Self.next.utf8.count)...request.count {
            let conversation = try Conversation()
            let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
            #expect(Conversation.statuses(responses) == ["200", "404"], "cut at \(cut)")
            #expect(responses.contains("POST /\n12345"), "cut at \(cut)")
        }
    }

    @Test(
        "other white space in a chunk size line is rejected, however the line is split",
        arguments: [
            "5 ", "5\t", " 5", "5 5", "5 0", "5\t5", "5 x", "5 \u{b};x", "5\u{c};x", "5;x y", "5;x=y z", "5;x ",
            "5;x=y ", "5;x=\"y\" ", "5;x=\"y\" z", "5;", "5; ", "5 \r;x", "5 \n;x", "5; \rx", "5;x= \ny", "5;x =\r",
            "5;x=\"y\rz\"", "5 =x",
        ])
    func misplacedBlanks(text: String) throws {
        let body = "\(text)\r\n12345\r\n0\r\n\r\n"
        let request = Array(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)\(Self.next)".utf8)
        for cut in (request.count - body.utf8.count - Self.next.utf8.count)...request.count {
            let conversation = try Conversation()
            let responses = conversation.exchange(request[..<cut]) + conversation.exchange(request[cut...])
            #expect(Conversation.statuses(responses) == ["400"], "cut at \(cut)")
            #expect(conversation.counters[.malformed] == 1)
        }
    }

    @Test("white space in chunk extensions counts as framing")
    func longBlanks() throws {
        let blanks = String(repeating: " ", count: 70_000)
        #expect(try Self.outcome("Transfer-Encoding: chunked", "5\(blanks);x\r\n12345\r\n0\r\n\r\n") == "400/close")
    }

    @Test(
        "a malformed chunk size ends the connection",
        arguments: [
            "", " 5", "0x5", "+5", "-5", "g", "5g", "5,", "5.", "5_", "\"5\"", "5\0", "\u{b}5", "5 5", "5\r", "5;x\0",
            "5;x\ry", "5;x=\"y\r\nz\"", "10000000000000005",
            String(repeating: "f", count: 100),
        ])
    func badSizes(text: String) throws {
        let outcome = try Self.outcome("Transfer-Encoding: chunked", "\(text)\r\n12345\r\n0\r\n\r\n")
        #expect(["400/close", "413/close", "431/close"].contains(outcome))
    }

    @Test(
        "a chunk that would exceed the limit of the body gets 413 before the data of the chunk arrives",
        arguments: ["3e9", "3E9;x", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff"])
    func largeChunk(size: String) throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        for before in ["", "1\r\na\r\n"] {
            let conversation = try Conversation()
            #expect(conversation.exchange("\(head)\(before)\(size)\r".utf8) == "")
            #expect(Conversation.statuses(conversation.exchange("\n".utf8)) == ["413"])
            #expect(conversation.counters[.bodyLimit] == 1)
            #expect(conversation.budget.usedByteCount == 0)
        }
    }

    @Test("a body in chunks may be as long as the limit")
    func chunksUpToTheLimit() throws {
        let data = String(repeating: "a", count: 600)
        let conversation = try Conversation()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(conversation.exchange("\(head)258\r\n\(data)\r\n190\r\n".utf8) == "")
        #expect(conversation.exchange("\(data.prefix(400))\r\n0\r\n\r\n".utf8).hasPrefix("HTTP/1.1 200 "))
        #expect(conversation.exchange("\(head)258\r\n\(data)\r\n191\r\n".utf8).hasPrefix("HTTP/1.1 413 "))
    }

    @Test(
        "chunks whose data, line breaks or trailers are wrong end the connection",
        arguments: [
            "4\r\n12345\r\n0\r\n\r\n", "6\r\n12345\r\n0\r\n\r\n", "5\r\n123450\r\n\r\n", "5\r\n12345XX0\r\n\r\n",
            "5\r\n12345\r0\r\n\r\n", "5\r12345\r\n0\r\n\r\n", "5\r\r\n12345\r\n0\r\n\r\n",
            "5\r\n12345\r\n\r\n0\r\n\r\n",
            "5\r\n12345 \r\n0\r\n\r\n", "5\r\n12345\r\n-0\r\n\r\n", "5\r\n12345\r\n0x0\r\n\r\n",
            "5\r\n12345\r\n0\r\nX\r\n\r\n", "5\r\n12345\r\n0\r\nX : y\r\n\r\n", "5\r\n12345\r\n0\r\nX: \0\r\n\r\n",
            "5\r\n12345\r\n0\r\n: y\r\n\r\n", "5\r\n12345\r\n0\r\nContent-Length: 9\r\n\r\n",
            "5\r\n12345\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "5\r\n12345\r\n0\r\nGET /rejected HTTP/1.1\r\n\r\n",
        ])
    func badChunks(body: String) throws {
        let outcome = try Self.outcome("Transfer-Encoding: chunked", body)
        #expect(["400/close", "431/close"].contains(outcome))
    }

    @Test("long chunk extensions and trailers end the connection")
    func longFraming() throws {
        let long = String(repeating: "y", count: 70_000)
        for body in ["5;x=\(long)\r\n12345\r\n0\r\n\r\n", "5\r\n12345\r\n0\r\nX: \(long)\r\n\r\n"] {
            let outcome = try Self.outcome("Transfer-Encoding: chunked", body)
            #expect(["400/close", "431/close"].contains(outcome))
        }
    }

    @Test(
        "trailers of any name are read and dropped",
        arguments: ["X: y", "A: b\r\nC: d", "Host: b", "X:"])
    func trailers(lines: String) throws {
        #expect(
            try Self.outcome("Transfer-Encoding: chunked", "5\r\n12345\r\n0\r\n\(lines)\r\n\r\n") == "200 404")
    }

    @Test(
        "a request with a Connection trailer is the last request of its connection, however it is split",
        arguments: ["Connection: close", "X: y\r\nconnection: keep-alive", "Proxy-Connection: close", "Connection:"])
    func connectionTrailers(lines: String) throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        // These trailers belong to the second request.
        let request = "\(head)\(Self.chunks)\(head)5\r\n12345\r\n0\r\n\(lines)\r\n\r\n"
        for cut in (request.utf8.count - lines.utf8.count - 5)...request.utf8.count {
            let conversation = try Conversation()
            let responses =
                conversation.exchange(request.utf8.prefix(cut))
                + conversation.exchange((request + Self.next).utf8.dropFirst(cut))
            #expect(Conversation.statuses(responses) == ["200", "200"], "cut at \(cut)")
            #expect(responses.contains("\r\nConnection: close\r\n"))
        }
        let similar = "X-Connection: close\r\nConnections: close\r\nX: Connection: close\r\nConnectio: y"
        #expect(
            try Self.outcome("Transfer-Encoding: chunked", "5\r\n12345\r\n0\r\n\(similar)\r\n\r\n") == "200 404")
    }

    @Test(
        "an Expect header is fulfilled, or its request is rejected",
        arguments: [
            ("100-continue", "100 200 404"), ("100-Continue", "100 200 404"), ("200-ok", "417/close"),
            ("100-continue, x", "417/close"), ("100-continue;x=y", "417/close"), ("\"100-continue\"", "417/close"),
        ])
    func expectation(value: String, outcome: String) throws {
        #expect(try Self.outcome("Expect: \(value)\r\nContent-Length: 5", "12345") == outcome)
    }
}
