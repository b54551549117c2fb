import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Deliveries that go wrong on purpose", .offPool)
struct FaultTests {
    private static func send(
        _ kinds: [String], with rules: [FaultRule], advancing: TimeInterval? = nil,
        _ body: (Customer) async throws -> Void
    ) async throws {
        try await Customer.answering { customer in
            for rule in rules { await customer.dispatcher.add(rule) }
            await customer.dispatcher.send(kinds.map { customer.callback($0) })
            if let advancing { await customer.advanceUntilIdle(by: advancing) }
            await customer.dispatcher.idle()
            try await body(customer)
        }
    }

    private static func rule(_ fault: Fault, on pattern: String = "*", count: Int? = nil) -> FaultRule {
        FaultRule(pattern: pattern, fault: fault, count: count)
    }

    @Test("a duplicate is sent twice, the same bytes, and ends once")
    func duplicate() async throws {
        try await Self.send(["a", "b"], with: [Self.rule(.duplicate, count: 1)]) { customer in
            #expect(customer.notes.bodies == ["a", "a", "b"])
            #expect(customer.notes.outcomes == ["a delivered 200 {}\n", "b delivered 200 {}\n"])
            #expect(customer.ledger.entries().map(\.fault) == ["duplicate", "duplicate", nil])
            #expect(await customer.dispatcher.faults == [])
        }
    }

    @Test("a reordered callback comes after the next of its group")
    func reorder() async throws {
        try await Self.send(["a", "b", "c"], with: [Self.rule(.reorder, count: 1)]) { customer in
            #expect(customer.notes.bodies == ["b", "a", "c"])
        }
        try await Self.send(["a", "b", "c", "d"], with: [Self.rule(.reorder)]) { customer in
            #expect(customer.notes.bodies == ["b", "a", "d", "c"])
        }
        try await Self.send(["a"], with: [Self.rule(.reorder)]) { customer in
            #expect(customer.notes.bodies == ["a"])
        }
    }

    @Test("a dropped callback is not sent, and the ledger has it")
    func drop() async throws {
        try await Self.send(["a", "b"], with: [Self.rule(.drop, on: "klavi.a")]) { customer in
            #expect(customer.notes.bodies == ["b"])
            #expect(customer.notes.outcomes == ["a dropped", "b delivered 200 {}\n"])
            let entry = try #require(customer.ledger.entries().first)
            #expect(entry.status == nil)
            #expect(entry.problem == "dropped")
            #expect(entry.fault == "drop")
            #expect(entry.byteCount == 0)
            #expect(customer.notes.madeBodyCount == 1)
        }
    }

    @Test("a wrong signature is nobody's, for as many as were asked for")
    func wrongSignature() async throws {
        try await Self.send(["a", "b"], with: [Self.rule(.wrongSignature, count: 1)]) { customer in
            #expect(customer.notes.proofs.map(\.isWrong) == [true, false])
            let proofs = customer.notes.heads.map { head in head.first { $0.hasPrefix("X-Proof") } ?? "" }
            #expect(!proofs[0].contains(" right "))
            #expect(proofs[1].contains(" right "))
        }
    }

    @Test("a stale proof is of an earlier time")
    func stale() async throws {
        try await Self.send(["a", "b"], with: [Self.rule(.staleTime(600), on: "klavi.a")]) { customer in
            let times = customer.notes.proofs.map(\.secondsSinceEpoch)
            #expect((600...660).contains(times[1] - times[0]))
            #expect(customer.ledger.entries().map(\.fault) == ["stale=600s", nil])
        }
    }

    @Test("a delayed callback is sent later, and what is behind it waits")
    func delay() async throws {
        try await Self.send(["a", "b"], with: [Self.rule(.delay(3600), count: 1)], advancing: 3600) { customer in
            #expect(customer.notes.bodies == ["a", "b"])
            #expect(customer.clock.now.timeIntervalSinceNow >= 3500)
            #expect(customer.ledger.entries().first?.fault == "delay=3600s")
        }
    }

    @Test("several faults befall one callback together")
    func together() async throws {
        try await Self.send(["a"], with: [Self.rule(.duplicate), Self.rule(.wrongSignature)]) { customer in
            #expect(customer.notes.proofs.map(\.isWrong) == [true, true])
            #expect(
                customer.ledger.entries().map(\.fault) == ["duplicate, wrong-signature", "duplicate, wrong-signature"])
        }
    }

    @Test("cleared faults befall nothing any more")
    func cleared() async throws {
        try await Customer.answering { customer in
            await customer.dispatcher.add(Self.rule(.drop))
            #expect(await customer.dispatcher.faults == [Self.rule(.drop)])
            await customer.dispatcher.clearFaults()
            await customer.dispatcher.send([customer.callback("a")])
            await customer.dispatcher.idle()
            #expect(customer.notes.bodies == ["a"])
        }
    }
}
