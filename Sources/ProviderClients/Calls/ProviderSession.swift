/// Sends one account's calls: with its access token where a call needs one, and rejections told from answers.
struct ProviderSession: Sendable {
    typealias Rejecting = @Sendable (ProviderResponse) -> ProviderRejection?

    let calls: ProviderCalls
    let rejection: Rejecting
    var tokens: AccessTokens?

    init(calls: ProviderCalls, tokens: AccessTokens? = nil, rejection: @escaping Rejecting) {
        self.calls = calls
        self.tokens = tokens
        self.rejection = rejection
    }

    /// Makes the call. A token that is rejected with 401 is replaced once; a 401 to the new one is the provider's answer.
    func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        let response = try await response(to: call.request)
        if let rejection = rejection(response) { throw .rejected(rejection) }
        return try call.read(response)
    }

    private func response(to request: ProviderRequest) async throws(ProviderCallFailure) -> ProviderResponse {
        guard request.needsAccessToken else { return try await calls.send(request) }
        guard let tokens else { throw .badInput("This call needs an access token, and there is none.") }
        let token = try await tokens.token()
        let response = try await calls.send(request.authorized(by: token))
        guard response.status == 401 else { return response }
        return try await calls.send(request.authorized(by: try await tokens.token(insteadOf: token)))
    }
}
