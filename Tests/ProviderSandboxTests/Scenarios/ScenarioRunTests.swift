import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Letting a scenario happen", .offPool)
struct ScenarioRunTests {
    private static func run(
        _ steps: String, answering statuses: [Int] = [200]
    ) async throws -> (isAsExpected: Bool, warnings: [String], bodies: [String]) {
        let collected = CollectedConsole()
        var result = (isAsExpected: false, warnings: [String](), bodies: [String]())
        try await Customer.answering(statuses) { customer in
            let sandbox = Sandbox.fake()
            try await sandbox.register(Registration(url: customer.url), at: "fake")
            let scenario = try Scenario(parsing: "steps:\n" + steps)
            result.isAsExpected = try await ScenarioRun(sandbox, on: collected.console).run(scenario)
            result.warnings = collected.warnings
            result.bodies = customer.notes.bodies
            await sandbox.stop()
        }
        return result
    }

    @Test("what is triggered arrives, and what is expected is so")
    func triggers() async throws {
        let result = try await Self.run(
            """
            - {trigger: fake.a, count: 2, reference: r, external: {x: "1"}, size: 1K}
            - idle:
            - expect: {attempts: 2, delivered: 2, statuses: [200, 200]}
            - trigger: fake.b
            - idle:
            - expect: {attempts: 1}
            - expect: {attempts: 0, statuses: []}
            """)
        #expect(result.warnings == [])
        #expect(result.isAsExpected)
        #expect(result.bodies.count == 3)
        #expect(
            result.bodies.first?.hasPrefix(#"{"kind":"a","reference":"r","externalInfo":{"x":"1"},"byteCount":1024,"#)
                == true)
        #expect(Set(result.bodies).count == 3)
    }

    @Test("the same seed and the same steps give the same bytes again")
    func seeded() async throws {
        let steps = "- {trigger: fake.a, count: 5}"
        let first = try await Self.run(steps).bodies
        #expect(first.count == 5)
        #expect(try await Self.run(steps).bodies == first)
    }

    @Test("what an answer brought fills later calls and deliveries")
    func saved() async throws {
        let result = try await Self.run(
            """
            - {call: POST /fake/token, save: {token: data.0.token, count: data.0.count, ok: data.0.ok}}
            - call: POST /fake/echo/${token}
              headers: {Authorization: "Bearer ${token}"}
              json: {a: ["${count}", "x${ok}"], b: 1}
              status: 201
              save: {path: path, auth: auth, first: body.a.0, second: body.a.1, number: body.b}
            - {trigger: "fake.a", reference: "${path} ${auth} ${first} ${second} ${number} ${unknown}", external: {x: "${token}"}}
            """)
        #expect(result.warnings == [])
        #expect(result.isAsExpected)
        #expect(
            result.bodies.first?.hasPrefix(
                ##"{"kind":"a","reference":"t-1 t-1 7 xtrue 1 ${unknown}","externalInfo":{"x":"t-1"}"##) == true)
    }

    @Test("faults befall what is triggered, until they are cleared")
    func faults() async throws {
        let result = try await Self.run(
            """
            - {fault: drop, on: fake.a}
            - {trigger: fake.a}
            - idle:
            - expect: {attempts: 1, delivered: 0, statuses: [0]}
            - clear-faults:
            - {trigger: fake.a}
            - idle:
            - expect: {delivered: 1}
            """)
        #expect(result.isAsExpected, "\(result.warnings)")
        #expect(result.bodies.count == 1)
    }

    @Test("what is not as expected is told, step by step, and the rest happens all the same")
    func unexpected() async throws {
        let result = try await Self.run(
            """
            - {call: POST /fake/nothing}
            - {call: POST /fake/token, status: 201}
            - {call: POST /fake/token, save: {x: data.1.token}}
            - {call: POST /fake/token, save: {x: data}}
            - {call: POST /fake/nothing, status: 422}
            - {call: GET /nowhere, status: 404}
            - {trigger: nobody.a}
            - {trigger: fake.a}
            - idle:
            - expect: {attempts: 2}
            - {trigger: fake.a}
            - idle:
            - expect: {delivered: 2}
            - {trigger: fake.a}
            - idle:
            - expect: {statuses: [404]}
            """)
        #expect(!result.isAsExpected)
        #expect(
            result.warnings == [
                #"step 1: POST /fake/nothing was answered 422: {"error":"no such thing"}"#,
                #"step 2: POST /fake/token was answered 200, not 201: {"data":[{"token":"t-1","count":7,"ok":true,"none":null}]}"#,
                "step 3: POST /fake/token: the answer has no 'data.1.token' to save",
                "step 4: POST /fake/token: the answer has no 'data' to save",
                "step 7: there is no provider 'nobody' here; there are fake",
                "step 10: 1 attempts were made, not 2", "step 13: 1 attempts were answered with 2xx, not 2",
                "step 16: the answers were [200], not [404]",
            ])
        #expect(result.bodies.count == 3)
    }

    @Test("a retry comes due when the clock is put forward")
    func retry() async throws {
        try await Customer.answering([500, 200]) { customer in
            let sandbox = Sandbox.fake()
            try await sandbox.register(Registration(url: customer.url), at: "fake")
            try await sandbox.trigger(Trigger(kind: "a"), at: "fake")
            while sandbox.ledger.entries().isEmpty { await Task.yield() }
            _ = await sandbox.pendingCount()
            sandbox.clock.advance(by: 5)
            await sandbox.idle()
            #expect(sandbox.ledger.entries().map(\.status) == [500, 200])
            // The provider hears how it ended.
            let reply = await sandbox.answer(APIRequest(method: "POST", target: "/fake/echo/x"))
            #expect(JSON(parsing: reply.body)?["delivered"] == 1)
        }
    }
}
