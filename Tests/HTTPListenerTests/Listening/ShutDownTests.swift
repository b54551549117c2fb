import Deliveries
import HTTPListener
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite(.offPool) struct ShutDownTests {
    /// Listens; unlike `TestServer.listening`, the test shuts down.
    private static func server(_ application: ListenerApplication) async throws -> OpenListener {
        try await HTTPListener(limits: ListenerLimits(), application: application)
            .listen(on: .tcp(host: "127.0.0.1", port: 0), group: .singletonMultiThreadedEventLoopGroup)
    }

    @Test("a request that is being committed gets its response, and the server waits for it")
    func pendingResponse() async throws {
        let held = HeldRequests()
        let server = try await Self.server(held.application)
        try await RawClient.connected(to: server.address) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            let respond = try #require(await held.next())
            async let stopped: Void = server.shutDown(grace: .seconds(30))
            respond(.json(200, #"{"id":1}"#))
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == #"{"id":1}"#)
            let rest = try await client.rest()
            #expect(rest == "")
            await stopped
        }
    }

    @Test("a request that is still arriving gets 503")
    func halfARequest() async throws {
        let server = try await Self.server(TestServer.application())
        try await RawClient.connected(to: server.address) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            let word = try await client.response()
            #expect(word.status == 100)
            async let stopped: Void = server.shutDown(grace: .seconds(30))
            let response = try await client.response()
            #expect(response.status == 503)
            #expect(response.header("retry-after") == "1")
            #expect(response.header("connection") == "close")
            client.finishSending()
            await stopped
        }
    }

    @Test("idle connections are closed and new ones are not taken")
    func idleConnections() async throws {
        let server = try await Self.server(TestServer.application())
        let address = try server.address
        try await RawClient.connected(to: address) { client in
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 200)
            await server.shutDown(grace: .seconds(30))
            let rest = try await client.rest()
            #expect(rest == "")
        }
        await #expect(throws: (any Error).self) { try await RawClient.connected(to: address) { _ in } }
    }

    @Test("a request that is not finished after the grace time is cut, and its late response is dropped")
    func cut() async throws {
        let held = HeldRequests()
        let server = try await Self.server(held.application)
        try await RawClient.connected(to: server.address) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            let respond = try #require(await held.next())
            await server.shutDown(grace: .zero)
            respond(.json(200, "{}"))
            let rest = try? await client.rest()
            #expect(rest ?? "" == "")
        }
    }
}
