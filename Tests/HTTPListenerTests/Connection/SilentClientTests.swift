import Testing

@testable import HTTPListener

/// Tests of clients that stop sending at some point, or that do not read.
@Suite struct SilentClientTests {
    /// The text that a client sends before it becomes silent, for each phase of a connection.
    static let beginnings: [(phase: String, text: String)] = [
        ("waiting", ""),
        ("reading a request line", "POST /x HT"),
        ("reading a head", "POST /x HTTP/1.1\r\nHost: a\r\n"),
        ("reading a body", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
        ("reading chunks", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x"),
        ("waiting to continue", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"),
        ("waiting for a response", "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"),
        ("idle", "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("closing", "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        ("lingering", "POST /rejected HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"),
        (
            "lingering after an upgrade",
            "GET /rejected HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: z\r\n\r\n"
        ),
        ("malformed", "garbage\r\n\r\n"),
    ]

    @Test(
        "the connection of a silent client ends within twice the longest time-out, even if the client does not read",
        arguments: beginnings.map(\.phase), [true, false])
    func silence(phase: String, reads: Bool) throws {
        let conversation = try Conversation()
        let text = try #require(Self.beginnings.first { $0.phase == phase }).text
        if !reads { conversation.stopReading() }
        _ = conversation.exchange(text.utf8)
        if !reads { conversation.setWritable(false) }
        // The connection may wait for the time-out of the phase, and then for the time-out of the response.
        conversation.wait(atMost: ListenerLimits().longestTimeout * 2)
        #expect(!conversation.isOpen)
    }

    @Test(
        "a request whose head or body takes too long to arrive gets 408",
        arguments: ["G", "POST /x HTTP/1.1\r\nHost", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"])
    func tooSlow(beginning: String) throws {
        let conversation = try Conversation()
        #expect(conversation.exchange(beginning.utf8) == "")
        conversation.wait(atMost: .seconds(63))
        #expect(conversation.responses().hasPrefix("HTTP/1.1 408 "))
        #expect(!conversation.isOpen)
    }

    @Test("the server stops reading from a pipelining client that does not read its responses")
    func pipelining() throws {
        let conversation = try Conversation()
        conversation.stopReading()
        let requests = String(repeating: "GET /rejected HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
        _ = conversation.exchange("GET /rejected HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        conversation.setWritable(false)
        let pending = conversation.pendingByteCount
        let readCount = conversation.readCount
        for _ in 0..<10 {
            _ = conversation.exchange(requests.utf8)
            conversation.askForRead()
        }
        #expect(conversation.pendingByteCount == pending)
        #expect(conversation.readCount == readCount)
        conversation.setWritable(true)
        _ = conversation.responses()
        #expect(conversation.pendingByteCount > pending)
        #expect(conversation.readCount == readCount + 1)
    }

    @Test(
        "bytes after the last request are dropped, and reading stops at the limit",
        arguments: [
            "GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: z\r\n\r\n",
            "GET /rejected HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: z\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /rejected HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n",
        ])
    func dropped(request: String) throws {
        let conversation = try Conversation(limits: .with { $0.lingerByteCount = 10_000 })
        conversation.stopReading()
        _ = conversation.exchange(request.utf8)
        let readCount = conversation.readCount
        for _ in 0..<10 { _ = conversation.exchange([UInt8](repeating: 0, count: 1000)) }
        conversation.askForRead()
        #expect(conversation.readCount == readCount + 1)
        _ = conversation.exchange([UInt8](repeating: 0, count: 1000))
        conversation.askForRead()
        #expect(conversation.readCount == readCount + 1)
        #expect(conversation.keptByteCount == 0)
    }

    @Test("chunk extensions and trailers beyond the limit are rejected", arguments: ["1;", "0\r\nA: "])
    func framing(beginning: String) throws {
        let conversation = try Conversation()
        let head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(beginning)"
        #expect(conversation.exchange(head.utf8) == "")
        let piece = [UInt8](repeating: 0x61, count: 8 * 1024)
        var responses = ""
        for _ in 0..<9 { responses += conversation.exchange(piece) }
        #expect(responses.hasPrefix("HTTP/1.1 4"))
    }

    @Test("a body may have chunks of one byte")
    func smallChunks() throws {
        let conversation = try Conversation()
        let head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = String(repeating: "1\r\na\r\n", count: 900) + "0\r\n\r\n"
        #expect(conversation.exchange((head + chunks).utf8).hasPrefix("HTTP/1.1 200"))
    }

    @Test("many chunks of one byte are parsed in several rounds, so other connections get their turn")
    func manySmallChunks() throws {
        func request(_ count: Int) -> String {
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "1\r\na\r\n", count: count) + "0\r\n\r\n"
        }
        let short = try Conversation()
        #expect(short.exchangeInOneRound(request(500).utf8).hasPrefix("HTTP/1.1 200"))
        let long = try Conversation()
        #expect(long.exchangeInOneRound(request(900).utf8) == "")
        #expect(long.keptByteCount > 0)
        #expect(long.responsesOfRound(after: PipelinedTurns.pause).hasPrefix("HTTP/1.1 200"))
        #expect(long.keptByteCount == 0)
    }

    @Test("empty lines before a request are accepted up to a limit, and further empty lines end the connection")
    func emptyLines() throws {
        let request = String(repeating: "\r\n", count: 512) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(Conversation.statuses(try Conversation().exchange((request + request).utf8)) == ["200", "200"])
        #expect(Conversation.statuses(try Conversation().exchange(("\r\n" + request).utf8)) == ["400"])
        let conversation = try Conversation()
        var responses = ""
        for _ in 0..<1000 { responses += conversation.exchange("\r\n".utf8) }
        #expect(Conversation.statuses(responses) == ["400"])
    }
}
