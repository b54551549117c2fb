import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Sending callbacks", .offPool)
struct DispatcherTests {
    @Test("the callbacks of a group arrive once and in order, with their methods, types and signatures")
    func order() async throws {
        try await Customer.responding { customer in
            await customer.send(
                customer.callback("a"), customer.callback("b", method: "GET"), customer.callback("c"))
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == ["a", "", "c"])
            #expect(customer.notes.outcomes == ["a delivered 200", "b delivered 200", "c delivered 200"])
            #expect(customer.notes.requests.map(\.method) == ["POST", "GET", "POST"])
            #expect(customer.notes.requests[0].headers.values(named: "Content-Type") == ["application/json"])
            #expect(customer.notes.requests[1].headers.values(named: "Content-Type").isEmpty)
            #expect(customer.notes.proofs.map { $0.hasSuffix(" right 1") } == [true, false, true])
            #expect(customer.ledger("number") == ["1", "2", "3"])
            #expect(customer.ledger("type") == ["a", "b", "c"])
            #expect(customer.ledger("status") == ["200", "200", "200"])
            let entry = try #require(customer.ledger.entries().first)
            #expect(entry["reference"] == "ref" && entry["url"] == .string(customer.url) && entry["method"] == "POST")
            #expect(entry["byteCount"] == 1 && entry["sha256"]?.string?.count == 64 && entry["fault"] == .null)
            #expect(customer.ledger.entries(after: 2).count == 1)
            #expect(customer.ledger.entries(after: 3).isEmpty)
            #expect(await customer.dispatcher.pendingCount == 0)
        }
    }

    @Test("a failed attempt is repeated after the wait, and each attempt is signed with its own time")
    func retries() async throws {
        try await Customer.responding([500, 503, 200]) { customer in
            await customer.send(customer.callback("a", waits: [4, 30, 600]), customer.callback("b"))
            for (count, wait) in [(1, 4), (2, 30)] as [(Int, Double)] {
                await customer.attempts(count)
                #expect(customer.notes.bodies.count == count)
                customer.clock.advance(by: wait)
            }
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == ["a", "a", "a", "b"])
            #expect(customer.notes.outcomes == ["a delivered 200", "b delivered 200"])
            #expect(customer.ledger("attempt") == ["1", "2", "3", "1"])
            let times = customer.notes.times
            #expect(times[1] - times[0] >= 4 && times[2] - times[1] >= 30)
        }
    }

    @Test(
        "attempts end after a final response, or after the last wait",
        arguments: [
            ([410, 200], "a failed 410", 1), ([302, 200], "a failed 302", 1), ([500, 502, 503], "a failed 503", 3),
        ])
    func endings(statuses: [Int], outcome: String, attemptCount: Int) async throws {
        try await Customer.responding(statuses) { customer in
            await customer.send(customer.callback("a", waits: [10, 10]))
            await customer.advanceUntilIdle(by: 10)
            #expect(customer.notes.outcomes == [outcome])
            #expect(customer.notes.bodies.count == attemptCount)
        }
    }

    @Test("if there is no response, the ledger contains the reason; other machines are not called")
    func withoutResponse() async throws {
        let closed = "http://127.0.0.1:\(try await closedPort())/"
        try await Customer.responding { customer in
            await customer.send(
                customer.callback("a", waits: [10], url: closed), customer.callback("b", url: "no URL at all"),
                customer.callback("c", url: "http://192.0.2.1/"))
            await customer.advanceUntilIdle(by: 10)
            #expect(
                customer.notes.outcomes == [
                    "a failed without response", "b failed without response", "c failed without response",
                ])
            let notSent = "not sent: the URL is not on this machine"
            #expect(customer.ledger("problem") == ["connection refused", "connection refused", notSent, notSent])
            #expect(customer.notes.bodies.isEmpty)
        }
    }

    @Test("a delayed callback is not sent before its time, and its group waits")
    func delay() async throws {
        try await Customer.responding { customer in
            await customer.send(customer.callback("late", delay: 3600), customer.callback("next"))
            await customer.send(customer.callback("other", group: "other"))
            await customer.attempts(1)
            #expect(customer.notes.bodies == ["other"])
            await customer.advanceUntilIdle(by: 3600)
            #expect(customer.notes.bodies == ["other", "late", "next"])
        }
    }

    @Test("four groups send at the same time, and bodies are created only when they are sent")
    func concurrency() async throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        try await Customer.responding(before: { _ in for await _ in gate { break } }) { customer in
            for group in 0..<6 { await customer.send(customer.callback("\(group)", group: "\(group)")) }
            while customer.notes.requests.count < Dispatcher.concurrency { await Task.yield() }
            #expect(customer.notes.madeBodyCount == 4)
            #expect(await customer.dispatcher.pendingCount == 6)
            opening.finish()
            await customer.dispatcher.idle()
            #expect(customer.notes.madeBodyCount == 6)
        }
    }

    @Test("stopping ends pending, waiting and delayed callbacks")
    func stop() async throws {
        try await Customer.responding([500]) { customer in
            await customer.send(
                customer.callback("a", waits: [3600]), customer.callback("next"),
                customer.callback("late", group: "l", delay: 3600))
            await customer.attempts(1)
            await customer.dispatcher.stop()
            await customer.dispatcher.idle()
            await customer.send(customer.callback("after", group: "a"))
            #expect(await customer.dispatcher.pendingCount == 0)
            #expect(customer.notes.madeBodyCount == 1)
            #expect(customer.notes.outcomes == ["a failed 500"])
        }
    }

    @Test("the clock is never set back, and an advance ends all waits that it passes")
    func clock() async {
        let clock = SandboxClock()
        clock.advance(by: -7200)
        #expect(abs(clock.now.timeIntervalSinceNow) < 60)
        await clock.sleep(for: -1)
        let start = clock.now
        await withTaskGroup(of: Void.self) { group in
            for hours in 1...20 { group.addTask { await clock.sleep(for: Double(hours) * 3600) } }
            // A wait that starts late ends after the other waits, so the clock advances until all waits have ended.
            group.addTask {
                while !Task.isCancelled {
                    clock.advance(by: 3600)
                    await Task.yield()
                }
            }
            for _ in 1...20 { await group.next() }
            group.cancelAll()
        }
        #expect(clock.now >= start + 20 * 3600)
        let cancelled = Task { await clock.sleep(for: 3600) }
        cancelled.cancel()
        await cancelled.value
    }
}

