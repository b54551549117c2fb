internal import ControlSocket
internal import Journal
internal import Logging
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the control socket: commands append entries and run maintenance jobs through it.
struct ControlService: Service {
    private let maintenance: Maintenance
    private let logger: Logger
    /// Waits for the end of the socket's threads.
    private let pool: NIOThreadPool
    private let report: @Sendable (any Error) -> FailureReport

    init(
        _ maintenance: Maintenance, logger: Logger, pool: NIOThreadPool,
        report: @escaping @Sendable (any Error) -> FailureReport
    ) {
        self.maintenance = maintenance
        self.logger = logger
        self.pool = pool
        self.report = report
    }

    func run() async throws {
        let directory = maintenance.archive.directory
        let server = ControlServer<ControlRequest, ControlResponse>(path: directory.controlSocketPath, handle: handle)
        do throws(ControlFailure) {
            directory.prepareControlSocket()
            try server.start()
        } catch {
            // The server receives without it.
            logger.warning(
                "no control socket: commands that write have to wait until this server stops",
                metadata: ["path": "\(directory.controlSocketPath)", "reason": "\(error)"])
        }
        try? await gracefulShutdown()
        try await pool.blocking { server.stop() }
    }

    /// Carries out one request of a command. Blocks.
    func handle(_ request: ControlRequest, _ send: (ControlResponse) throws(ControlFailure) -> Void) {
        let response: ControlResponse
        do {
            switch request {
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
