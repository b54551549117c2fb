internal import Deliveries
internal import Foundation

/// A request that a provider will send to its customer. Each attempt creates and signs the body again, because a
/// thousand large reports must not be in memory at the same time.
struct Callback: Sendable {
    let provider: String
    let type: String
    var method = "POST"
    let url: String
    let group: String
    /// The time before the first attempt in seconds, on the sandbox's clock.
    var delay: TimeInterval = 0
    let policy: RetryPolicy
    var reference: String?
    let makeBody: @Sendable () -> [UInt8]
    /// Creates the header lines, except Content-Type, that the provider sends with a body.
    let makeProof: @Sendable (_ body: [UInt8], _ conditions: ProofConditions) -> [HeaderField]
}

/// The inputs for the signature or the credentials of one attempt.
struct ProofConditions: Sendable, Equatable {
    /// The time that is signed, or that is sent with the signature.
    var secondsSinceEpoch: Int64
    var isWrong = false

    static let wrongSecret = "not-the-secret-of-anybody"

    func secret(_ right: String) -> String { isWrong ? Self.wrongSecret : right }
}

/// A provider's rule for retries: the waits, and the responses after which it stops.
struct RetryPolicy: Sendable {
    var timeLimit: Duration = .seconds(10)
    /// The waits before the second attempt, the third attempt and so on, in seconds.
    var waits: [TimeInterval] = []
    /// True if a response with this status ends the attempts, whether or not the delivery was accepted. A missing
    /// response never ends the attempts.
    var isFinal: @Sendable (_ status: Int) -> Bool

    /// The policy for Certn Centric and Certificall, which do not document retries. The sandbox defines it.
    static func undocumented(waits: [TimeInterval]) -> RetryPolicy {
        RetryPolicy(waits: waits) { $0 < 500 && $0 != 408 && $0 != 429 }
    }
}

/// The result of a callback after all attempts.
enum CallbackOutcome: Sendable, Equatable {
    case delivered(status: Int, body: [UInt8])
    /// The last response was not a success, or there was no response.
    case failed(status: Int?)
    case dropped
}
