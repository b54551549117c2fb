internal import CallboxConfiguration
internal import ControlSocket
internal import Journal
internal import Logging
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the control socket: commands append entries and run maintenance jobs through it.
struct ControlService: Service {
    private let handler: ControlHandler
    private let server: ControlServer<ControlRequest, ControlResponse>
    private let logger: Logger
    /// Runs the threads of the socket; `run` returns after they have ended.
    private let pool: NIOThreadPool

    init(
        _ maintenance: Maintenance, logger: Logger, pool: NIOThreadPool,
        reload: @escaping @Sendable () throws -> LiveConfiguration.Reload, handOver: HandOver,
        report: @escaping @Sendable (any Error) -> FailureReport
    ) {
        let handler = ControlHandler(maintenance: maintenance, reload: reload, handOver: handOver, report: report)
        self.handler = handler
        self.server = ControlServer(
            path: maintenance.archive.directory.controlSocketPath, descriptors: handOver.descriptors,
            handle: handler.handle)
        self.logger = logger
        self.pool = pool
    }

    /// Opens the socket. Called before `run`.
    func start() {
        let directory = handler.maintenance.archive.directory
        do throws(ControlFailure) {
            directory.prepareControlSocket()
            try server.start()
        } catch {
            // The server receives deliveries without the control socket too, so a failure is only logged.
            logger.warning(
                "cannot open the control socket; commands that write fail until this server stops",
                metadata: ["path": "\(directory.controlSocketPath)", "reason": "\(error)"])
        }
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await pool.blocking { server.stop() }
    }
}

/// Handles the requests of commands.
struct ControlHandler: Sendable {
    let maintenance: Maintenance
    let reload: @Sendable () throws -> LiveConfiguration.Reload
    let handOver: HandOver
    let report: @Sendable (any Error) -> FailureReport

    /// Runs one request of a command and sends its responses. Blocks.
    func handle(_ request: ControlRequest, _ send: (ControlResponse) throws(ControlFailure) -> Void) {
        let response: ControlResponse
        do {
            switch request {
            case .reload: response = .reloaded(try reload())
            case .handOver(let address):
                try send(.handedOver(hasSockets: address == handOver.address))
                return handOver.stop()
            case .replicationStatus: response = .replication(maintenance.archive.replicationStatus)
            case .append(let drafts): response = .appended(try maintenance.archive.append(drafts))
            case .run(let job):
                response = .finished(
                    try maintenance.run(job) { text in
                        do throws(ControlFailure) {
                            try send(.progress(text))
                        } catch {
                            throw ServerError.interrupted
                        }
                    })
            }
        } catch {
            response = .failed(report(error))
        }
        try? send(response)
    }
}
