package import Deliveries
internal import NIOCore
internal import NIOPosix

/// A listener that accepts connections.
package struct OpenListener: Sendable {
    /// The interval between checks of the TLS files.
    private static let certificateInterval = TimeAmount.seconds(15)

    /// One for each address family that it is bound to.
    let channels: [any Channel]
    /// The sockets of `channels`; empty for a Unix-domain socket.
    let sockets: [ListeningSocket]
    let shared: SharedState
    let group: any EventLoopGroup

    init(
        channels: [any Channel], sockets: [ListeningSocket] = [], _ shared: SharedState, on group: any EventLoopGroup
    ) {
        self.group = group
        self.channels = channels
        self.sockets = sockets
        self.shared = shared
        watchCertificates()
    }

    /// The port, even if 0 was configured; nil for a Unix-domain socket.
    package var port: Int? {
        channels[0].localAddress?.port
    }

    /// The connections that it accepts at a time: what is configured, or what the process's descriptors leave.
    package var connectionLimit: Int {
        shared.connections.limit
    }

    /// The open connections by what they wait for.
    package var connectionsByPhase: [ConnectionPhase: Int] {
        shared.connections.countsByPhase
    }

    /// Bytes of the bodies that are being received or committed.
    package var bufferedBodyByteCount: Int {
        shared.budget.usedByteCount
    }

    /// When the certificate in use expires; nil without TLS.
    package var certificateExpiresAt: Timestamp? {
        shared.certificates?.expiresAt
    }

    /// Reads the certificate files again, as on SIGHUP. Connections stay open. Blocks: never on an event loop.
    package func reloadCertificates() {
        note(shared.certificates?.reload())
    }

    /// Descriptors of the listening sockets for another process, which the caller closes. None once it accepts no longer.
    package func duplicateSockets() throws -> [Int32] {
        try sockets.compactMap { try $0.duplicate() }
    }

    private func watchCertificates() {
        guard let certificates = shared.certificates else { return }
        let task = channels[0].eventLoop.scheduleRepeatedAsyncTask(
            initialDelay: Self.certificateInterval, delay: Self.certificateInterval
        ) { [self] _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: channels[0].eventLoop) {
                note(certificates.reloadIfChanged())
            }
        }
        channels[0].closeFuture.whenComplete { _ in task.cancel() }
    }

    private func note(_ reload: TLSCertificates.Reload?) {
        switch reload {
        case nil, .unchanged: break
        case .replaced: shared.application.observe(.certificateReloaded)
        case .failed(let error): shared.application.observe(.certificateNotReloaded(error))
        }
    }
}
