import Deliveries
import HTTPListener
import TestKit
import Testing

@Suite(.offPool) struct KeepAliveConnectionTests {
    @Test("pipelined requests get their responses in order, even if a later response is ready earlier")
    func pipelining() async throws {
        let held = HeldRequests()
        try await TestServer.talking(held.application) { client in
            try await client.send(
                "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            for number in 1...2 {
                let respond = try #require(await held.next())
                respond(.text(200, "\(number)"))
                let response = try await client.response()
                #expect(response.text == "\(number)")
            }
        }
    }

    @Test("a connection is closed after the response if the client requests this")
    func close() async throws {
        try await TestServer.talking { client in
            try await client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let response = try await client.response()
            #expect(response.header("connection") == "close")
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }

    @Test("a client that offers another protocol gets its response, and needs a new connection for the next request")
    func upgrade() async throws {
        try await TestServer.talking { client in
            try await client.send(
                """
                POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r
                HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nContent-Length: 3\r\n\r\nabc
                """)
            let response = try await client.response()
            #expect(response.text == "POST /x\nabc")
            #expect(response.header("connection") == "close")
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }

    @Test("a client that has stopped sending gets its response, and then the connection ends at once")
    func halfClosed() async throws {
        let held = HeldRequests()
        try await TestServer.talking(held.application) { client in
            try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            client.finishSending()
            let respond = try #require(await held.next())
            respond(.text(200, "done"))
            let rest = try await client.rest()
            #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(rest.hasSuffix("\r\n\r\ndone"))
        }
    }

    @Test("a client that waits for 100 Continue before it sends its body gets this response")
    func expectContinue() async throws {
        try await TestServer.talking { client in
            try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            let word = try await client.response()
            #expect(word.status == 100)
            try await client.send("abc")
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == "POST /x\nabc")
        }
    }

    @Test("an HTTP/1.0 client that requests keep-alive keeps its connection and gets a Connection header")
    func keepAliveOf10() async throws {
        try await TestServer.talking { client in
            for _ in 0..<2 {
                try await client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.response()
                #expect(response.header("connection") == "keep-alive")
            }
        }
    }

    @Test("a connection without a request is closed without a response")
    func idle() async throws {
        try await TestServer.talking(limits: .with { $0.headerTimeout = .milliseconds(20) }) { client in
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }
}
