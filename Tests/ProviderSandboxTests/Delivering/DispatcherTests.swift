import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Sending callbacks", .offPool)
struct DispatcherTests {
    @Test("callbacks of a group arrive in their order, each once, and are told of")
    func order() async throws {
        try await Customer.answering { customer in
            let kinds = (0..<20).map { "k\($0)" }
            await customer.dispatcher.send(kinds.map { customer.callback($0) })
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == kinds)
            #expect(customer.notes.outcomes == kinds.map { "\($0) delivered 200 {}\n" })
            let entries = customer.ledger.entries()
            #expect(entries.map(\.number) == Array(1...20))
            #expect(entries.map(\.kind) == kinds)
            #expect(entries.allSatisfy { $0.status == 200 && $0.attempt == 1 && $0.fault == nil && $0.problem == nil })
            #expect(entries.allSatisfy { $0.reference == "ref" && $0.url == customer.url && $0.method == "POST" })
            #expect(entries.first?.byteCount == 2)
            #expect(entries.first?.sha256.count == 64)
            #expect(await customer.dispatcher.pendingCount == 0)
        }
    }

    @Test("a request has its method, its type and its proof")
    func request() async throws {
        try await Customer.answering { customer in
            await customer.dispatcher.send([customer.callback("a"), customer.callback("b", method: "GET")])
            await customer.dispatcher.idle()
            let heads = customer.notes.heads
            #expect(heads.map(\.first) == ["POST /hook HTTP/1.1", "GET /hook HTTP/1.1"])
            #expect(heads[0].contains { $0.lowercased() == "content-type: application/json" })
            #expect(!heads[1].contains { $0.lowercased().hasPrefix("content-type") })
            #expect(heads.allSatisfy { $0.contains { $0.hasPrefix("X-Proof: ") && $0.hasSuffix(" right 1") } })
            #expect(customer.notes.bodies == ["a", ""])
        }
    }

    @Test("an attempt that is not final is made again after its wait, with a proof of its own time")
    func retries() async throws {
        try await Customer.answering([500, 503, 200]) { customer in
            await customer.dispatcher.send([customer.callback("a", waits: [4, 30, 600]), customer.callback("b")])
            for (count, wait) in [(1, 4), (2, 30)] as [(Int, Double)] {
                await customer.attempts(count)
                #expect(customer.notes.bodies.count == count)
                customer.clock.advance(by: wait)
            }
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == ["a", "a", "a", "b"])
            #expect(customer.notes.outcomes == ["a delivered 200 {}\n", "b delivered 200 {}\n"])
            #expect(customer.ledger.entries().map(\.status) == [500, 503, 200, 200])
            #expect(customer.ledger.entries().map(\.attempt) == [1, 2, 3, 1])
            let times = customer.notes.proofs.map(\.secondsSinceEpoch)
            #expect(times[1] - times[0] >= 4 && times[2] - times[1] >= 30)
            #expect(times[2] - times[0] < 600)
        }
    }

    @Test(
        "what ends it is an answer that is final, or that no wait is left",
        arguments: [
            ([410, 200], "a failed 410", 1), ([302, 200], "a failed 302", 1), ([500, 502, 503], "a failed 503", 3),
        ])
    func endings(statuses: [Int], outcome: String, attemptCount: Int) async throws {
        try await Customer.answering(statuses) { customer in
            await customer.dispatcher.send([customer.callback("a", waits: [10, 10])])
            for count in 1..<max(2, attemptCount) where attemptCount > 1 {
                await customer.attempts(count)
                customer.clock.advance(by: 10)
            }
            await customer.dispatcher.idle()
            #expect(customer.notes.outcomes == [outcome])
            #expect(customer.notes.bodies.count == attemptCount)
        }
    }

    @Test("where nobody answers, the ledger says why, and the attempt is made again")
    func unanswered() async throws {
        let closed = "http://127.0.0.1:\(try await closedPort())/"
        try await Customer.answering { customer in
            await customer.dispatcher.send([
                customer.callback("a", waits: [10], url: closed), customer.callback("b", url: "no URL at all"),
                customer.callback("c", url: "ftp://127.0.0.1/"),
            ])
            await customer.attempts(1)
            customer.clock.advance(by: 10)
            await customer.dispatcher.idle()
            #expect(customer.notes.outcomes == ["a failed unanswered", "b failed unanswered", "c failed unanswered"])
            let entries = customer.ledger.entries()
            #expect(entries.map(\.status) == [nil, nil, nil, nil])
            #expect(entries.allSatisfy { $0.problem?.isEmpty == false })
            #expect(customer.notes.bodies.isEmpty)
        }
    }

    @Test("a callback with a delay is not sent before it")
    func delay() async throws {
        try await Customer.answering { customer in
            let start = customer.clock.now
            await customer.dispatcher.send([customer.callback("late", delay: 3600), customer.callback("next")])
            await customer.dispatcher.send([customer.callback("other", group: "other")])
            await customer.attempts(1)
            #expect(customer.notes.bodies == ["other"])
            await customer.advanceUntilIdle(by: 3600)
            #expect(customer.notes.bodies == ["other", "late", "next"])
            let entry = try #require(customer.ledger.entries().first { $0.kind == "late" })
            #expect(entry.at.timeIntervalSince(start) >= 3600)
        }
    }

    @Test("four groups send at a time, and bodies are made only when they are sent")
    func concurrency() async throws {
        try await Customer.holding { customer, arrivals in
            var held = arrivals.makeAsyncIterator()
            let callbacks = (0..<6).flatMap { group in
                (0..<200).map { customer.callback("\(group)-\($0)", group: "\(group)") }
            }
            await customer.dispatcher.send(callbacks)
            var open: [Arrival] = []
            for _ in 0..<Dispatcher.concurrency {
                guard let arrival = await held.next(isolation: #isolation) else { return }
                open.append(arrival)
            }
            #expect(Set(open.map { String(decoding: $0.request.body, as: UTF8.self) }) == ["0-0", "1-0", "2-0", "3-0"])
            #expect(customer.notes.madeBodyCount == 4)
            #expect(await customer.dispatcher.pendingCount == 1200)
            await open[0].answer.send(status: 200, json: "{}")
            guard await held.next(isolation: #isolation) != nil else { return }
            #expect(customer.notes.madeBodyCount == 5)
            #expect(customer.notes.outcomes.count == 1)
            #expect(await customer.dispatcher.pendingCount == 1199)
        }
    }

    @Test("stopping ends what is under way, what waits and what is still to come")
    func stop() async throws {
        try await Customer.holding { customer, arrivals in
            var held = arrivals.makeAsyncIterator()
            await customer.dispatcher.send([
                customer.callback("held"), customer.callback("next"),
                customer.callback("late", group: "l", delay: 3600),
            ])
            _ = await held.next(isolation: #isolation)
            await customer.dispatcher.stop()
            await customer.dispatcher.idle()
            #expect(await customer.dispatcher.pendingCount == 0)
            await customer.dispatcher.send([customer.callback("after", group: "a")])
            await customer.dispatcher.idle()
            #expect(customer.notes.madeBodyCount == 1)
            #expect(!customer.notes.outcomes.contains { $0.contains("delivered") })
        }
    }

    @Test("stopping in the wait before a retry makes no further attempt")
    func stopWhileWaiting() async throws {
        try await Customer.answering([500]) { customer in
            await customer.dispatcher.send([customer.callback("a", waits: [3600, 3600])])
            await customer.attempts(1)
            await customer.dispatcher.stop()
            #expect(customer.notes.madeBodyCount == 1)
            #expect(customer.ledger.entries().count == 1)
            #expect(customer.notes.outcomes == ["a failed 500"])
        }
    }

    @Test("with nothing to send it is idle, and everybody who waits for that is told")
    func idle() async throws {
        try await Customer.answering { customer in
            await customer.dispatcher.idle()
            await customer.dispatcher.send([customer.callback("a")])
            async let first: Void = customer.dispatcher.idle()
            async let second: Void = customer.dispatcher.idle()
            _ = await (first, second)
            #expect(customer.notes.outcomes.count == 1)
            await customer.dispatcher.send([customer.callback("b")])
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == ["a", "b"])
        }
    }
}

extension Customer {
    /// Puts the clock forward again and again, until everything is through.
    func advanceUntilIdle(by seconds: TimeInterval) async {
        while await dispatcher.pendingCount > 0 {
            clock.advance(by: seconds)
            await Task.yield()
        }
    }
}
