import Deliveries
import Foundation
import HTTPListener
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite(.offPool) struct ListenTests {
    private static func failure(on address: ListenAddress) async -> ListenError? {
        do throws(ListenError) {
            let server = try await HTTPListener(limits: ListenerLimits(), application: TestServer.application())
                .listen(on: address, group: .singletonMultiThreadedEventLoopGroup)
            await server.shutDown(grace: .zero)
            return nil
        } catch {
            return error
        }
    }

    /// Creates a socket file that looks like the file of a killed process.
    private static func leaveSocketFile(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try SocketAddress(unixDomainSocketPath: path).withSockAddr { address, byteCount in
            #expect(bind(descriptor, address, socklen_t(byteCount)) == 0)
        }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    private static func expectService(at address: SocketAddress) async throws {
        try await RawClient.connected(to: address) { client in
            try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.text == "GET /x\n")
        }
    }

    @Test("port 0 selects a free port and reports it")
    func freePort() async throws {
        try await TestServer.listening { server in
            let port = try #require(server.port)
            #expect(port > 0)
            try await Self.expectService(at: server.address)
        }
    }

    #if os(Linux)
        @Test("the kernel queues up to 4,096 connections that are not accepted yet")
        func backlog() async throws {
            let limit = try String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8)
            let most = try #require(Int(limit.trimmingCharacters(in: .newlines)))
            try await TestServer.listening { server in
                let descriptor = try #require(try server.duplicateSockets().first)
                defer { close(descriptor) }
                // In struct tcp_info of a listening socket, tcpi_sacked at byte 28 is the backlog (net/ipv4/tcp.c).
                var info = [UInt8](repeating: 0, count: 32)
                var byteCount = socklen_t(info.count)
                #expect(getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &byteCount) == 0)
                let backlog = info[28..<32].reversed().reduce(0) { $0 << 8 | Int($1) }
                #expect(backlog == min(4096, most))
            }
        }
    #endif

    @Test("localhost means both address families, with one port")
    func localhost() async throws {
        try await TestServer.listening(on: .tcp(host: "localhost", port: 0)) { server in
            try await Self.expectService(at: SocketAddress(ipAddress: "127.0.0.1", port: try #require(server.port)))
            if Self.hasIPv6 {
                try await Self.expectService(at: SocketAddress(ipAddress: "::1", port: try #require(server.port)))
            }
        }
    }

    /// True if this machine has the IPv6 loopback address.
    private static let hasIPv6: Bool = {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return
            (try? SocketAddress(ipAddress: "::1", port: 0).withSockAddr { address, byteCount in
                bind(descriptor, address, socklen_t(byteCount)) == 0
            }) ?? false
    }()

    @Test("listening on a port in use fails with 'address in use'")
    func portInUse() async throws {
        try await TestServer.listening { server in
            let failure = await Self.failure(on: .tcp(host: "127.0.0.1", port: server.port ?? 0))
            #expect(failure == .addressInUse)
            try await Self.expectService(at: server.address)
        }
    }

    @Test("listening on an address of another machine fails with 'address not available'")
    func foreignAddress() async {
        #expect(await Self.failure(on: .tcp(host: "192.0.2.1", port: 0)) == .addressNotAvailable)
    }

    @Test("only the owner of a Unix-domain socket can use it, and the peer is 'local'")
    func unixSocket() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "s")
            let application = TestServer.application(respond: { request, respond in respond(.text(200, request.peer)) })
            try await TestServer.listening(on: .unixSocket(path: path), application) { server in
                #expect(server.port == nil)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600)
                try await RawClient.connected(to: SocketAddress(unixDomainSocketPath: path)) { client in
                    try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    let response = try await client.response()
                    #expect(response.text == "local")
                }
            }
        }
    }

    @Test("a socket file that no process serves is replaced")
    func staleSocket() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "s")
            try Self.leaveSocketFile(path)
            try await TestServer.listening(on: .unixSocket(path: path)) { _ in
                try await Self.expectService(at: SocketAddress(unixDomainSocketPath: path))
            }
        }
    }

    @Test("the socket file of a running server is not replaced")
    func servedSocket() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "s")
            try await TestServer.listening(on: .unixSocket(path: path)) { _ in
                #expect(await Self.failure(on: .unixSocket(path: path)) == .addressInUse)
                try await Self.expectService(at: SocketAddress(unixDomainSocketPath: path))
            }
        }
    }

    @Test("a regular file at the path of the socket is not changed")
    func fileInTheWay() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "s")
            try Data("keep me".utf8).write(to: URL(filePath: path))
            let failure = await Self.failure(on: .unixSocket(path: path))
            guard case .other = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "keep me")
        }
    }

    @Test("listening on a privileged port fails with 'not permitted'", .enabled(if: geteuid() != 0))
    func privilegedPort() async {
        #expect(await Self.failure(on: .tcp(host: "127.0.0.1", port: 1)) == .notPermitted)
    }
}
