import Deliveries
import Testing

@testable import Providers

/// An account whose calls get responses from a script, without a transport.
struct APIScript {
    let account: APIAccount

    init(
        _ api: APIDescription, texts: [String: String] = [:], extraRoots: [String: APIRoot] = [:]
    ) throws {
        let credentials = Dictionary(uniqueKeysWithValues: api.credentials.map { ($0, "test-\($0)") })
        account = try APIAccount(
            api, root: try APIRoot(api.defaultURL), texts: credentials.merging(texts) { $1 }, extraRoots: extraRoots)
    }

    /// The result of running calls.
    struct Run<Value: Sendable> {
        var value: Value?
        var requests: [ProviderRequest] = []
        var waits: [Duration] = []

        /// The request lines, without the scheme of the base URL.
        var lines: [String] { requests.map { "\($0.method) \($0.url)" } }

        var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }
    }

    /// Runs calls until they end or all responses are used.
    func run<Value>(_ step: ProviderStep<Value>, _ responses: [ProviderResponse] = []) throws -> Run<Value> {
        var step = step
        var run = Run<Value>()
        var rest = responses[...]
        while true {
            switch step {
            case .done(let value):
                run.value = value
                return run
            case .call(let call, let wait):
                run.requests.append(call.request)
                if wait > .zero { run.waits.append(wait) }
                guard let response = rest.popFirst() else { return run }
                if let rejection = account.api.rejection(response) { throw ProviderCallFailure.rejected(rejection) }
                step = try call.next(response)
            }
        }
    }

    func run<Value>(_ call: ProviderCall<Value>, _ responses: [ProviderResponse] = []) throws -> Run<Value> {
        try run(.call(call), responses)
    }

    /// The plan of an order with these flag values.
    func plan(
        _ form: any LinkForm.Type, _ given: [String: [String]], in context: LinkContext = LinkContext(),
        _ responses: [ProviderResponse] = []
    ) throws -> LinkPlan {
        let values = try values(form.fields, given)
        if let problem = form.problem(with: values) { throw ProviderCallFailure.badInput(problem) }
        return try #require(try run(try form.plan(values, for: account, in: context), responses).value)
    }

    /// The plan of an order with these flag values, and the outcome of its call.
    func order(
        _ form: any LinkForm.Type, _ given: [String: [String]], in context: LinkContext = LinkContext(),
        responding text: String = "", status: Int = 200
    ) throws -> (plan: LinkPlan, run: Run<CreatedLink>) {
        let plan = try plan(form, given, in: context)
        let call = try #require(plan.call)
        return (plan, try run(call, text.isEmpty ? [] : [.json(status, text)]))
    }

    /// Checks the values of flags. Throws `badInput` if a field rejects its value.
    func values(_ fields: [Field], _ given: [String: [String]]) throws -> FieldValues {
        for (name, texts) in given {
            let field = try #require(fields.first { $0.name == name }, "there is no --\(name)")
            for text in texts {
                if let problem = field.problem(with: text) {
                    throw ProviderCallFailure.badInput("--\(name) \(problem).")
                }
            }
        }
        return FieldValues(checked: given)
    }

    /// The rejection in a response; nil for a success.
    func rejection(_ status: Int, _ text: String) -> ProviderRejection? {
        account.api.rejection(.json(status, text))
    }
}

extension ProviderResponse {
    static let time = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    static func json(_ status: Int, _ text: String) -> ProviderResponse {
        ProviderResponse(
            status: status, headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8),
            receivedAt: time)
    }
}

/// The failure that `body` throws; nil if there is none.
func callFailure(_ body: () throws -> Void) -> ProviderCallFailure? {
    do {
        try body()
        return nil
    } catch {
        return error as? ProviderCallFailure
    }
}

/// The sentence of a `badInput` that `body` throws; nil for any other result.
func complaint(_ body: () throws -> Void) -> String? {
    guard case .badInput(let sentence)? = callFailure(body) else { return nil }
    return sentence
}
