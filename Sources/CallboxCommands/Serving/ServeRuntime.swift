internal import HTTPListener
internal import CallboxConfiguration
internal import ControlSocket
internal import Deliveries
internal import Intake
internal import Journal
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Providers
internal import Quarantine
internal import ReportIndex
internal import ServiceLifecycle
internal import UnixSignals

/// A running server: what is connected to what, in the order it starts; it stops in the opposite order.
///
/// ```
/// JournalWriter ─▶ Indexer ─▶ QuarantineWriter ─▶ BackgroundMaintenance ─▶ control socket
///     ─▶ HTTPListener(respond: intake.receive) ─▶ FollowUpRuntime
/// ```
struct ServeRuntime: Service {
    let configuration: CallboxConfiguration
    let live: LiveConfiguration
    let logger: Logger
    /// Called once the listener is open, with the address it got.
    let announce: @Sendable (ListenSetting) -> Void

    /// How long the end waits for the index: what is not indexed then is indexed by the next start.
    private static let indexingGrace: Duration = .seconds(5)

    func run() async throws {
        // Trapped before the address is announced: whoever waits for that may send SIGHUP at once.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        SQLiteFile.disableMemoryStatistics()
        let archive = try openArchive()
        // The pool that offloads large bodies serves intake alone.
        let pool = NIOThreadPool(numberOfThreads: max(2, System.coreCount))
        pool.start()
        let followUpPool = NIOThreadPool(numberOfThreads: 2)
        followUpPool.start()
        let maintenance = Maintenance(archive)
        let background = BackgroundMaintenance(
            maintenance, trainsDictionaries: configuration.trainsDictionaries, logger: logger)
        background.start()
        let control = startControlSocket(maintenance)
        var failure: (any Error)?
        do {
            try await serve(archive, pool, followUpPool, hangups)
        } catch {
            failure = error
        }
        try? await pool.shutdownGracefully()
        try? await followUpPool.shutdownGracefully()
        try? await blocking { () throws(CommandFailure) in
            control?.stop()
            background.stop()
            archive.quarantine.close()
            archive.waitForIndexer(limit: Self.indexingGrace)
            archive.indexer.stop()
            archive.writer.close()
        }
        if let failure { throw failure }
    }

