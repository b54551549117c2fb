package import Deliveries
internal import NIOCore
internal import NIOPosix

/// A listener that accepts connections.
package struct OpenListener: Sendable {
    /// The interval between checks of the TLS files.
    private static let certificateInterval = TimeAmount.seconds(15)

    /// The channels, one per address family.
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

    /// The maximum number of open connections: the configured number, or fewer if the process has too few descriptors.
    package var connectionLimit: Int {
        shared.connections.limit
    }

    /// The numbers of open connections by phase.
    package var connectionsByPhase: [ConnectionPhase: Int] {
        shared.connections.countsByPhase
    }

    /// The bytes of all bodies that are being received or committed.
    package var bufferedBodyByteCount: Int {
        shared.budget.usedByteCount
    }

    /// The expiry time of the certificate in use; nil without TLS.
    package var certificateExpiresAt: Timestamp? {
        shared.certificates?.expiresAt
    }

    /// Reloads the certificate files, as SIGHUP does. Connections stay open. Blocks, so it must not run on an event
    /// loop.
    package func reloadCertificates() {
        note(shared.certificates?.reload())
    }

    /// Duplicates the descriptors of the listening sockets for another process; the caller closes them. Returns none
    /// once the listener no longer accepts connections.
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
