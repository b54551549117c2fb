/// A request of a provider, as request.http holds it.
package struct SampleRequest: Sendable, Equatable {
    package var method: String
    /// The request target as it is written on the wire: path and query, percent-encoding untouched.
    package var target: String
    package var headers: [HeaderLine]
    package var body: [UInt8]

    package init(method: String, target: String, headers: [HeaderLine], body: [UInt8]) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The target without its query, which may hold a credential.
    package var path: Substring {
        target.prefix { $0 != "?" }
    }
}
