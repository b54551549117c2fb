/// A call that can be shown or made: the request, and how its answer is read.
package struct ProviderCall<Value: Sendable>: Sendable {
    /// Complete but for the access token.
    package let request: ProviderRequest
    let read: @Sendable (ProviderResponse) throws(ProviderCallFailure) -> Value

    init(
        _ request: ProviderRequest,
        _ read: @escaping @Sendable (ProviderResponse) throws(ProviderCallFailure) -> Value
    ) {
        self.request = request
        self.read = read
    }
}

extension ProviderCall {
    /// A call whose answer is a JSON text.
    init(
        json request: ProviderRequest,
        _ read: @escaping @Sendable (ResponseFields) throws(ProviderCallFailure) -> Value
    ) {
        self.init(request) { response throws(ProviderCallFailure) in try read(ResponseFields(response)) }
    }
}

extension ProviderCall where Value == ResponseFields {
    /// A call whose answer is passed on as the JSON that it is.
    init(_ request: ProviderRequest) {
        self.init(json: request) { $0 }
    }
}

/// Makes the calls of one provider for one account.
package protocol ProviderClient: Sendable {
    /// Makes the call and reads the documented answer.
    ///
    /// Throws every case of `ProviderCallFailure`.
    func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value
}

extension ProviderCall {
    /// The same call, whose answer is handed on as it came once it proves to be as documented.
    package var exact: ProviderCall<ProviderResponse> {
        ProviderCall<ProviderResponse>(request) { [read] response throws(ProviderCallFailure) in
            _ = try read(response)
            return response
        }
    }
}
