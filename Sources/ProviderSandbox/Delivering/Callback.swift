internal import Deliveries
internal import Foundation

/// A request that a provider will make to its customer. Each attempt creates its body, because a thousand large reports
/// must not be in memory at once, and signs it.
struct Callback: Sendable {
    let provider: String
    let type: String
    var method = "POST"
    let url: String
    let group: String
    /// The time before the first attempt, on the sandbox's clock.
    var delay: TimeInterval = 0
    let policy: RetryPolicy
    var reference: String?
    let makeBody: @Sendable () -> [UInt8]
    /// Creates the header lines, besides Content-Type, that the provider sends with this body.
    let makeProof: @Sendable (_ body: [UInt8], _ conditions: ProofConditions) -> [HeaderField]
}

/// The inputs for the signature or credentials of one attempt.
struct ProofConditions: Sendable, Equatable {
    /// The time that is signed, or sent with the signature.
    var secondsSinceEpoch: Int64
    var isWrong = false

    static let wrongSecret = "not-the-secret-of-anybody"

    func secret(_ right: String) -> String { isWrong ? Self.wrongSecret : right }
}

/// How often a provider sends a delivery, and after which responses it stops.
struct RetryPolicy: Sendable {
    var timeLimit: Duration = .seconds(10)
    /// The seconds before the second attempt, the third and so on.
    var waits: [TimeInterval] = []
    /// True if a response with this status ends the attempts, delivered or not; a missing response never ends them.
    var isFinal: @Sendable (_ status: Int) -> Bool

    /// The sandbox's own policy for Certn Centric and Certificall, which document no retries.
    static func undocumented(waits: [TimeInterval]) -> RetryPolicy {
        RetryPolicy(waits: waits) { $0 < 500 && $0 != 408 && $0 != 429 }
    }
}

/// The result of a callback.
enum CallbackOutcome: Sendable, Equatable {
    case delivered(status: Int, body: [UInt8])
    /// The last status was not a success, or there was no response.
    case failed(status: Int?)
    case dropped
}
