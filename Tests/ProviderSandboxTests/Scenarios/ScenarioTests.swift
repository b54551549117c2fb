import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Scenarios as they are written")
struct ScenarioTests {
    @Test("every step is read")
    func everyStep() throws {
        let scenario = try Scenario(
            parsing: """
                title: all of it
                seed: 7
                steps:
                  - {trigger: klavi.pf_checking_account, size: 8MB, count: 3, reference: l-1, to: "http://127.0.0.1:1/"}
                  - {trigger: certn-centric.a.b, external: {traceId: "1", n: 1, deep: [true, null, 0.5]}}
                  - {fault: stale=10m, on: klavi.*, count: 2}
                  - fault: drop
                  - clear-faults:
                  - advance: 31m
                  - idle:
                  - {call: POST /a/b, json: {c: d}, headers: {B: "1", A: x}, status: 201, save: {t: data.0.token}}
                  - call: GET /a
                  - expect: {attempts: 2, delivered: 1, statuses: [200, 0]}
                """)
        #expect(scenario.title == "all of it")
        #expect(scenario.seed == 7)
        #expect(scenario.steps.count == 10)
        #expect(
            scenario.steps[0]
                == .trigger(
                    provider: "klavi",
                    Trigger(
                        kind: "pf_checking_account", reference: "l-1", url: "http://127.0.0.1:1/", byteCount: 8 << 20),
                    count: 3))
        #expect(
            scenario.steps[1]
                == .trigger(
                    provider: "certn-centric",
                    Trigger(
                        kind: "a.b",
                        externalInfo: [
                            .init("traceId", "1"), .init("n", 1), .init("deep", [true, nil, .number("0.5")]),
                        ]), count: 1))
        #expect(scenario.steps[2] == .fault(FaultRule(pattern: "klavi.*", fault: .staleTime(600), count: 2)))
        #expect(scenario.steps[3] == .fault(FaultRule(pattern: "*", fault: .drop)))
        #expect(Array(scenario.steps[4...6]) == [.clearFaults, .advance(1860), .idle])
        guard case .call(let call) = scenario.steps[7], case .call(let plain) = scenario.steps[8],
            case .expect(let expectation) = scenario.steps[9]
        else {
            Issue.record("\(scenario.steps)")
            return
        }
        #expect(call.method == "POST" && call.path == "/a/b" && call.status == 201)
        #expect(call.headers == [HeaderLine("A", "x"), HeaderLine("B", "1")])
        #expect(call.body == ["c": "d"])
        #expect(call.saved == ["t": "data.0.token"])
        #expect(plain.body == nil && plain.status == nil && plain.saved.isEmpty && plain.headers.isEmpty)
        #expect(expectation.attempts == 2 && expectation.delivered == 1 && expectation.statuses == [200, 0])
    }

    @Test("what only looks like a number stays a text, and so does what is quoted")
    func numbers() throws {
        let scenario = try Scenario(
            parsing: """
                steps:
                  - {trigger: a.b, external: {a: 007, b: 0x1F, c: +5, d: .5, e: 1., f: "1", g: -0.5e3, h: "true", i: 0, j: ~}}
                """)
        guard case .trigger(_, let trigger, _) = scenario.steps[0] else { return }
        #expect(
            trigger.externalInfo.map(\.value) == [
                "007", "0x1F", "+5", ".5", "1.", "1", .number("-0.5e3"), "true", 0, nil,
            ])
        let text = JSON.object(trigger.externalInfo)
        #expect(JSON(parsing: text.bytes) != nil)
    }

    @Test("without a title and a seed they are none and 1")
    func defaults() throws {
        let scenario = try Scenario(parsing: "steps: [idle: ]")
        #expect(scenario.title == "" && scenario.seed == 1 && scenario.steps == [.idle])
    }

    @Test(
        "what is no scenario says why",
        arguments: [
            ("", "it has to be a mapping with 'steps'"), ("- a", "it has to be a mapping with 'steps'"),
            ("a: [", "it is not valid YAML"), ("title: x", "it has no 'steps'"), ("steps: []", "it has no 'steps'"),
            ("steps: x", "'steps' has to be a list"), ("seed: -1", "'seed' has to be a whole number"),
            ("sede: 1", "there is no 'sede'; there are title, seed and steps"),
        ])
    func refused(text: String, problem: String) {
        #expect(throws: ScenarioProblem(problem)) { try Scenario(parsing: text) }
    }

    @Test(
        "a step that makes no sense is named, with what is wrong",
        arguments: [
            ("idle", "it has to be a mapping such as 'advance: 30m'"),
            ("{}", "it does nothing; a step is a trigger, fault, clear-faults, advance, idle, call or expect"),
            ("{trigger: klavi}", "'trigger' has to be a provider and a kind, such as klavi.pf_checking_account"),
            ("{trigger: [a]}", "'trigger' has to be a single value"),
            ("{trigger: a.b, size: big}", "'size' has to be a size such as 8MB"),
            ("{trigger: a.b, external: x}", "'external' has to be a mapping"),
            ("{trigger: a.b, count: 0}", "'count' has to be a whole number from 1 on"),
            ("{trigger: a.b, count: 1000000}", "'count' has to be at most 100000"),
            ("{trigger: a.b, reference: {}}", "'reference' has to be a single value"),
            ("{trigger: a.b, on: x}", "'on' has no meaning here"),
            ("{fault: x}", "'fault' has to be \(Fault.spellings)"),
            ("{fault: drop, count: 0}", "'count' has to be a whole number from 1 on"),
            ("{advance: 30}", "'advance' has to be a time such as 30m"),
            ("{advance: 30m, idle: }", "'idle' has no meaning here"),
            ("{idle: , clear-faults: }", "'idle' has no meaning here"),
            ("{call: /a}", "'call' has to be a method and a path, such as POST /data/v1/auth"),
            ("{call: GET a}", "'call' has to be a method and a path, such as POST /data/v1/auth"),
            ("{call: GET /a, headers: x}", "'headers' has to be a mapping of texts"),
            ("{call: GET /a, save: {a: [b]}}", "'save' has to be a mapping of texts"),
            ("{call: GET /a, status: x}", "'status' has to be a whole number from 0 on"),
            ("{expect: 3}", "'expect' has to be a mapping"),
            ("{expect: {attempt: 3}}", "'attempt' has no meaning here"),
            ("{expect: {attempts: -1}}", "'attempts' has to be a whole number from 0 on"),
            ("{expect: {statuses: 200}}", "'statuses' has to be a list of numbers"),
            ("{expect: {statuses: [a]}}", "'statuses' has to be a list of numbers"),
        ])
    func refusedStep(step: String, problem: String) {
        #expect(throws: ScenarioProblem("step 2: \(problem)")) {
            try Scenario(parsing: "steps:\n- advance: 1s\n- \(step)")
        }
    }

    @Test("a scenario is read from its file; one that is missing or none says which")
    func files() throws {
        let folder = try TemporaryFolder()
        try folder.write("steps: [advance: 1s]", to: "a.yaml")
        try folder.write("steps: x", to: "b.yaml")
        #expect(try Scenario.read(folder.path(of: "a.yaml")).steps == [.advance(1)])
        let bad = folder.path(of: "b.yaml")
        #expect(throws: SandboxFailure.badScenario(path: bad, problem: "'steps' has to be a list")) {
            try Scenario.read(bad)
        }
        let missing = folder.path(of: "c.yaml")
        #expect(throws: SandboxFailure.missingFile(path: missing)) { try Scenario.read(missing) }
    }
}
