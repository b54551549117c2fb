internal import Deliveries

/// Answers of the door itself, before a request reaches the application.
extension Answer {
    static let malformed = Answer.json(400, #"{"error":"this is not an HTTP/1.1 request"}"#)
    static let badHost = Answer.json(400, #"{"error":"a request needs exactly one valid Host header"}"#)
    static let tooSlow = Answer.json(408, #"{"error":"the request took too long to arrive"}"#)
    static let targetTooLong = Answer.json(414, #"{"error":"the request target is too long"}"#)
    static let unmetExpectation = Answer.json(417, #"{"error":"only Expect: 100-continue is understood"}"#)
    static let headersTooLarge = Answer.json(431, #"{"error":"too many header lines, or too long ones"}"#)
    static let comeAgain = Answer.json(
        503, #"{"error":"busy or stopping, please send it again"}"#, headers: [HeaderField("Retry-After", "1")])

    static func tooLarge(limit: Int) -> Answer {
        .json(413, #"{"error":"the body is larger than \#(limit) bytes"}"#)
    }
}
