package import Foundation

/// A request that a provider will make to its customer, with everything that may be decided late: the body, so that a
/// thousand large reports are not all in memory, and the proof, which each attempt makes anew.
package struct Callback: Sendable {
    package let provider: String
    /// The provider's word for what it is.
    package let kind: String
    package var method = "POST"
    package let url: String
    /// Callbacks of one group go out one after the other, in their order.
    package let group: String
    /// Time between being handed over and the first attempt, on the sandbox's clock.
    package var delay: TimeInterval = 0
    package let policy: RetryPolicy
    /// What it is about: a link, a case.
    package var reference: String?

    let makeBody: @Sendable () -> [UInt8]
    /// Makes the header lines besides Content-Type that the provider sends with this body.
    let makeProof: @Sendable (_ body: [UInt8], _ conditions: ProofConditions) -> [HeaderLine]

    /// The body, made now.
    package var body: [UInt8] { makeBody() }

    /// The header lines of an attempt.
    package func proof(of body: [UInt8], _ conditions: ProofConditions) -> [HeaderLine] {
        makeProof(body, conditions)
    }
}

/// What the proof of one attempt is made under.
package struct ProofConditions: Sendable, Equatable {
    /// The time that is signed, or stands beside the signature.
    package var secondsSinceEpoch: Int64
    /// Sign with a secret that is not the right one.
    package var isWrong = false

    /// This secret, or one that is nobody's.
    package func secret(_ right: String) -> [UInt8] {
        Array((isWrong ? "not-the-secret-of-anybody" : right).utf8)
    }
}

/// How often a provider tries, and after which answers.
package struct RetryPolicy: Sendable {
    /// Of one attempt, to the last byte of the answer.
    package var timeLimit: Duration = .seconds(10)
    /// Waits before the second attempt, the third and so on; none is left when they are used up.
    package var waits: [TimeInterval] = []
    /// Whether an answer with this status is the end of it, delivered or not; no answer at all never is.
    package var isFinal: @Sendable (_ status: Int) -> Bool
}

/// What became of a callback.
package enum CallbackOutcome: Sendable, Equatable {
    /// Answered with 2xx.
    case delivered(status: Int, body: [UInt8])
    /// The last answer was another, or none came.
    case failed(status: Int?)
    /// A fault that was asked for kept it back.
    case dropped
}
