internal import Logging
internal import ServiceLifecycle
internal import SharedJournal

/// The log lines of the lanes, the leader and the follower of a shared journal.
enum SharedJournalLog {
    static func note(_ event: SharedJournalEvent, _ logger: Logger, _ fences: AsyncStream<ServerError>.Continuation) {
        switch event {
        case .fenced(let lane):
            logger.critical(
                "another server took over a lane of this server; stopping", metadata: ["lane": "\(lane)"])
            fences.yield(.laneTaken(lane))
        case .nameInUse(let node):
            logger.critical("another process uses this node's name; stopping", metadata: ["node": "\(node)"])
            fences.yield(.nodeNameInUse(node))
        case .laneConnected(let lane): logger.info("lane connected", metadata: ["lane": "\(lane)"])
        case .laneFailed(let lane, let reason):
            logger.error("committing failed", metadata: ["lane": "\(lane)", "reason": "\(reason)"])
        case .unproved(let lane, let reason):
            logger.error(
                "a batch was committed but is not acknowledged", metadata: ["lane": "\(lane)", "reason": "\(reason)"])
        case .becameLeader(let epoch): logger.info("leading the shared journal", metadata: ["epoch": "\(epoch)"])
        case .lostLead: logger.warning("another node became the leader")
        case .leaderFailed(let reason):
            logger.warning("cannot lead the shared journal", metadata: ["reason": "\(reason)"])
        case .followerConnected: logger.info("copying the shared journal")
        case .followerFailed(let reason): logger.warning("copying failed", metadata: ["reason": "\(reason)"])
        case .followerStopped(let reason):
            logger.critical("copying has ended; queries show no new deliveries", metadata: ["reason": "\(reason)"])
        }
    }

    /// Waits for a failure in `fences` and throws it, which stops the server. A failure means that another process has
    /// this node's name.
    static func fail(on fences: AsyncStream<ServerError>) async throws {
        let failure: ServerError? = await cancelWhenGracefulShutdown {
            for await failure in fences { return failure }
            return nil
        }
        if let failure { throw failure }
        try? await gracefulShutdown()
    }
}
