import Deliveries
import Foundation
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import ProviderSandbox

/// A fake provider that issues a token, echoes a call and delivers the triggered body.
struct FakeEcho: FakeProvider {
    static let name = "fake"
    private var url: String?
    private var delivered = 0

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        guard request.path.first == "fake" else { return nil }
        switch request.path.dropFirst().first {
        case "token": return .json(200, ["data": [["token": "t-1", "count": 7, "ok": true, "none": nil]]])
        case "form": return .json(200, .array(request.form.map { .string($0.value) }))
        case "echo":
            return .json(
                201,
                [
                    "path": "\(request.path[2])", "auth": .optional(request.authorization("Bearer")),
                    "body": request.object ?? nil, "delivered": .integer(delivered),
                ])
        default: throw Rejection(422, ["error": "no such thing"])
        }
    }

    mutating func register(_ registration: Registration, _ world: inout World) throws {
        guard registration.scheme != "bad" else { throw SandboxFailure("there is no scheme 'bad'") }
        url = registration.url
    }

    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        let body: JSON = [
            "type": "\(trigger.type)", "reference": .optional(trigger.reference),
            "externalInfo": .object(trigger.externalInfo), "byteCount": trigger.byteCount.map { .integer($0) } ?? .null,
            "id": "\(world.random.uuid())",
        ]
        world.send(
            Callback(
                provider: Self.name, type: trigger.type, url: try destination(trigger, registered: url), group: "fake",
                policy: RetryPolicy(timeLimit: .seconds(120), waits: [5]) { $0 < 500 }, makeBody: { body.bytes },
                makeProof: { _, _ in [] }))
    }

    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {
        if case .delivered = outcome { delivered += 1 }
    }
}

@Suite("Scenarios and steps", .offPool)
struct ScenarioTests {
    private static func run(
        _ steps: String, responding statuses: [Int] = [200]
    ) async throws -> (problems: String, bodies: [String]) {
        let output = RecordedOutput()
        var bodies: [String] = []
        try await Customer.responding(statuses) { customer in
            let sandbox = Sandbox(seed: 1, providers: [FakeEcho()])
            try await sandbox.register(Registration(url: customer.url), at: "fake")
            var runner = StepRunner(sandbox)
            let isAsExpected = try await runner.run(Scenario(parsing: "steps:\n" + steps), on: output.console())
            #expect(isAsExpected == output.errorText.isEmpty)
            bodies = customer.notes.bodies
            await sandbox.stop()
        }
        return (output.errorText, bodies)
    }

    @Test("triggered deliveries arrive, and expectations are compared with them")
    func triggers() async throws {
        let result = try await Self.run(
            """
            - {trigger: fake.a, count: 2, reference: r, external: {x: "1"}, size: 1K}
            - idle:
            - expect: {attempts: 2, delivered: 2, statuses: [200, 200]}
            - {fault: drop, on: fake.a}
            - {trigger: fake.a}
            - idle:
            - expect: {attempts: 1, delivered: 0, statuses: [0]}
            - clear-faults:
            - trigger: fake.b
            - idle:
            - expect: {delivered: 1}
            - expect: {attempts: 0, statuses: []}
            """)
        #expect(result.problems == "")
        #expect(result.bodies.count == 3)
        let start = #"{"type":"a","reference":"r","externalInfo":{"x":"1"},"byteCount":1024,"#
        #expect(result.bodies.first?.hasPrefix(start) == true)
        #expect(Set(result.bodies).count == 3)
    }

    @Test("the same seed and steps produce the same bytes")
    func seeded() async throws {
        let first = try await Self.run("- {trigger: fake.a, count: 5}").bodies
        #expect(first.count == 5)
        #expect(try await Self.run("- {trigger: fake.a, count: 5}").bodies == first)
    }

