import Testing

@testable import ProviderSandbox

@Suite("A form in a scenario")
struct ScenarioFormTests {
    private static func call(_ text: String) throws -> ScenarioCall? {
        let scenario = try Scenario(parsing: "steps:\n  - {call: POST /conecte, \(text)}")
        guard case .call(let call) = scenario.steps.first else { return nil }
        return call
    }

    @Test("its fields keep their order, and a list is a field that stands several times")
    func fields() throws {
        let call = try #require(try Self.call("form: {v: x y, permission: [B, A], decision: authorise}"))
        #expect(
            call.form == [
                .init("v", "x y"), .init("permission", "B"), .init("permission", "A"), .init("decision", "authorise"),
            ])
        #expect(call.body == nil)
    }

    @Test("a call without one has none, and an empty one is none of JSON")
    func without() throws {
        #expect(try #require(try Self.call("status: 200")).form == nil)
        #expect(try #require(try Self.call("form: {}")).form == [])
    }

    @Test(
        "what is no mapping of texts, and a form beside JSON, are refused",
        arguments: [
            ("form: [a]", "'form' has to be a mapping of texts, or lists of texts"),
            ("form: {a: {b: c}}", "'form' has to be a mapping of texts, or lists of texts"),
            ("form: {a: [[b]]}", "'form' has to be a mapping of texts, or lists of texts"),
            ("form: {a: b}, json: {}", "'json' and 'form' exclude each other"),
        ])
    func refused(text: String, problem: String) {
        #expect(throws: ScenarioProblem("step 1: \(problem)")) { try Self.call(text) }
    }

    @Test("it arrives as it was written, whatever its characters are")
    func arrives() async throws {
        let echo = Sandbox(baseURL: "http://127.0.0.1:1", seed: 1, imitations: [FormReader()])
        let scenario = try Scenario(
            parsing: """
                steps:
                  - call: POST /form
                    form: {"a b": "ü&=+%/", list: ["1", "2"]}
                    save: {first: 0, second: 1, third: 2}
                  - call: POST /form
                    form: {kept: "${first}"}
                    save: {again: 0}
                  - {call: "POST /${again}", status: 404}
                """)
        let console = Console(print: { _ in }, warn: { Issue.record("\($0)") })
        #expect(try await ScenarioRun(echo, on: console).run(scenario))
    }
}

/// Answers a form with its fields as texts, and refuses what is none.
private struct FormReader: Imitation {
    static let name = "form"

    func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        guard request.path == ["form"] else { return nil }
        let known = ["a b": "ü&=+%/", "list": "", "kept": "a b=ü&=+%/"]
        guard request.form.allSatisfy({ known[$0.name] == $0.value || $0.name == "list" }) else {
            return .json(400, .array(request.form.map { .string("\($0.name)=\($0.value)") }))
        }
        return .json(200, .array(request.form.map { .string("\($0.name)=\($0.value)") }))
    }

    func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {}
    func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {}
}
