internal import Deliveries
internal import HTTPListener
internal import Intake
internal import Logging
internal import Synchronization

/// Counts and logs the listener's events: numbers, names and digests, nothing of what was sent.
final class IntakeLog: Sendable {
    private let logger: Logger
    private let archivedCount = Atomic(0)
    private let handshakeCount = Atomic(0)
    private let rejectedCount = Atomic(0)
    private let unknownPathCount = Atomic(0)
    private let malformedCount = Atomic(0)
    private let unquarantinedCount = Atomic(0)

    init(_ logger: Logger) {
        self.logger = logger
    }

    func note(_ event: IntakeEvent) {
        switch event {
        case .archived(let arrival):
            archivedCount.wrappingAdd(1, ordering: .relaxed)
            logger.debug(
                "delivery archived",
                metadata: [
                    "delivery.id": "\(arrival.id)", "source": "\(arrival.source)",
                    "verification": "\(arrival.verification.rawValue)", "secret": "\(arrival.secretName ?? "-")",
                    "body.bytes": "\(arrival.bodyByteCount)", "stored.bytes": "\(arrival.storedByteCount)",
                    "body.sha256": "\(Hex.encode(arrival.bodySHA256.prefix(8)))",
                ])
        case .handshake(let source, let name, let status):
            handshakeCount.wrappingAdd(1, ordering: .relaxed)
            logger.info(
                "responded without archiving",
                metadata: ["source": "\(source)", "event": "\(name)", "status": "\(status)"])
        case .rejected(let source, let status, let reason):
            rejectedCount.wrappingAdd(1, ordering: .relaxed)
            logger.warning("rejected", metadata: ["source": "\(source)", "status": "\(status)", "reason": "\(reason)"])
        case .notQuarantined: noteUnquarantined()
        case .unknownPath:
            unknownPathCount.wrappingAdd(1, ordering: .relaxed)
            logger.info("no source at the path", metadata: ["status": "404"])
        }
    }

    func note(_ event: ListenerEvent) {
        switch event {
        case .malformedRequest(let cause, let peer):
            malformedCount.wrappingAdd(1, ordering: .relaxed)
            logger.info("malformed request", metadata: ["reason": "\(cause.rawValue)", "peer": "\(peer)"])
        case .tooManyConnections:
            logger.warning("too many connections")
        case .connectionLimitLowered(let count, let descriptors):
            logger.warning(
                "the connection limit is lowered: the process may open too few files; raise LimitNOFILE",
                metadata: ["connections": "\(count)", "descriptors": "\(descriptors)"])
        case .descriptorsExhausted:
            logger.error("out of file descriptors; accepting pauses for 100 ms")
        case .handshakeFailed(let reason, let peer):
            logger.info("TLS handshake failed", metadata: ["reason": "\(reason)", "peer": "\(peer)"])
        case .certificateReloaded:
            logger.info("certificate reloaded")
        case .certificateNotReloaded(let error):
            logger.error(
                "the new certificate cannot be used; the previous one stays in use", metadata: ["reason": "\(error)"])
        case .respondedWithoutKeeping(let status):
            logger.debug("responded without keeping", metadata: ["status": "\(status)"])
        }
    }

    /// A rejected delivery found no room in the quarantine.
    func noteUnquarantined() {
        unquarantinedCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// The totals since the start, for the last log line of a server.
    func summarise() {
        logger.info(
            "served",
            metadata: [
                "archived": "\(archivedCount.load(ordering: .relaxed))",
                "handshakes": "\(handshakeCount.load(ordering: .relaxed))",
                "rejected": "\(rejectedCount.load(ordering: .relaxed))",
                "unknown-path": "\(unknownPathCount.load(ordering: .relaxed))",
                "malformed": "\(malformedCount.load(ordering: .relaxed))",
                "unquarantined": "\(unquarantinedCount.load(ordering: .relaxed))",
            ])
    }
}
