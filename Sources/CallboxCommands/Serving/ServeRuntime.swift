internal import CallbackServer
internal import Deliveries
internal import Intake
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Providers
internal import ReportArchive
internal import ServiceLifecycle
internal import UnixSignals

/// A running server: what is wired to what, in the order it starts; it stops in the opposite order.
///
/// ```
/// ArchiveWriter ─▶ Projector ─▶ BackgroundUpkeep ─▶ control socket ─▶ CallbackServer(respond: intake.receive) ─▶ FollowUpRuntime
/// ```
struct ServeRuntime: Service {
    let configuration: CallboxConfiguration
    let live: LiveConfiguration
    let logger: Logger
    /// Told once the door is open, with the address it got.
    let announce: @Sendable (ListenSetting) -> Void

    func run() async throws {
        // Trapped before the address is told: whoever waits for that may send SIGHUP at once.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let location = ArchiveLocation(path: configuration.archivePath)
        let logger = logger
        let writer: ArchiveWriter
        let projector: Projector
        do throws(ArchiveError) {
            writer = try ArchiveWriter(location, quarantineLimits: configuration.quarantine) { error in
                logger.error("storing failed", metadata: ["reason": "\(CommandFailure(error).message)"])
            }
        } catch {
            throw CommandFailure(error)
        }
        defer { writer.close() }
        do throws(ArchiveError) {
            projector = try Projector(writer, lag: configuration.projectionLag, interpret: live.interpret)
        } catch {
            throw CommandFailure(error)
        }
        projector.start { error in
            logger.error("projecting failed", metadata: ["reason": "\(CommandFailure(error).message)"])
        }
        defer { projector.stop() }
        let upkeep = BackgroundUpkeep(
            UpkeepWork(writer: writer, retention: { [live] in live.retention }, now: SystemClock.now),
            trainsDictionaries: configuration.trainsDictionaries, logger: logger)
        upkeep.start()
        defer { upkeep.stop() }
        let pool = NIOThreadPool(numberOfThreads: max(2, System.coreCount))
        pool.start()
        let control = await openControlSocket(writer, pool)
        let intakeLog = IntakeLog(logger)
        let followUp = followUp(writer, pool)
        await followUp.prepare()
        do {
            let door = try await openDoor(writer, pool, intakeLog)
            announce(ListenSetting(host: configuration.listen.host, port: door.port ?? configuration.listen.port))
            await serveUntilToldToStop(hangups, followUp)
            logger.info("stopping")
            await door.shutDown(grace: configuration.shutdownGrace)
        } catch {
            await control?.shutDown(grace: .seconds(1))
            try? await pool.shutdownGracefully()
            throw error
        }
        await control?.shutDown(grace: .seconds(1))
        try? await pool.shutdownGracefully()
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

    private func followUp(_ writer: ArchiveWriter, _ pool: NIOThreadPool) -> FollowUpRuntime {
        FollowUpRuntime(
            writer: writer, configuration: configuration, pool: pool, logger: logger, now: SystemClock.now)
    }

    private func openDoor(
        _ writer: ArchiveWriter, _ pool: NIOThreadPool, _ intakeLog: IntakeLog
    ) async throws(CommandFailure) -> ListeningServer {
        let live = live
        let floor = FreeSpaceFloor(path: configuration.archivePath)
        let intake = IntakePipeline<Receipt>(
            sources: { live.sources },
            seal: Sealing { writer.compressorForArrival(source: $0, body: $1) },
            commit: { writer.commit($0, finish: $1) },
            quarantine: { if !writer.quarantine($0) { intakeLog.noteUnquarantined() } },
            offload: { work in pool.submit { _ in work() } },
            observe: { intakeLog.note($0) }, redirectLimits: .redirects, quarantineLimits: .quarantine,
            isSpaceShort: { floor.isShort() })
        let application = ServerApplication(
            now: SystemClock.now, admit: intake.admit, respond: intake.receive, observe: { intakeLog.note($0) })
        let listen = configuration.listen
        do throws(ListenFailure) {
            return try await CallbackServer(limits: configuration.limits, application: application)
                .listen(on: .tcp(host: listen.host, port: listen.port), group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw CommandFailure(error, listen)
        }
    }

    /// Without the socket the server still receives; only commands that write have to wait until it stops.
    private func openControlSocket(_ writer: ArchiveWriter, _ pool: NIOThreadPool) async -> ListeningServer? {
        let live = live
        let work = ControlWork(
            writer: writer, sources: { live.sources }, retention: { live.retention }, now: SystemClock.now)
        let application = ControlSocket.application(work, pool: pool, now: SystemClock.now)
        var limits = ServerLimits()
        limits.connectionCount = 16
        do throws(ListenFailure) {
            return try await CallbackServer(limits: limits, application: application)
                .listen(
                    on: .unixSocket(path: writer.location.controlSocketPath),
                    group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            logger.warning(
                "no control socket: commands that write have to wait until this server stops",
                metadata: ["path": "\(writer.location.controlSocketPath)", "reason": "\(error)"])
            return nil
        }
    }
}

extension CommandFailure {
    fileprivate init(_ failure: ListenFailure, _ listen: ListenSetting) {
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
