/// A request as it came in.
package struct ReceivedRequest: Sendable, Equatable {
    /// The request line and the header lines, byte for byte, without their line ends.
    package let headLines: [[UInt8]]
    /// The body, free of any transfer coding.
    package let body: [UInt8]

    package init(headLines: [[UInt8]], body: [UInt8]) {
        self.headLines = headLines
        self.body = body
    }
}

/// What happened at the receiver, in the order in which it happened.
package enum Arrival: Sendable {
    /// A whole request, which waits for its answer.
    case request(ReceivedRequest, answer: PendingAnswer)
    /// Something that is no request to count, and waits for no answer.
    case refusal(Refusal)
}

/// Why a request was not taken. The raw value is the sentence for the terminal.
package enum Refusal: String, Sendable, Equatable {
    case bodyTooLarge = "a request was refused with 413: its body is larger than the limit"
    case headTooLarge = "a request was refused with 431: its head is larger than the limit"
    case notHTTP = "a connection was refused with 400: what came is not an HTTP/1.1 request"
    case brokenOff = "a connection was closed by its client in the middle of a request"
    case tooSlow = "a connection was closed: its request did not arrive in time"
    case tooManyConnections = "a connection was closed: too many are open"
}
