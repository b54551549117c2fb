internal import CallboxConfiguration
internal import ControlSocket
internal import Foundation
internal import HTTPListener
internal import Journal
internal import Logging
internal import NIOPosix

/// Passes the listening sockets of a running server to the server that replaces it.
///
/// ```
///  running server                              its replacement
///  ──────────────                              ───────────────
///                        ◀── .handOver ──────  configuration and secrets are read
///  sends descriptors     ─── .handedOver ───▶  has the sockets, waits for the archive's lock
///  stops as on SIGTERM
///  releases the lock                           opens the archive, accepts
/// ```
/// Neither server accepts while the lock changes hands; the kernel queues the connections that arrive.
struct HandOver: Sendable {
    /// The maximum time to wait for the archive's lock.
    static let lockWait: Duration = .seconds(120)
    /// The maximum time to wait for the running server's response. That server stops only after it has responded.
    static let responseWait: Duration = .seconds(30)

    /// The address that the replacement will listen on. If it differs from the running server's address, the
    /// replacement opens its own socket.
    let address: String
    let opened: OpenedListener
    let stop: @Sendable () -> Void

    /// The sockets that a response passes to the replacement.
    func descriptors(of response: ControlResponse) -> [Int32] {
        guard case .handedOver(hasSockets: true) = response else { return [] }
        return (try? opened.listener?.duplicateSockets()) ?? []
    }

    /// Asks the server of an archive to stop. Returns its listening sockets, which the caller owns; empty if no server
    /// runs or if it listens at another address.
    ///
    /// - Parameter limit: the maximum time to wait for the server's response.
    static func take(
        from directory: ArchiveDirectory, listeningAt address: String, within limit: Duration = responseWait,
        _ logger: Logger
    ) async throws -> [Int32] {
        try await NIOThreadPool.singleton.blocking {
            let path = directory.controlSocketPath
            do throws(ControlFailure) {
                let client = try ControlClient<ControlRequest, ControlResponse>.connect(
                    path: path, responseTimeout: limit)
                defer { client.close() }
                logger.info(
                    "asking the running server to hand over",
                    metadata: ["archive": "\(directory.path)", "limit": "\(limit.components.seconds)s"])
                try client.send(.handOver(address: address))
                guard case .handedOver? = try client.receive() else { throw .closed }
                return client.takeDescriptors()
            } catch .notListening {
                return []
            } catch {
                throw ServerError.cannotTakeOver(socketPath: path, reason: "\(error)")
            }
        }
    }
}

extension Server {
    /// Asks the running server to stop, and returns the sockets to listen on.
    func takeSockets() async throws -> [Int32] {
        // Checks the TLS files first. A replacement that cannot listen must not stop the running server.
        do throws(ListenError) {
            try configuration.tls?.check()
        } catch {
            throw ServerError.cannotListen(configuration.listen, error)
        }
        let taken = try await HandOver.take(
            from: ArchiveDirectory(path: configuration.archivePath), listeningAt: "\(configuration.listen)", logger)
        return sockets.main.isEmpty ? taken : sockets.main
    }

    /// Opens the archive. If this server replaces a running server, waits until the running server has released the
    /// lock.
    func waitingForLock<Archive>(_ open: () throws -> Archive) async throws -> Archive {
        let end = ContinuousClock.now + HandOver.lockWait
        // The holder of the lock can change, because another replacement may take the archive first.
        var loggedHolder: String?
        while true {
            do {
                return try open()
            } catch ArchiveError.heldByAnother(let path, let processID) where replaces && ContinuousClock.now < end {
                let holder = processID.map(String.init) ?? "-"
                if loggedHolder != holder {
                    loggedHolder = holder
                    logger.info(
                        "waiting for the other server to release the archive",
                        metadata: [
                            "archive": "\(path)", "process": "\(holder)",
                            "limit": "\(HandOver.lockWait.components.seconds)s",
                        ])
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}
