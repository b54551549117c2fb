import Foundation
import Synchronization
import TestKit
import Testing

@testable import ControlSocket

@Suite("The socket file, peers and the end of the control server")
struct ControlListenerTests {
    private static func exists(_ path: String) -> Bool {
        var file = stat()
        return lstat(path, &file) == 0
    }

    @Test("the socket file is for its owner alone and is removed at the end")
    func mode() async throws {
        let fixture = try ControlFixture()
        let (mode, afterwards, failed) = try await onThread {
            try fixture.server.start()
            var file = stat()
            stat(fixture.path, &file)
            fixture.server.stop()
            fixture.server.stop()
            return (file.st_mode, Self.exists(fixture.path), failure { try fixture.connect() })
        }
        #expect(mode == S_IFSOCK | 0o600)
        #expect(!afterwards)
        #expect(failed == .notListening(fixture.path))
    }

    @Test("a socket file that no server answers is replaced")
    func staleFile() async throws {
        let fixture = try ControlFixture()
        let (failed, response) = try await onThread {
            close(try ControlAddress(fixture.path).listen())
            let failed = failure { try fixture.connect() }
            try fixture.server.start()
            defer { fixture.server.stop() }
            return (failed, try fixture.connect().ask(.echo("new")))
        }
        #expect(failed == .notListening(fixture.path))
        #expect(response == .text("new"))
    }

    @Test("the socket of a running server is left alone")
    func liveSocket() async throws {
        let (failed, response) = try await ControlFixture.with { fixture in
            let second = Server(path: fixture.path, handle: ControlFixture.response)
            return (failure { try second.start() }, try fixture.connect().ask(.echo("first")))
        }
        #expect(response == .text("first"))
        guard case .inUse = failed else {
            Issue.record("the second server started or failed otherwise: \(String(describing: failed))")
            return
        }
    }

    @Test("a file that is not a socket is left alone")
    func otherFile() async throws {
        let fixture = try ControlFixture()
        try Data("text".utf8).write(to: URL(filePath: fixture.path))
        let failed = try await onThread { failure { try fixture.server.start() } }
        #expect(failed == .inUse(fixture.path))
        #expect(try Data(contentsOf: URL(filePath: fixture.path)) == Data("text".utf8))
    }

    @Test("a path of the longest length works, a longer one is an error with the limit")
    func pathLength() async throws {
        let folder = try TemporaryFolder()
        let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        let longest = folder.path(of: String(repeating: "s", count: limit - folder.path.utf8.count - 1))
        let response = try await onThread {
            let server = Server(path: longest, handle: ControlFixture.response)
            try server.start()
            defer { server.stop() }
            return try Client.connect(path: longest).ask(.echo("long"))
        }
        #expect(response == .text("long"))
        for path in [longest + "s", "", "a\u{0}b"] {
            let expected = ControlFailure.pathUnusable(path, byteCountLimit: limit)
            #expect(failure { try Server(path: path, handle: ControlFixture.response).start() } == expected)
            #expect(failure { try Client.connect(path: path) } == expected)
        }
    }

    @Test("a process of a user that is not allowed is rejected and reported")
    func peer() async throws {
        let other = geteuid() + 1
        let (rejected, events) = try await ControlFixture.with(allowedUserIDs: [other]) { fixture in
            let client = try fixture.connect()
            return (failure { try client.ask(.echo("secret")) }, fixture.events)
        }
        #expect(rejected == .notPermitted)
        #expect(
            events == [.rejected(.notPermitted, userID: geteuid())])
        let response = try await ControlFixture.with(allowedUserIDs: [geteuid()]) { try $0.connect().ask(.echo("own")) }
        #expect(response == .text("own"))
    }

    @Test("a handler that runs at the end finishes its response, an idle client is closed")
    func stopWhileHandling() async throws {
        let isHandling = DispatchSemaphore(value: 0)
        let fixture = try ControlFixture { question, send in
            guard case .echo(let path) = question else { return ControlFixture.response(question, send) }
            isHandling.signal()
            // The file is removed when `stop()` begins.
            while Self.exists(path) { sched_yield() }
            ControlFixture.response(.echo("finished"), send)
        }
        try fixture.server.start()
        let (idle, busy) = try await onThread {
            let idle = try fixture.connect()
            let busy = try fixture.connect()
            try busy.send(.echo(fixture.path))
            isHandling.wait()
            return (idle, busy)
        }
        async let stopped: Void = onThread { fixture.server.stop() }
        let responses = try await onThread { [try busy.receive(), try busy.receive(), try idle.receive()] }
        try await stopped
        #expect(responses == [.text("finished"), nil, nil])
    }

    @Test("after the grace time a handler's send fails, and the end returns")
    func stopAfterGrace() async throws {
        var limits = ControlLimits()
        limits.stopGrace = .milliseconds(30)
        let seen = Mutex<ControlFailure?>(nil)
        let isHandling = DispatchSemaphore(value: 0)
        let fixture = try ControlFixture(limits: limits) { _, send in
            isHandling.signal()
            do throws(ControlFailure) {
                while true { try send(.progress(0)) }
            } catch {
                seen.withLock { $0 = error }
            }
        }
        try await onThread {
            try fixture.server.start()
            let client = try fixture.connect()
            try client.send(.count(1))
            isHandling.wait()
            fixture.server.stop()
            client.close()
        }
        #expect(seen.withLock { $0 } == .closed)
    }
}
