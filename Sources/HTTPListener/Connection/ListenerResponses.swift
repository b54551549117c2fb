internal import Deliveries

/// Responses of the listener itself, before a request reaches the application.
extension Response {
    static let badHost = Response.json(400, #"{"error":"a request needs exactly one valid Host header"}"#)
    static let badFraming = Response.json(400, #"{"error":"HTTP/1.0 has no Transfer-Encoding"}"#)
    static let tooSlow = Response.json(408, #"{"error":"the request took too long to arrive"}"#)
    static let targetTooLong = Response.json(414, #"{"error":"the request target is too long"}"#)
    static let unmetExpectation = Response.json(417, #"{"error":"only Expect: 100-continue is supported"}"#)
    static let headersTooLarge = Response.json(431, #"{"error":"the header lines are too many or too long"}"#)
    static let unknownCoding = Response.json(501, #"{"error":"only Transfer-Encoding: chunked is supported"}"#)
    static let unknownMethod = Response.json(501, #"{"error":"the method is unknown"}"#)
    static let retryLater = Response.json(
        503, #"{"error":"busy or stopping, please send it again"}"#, headers: [HeaderField("Retry-After", "1")])

    static func tooLarge(limit: Int) -> Response {
        .json(413, #"{"error":"the body is larger than \#(limit) bytes"}"#)
    }
}
