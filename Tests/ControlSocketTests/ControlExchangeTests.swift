import Foundation
import Synchronization
import TestKit
import Testing

@testable import ControlSocket

@Suite("Requests and responses on the control socket", .offPool)
struct ControlExchangeTests {
    @Test("a response follows its request, with progress before it")
    func roundTrip() throws {
        let text = "a/b \"ã\" \u{0}\n" + String(repeating: "[{", count: 500)
        let responses = try ControlFixture.with { fixture in
            let client = try fixture.connect()
            var responses = [try client.ask(.echo(text))]
            try client.send(.count(2))
            for _ in 0..<3 { responses.append(try client.receive()) }
            return responses
        }
        #expect(responses == [.text(text), .progress(0), .progress(1), .done])
    }

    @Test("one connection carries many requests, also when they are sent before the first response is read")
    func manyRequests() throws {
        let responses = try ControlFixture.with { fixture in
            let client = try fixture.connect()
            let first = try (0..<200).map { try client.ask(.echo("\($0)")) }
            for number in 200..<210 { try client.send(.echo("\(number)")) }
            return first + (try (200..<210).map { _ in try client.receive() })
        }
        #expect(responses == (0..<210).map { .text("\($0)") })
    }

    @Test("a frame larger than a socket's buffer arrives whole")
    func largeFrame() throws {
        let text = String(repeating: "0123456789", count: 400_000)
        let response = try ControlFixture.with { try $0.connect().ask(.echo(text)) }
        #expect(response == .text(text))
    }

    @Test("clients at the same time get their own responses")
    func severalClients() async throws {
        let fixture = try ControlFixture()
        try fixture.server.start()
        let responses = try await withThrowingTaskGroup(of: [Response?].self) { group in
            for name in ["a", "b", "c", "d"] {
                group.addTask {
                    let client = try fixture.connect()
                    return try (0..<50).map { try client.ask(.echo("\(name)\($0)")) }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        fixture.server.stop()
        #expect(
            responses
                == Set(["a", "b", "c", "d"].map { name in (0..<50).map { Response?.some(.text("\(name)\($0)")) } }))
    }

    @Test("clients up to the limit are served, the next one is rejected as busy")
    func clientLimit() throws {
        var limits = ControlLimits()
        limits.clientCount = 2
        let (served, rejected, events) = try ControlFixture.with(limits: limits) { fixture in
            let clients = [try fixture.connect(), try fixture.connect()]
            let before = try clients.map { try $0.ask(.echo("before")) }
            let third = try fixture.connect()
            let rejected = rejection { try third.ask(.echo("third")) }
            let after = try clients.map { try $0.ask(.echo("after")) }
            return (before + after, rejected, fixture.events.count)
        }
        #expect(served == [.text("before"), .text("before"), .text("after"), .text("after")])
        #expect(rejected == .busy)
        #expect(events == 1)
    }

    @Test("a slot is free again after its client has gone")
    func slotIsReleased() throws {
        var limits = ControlLimits()
        limits.clientCount = 1
        let responses = try ControlFixture.with(limits: limits) { fixture in
            let deadline = ContinuousClock.now + .seconds(30)
            return try (0..<5).map { number in
                // The server notices the end of the one before a moment after `close`.
                while true {
                    let client = try fixture.connect()
                    defer { client.close() }
                    do {
                        return try client.ask(.echo("\(number)"))
                    } catch ControlFailure.rejected where ContinuousClock.now < deadline {}
                }
            }
        }
        #expect(responses == (0..<5).map { .text("\($0)") })
    }

    @Test("a response over the limit fails in the handler, and the connection stays usable")
    func largeResponse() throws {
        var limits = ControlLimits()
        limits.frameByteCount = 1000
        let responses = try ControlFixture.with(limits: limits) { fixture in
            let client = try fixture.connect()
            return [try client.ask(.large(900)), try client.ask(.large(1000)), try client.ask(.echo("next"))]
        }
        #expect(responses == [.text(String(repeating: "x", count: 900)), .done, .text("next")])
    }

    @Test("request frames of all clients share a limit of bytes")
    func totalByteCount() throws {
        var limits = ControlLimits()
        limits.frameByteCount = 1000
        limits.totalByteCount = 1000
        let isHandling = Awaited.event()
        let mayEnd = Awaited.event()
        let handle: Server.Handler = { question, send in
            if case .echo(let text) = question, text.hasPrefix("hold") {
                isHandling.happen()
                try? mayEnd.wait()
            }
            ControlFixture.response(question, send)
        }
        let (rejected, held, small) = try ControlFixture.with(limits: limits, handle: handle) { fixture in
            let first = try fixture.connect()
            try first.send(.echo("hold" + String(repeating: "x", count: 800)))
            try isHandling.wait()
            defer { mayEnd.happen() }
            let second = try fixture.connect()
            let rejected = rejection { try second.ask(.echo(String(repeating: "y", count: 300))) }
            mayEnd.happen()
            let held = try first.receive()
            // The second response proves that the share of the first request was returned.
            _ = try first.ask(.echo("x"))
            return (rejected, held != nil, try fixture.connect().ask(.echo(String(repeating: "y", count: 900))))
        }
        #expect(rejected == .busy)
        #expect(held)
        #expect(small == .text(String(repeating: "y", count: 900)))
    }

    @Test("a handler learns that its client has gone, and the process survives")
    func clientLeaves() throws {
        let seen = Mutex<ControlFailure?>(nil)
        let hasEnded = Awaited.event()
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
            _ = try client.ask(.echo("start"))
            client.close()
            try hasEnded.wait()
        }
        #expect(seen.withLock { $0 } == .closed)
    }
}
