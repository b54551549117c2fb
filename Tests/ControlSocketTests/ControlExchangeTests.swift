import Foundation
import Synchronization
import TestKit
import Testing

@testable import ControlSocket

@Suite("Requests and responses on the control socket", .offPool)
struct ControlExchangeTests {
    @Test("a request gets progress responses and then a final response")
    func roundTrip() throws {
        let text = "a/b \"ã\" \u{0}\n" + String(repeating: "[{", count: 500)
        let responses = try ControlFixture.with { fixture in
            let client = try fixture.connect()
            var responses = [try fixture.connect().request(.echo(text))]
            try client.send(.count(2))
            for _ in 0..<4 { responses.append(try client.receive()) }
            return responses
        }
        #expect(responses == [.text(text), .progress(0), .progress(1), .done, nil])
    }

    @Test("a second request on a connection is not handled")
    func oneRequest() throws {
        let handled = Mutex(0)
        let handle: Server.Handler = { question, send in
            handled.withLock { $0 += 1 }
            ControlFixture.response(question, send)
        }
        let failed = try ControlFixture.with(handle: handle) { fixture in
            let raw = try fixture.connectRaw()
            let frames = try ["first", "second"].map {
                try ControlCoding.encode(Question.echo($0), byteCountLimit: 1000)
            }
            try raw.write(frames[0] + frames[1])
            return try raw.receiveFailure()
        }
        #expect(failed == nil)
        #expect(handled.withLock { $0 } == 1)
    }

    @Test("file descriptors are sent with a response, and work after the sender has closed them")
    func descriptors() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let folder = try TemporaryFolder()
        let server = Server(
            path: folder.path(of: "control.sock"),
            descriptors: { response in response == .done ? [reading, writing] : [] }, handle: ControlFixture.response)
        try server.start()
        defer { server.stop() }
        let client = try Client.connect(path: folder.path(of: "control.sock"), responseTimeout: .seconds(30))
        try client.send(.count(1))
        #expect(try client.receive() == .progress(0))
        #expect(client.takeDescriptors() == [])
        #expect(try client.receive() == .done)
        let received = client.takeDescriptors()
        try #require(received.count == 2)
        // The server closes its descriptors a moment after sending the frame. Nil marks the end of the responses.
        #expect(try client.receive() == nil)
        #expect(write(received[1], "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(received[0], &byte, 1) == 1 && byte == UInt8(ascii: "x"))
        #expect(received.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
        for descriptor in received { close(descriptor) }
        #expect(client.takeDescriptors() == [])
    }

    @Test("a frame larger than a socket's buffer is received completely")
    func largeFrame() throws {
        let text = String(repeating: "0123456789", count: 400_000)
        let response = try ControlFixture.with { try $0.connect().request(.echo(text)) }
        #expect(response == .text(text))
    }

    @Test("concurrent clients get their own responses")
    func severalClients() async throws {
        var limits = ControlLimits()
        // The limit is high, because a client counts until the server notices that the client has disconnected.
        limits.clientCount = 200
        let fixture = try ControlFixture(limits: limits)
        try fixture.server.start()
        let responses = try await withThrowingTaskGroup(of: [Response?].self) { group in
            for name in ["a", "b", "c", "d"] {
                group.addTask { try (0..<50).map { try fixture.connect().request(.echo("\(name)\($0)")) } }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        fixture.server.stop()
        #expect(
            responses
                == Set(["a", "b", "c", "d"].map { name in (0..<50).map { Response?.some(.text("\(name)\($0)")) } }))
    }

    @Test("clients beyond the limit are rejected as busy")
    func clientLimit() throws {
        let (served, rejected, events) = try ControlFixture.with({ $0.clientCount = 2 }) { fixture in
            let clients = [try fixture.connect(), try fixture.connect()]
            let third = try fixture.connect()
            let rejected = failure { try third.request(.echo("third")) }
            return (try clients.map { try $0.request(.echo("served")) }, rejected, fixture.events.count)
        }
        #expect(served == [.text("served"), .text("served")])
        #expect(rejected == .busy("it already has 2 clients"))
        #expect(events == 1)
    }

    @Test("a slot is free again after its client has disconnected")
    func slotIsReleased() throws {
        let responses = try ControlFixture.with({ $0.clientCount = 1 }) { fixture in
            let deadline = ContinuousClock.now + .seconds(30)
            return try (0..<20).map { number in
                // The server notices a moment later that the previous client has disconnected.
                while true {
                    let client = try fixture.connect()
                    defer { client.close() }
                    do {
                        return try client.request(.echo("\(number)"))
                    } catch ControlFailure.busy where ContinuousClock.now < deadline {}
                }
            }
        }
        #expect(responses == (0..<20).map { .text("\($0)") })
    }

    @Test("a handler that sends a response over the limit gets an error, and can then send another response")
    func largeResponse() throws {
        let responses = try ControlFixture.with({ $0.frameByteCount = 1000 }) { fixture in
            [try fixture.connect().request(.large(900)), try fixture.connect().request(.large(1000))]
        }
        #expect(responses == [.text(String(repeating: "x", count: 900)), .done])
    }

    @Test("the request frames of all clients share a byte limit")
    func totalByteCount() throws {
        let isHandling = Pending.event()
        let mayEnd = Pending.event()
        let handle: Server.Handler = { question, send in
            if case .echo(let text) = question, text.hasPrefix("hold") {
                isHandling.happen()
                try? mayEnd.wait()
            }
            ControlFixture.response(question, send)
        }
        let (rejected, held, small) = try ControlFixture.with(
            {
                $0.frameByteCount = 1000
                $0.totalByteCount = 1000
            }, handle: handle
        ) { fixture in
            let first = try fixture.connect()
            try first.send(.echo("hold" + String(repeating: "x", count: 800)))
            try isHandling.wait()
            defer { mayEnd.happen() }
            let second = try fixture.connect()
            let rejected = failure { try second.request(.echo(String(repeating: "y", count: 300))) }
            mayEnd.happen()
            let held = try first.receive()
            // The bytes of the first request are released when its connection has ended.
            _ = try first.receive()
            return (rejected, held != nil, try fixture.connect().request(.echo(String(repeating: "y", count: 900))))
        }
        #expect(rejected == .busy("other requests use all memory for frames"))
        #expect(held)
        #expect(small == .text(String(repeating: "y", count: 900)))
    }

    @Test("a handler is notified if its client has disconnected")
    func clientLeaves() throws {
        let seen = Mutex<ControlFailure?>(nil)
        let hasEnded = Pending.event()
        let handle: Server.Handler = { _, send in
            do throws(ControlFailure) {
                while true { try send(.progress(0)) }
            } catch {
                seen.withLock { $0 = error }
            }
            hasEnded.happen()
        }
        try ControlFixture.with(handle: handle) { fixture in
            let client = try fixture.connect()
            _ = try client.request(.echo("start"))
            client.close()
            try hasEnded.wait()
        }
        #expect(seen.withLock { $0 } == .closed)
    }
}
