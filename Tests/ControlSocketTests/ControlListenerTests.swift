import Foundation
import Synchronization
import TestKit
import Testing

@testable import ControlSocket

@Suite("Socket file, peers and shutdown of the control server", .offPool)
struct ControlListenerTests {
    @Test("the socket file has mode 0600 and is removed by stop()")
    func mode() throws {
        let fixture = try ControlFixture()
        try fixture.server.start()
        var file = stat()
        stat(fixture.path, &file)
        fixture.server.stop()
        fixture.server.stop()
        #expect(file.st_mode == S_IFSOCK | 0o600)
        #expect(lstat(fixture.path, &file) != 0)
        #expect(failure { try fixture.connect() } == .notListening(fixture.path))
    }

    @Test("a stale socket file is replaced")
    func staleFile() throws {
        let fixture = try ControlFixture()
        close(try ControlAddress(fixture.path).listen())
        #expect(failure { try fixture.connect() } == .notListening(fixture.path))
        try fixture.server.start()
        defer { fixture.server.stop() }
        #expect(try fixture.connect().request(.echo("new")) == .text("new"))
    }

    @Test("the socket of a running server is not replaced")
    func liveSocket() throws {
        let (failed, response) = try ControlFixture.with { fixture in
            let second = Server(path: fixture.path, handle: ControlFixture.response)
            return (failure { try second.start() }, try fixture.connect().request(.echo("first")))
        }
        #expect(response == .text("first"))
        guard case .inUse = failed else {
            Issue.record("the second server started or failed otherwise: \(String(describing: failed))")
            return
        }
    }

    @Test("a file that is not a socket is not replaced")
    func otherFile() throws {
        let fixture = try ControlFixture()
        try Data("text".utf8).write(to: URL(filePath: fixture.path))
        #expect(failure { try fixture.server.start() } == .inUse(fixture.path))
        #expect(try Data(contentsOf: URL(filePath: fixture.path)) == Data("text".utf8))
    }

    @Test("a path of the maximum length works, and the error for a longer path contains the limit")
    func pathLength() throws {
        let folder = try TemporaryFolder()
        let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        let longest = folder.path(of: String(repeating: "s", count: limit - folder.path.utf8.count - 1))
        let server = Server(path: longest, handle: ControlFixture.response)
        try server.start()
        defer { server.stop() }
        #expect(try Client.connect(path: longest).request(.echo("long")) == .text("long"))
        for path in [longest + "s", "", "a\u{0}b"] {
            let expected = ControlFailure.pathUnusable(path, byteCountLimit: limit)
            #expect(failure { try Server(path: path, handle: ControlFixture.response).start() } == expected)
            #expect(failure { try Client.connect(path: path) } == expected)
        }
    }

    @Test("a client of another user is rejected and reported")
    func peer() throws {
        let other = geteuid() + 1
        let (rejected, events) = try ControlFixture.with(allowedUserIDs: [other]) { fixture in
            let client = try fixture.connect()
            return (failure { try client.request(.echo("secret")) }, fixture.events)
        }
        #expect(rejected == .notPermitted)
        #expect(events == [.rejected(.notPermitted, userID: geteuid())])
        let response = try ControlFixture.with(allowedUserIDs: [geteuid()]) { try $0.connect().request(.echo("own")) }
        #expect(response == .text("own"))
    }

    @Test("stop() lets a handler finish its response and disconnects idle clients")
    func stopWhileHandling() async throws {
        let isHandling = Pending.event()
        let mayEnd = Pending.event()
        let fixture = try ControlFixture { _, send in
            isHandling.happen()
            try? mayEnd.wait()
            ControlFixture.response(.echo("finished"), send)
        }
        try fixture.server.start()
        let idle = try fixture.connect()
        let busy = try fixture.connect()
        try busy.send(.echo("start"))
        try isHandling.wait()
        async let stopped: Void = fixture.server.stop()
        #expect(try idle.receive() == nil)
        mayEnd.happen()
        #expect([try busy.receive(), try busy.receive()] == [.text("finished"), nil])
        await stopped
    }

    @Test("after the grace time, the handlers can no longer send, and stop() returns")
    func stopAfterGrace() throws {
        var limits = ControlLimits()
        limits.stopGrace = .milliseconds(30)
        let seen = Mutex<ControlFailure?>(nil)
        let isHandling = Pending.event()
        let fixture = try ControlFixture(limits: limits) { _, send in
            isHandling.happen()
            do throws(ControlFailure) {
                while true { try send(.progress(0)) }
            } catch {
                seen.withLock { $0 = error }
            }
        }
        try fixture.server.start()
        let client = try fixture.connect()
        try client.send(.count(1))
        try isHandling.wait()
        fixture.server.stop()
        client.close()
        #expect(seen.withLock { $0 } == .closed)
    }
}
