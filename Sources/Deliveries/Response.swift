/// A response whose body is small and complete in memory.
package struct Response: Sendable, Equatable {
    package let status: Int
    package let headers: [HeaderField]
    package let body: [UInt8]
    /// True if the request was a verified delivery. The listener then reserves connections for the sender's address.
    package var provesSender = false

    package init(status: Int, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response with a JSON body; `text` is the encoded JSON.
    package static func json(_ status: Int, _ text: String, headers: [HeaderField] = []) -> Response {
        Response(
            status: status, headers: [HeaderField("Content-Type", "application/json")] + headers, body: Array(text.utf8)
        )
    }

    /// A response with plain text. The headers prevent browsers from guessing another type.
    package static func text(_ status: Int, _ text: String, headers: [HeaderField] = []) -> Response {
        let fixed = [
            HeaderField("Content-Type", "text/plain; charset=utf-8"), HeaderField("X-Content-Type-Options", "nosniff"),
        ]
        return Response(status: status, headers: fixed + headers, body: Array(text.utf8))
    }
}