@Suite("Faults", .offPool)
struct FaultTests {
    private static func send(
        _ types: [String], with rules: [FaultRule], _ body: (Customer) async throws -> Void
    ) async throws {
        try await Customer.responding { customer in
            for rule in rules { await customer.dispatcher.add(rule) }
            let callbacks = types.map { customer.callback($0) }
            await customer.dispatcher.send(callbacks) { [notes = customer.notes] in notes.ended($0, $1) }
            await customer.advanceUntilIdle(by: 3600)
            try await body(customer)
        }
    }

    private static func rule(_ fault: String, on pattern: String = "*", count: Int? = nil) throws -> FaultRule {
        FaultRule(pattern: pattern, fault: try #require(Fault(fault)), count: count)
    }

    @Test("a duplicated callback is sent twice and has one outcome")
    func duplicate() async throws {
        try await Self.send(["a", "b"], with: [Self.rule("duplicate", count: 1)]) { customer in
            #expect(customer.notes.bodies == ["a", "a", "b"])
            #expect(customer.notes.outcomes == ["a delivered 200", "b delivered 200"])
            #expect(customer.ledger("fault") == ["duplicate", "duplicate", nil])
            #expect(await customer.dispatcher.faults == [])
        }
    }

    @Test(
        "a reordered callback is sent after the next callback of its group",
        arguments: [(1, ["b", "a", "c", "d"]), (nil, ["b", "a", "d", "c"])] as [(Int?, [String])])
    func reorder(count: Int?, bodies: [String]) async throws {
        try await Self.send(["a", "b", "c", "d"], with: [Self.rule("reorder", count: count)]) { customer in
            #expect(customer.notes.bodies == bodies)
        }
    }

    @Test("a dropped callback is not sent, but listed in the ledger")
    func drop() async throws {
        try await Self.send(["a", "b"], with: [Self.rule("drop", on: "klavi.a")]) { customer in
            #expect(customer.notes.bodies == ["b"])
            #expect(customer.notes.outcomes == ["a dropped", "b delivered 200"])
            #expect(customer.ledger("problem") == ["dropped", nil])
            #expect(customer.notes.madeBodyCount == 1)
        }
    }

    @Test("wrong signatures and stale times can be combined with a delay")
    func proofs() async throws {
        let rules = [
            try Self.rule("wrong-signature", count: 1), try Self.rule("delay=3600s", count: 1),
            try Self.rule("stale=600s", on: "klavi.b"),
        ]
        try await Self.send(["a", "b", "c"], with: rules) { customer in
            #expect(customer.notes.proofs.map { $0.contains(" right ") } == [false, true, true])
            let times = customer.notes.times
            // The difference is 600 s minus the time between the two attempts.
            #expect((540...600).contains(times[0] - times[1]))
            #expect(customer.ledger("fault") == ["wrong-signature, delay=3600s", "stale=600s", nil])
        }
    }

    @Test("each fault is the same after printing and parsing")
    func spelling() {
        for text in ["duplicate", "reorder", "drop", "wrong-signature", "delay=2s", "delay=250ms", "stale=10m"] {
            #expect(Fault(text)?.text == text)
        }
        #expect(Fault("stale=10m")?.seconds == 600)
    }

    @Test(
        "malformed faults are rejected",
        arguments: [
            "", "=", "Duplicate", "duplicate ", "drop=", "=drop", "drop=2s", "delay", "delay=", "delay=2", "delay=-2s",
            "stale=10x", "delay=1s=2s", "delay=99999d",
        ])
    func rejected(text: String) {
        #expect(Fault(text) == nil)
    }

    @Test("a pattern selects one type, one provider or all callbacks")
    func patterns() throws {
        let callback = Callback(
            provider: "klavi", type: "pf_a", url: "", group: "", policy: RetryPolicy { _ in true }, makeBody: { [] },
            makeProof: { _, _ in [] })
        for (pattern, applies) in [
            ("*", true), ("klavi.*", true), ("klavi.pf_a", true), ("", false), ("klavi.pf", false), ("certn.*", false),
            ("*.pf_a", false),
        ] {
            #expect(try Self.rule("drop", on: pattern).applies(to: callback) == applies, "\(pattern)")
        }
    }

    @Test("sizes and times are parsed")
    func quantities() {
        for (text, byteCount) in [
            ("0", 0), ("1B", 1), ("512KB", 524_288), ("8mb", 8 << 20), ("1G", 1 << 30), ("2GB", nil), ("-1", nil),
            ("1.5MB", nil), ("1 MB", nil), ("", nil), ("99999999999999999999", nil),
        ] as [(String, Int?)] {
            #expect(Quantity.byteCount(text) == byteCount, "\(text)")
        }
        for (text, seconds) in [
            ("0s", 0), ("250ms", 0.25), ("1.5s", 1.5), ("10m", 600), ("3h", 10_800), ("3650d", 315_360_000),
            ("3651d", nil), ("1", nil), ("-1s", nil), ("1e3s", nil), ("infs", nil), ("", nil),
        ] as [(String, Double?)] {
            #expect(Quantity.seconds(text) == seconds, "\(text)")
        }
    }
}
