/// Sends one account's calls: with its access token where a call needs one, and refusals told from answers.
struct ProviderSession: Sendable {
    typealias Refusing = @Sendable (ProviderAnswer) -> ProviderRefusal?

    let calls: ProviderCalls
    let refusal: Refusing
    var tokens: AccessTokens?

    init(calls: ProviderCalls, tokens: AccessTokens? = nil, refusal: @escaping Refusing) {
        self.calls = calls
        self.tokens = tokens
        self.refusal = refusal
    }

    /// Makes the call. A token that is refused with 401 is replaced once; a 401 to the new one is the provider's answer.
    func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        let answer = try await answer(to: call.request)
        if let refusal = refusal(answer) { throw .refused(refusal) }
        return try call.read(answer)
    }

    private func answer(to request: ProviderRequest) async throws(ProviderCallFailure) -> ProviderAnswer {
        guard request.needsAccessToken else { return try await calls.send(request) }
        guard let tokens else { throw .badInput("This call needs an access token, and there is none.") }
        let token = try await tokens.token()
        let answer = try await calls.send(request.authorized(by: token))
        guard answer.status == 401 else { return answer }
        return try await calls.send(request.authorized(by: try await tokens.token(insteadOf: token)))
    }
}