    @Test("saved values are used in later calls and triggers, and forms keep every character")
    func saved() async throws {
        let result = try await Self.run(
            """
            - {call: POST /fake/token, save: {token: data.0.token, count: data.0.count, ok: data.0.ok}}
            - call: POST /fake/echo/${token}
              headers: {Authorization: "Bearer ${token}"}
              json: {a: ["${count}", "x${ok}"], b: 007}
              status: 201
              save: {path: path, auth: auth, first: body.a.0, second: body.a.1, number: body.b}
            - call: POST /fake/form
              form: {"a b": "ü&=+%/", list: ["1", "2"]}
              save: {form: 0, item: 2}
            - {trigger: "fake.a", reference: "${path} ${auth} ${first} ${second} ${number} ${form} ${item} ${unknown}"}
            """)
        #expect(result.problems == "")
        #expect(result.bodies.first?.contains(##""reference":"t-1 t-1 7 xtrue 007 ü&=+%/ 2 ${unknown}""##) == true)
    }

    @Test("each failed step is reported, and the other steps still run")
    func unexpected() async throws {
        let result = try await Self.run(
            """
            - {call: POST /fake/nothing}
            - {call: POST /fake/token, status: 201}
            - {call: POST /fake/token, save: {x: data.1.token}}
            - {call: POST /fake/nothing, status: 422}
            - {call: GET /nowhere, status: 404}
            - {trigger: nobody.a}
            - {trigger: fake.a, to: "http://192.0.2.1/"}
            - {trigger: fake.a}
            - advance: 6s
            - idle:
            - expect: {attempts: 1}
            - {trigger: fake.a}
            - idle:
            - expect: {delivered: 0}
            """, responding: [500, 200])
        let steps = result.problems.split(separator: "\n").map { $0.split(separator: ":")[0] }
        #expect(steps == ["step 1", "step 2", "step 3", "step 6", "step 7", "step 11", "step 14"])
        #expect(result.problems.contains("POST /fake/nothing responded with 422: {\"error\":\"no such thing\"}"))
        #expect(result.problems.contains("step 11: 2 attempts were made, not 1"))
        #expect(result.problems.contains("step 14: 1 attempts have a 2xx response, not 0"))
    }

    @Test(
        "an invalid scenario is rejected, and the error names the step",
        arguments: [
            ("", "it is not valid YAML"), ("[a", "it is not valid YAML"),
            ("a: 1", "'a' is not a key of a scenario"),
            ("steps: []", "'steps' must be a list of steps"), ("steps: 7", "'steps' must be a list of steps"),
            ("seed: x\nsteps: [{idle: }]", "'seed' must be a whole number"),
            ("steps: [{idle: }, x]", "step 2: it must be a mapping such as 'advance: 30m'"),
            ("steps: [{}]", "step 1: a step must have the key trigger, register, fault"),
            ("steps: [{idle: , x: 1}]", "step 1: 'x' is not a key of this step"),
            ("steps: [{advance: soon}]", "step 1: 'advance' must be a duration such as 30m"),
            ("steps: [{fault: x}]", "step 1: 'fault' must be duplicate, reorder"),
            ("steps: [{fault: drop, count: 0}]", "step 1: 'count' must be a whole number, 1 or more"),
            ("steps: [{trigger: klavi}]", "step 1: 'trigger' must be a provider and a type"),
            ("steps: [{trigger: a.b, size: 2GB}]", "step 1: 'size' must be a size such as 8MB"),
            ("steps: [{trigger: a.b, external: [1]}]", "step 1: 'external' must be a mapping"),
            ("steps: [{trigger: a.b, count: 100001}]", "step 1: 'count' must be at most 100000"),
            ("steps: [{call: POST}]", "step 1: 'call' must be a method and a path"),
            ("steps: [{call: POST /a, form: [a]}]", "step 1: 'form' must be a mapping with text values"),
            ("steps: [{call: POST /a, form: {a: {b: c}}}]", "step 1: 'form' must be a mapping with text values"),
            ("steps: [{call: POST /a, form: {a: b}, json: {}}]", "step 1: 'json' and 'form' cannot be combined"),
            ("steps: [{expect: {statuses: 200}}]", "step 1: 'statuses' must be a list of numbers"),
            ("steps: [{expect: {attempts: -1}}]", "step 1: 'attempts' must be a whole number, 0 or more"),
        ])
    func rejected(text: String, problem: String) {
        let failure = #expect(throws: SandboxFailure.self) { try Scenario(parsing: text) }
        #expect(failure?.message.hasPrefix(problem) == true, "\(failure?.message ?? "")")
    }

