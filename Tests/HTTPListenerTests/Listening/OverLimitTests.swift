import Deliveries
import HTTPListener
import NIOCore
import TestKit
import Testing

@Suite("Connections over a limit", .offPool) struct OverLimitTests {
    /// Runs `body` while the only connection that the server accepts waits for a response.
    private static func atLimit(_ body: (OpenListener) async throws -> Void) async throws {
        let held = HeldRequests()
        let limits = ListenerLimits.with { ($0.connectionCount, $0.lingerByteCount) = (1, 1 << 20) }
        try await TestServer.listening(limits: limits, held.application) { server in
            try await RawClient.connected(to: server.address) { busy in
                try await busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let respond = try #require(await held.next())
                try await body(server)
                respond(.text(200, "served"))
                let response = try await busy.response()
                #expect(response.text == "served")
            }
        }
    }

    @Test("a connection over the limit replaces an idle connection, or gets 503 if all connections wait for a response")
    func connectionLimit() async throws {
        let held = HeldRequests()
        let limits = ListenerLimits.with { ($0.connectionCount, $0.idleTimeBeforeEviction) = (1, .zero) }
        try await TestServer.listening(limits: limits, held.application) { server in
            try await RawClient.connected(to: server.address) { idle in
                // The server has registered this connection before the next client connects.
                try await idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let respondToIdle = try #require(await held.next())
                respondToIdle(.text(200, "served"))
                _ = try await idle.response()
                try await RawClient.connected(to: server.address) { busy in
                    let end = try await idle.rest()
                    #expect(end == "")
                    try await busy.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                    let respond = try #require(await held.next())
                    try await RawClient.connected(to: server.address) { rejected in
                        let response = try await rejected.response()
                        #expect(response.status == 503)
                        #expect(response.header("retry-after") == "1")
                        #expect(response.header("connection") == "close")
                        let rest = try await rejected.rest()
                        #expect(rest == "")
                    }
                    respond(.text(200, "served"))
                    let response = try await busy.response()
                    #expect(response.text == "served")
                }
            }
        }
    }

    @Test("a connection over the limit gets 503 after 400 ms", arguments: [false, true])
    func pause(hasFinishedSending: Bool) async throws {
        try await Self.atLimit { server in
            let start = ContinuousClock.now
            try await RawClient.connected(to: server.address) { rejected in
                try await rejected.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                if hasFinishedSending { rejected.finishSending() }
                let text = try await rejected.rest()
                #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
                #expect(text.contains("\r\nRetry-After: 1\r\n"))
                #expect(text.hasSuffix(#"{"error":"busy or stopping, please send it again"}"#))
            }
            #expect(ContinuousClock.now - start >= .milliseconds(400))
            // The limit is far above the pause, because a busy machine delays the client.
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }

    @Test("a client that sends a long request to a listener at its limit can read the response")
    func longRequest() async throws {
        try await Self.atLimit { server in
            try await RawClient.connected(to: server.address) { rejected in
                try await rejected.send(bytes: [UInt8](repeating: 0x61, count: 1 << 19))
                let response = try await rejected.response()
                #expect(response.status == 503)
            }
        }
    }

    @Test("a connection over the limit is closed after its response, even if the client does not close it")
    func lingering() async throws {
        try await Self.atLimit { server in
            try await RawClient.connected(to: server.address) { rejected in
                let response = try await rejected.response()
                #expect(response.status == 503)
                let deadline = ContinuousClock.now + .seconds(30)
                while server.connectionsByPhase[.closing] != nil, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(server.connectionsByPhase[.closing] == nil)
            }
        }
    }
}
