package import CallboxServer
internal import Journal
package import Logging
internal import ServiceLifecycle

/// A relay within a server. It reads after each commit and runs until the server stops. A delivery that is in progress
/// at that time is sent again after the next start.
package struct RelayService: Service {
    private let relay: Relay
    private let archive: OpenArchive
    private let logger: Logger
    private let describe: @Sendable (any Error) -> String

    /// - Parameter relay: a relay that reads `archive`.
    package init(
        _ relay: Relay, archive: OpenArchive, logger: Logger, describe: @escaping @Sendable (any Error) -> String
    ) {
        self.relay = relay
        self.archive = archive
        self.logger = logger
        self.describe = describe
    }

    package func run() async throws {
        // Keeps only the newest announcement, because each read returns all committed entries.
        let (growth, announcement) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        archive.writer.onGrowth { announcement.yield() }
        await cancelWhenGracefulShutdown {
            do {
                try await relay.run(growth: growth)
            } catch {
                logger.error("forwarding failed", metadata: ["reason": "\(describe(error))"])
            }
        }
        try? await gracefulShutdown()
    }
}

extension RelayEvent {
    /// Logs the event of a server's relay.
    package func log(to logger: Logger, note: (RelayNote) -> String) {
        func metadata(_ delivery: RelayedDelivery) -> Logger.Metadata {
            ["delivery": "\(delivery.id)", "source": "\(delivery.source)", "attempt": "\(delivery.attempt)"]
        }
        switch self {
        case .forwarded(let delivery, let status, let isAccepted, let milliseconds):
            logger.log(
                level: isAccepted ? .info : .warning, "forwarded",
                metadata: metadata(delivery).merging(["status": "\(status)", "ms": "\(milliseconds)"]) { $1 })
        case .retrying(let delivery, let cause, let wait):
            logger.warning(
                "the target does not accept deliveries",
                metadata: metadata(delivery).merging(["reason": "\(cause)", "wait": "\(wait)"]) { $1 })
        case .skipped(let delivery, let cause):
            logger.warning("not forwarded", metadata: metadata(delivery).merging(["reason": "\(cause)"]) { $1 })
        case .note(let text): logger.notice("forwarding", metadata: ["note": "\(note(text))"])
        }
    }
}