    private static func control(
        _ sandbox: Sandbox, _ method: String, _ path: String, _ body: String = ""
    ) async throws -> Response {
        let request = APIRequest(method: method, target: "/_sandbox/\(path)", body: Array(body.utf8))
        return try #require(await ControlAPI(sandbox: sandbox).response(to: request))
    }

    @Test("the control API serves commands but rejects requests from web pages")
    func otherSites() async throws {
        func status(_ headers: [(String, String)]) async throws -> Int {
            let request = APIRequest(
                method: "POST", target: "/_sandbox/steps", headers: headers.map { HeaderField($0.0, $0.1) },
                body: Array(#"{"advance":"1h"}"#.utf8))
            let sandbox = Sandbox(seed: 1, providers: [FakeEcho()])
            let response = try #require(await ControlAPI(sandbox: sandbox).response(to: request))
            #expect((sandbox.clock.now.timeIntervalSinceNow > 3500) == (response.status == 200))
            return response.status
        }
        for host in ["127.0.0.1:9900", "localhost:9900"] {
            #expect(try await status([("Host", host)]) == 200)
            #expect(try await status([("Host", host), ("Origin", "https://site.example")]) == 403)
            #expect(try await status([("Host", host), ("Origin", "null")]) == 403)
            #expect(try await status([("Host", host), ("Sec-Fetch-Site", "cross-site")]) == 403)
        }
        #expect(try await status([("Host", "rebound.example:9900")]) == 403)
    }

    @Test("the control API runs steps and shows the status and the ledger")
    func control() async throws {
        try await Customer.responding { customer in
            let sandbox = Sandbox(seed: 1, providers: [FakeEcho()])
            func run(_ step: String) async throws -> Response {
                try await Self.control(sandbox, "POST", "steps", step)
            }
            #expect(try await run(#"{"register":"fake","to":"\#(customer.url)"}"#).status == 200)
            #expect(try await run(#"{"advance":"1h"}"#).status == 200)
            #expect(sandbox.clock.now.timeIntervalSinceNow > 3500)
            let faults = try await run(#"{"fault":"duplicate","on":"fake.*","count":1}"#).json["faults"]
            #expect(faults == [["on": "fake.*", "fault": "duplicate", "count": 1]])
            #expect(try await run(#"{"trigger":"fake.a","count":2}"#).status == 200)
            #expect(try await run(#"{"idle":null}"#).json["pending"] == 0)
            #expect(customer.notes.bodies.count == 3)
            #expect(try await Self.control(sandbox, "GET", "ledger?after=1").json.elements?.count == 2)
            _ = await sandbox.response(to: APIRequest(method: "POST", target: "/fake/token"))
            #expect(try await Self.control(sandbox, "GET", "status").json["calls"] == ["fake": 1])
            for (step, problem) in [
                (#"{"register":"fake","to":"http://example.com/"}"#, "must be an http or https URL on this machine"),
                (#"{"register":"fake","to":"http://127.0.0.1@example.com/"}"#, "on this machine"),
                (#"{"register":"fake"}"#, "on this machine"),
                (#"{"register":"x","to":"http://[::1]/"}"#, "the providers are fake"),
                (#"{"register":"fake","to":"http://127.0.0.1/","scheme":"bad"}"#, "there is no scheme 'bad'"),
                ("[]", "the body must be a step"), ("{}", "a step must have"),
            ] {
                let response = try await run(step)
                #expect(response.status == 400)
                #expect(response.json["error"]?.string?.contains(problem) == true, "\(step): \(response.text)")
            }
            #expect(try await Self.control(sandbox, "GET", "ledger?after=x").status == 400)
            #expect(try await Self.control(sandbox, "GET", "steps").status == 404)
            #expect(await sandbox.response(to: APIRequest(method: "GET", target: "/nowhere")).status == 404)
            await sandbox.stop()
        }
    }
}