    private func openArchive() throws(CommandFailure) -> OpenArchive {
        let directory = ArchiveDirectory(path: configuration.archivePath)
        let logger = logger
        do throws(ArchiveError) {
            let writer = try JournalWriter(directory) { error in
                logger.error("storing failed", metadata: ["reason": "\(CommandFailure(error).message)"])
            }
            do throws(ArchiveError) {
                let indexer = try Indexer(
                    directory, lag: configuration.indexLag, isUnderPressure: { writer.isUnderPressure },
                    parser: live.parser)
                writer.onGrowth { indexer.wake() }
                indexer.start { error in
                    logger.error("indexing failed", metadata: ["reason": "\(CommandFailure(error).message)"])
                }
                let quarantine = try QuarantineWriter(directory, limits: configuration.quarantine) { error in
                    logger.error("quarantine failed", metadata: ["reason": "\(CommandFailure(error).message)"])
                }
                return OpenArchive(
                    writer: writer, indexer: indexer, quarantine: quarantine, parser: live.parser,
                    sources: { [live] in live.sources }, retention: { [live] in live.retention }, now: SystemClock.now,
                    isServed: true)
            } catch {
                writer.close()
                throw error
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    private func serve(
        _ archive: OpenArchive, _ pool: NIOThreadPool, _ followUpPool: NIOThreadPool, _ hangups: UnixSignalsSequence
    ) async throws {
        let intakeLog = IntakeLog(logger)
        let followUp = FollowUpRuntime(
            archive: archive, configuration: configuration, pool: followUpPool, logger: logger, now: SystemClock.now)
        await followUp.prepare()
        let listener = try await openListener(archive, pool, intakeLog)
        announce(ListenSetting(host: configuration.listen.host, port: listener.port ?? configuration.listen.port))
        await serveUntilToldToStop(hangups, followUp)
        logger.info("stopping")
        await listener.shutDown(grace: configuration.shutdownGrace)
        await followUp.finish()
        intakeLog.summarise()
    }

    /// SIGHUP reads the configuration anew; the service group sees to SIGTERM and SIGINT.
    private func serveUntilToldToStop(_ hangups: UnixSignalsSequence, _ followUp: FollowUpRuntime) async {
        await withTaskGroup { tasks in
            tasks.addTask { await followUp.run() }
            tasks.addTask { [live, logger] in
                for await _ in hangups { live.reload(logger) }
            }
            try? await gracefulShutdown()
            tasks.cancelAll()
        }
    }

    private func openListener(
        _ archive: OpenArchive, _ pool: NIOThreadPool, _ intakeLog: IntakeLog
    ) async throws(CommandFailure) -> OpenListener {
        let live = live
        let floor = FreeSpaceFloor(path: configuration.archivePath)
        let links = ReferredLinks(archive.directory)
        let intake = IntakePipeline<Receipt>(
            sources: { live.sources },
            encode: DeliveryEncoder { archive.writer.compressorForArrival(source: $0, body: $1) },
            commit: { archive.writer.commit($0, finish: $1) },
            quarantine: { if floor.isShort() || !archive.quarantine.add($0) { intakeLog.noteUnquarantined() } },
            offload: { work in pool.submit { _ in work() } },
            observe: { intakeLog.note($0) }, redirectLimits: .redirects, quarantineLimits: .quarantine,
            isSpaceShort: { floor.isShort() }, isReferredTo: { _, target in links.contains(target) })
        let application = ListenerApplication(
            now: SystemClock.now, admit: intake.admit, respond: intake.receive, observe: { intakeLog.note($0) })
        let listen = configuration.listen
        do throws(ListenError) {
            return try await HTTPListener(limits: configuration.limits, application: application)
                .listen(on: .tcp(host: listen.host, port: listen.port), group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw CommandFailure(error, listen)
        }
    }

    /// Without the socket the server still receives; only commands that write have to wait until it stops.
    private func startControlSocket(_ maintenance: Maintenance) -> ControlServer<ControlRequest, ControlResponse>? {
        let directory = maintenance.archive.directory
        let server = ControlServer<ControlRequest, ControlResponse>(path: directory.controlSocketPath) {
            request, send in
            ControlHandler(maintenance).handle(request, send)
        }
        do throws(ControlFailure) {
            directory.prepareControlSocket()
            try server.start()
            return server
        } catch {
            logger.warning(
                "no control socket: commands that write have to wait until this server stops",
                metadata: ["path": "\(directory.controlSocketPath)", "reason": "\(error)"])
            return nil
        }
    }
}

/// Answers one request of a command.
struct ControlHandler {
    private let maintenance: Maintenance

    init(_ maintenance: Maintenance) {
        self.maintenance = maintenance
    }

    func handle(_ request: ControlRequest, _ send: (ControlResponse) throws(ControlFailure) -> Void) {
        let response: ControlResponse
        do throws(CommandFailure) {
            switch request {
            case .append(let drafts): response = .appended(try maintenance.archive.append(drafts))
            case .run(let job):
                response = .finished(
                    try maintenance.run(job) { text throws(CommandFailure) in
                        do throws(ControlFailure) {
                            try send(.progress(text))
                        } catch {
                            throw CommandFailure(.interrupted, "the command that asked for it has ended")
                        }
                    })
            }
        } catch {
            response = .failed(status: error.status.rawValue, message: error.message, advice: error.advice)
        }
        try? send(response)
    }
}

extension CommandFailure {
    fileprivate init(_ failure: ListenError, _ listen: ListenSetting) {
        switch failure {
        case .addressInUse:
            self.init(
                .unavailable, "another program listens on \(listen) already",
                advice: "Stop it, or choose another address with --listen, such as 127.0.0.1:0 for any free port.")
        case .notPermitted:
            self.init(
                .unavailable, "this user may not listen on \(listen)",
                advice: "Choose a port above 1023 with --listen.")
        case .addressNotAvailable:
            self.init(
                .unavailable, "\(listen.host) is no address of this machine",
                advice: "Choose another one with --listen.")
        case .other(let reason):
            self.init(.unavailable, "cannot listen on \(listen): \(reason)")
        }
    }
}
