import Deliveries
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import HTTPListener

@Suite(.offPool) struct ShutDownTests {
    /// Starts a server that the test stops. `TestServer.listening` would stop it automatically.
    private static func server(_ application: ListenerApplication) async throws -> OpenListener {
        try await HTTPListener(limits: ListenerLimits(), application: application)
            .listen(on: .tcp(host: "127.0.0.1", port: 0), group: .singletonMultiThreadedEventLoopGroup)
    }

    @Test("the server waits for the response to a request that is being committed")
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

    @Test("a request that has started is completed, and its response ends the connection")
    func restOfARequest() async throws {
        let server = try await Self.server(TestServer.application())
        try await RawClient.connected(to: server.address) { client in
            try await client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            let word = try await client.response()
            #expect(word.status == 100)
            async let stopped: Void = server.shutDown(grace: .seconds(30))
            while !server.isStopping { await Task.yield() }
            try await client.send("xyz")
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == "POST /a\nxyz")
            #expect(response.header("connection") == "close")
            client.finishSending()
            await stopped
        }
    }

    @Test("once the server stops, a connection in use gets one more response, with Connection: close")
    func lastResponse() async throws {
        let server = try await Self.server(TestServer.application())
        try await RawClient.connected(to: server.address) { client in
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().header("connection") == nil)
            server.stop()
            // Only the first of these requests gets a response. The second must not cause a reset that loses it.
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.header("connection") == "close")
            let rest = try await client.rest()
            #expect(rest == "")
        }
        await server.shutDown(grace: .seconds(30))
    }

    @Test("connections that wait in the queue of an inherited socket are served by the next listener")
    func passedOn() async throws {
        let first = try await Self.server(TestServer.application())
        let address = try first.address
        let sockets = try first.duplicateSockets()
        #expect(sockets.count == 1)
        await first.shutDown(grace: .seconds(30))
        #expect(try first.duplicateSockets() == [])
        try await RawClient.connected(to: address) { client in
            try await client.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
            try await TestServer.listening(on: .inherited(sockets)) { second in
                #expect(try second.address == address)
                let response = try await client.response()
                #expect(response.text == "GET /waits\n")
            }
        }
        await #expect(throws: (any Error).self) { try await RawClient.connected(to: address) { _ in } }
    }

    @Test("a request that is not complete after two seconds gets 503")
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

    @Test("idle connections are closed and new connections are not accepted")
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

    @Test("a request without a response is aborted after the grace time, and its late response is dropped")
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
