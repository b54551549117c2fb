/// What the receiver answered.
package struct ReceivedAnswer: Sendable, Equatable {
    package let status: Int
    /// The first bytes of the body, at most `ExactSender.answerByteCountLimit`.
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why there is no answer.
package enum SendFailure: Error, Equatable {
    /// No connection was made.
    case unreachable(problem: String)
    /// The connection was made, and no whole answer came.
    case unanswered(problem: String)
}
