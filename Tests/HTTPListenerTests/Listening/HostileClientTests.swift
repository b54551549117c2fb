import Deliveries
import HTTPListener
import NIOCore
import TestKit
import Testing

/// Tests that the server still serves a correct client after other clients disconnected or sent garbage.
@Suite(.offPool) struct HostileClientTests {
    private static func expectHealthy(_ server: OpenListener) async throws {
        try await RawClient.connected(to: server.address) { client in
            try await client.send("POST /honest HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
            let response = try await client.response()
            #expect(response.text == "POST /honest\nok")
        }
    }

    @Test("a client that disconnects anywhere in its request does not harm the server")
    func brokenOff() async throws {
        let request = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try await TestServer.listening { server in
            for count in 0...request.utf8.count {
                try await RawClient.connected(to: server.address) { client in
                    try await client.send(String(request.prefix(count)))
                }
            }
            try await Self.expectHealthy(server)
        }
    }

    @Test("a client that disconnects before its response does not harm the server")
    func goneBeforeResponse() async throws {
        let held = HeldRequests()
        try await TestServer.listening(held.application) { server in
            try await RawClient.connected(to: server.address) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            }
            let late = try #require(await held.next())
            late(.text(200, "nobody is there"))
            try await RawClient.connected(to: server.address) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let respond = try #require(await held.next())
                respond(.text(200, "somebody is"))
                let response = try await client.response()
                #expect(response.text == "somebody is")
            }
        }
    }

    @Test("five hundred connections with garbage do not harm the server", arguments: [1, 2] as [UInt64])
    func garbage(seed: UInt64) async throws {
        let request = Array("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        try await TestServer.listening { server in
            let address = try server.address
            await withTaskGroup { group in
                for worker in 0..<10 {
                    group.addTask {
                        var generator = SplitMix64(seed: seed &* 100 &+ UInt64(worker))
                        for _ in 0..<25 {
                            let bytes =
                                Bool.random(using: &generator)
                                ? generator.bytes(Int.random(in: 0..<200, using: &generator))
                                : ByteMutation.mutate(request, using: &generator)
                            // Ignores errors, because the server may close the connection before the client has sent
                            // all bytes.
                            try? await RawClient.connected(to: address) { try await $0.send(bytes: bytes) }
                        }
                    }
                }
            }
            try await Self.expectHealthy(server)
        }
    }
}
