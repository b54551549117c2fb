package import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import HTTPListener
internal import Intake
internal import Journal
internal import Logging
internal import NIOPosix
internal import OutboundHTTP
internal import Replay
package import Replication
internal import ServiceLifecycle
internal import SharedJournal

extension Server {
    /// The limits are low, because followers open few connections and send one request at a time on each connection.
    private static let replicationLimits: ListenerLimits = {
        var limits = ListenerLimits()
        limits.connectionCount = 16
        limits.connectionsPerAddress = 8
        limits.reservedConnectionCount = 1
        limits.bufferedBodyByteCount = 64 * 1024
        // Sending takes longer than usual, because a response is one buffer that can be as large as a large body, and
        // because the connection may be slow.
        limits.sendTimeout = .seconds(120)
        return limits
    }()

    /// Sends this archive's entries to followers; nil if that is not configured.
    func replicationSource(_ archive: OpenArchive) throws -> ReplicationSource? {
        guard configuration.receives, configuration.replication.listen != nil else { return nil }
        let token = try configuration.replicationToken(ProcessInfo.processInfo.environment)
        return try ReplicationSource(archive.writer, token: token) { [logger] in ReplicationLog.note($0, logger) }
    }

    /// Copies another archive into this archive; nil if copying is not configured.
    func archiveFollower(_ archive: OpenArchive) throws -> ArchiveFollower? {
        guard !configuration.receives,
            let primary = try configuration.primaryAddress(ProcessInfo.processInfo.environment)
        else { return nil }
        return ArchiveFollower(
            primary, into: archive.writer, node: configuration.replication.node,
            noteRemoved: { [directory = archive.directory] in RunFolder.eraseResponses(to: Set($0), in: directory) },
            note: { [logger] in ReplicationLog.note($0, logger) })
    }

    /// Listens for followers until the server stops.
    func serve(_ source: ReplicationSource, pool: NIOThreadPool) async throws {
        let replication = configuration.replication
        guard let setting = replication.listen else { return }
        let listener: OpenListener
        do throws(ListenError) {
            listener = try await HTTPListener(
                limits: Self.replicationLimits, tls: replication.tls,
                application: ListenerApplication(now: now, admit: { source.admit($0) })
            )
            .listen(on: .tcp(host: setting.host, port: setting.port), group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw ServerError.cannotListen(setting, error)
        }
        live.afterReload { listener.reloadCertificates() }
        logger.info(
            "replication listener open",
            metadata: ["address": "\(setting.host):\(listener.port ?? setting.port)"])
        try? await gracefulShutdown()
        listener.stop()
        try await pool.blocking { source.close() }
        await listener.shutDown(grace: .seconds(1))
    }

    /// Commits a delivery. Waits for a follower if the configuration requires it.
    func commit(
        _ delivery: EncodedDelivery, to archive: OpenArchive, _ source: ReplicationSource?,
        finish: @escaping @Sendable (CommitOutcome<Receipt>) -> Void
    ) {
        guard let source, configuration.replication.acknowledgesAfterFollower else {
            return archive.writer.commit(delivery, finish: finish)
        }
        guard source.isFollowed else { return finish(.rejected(.notFollowed)) }
        archive.writer.commit(delivery) { outcome in
            guard case .durable(let receipt) = outcome else { return finish(outcome) }
            source.waitForFollower(of: receipt.deliveryID.rawValue) { isFollowed in
                finish(isFollowed ? outcome : .rejected(.notFollowed))
            }
        }
    }
}

extension CallboxConfiguration {
    /// The address and token of the primary that `replication` names; nil if it names none.
    package func primaryAddress(_ environment: [String: String]) throws(ConfigurationError) -> PrimaryAddress? {
        guard let url = replication.from else { return nil }
        let trust: Trust
        do throws(Trust.UnusableFile) {
            trust = try Trust(file: replication.authorityFile, environment: environment)
        } catch {
            throw ConfigurationError.invalid(
                "\(error.path) contains no certificate in PEM format",
                advice: "Check --cacert, replication.ca or SSL_CERT_FILE.")
        }
        return PrimaryAddress(url: url, token: try replicationToken(environment), trust: trust)
    }
}

extension OpenArchive {
    /// The replication status of this archive. Blocks.
    var replicationStatus: ReplicationStatus {
        var status = ReplicationStatus()
        status.followers = replication?.status(end: lastPosition() ?? 0)
        status.isSuperseded = following == nil && writer.isSuperseded
        if let progress = following?.progress {
            status.copy = ReplicationStatus.Copy(
                primaryPosition: progress.primaryPosition, isConnected: progress.isConnected,
                problem: progress.problem)
        } else if let progress = upstream?.follower.progress {
            status.copy = ReplicationStatus.Copy(
                primaryPosition: progress.journalPosition, isConnected: progress.isConnected,
                problem: progress.problem)
        }
        return status
    }
}

/// The log lines about replication.
enum ReplicationLog {
    static func note(_ event: ReplicationSource.Event, _ logger: Logger) {
        switch event {
        case .unauthorized(let peer):
            logger.warning("a follower sent a wrong token", metadata: ["peer": "\(peer)"])
        case .followerConnected(let node, let position):
            logger.info("follower connected", metadata: ["node": "\(node)", "position": "\(position)"])
        case .followerDiffers(let node, let position):
            logger.error(
                "a follower's archive is not a copy of this archive",
                metadata: ["node": "\(node)", "position": "\(position)"])
        case .followerNameInUse(let node):
            logger.warning(
                "two followers have the same name; the second one is rejected", metadata: ["node": "\(node)"])
        case .superseded(let epoch):
            logger.critical(
                "another archive took over as the primary; this server acknowledges no more deliveries",
                metadata: ["epoch": "\(epoch)"])
        case .failed(let error):
            logger.error("replication failed", metadata: ["reason": "\(error)"])
        }
    }

    static func note(_ event: ArchiveFollower.Event, _ logger: Logger) {
        switch event {
        case .connected(let position):
            logger.info("copying", metadata: ["position": "\(position)"])
        case .caughtUp(let position):
            logger.info("the copy is up to date", metadata: ["position": "\(position)"])
        case .failed(let reason):
            logger.warning("copying failed; trying again", metadata: ["reason": "\(reason)"])
        case .primarySuperseded(let epoch):
            logger.error(
                "another archive took over as the primary; follow that archive", metadata: ["epoch": "\(epoch)"])
        case .stopped(let reason):
            logger.critical(
                "copying has ended; queries show no new deliveries", metadata: ["reason": "\(reason)"])
        }
    }
}
