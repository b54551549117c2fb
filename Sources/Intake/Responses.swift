package import Deliveries

/// All responses that are not acknowledgements. If a genuine request may have failed because of Callbox, the response
/// never has a status that a provider treats as final.
package enum Responses {
    static let unknownPath = Response.json(404, #"{"error":"no source at this path"}"#)
    static let methodNotAllowed = Response.json(
        405, #"{"error":"use GET, HEAD or POST"}"#, headers: [HeaderField("Allow", "GET, HEAD, POST")])
    static let unauthenticated = Response.json(401, #"{"error":"the signature does not verify"}"#)
    /// The response to a forwarding loop: 508 Loop Detected (RFC 5842 §7.2).
    static let loop = Response.json(
        508, #"{"error":"a replay of a delivery in this archive; replay it with --no-marks to store it again"}"#)
    /// The response that asks for a retry. All providers that ever retry do so after 503.
    package static let retryLater = Response.json(
        503, #"{"error":"not stored, please send it again"}"#, headers: [HeaderField("Retry-After", "1")])
}
