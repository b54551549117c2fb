/// A request, and a function that converts its response to a value or to the next request.
///
/// ```
/// POST …/generate-report/ ─▶ GET …/report-files/F-1/ ─ PENDING, 2 s ─▶ GET …/report-files/F-1/ ─▶ GET pdf_url ─▶ value
/// ```
package struct ProviderCall<Value: Sendable>: Sendable {
    package typealias Read = @Sendable (ProviderResponse) throws -> ProviderStep<Value>

    /// The request without the access token.
    package let request: ProviderRequest
    /// Reads a successful response. Throws `ProviderCallFailure`.
    package let next: Read

    init(_ request: ProviderRequest, next: @escaping Read) {
        self.request = request
        self.next = next
    }

    init(_ request: ProviderRequest, read: @escaping @Sendable (ProviderResponse) throws -> Value) {
        self.init(request, next: { .done(try read($0)) })
    }

    init(json request: ProviderRequest, _ read: @escaping @Sendable (ResponseFields) throws -> Value) {
        self.init(request, read: { try read(ResponseFields($0)) })
    }

    func then<Other>(_ after: @escaping @Sendable (Value) throws -> ProviderStep<Other>) -> ProviderCall<Other> {
        ProviderCall<Other>(request, next: { try next($0).then(after) })
    }

    func map<Other>(_ change: @escaping @Sendable (Value) throws -> Other) -> ProviderCall<Other> {
        then { .done(try change($0)) }
    }
}

/// The result of a call: a value, or the next call.
package indirect enum ProviderStep<Value: Sendable>: Sendable {
    case done(Value)
    /// The next call. The transport waits before it sends the request.
    case call(ProviderCall<Value>, after: Duration = .zero)

    func then<Other>(_ next: @escaping @Sendable (Value) throws -> ProviderStep<Other>) throws -> ProviderStep<Other> {
        switch self {
        case .done(let value): try next(value)
        case .call(let call, let wait): .call(call.then(next), after: wait)
        }
    }
}

/// The reason why a call has no value.
package enum ProviderCallFailure: Error, Sendable, Equatable {
    /// There was no response. If `mayHaveArrived` is true, the provider may have executed the call.
    case unreachable(problem: String, mayHaveArrived: Bool)
    /// The provider rejected the call.
    case rejected(ProviderRejection)
    /// The response does not match the documentation. The value names the missing part and quotes no values.
    case unexpectedResponse(String)
    /// The call was not made because its input is invalid. The value is a sentence.
    case badInput(String)
    /// The task of the caller was cancelled before the response arrived.
    case cancelled

    /// True if the provider may have executed the call.
    package var mayHaveBeenDone: Bool {
        switch self {
        case .unreachable(_, let mayHaveArrived): mayHaveArrived
        case .unexpectedResponse, .cancelled: true
        case .rejected(let rejection): rejection.status >= 500
        case .badInput: false
        }
    }
}

extension ProviderCallFailure: CustomStringConvertible {
    /// The failure in one or more sentences for the user.
    package var description: String {
        switch self {
        case .unreachable(let problem, let mayHaveArrived):
            "The provider did not respond: \(problem)."
                + (mayHaveArrived ? " The call may have been carried out." : "")
        case .rejected(let rejection): rejection.description
        case .unexpectedResponse(let what): "The response is not as documented. \(what)"
        case .badInput(let sentence): sentence
        case .cancelled: "The call was cancelled."
        }
    }
}
