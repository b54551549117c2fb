package import Deliveries
internal import HTTPListener
package import Intake
internal import Logging
internal import Quarantine
internal import Synchronization

/// Logs, counts and lists requests. The output contains numbers, names and digests, never a body, a header value or a
/// query.
final class IntakeLog: Sendable {
    private let logger: Logger
    private let metrics: ServerMetrics
    private let rejections: RejectionLog
    private let access: (@Sendable (RequestRecord) -> Void)?
    /// The number of handshakes since the last `flushRepeats`. Anyone can send handshakes, so only the first handshakes
    /// are logged.
    private let recentHandshakes = Atomic(0)
    private static let handshakeLineLimit = 20

    /// - Parameter access: called for every request; nil if requests are not listed.
    init(_ logger: Logger, _ metrics: ServerMetrics, access: (@Sendable (RequestRecord) -> Void)? = nil) {
        self.logger = logger
        self.metrics = metrics
        self.rejections = RejectionLog(logger)
        self.access = access
    }

    func note(_ event: IntakeEvent) {
        let request = event.request
        let duration = request.arrivedAt.duration(to: .now)
        var verification: Verification?
        switch event.outcome {
        case .archived(let arrival):
            verification = arrival.verification
            metrics.noteArchived(event.source ?? "", arrival.verification, event.status, after: duration)
            logger.debug(
                "delivery archived",
                metadata: [
                    "delivery.id": "\(arrival.id)", "source": "\(event.source ?? "-")", "request": "\(request.id)",
                    "verification": "\(arrival.verification.rawValue)", "secret": "\(arrival.secretName ?? "-")",
                    "body.bytes": "\(arrival.bodyByteCount)", "stored.bytes": "\(arrival.storedByteCount)",
                    "body.sha256": "\(Hex.encode(arrival.bodySHA256.prefix(8)))",
                ])
        case .handshake(let name):
            metrics.handshakes.add()
            let count = recentHandshakes.wrappingAdd(1, ordering: .relaxed).newValue
            guard count <= Self.handshakeLineLimit else { break }
            logger.info(
                "responded without archiving",
                metadata: [
                    "source": "\(event.source ?? "-")", "event": "\(name)", "status": "\(event.status)",
                    "request": "\(request.id)",
                ])
        case .rejected(let reason):
            metrics.noteRejected(event.source, event.status, reason)
            log(request, event.source, event.status, reason)
        case .unverified(let reason, let isQuarantined):
            verification = .failed
            metrics.noteRejected(event.source, event.status, reason)
            // A quarantined delivery is logged later, when it is stored.
            guard !isQuarantined else { break }
            metrics.unquarantined.add()
            log(request, event.source, event.status, reason)
        case .unknownPath:
            metrics.noteRejected(nil, event.status, "unknown path")
            log(request, nil, event.status, "no source at this path")
        }
        access?(
            RequestRecord(
                request: request, source: event.source, status: event.status, duration: duration,
                verification: verification))
    }

    func note(_ event: ListenerEvent) {
        switch event {
        case .malformedRequest(let cause, let peer):
            metrics.malformed.add()
            rejections.note(Rejection(source: nil, status: 400, reason: cause.rawValue, peer: peer), at: .info)
        case .handshakeFailed(let reason, let peer):
            rejections.note(Rejection(source: nil, status: 0, reason: "TLS handshake failed: \(reason)", peer: peer))
        case .tooManyConnections(let peer):
            rejections.note(Rejection(source: nil, status: 503, reason: "too many connections", peer: peer))
        case .connectionLimitLowered(let count, let descriptors):
            logger.warning(
                "the connection limit is lowered because the limit of open files is too low; raise LimitNOFILE",
                metadata: ["connections": "\(count)", "descriptors": "\(descriptors)"])
        case .descriptorsExhausted:
            logger.error("out of file descriptors; no connection is accepted for 100 ms")
        case .certificateReloaded:
            logger.info("certificate reloaded")
        case .certificateNotReloaded(let error):
            logger.error(
                "cannot use the new certificate; the previous one stays in use", metadata: ["reason": "\(error)"])
        case .rejected(let status, let peer, let target):
            let reason = Self.reason(status)
            metrics.noteRejected(nil, status, reason)
            rejections.note(
                Rejection(source: nil, status: status, reason: reason, peer: peer),
                path: target.map(RequestSummary.maskedPath), at: status == 503 ? .warning : .info)
        }
    }

    /// The reason for a status that the listener itself responds with.
    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "the request does not have exactly one valid Host header, or has Transfer-Encoding in HTTP/1.0"
        case 408: "the request took too long to arrive"
        case 413: "the body is too large"
        case 414: "the request target is too long"
        case 417: "the Expect header is not 100-continue"
        case 431: "the header lines are too many or too long"
        case 501: "an unknown method, or a transfer coding other than chunked"
        case 503: "busy or stopping"
        default: "rejected by the listener"
        }
    }

    /// Logs a rejected delivery after the quarantine stored it, or failed to store it.
    func note(_ delivery: QuarantinedDelivery, storedAs id: QuarantineID?) {
        log(RequestSummary(delivery.request), delivery.source, 401, delivery.reason, id)
    }

    private func log(
        _ request: RequestSummary, _ source: String?, _ status: Int, _ reason: String, _ id: QuarantineID? = nil
    ) {
        rejections.note(
            Rejection(source: source, status: status, reason: reason, peer: request.peer), request, quarantineID: id)
    }

    /// Logs how often each rejection was repeated since its last log line.
    func flushRepeats() {
        rejections.flush()
        let further = recentHandshakes.exchange(0, ordering: .relaxed) - Self.handshakeLineLimit
        if further > 0 { logger.info("further handshakes", metadata: ["count": "\(further)"]) }
    }

    /// Logs the totals since the start. Called when a server stops.
    func summarise() {
        flushRepeats()
        logger.info(
            "served",
            metadata: [
                "archived": "\(metrics.archivedCount)", "handshakes": "\(metrics.handshakes.value)",
                "rejected": "\(metrics.rejectedCount)", "malformed": "\(metrics.malformed.value)",
                "unquarantined": "\(metrics.unquarantined.value)",
            ])
    }
}

/// One request, as the access log and the terminal show it.
package struct RequestRecord: Sendable {
    package let request: RequestSummary
    /// The name of the source; nil if no source has the path.
    package let source: String?
    package let status: Int
    /// The time from the last byte of the request to the response.
    package let duration: Duration
    /// The result of the verification; nil if the request needed none.
    package let verification: Verification?
}

/// The key by which repeated rejections are counted instead of logged.
struct Rejection: Hashable {
    let source: String?
    let status: Int
    let reason: String
    let peer: String
}
