internal import Deliveries
internal import Intake
internal import Logging
internal import Quarantine
internal import Synchronization

/// Logs the first of equal rejections and counts the rest, because many forged requests must not fill the log.
final class RejectionLog: Sendable {
    /// The maximum number of different rejections with separate counts. Further rejections share one count.
    static let keyCountLimit = 256

    private struct State {
        /// The logged rejection and the number of repeats since then. The key is the rejection without the numbers in
        /// its reason.
        var repeats: [Rejection: (first: Rejection, count: Int, level: Logger.Level)] = [:]
        var otherCount = 0
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// - Parameter path: the path of the request, for requests without a summary.
    func note(
        _ rejection: Rejection, _ request: RequestSummary? = nil, path: String? = nil,
        quarantineID: QuarantineID? = nil, at level: Logger.Level = .warning
    ) {
        // Reasons are equal if they differ only in a number, such as an age in seconds.
        let key = Rejection(
            source: rejection.source, status: rejection.status, reason: RejectionReason.label(rejection.reason),
            peer: rejection.peer)
        let isFirst = state.withLock { state in
            if let repeats = state.repeats[key] {
                state.repeats[key] = (repeats.first, repeats.count + 1, repeats.level)
                return false
            }
            guard state.repeats.count < Self.keyCountLimit else {
                state.otherCount += 1
                return false
            }
            state.repeats[key] = (rejection, 0, level)
            return true
        }
        guard isFirst else { return }
        var metadata = Self.metadata(rejection)
        if let request {
            metadata["request"] = "\(request.id)"
            metadata["method"] = "\(request.method)"
        }
        if let path = request?.maskedPath ?? path { metadata["path"] = "\(String(path.prefix(200)))" }
        if let quarantineID { metadata["quarantine"] = "q\(quarantineID)" }
        logger.log(level: level, "rejected", metadata: metadata)
    }

    /// Logs the counts and resets them. Called every `repeatInterval`.
    func flush() {
        let ended = state.withLock { state in
            defer { state = State() }
            return state
        }
        for repeats in ended.repeats.values where repeats.count > 0 {
            var metadata = Self.metadata(repeats.first)
            metadata["count"] = "\(repeats.count)"
            logger.log(level: repeats.level, "rejected again", metadata: metadata)
        }
        if ended.otherCount > 0 { logger.warning("further rejections", metadata: ["count": "\(ended.otherCount)"]) }
    }

    private static func metadata(_ rejection: Rejection) -> Logger.Metadata {
        [
            "source": "\(rejection.source ?? "-")", "status": "\(rejection.status)", "reason": "\(rejection.reason)",
            "peer": "\(rejection.peer)",
        ]
    }
}
