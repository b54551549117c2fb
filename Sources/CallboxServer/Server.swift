package import CallboxConfiguration
package import Deliveries
internal import HTTPListener
internal import Intake
internal import Journal
package import Logging
internal import NIOCore
package import NIOPosix
internal import Providers
internal import Quarantine
internal import Replication
internal import ReportIndex
package import ServiceLifecycle
internal import SharedJournal
internal import UnixSignals

/// A running server. **This file is the composition root:** it connects the modules, and defines the order in which the
/// services start and stop.
///
/// ```
///  starts, downwards                          stops on SIGTERM, SIGINT or a hand-over, upwards
///  ─────────────────                          ──────────────────────────────────────────────────────────────────────
///  connections         event loops            10. wait until clients have read responses, at most `shutdown-grace`
///  JournalWriter       lock, own thread        9. commit the queued deliveries, checkpoint, release the lock
///  SharedJournalNode   own threads                 if the journal is shared: end lanes, leader and follower
///  Indexer             own thread              8. index the committed deliveries, at most 5 s (the rest: next start)
///  QuarantineWriter    own thread              7. store the waiting rejected deliveries, close the file
///  listener            event loops             6. accept no more, finish current requests, at most `shutdown-grace`
///  MaintenanceService  own thread              5. end after the current slice
///  ControlService      control.sock            4. finish the current requests of commands, at most 5 s
///  follow-up           one task                3. end after the current call, record its cursor
///  admin listener      event loops             2. close the port
///  reload              SIGHUP
///  announcement                                1. notify systemd and clients: responses say `Connection: close`
/// ```
/// The service group stops the services one after another, in the reverse order of their start. It waits until a
/// service has ended before it stops the next service. Therefore no delivery reaches the writer after the writer has
/// stopped, and a replacement of this server waits only for steps 6 to 9. If a service fails, the other services stop
/// in the same order, and `run` throws the failure. The listener, for example, fails if its port is in use.
///
/// Blocking work runs on the threads named above or on `pool`, never on an event loop or the cooperative pool.
package struct Server: Sendable {
    let configuration: CallboxConfiguration
    let live: LiveConfiguration
    let logger: Logger
    let now: @Sendable () -> Timestamp
    /// Describes a failure of any module to users.
    let report: @Sendable (any Error) -> FailureReport
    /// Called with the listener's address when the listener is open.
    let announce: @Sendable (ListenSetting) -> Void
    /// Called for every request; nil if requests are not listed.
    let access: (@Sendable (RequestRecord) -> Void)?
    let sockets: InheritedSockets
    /// True if the server takes over the port and the archive from a running server.
    let replaces: Bool
    let manager: ServiceManager
    /// Creates the services that need the archive. They stop before the archive closes.
    let companions: @Sendable (OpenArchive, NIOThreadPool) async -> [any Service]

    /// The maximum time that a stopping server waits for the index.
    private static let indexingGrace: Duration = .seconds(5)
    /// The interval at which repeated rejections are logged with their count.
    private static let repeatInterval: Duration = .seconds(10)

    package init(
        _ configuration: CallboxConfiguration, live: LiveConfiguration, logger: Logger,
        now: @escaping @Sendable () -> Timestamp, report: @escaping @Sendable (any Error) -> FailureReport,
        companions: @escaping @Sendable (OpenArchive, NIOThreadPool) async -> [any Service] = { _, _ in [] },
        access: (@Sendable (RequestRecord) -> Void)? = nil, sockets: InheritedSockets = InheritedSockets(),
        replaces: Bool = false, manager: ServiceManager = ServiceManager(environment: [:]),
        announce: @escaping @Sendable (ListenSetting) -> Void
    ) {
        self.access = access
        self.sockets = sockets
        self.replaces = replaces
        self.manager = manager
        self.configuration = configuration
        self.live = live
        self.logger = logger
        self.now = now
        self.report = report
        self.companions = companions
        self.announce = announce
    }

    /// Serves requests until SIGTERM or SIGINT.
    package func run() async throws {
        // Traps SIGHUP before announcing the address, because a program that waits for the address may send SIGHUP at
        // once.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        SQLiteFile.disableMemoryStatistics()
        let metrics = ServerMetrics(sources: live.sources.sources.map(\.name), now: now)
        let log = IntakeLog(logger, metrics, access: access)
        let sockets = replaces ? try await takeSockets() : self.sockets.main
        var archive = try await waitingForLock { try openArchive(metrics, log) }
        let fences = AsyncStream<ServerError>.makeStream(bufferingPolicy: .bufferingOldest(1))
        do {
            try connect(&archive, metrics, fences.continuation)
        } catch {
            archive.closeFiles()
            throw error
        }
        try await run(archive, sockets, metrics, log, fences.stream, hangups)
    }

    private func run(
        _ archive: OpenArchive, _ sockets: [Int32], _ metrics: ServerMetrics, _ log: IntakeLog,
        _ fences: AsyncStream<ServerError>, _ hangups: UnixSignalsSequence
    ) async throws {
        let counters = ListenerCounters()
        let opened = OpenedListener()
        let floor = FreeSpaceFloor(path: configuration.archivePath)
        let readiness = Readiness(
            archive, floor: floor, lag: configuration.indexLag, metrics: metrics,
            acknowledgesAfterFollower: configuration.replication.acknowledgesAfterFollower)
        let pool = NIOThreadPool(numberOfThreads: max(2, System.coreCount))
        pool.start()
        let maintenance = Maintenance(archive)
        let control = ControlService(
            maintenance, logger: logger, pool: pool, reload: { try reload(metrics) },
            handOver: HandOver(
                address: "\(configuration.listen)", opened: opened, stop: { kill(getpid(), SIGTERM) }),
            report: report)
        // Opens the control socket before announcing the address, because a command may follow at once.
        control.start()
        var services: [any Service] = [
            ClosureService {
                try? await gracefulShutdown()
                await opened.listener?.close(grace: configuration.shutdownGrace)
            },
            ClosingService(pool) { archive.writer.close() },
            ClosingService(pool) { archive.upstream?.close() },
            ClosureService {
                if let following = archive.following { await cancelWhenGracefulShutdown { await following.run() } }
                try? await gracefulShutdown()
            },
            ClosureService {
                if let replication = archive.replication { try await serve(replication, pool: pool) }
                try? await gracefulShutdown()
            },
            ClosingService(pool) {
                archive.waitForIndexer(limit: Self.indexingGrace)
                archive.indexer.stop()
            },
            ClosingService(pool) { archive.quarantine.close() },
            ClosureService { try await listen(archive, floor, sockets, metrics, log, counters, opened) },
            MaintenanceService(
                maintenance, trainsDictionaries: configuration.trainsDictionaries, logger: logger, report: report),
            control,
        ]
        services += await companions(archive, pool)
        if let setting = configuration.admin {
            let gauges = ArchiveGauges(archive: archive, quarantine: configuration.quarantine)
            let admin = AdminListener(
                metrics: metrics, gauges: gauges, readiness: readiness,
                limits: { counters.snapshot.map { ($0.name, $0.count) } },
                sources: { opened.listener }, now: now, pool: pool)
            services.append(ClosureService { try await serve(admin, on: setting) })
        }
        services.append(ClosureService { await reload(on: hangups, metrics) })
        services.append(ClosureService { await repeatedly(Self.repeatInterval) { log.flushRepeats() } })
        if let interval = manager.watchdogInterval {
            services.append(
                ClosureService {
                    await repeatedly(interval / 2) {
                        if archive.writer.isResponding(within: interval) { manager.watchdog() }
                    }
                })
        }
        services.append(ClosureService { try await SharedJournalLog.fail(on: fences) })
        services.append(
            ClosureService {
                try? await gracefulShutdown()
                logger.info("stopping")
                manager.stopping()
                readiness.stop()
                opened.listener?.stop()
            })
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        do {
            try await group.run()
        } catch {
            try? await pool.shutdownGracefully()
            throw error
        }
        try? await pool.shutdownGracefully()
    }

    private func repeatedly(_ interval: Duration, _ work: @escaping @Sendable () -> Void) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                work()
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func serve(_ admin: AdminListener, on setting: AdminSetting) async throws {
        let listener = try await admin.open(setting, inherited: sockets.admin)
        logger.info("admin listener open", metadata: ["address": "\(setting)"])
        try? await gracefulShutdown()
        await listener.shutDown(grace: .seconds(1))
    }

    /// Accepts requests until the server stops. The bytes of a delivery pass through `IntakePipeline` to the queue of
    /// the journal or of the quarantine.
    private func listen(
        _ archive: OpenArchive, _ floor: FreeSpaceFloor, _ sockets: [Int32], _ metrics: ServerMetrics,
        _ log: IntakeLog, _ counters: ListenerCounters, _ opened: OpenedListener
    ) async throws {
        guard configuration.receives else {
            announce(configuration.listen)
            manager.ready()
            try? await gracefulShutdown()
            return
        }
        let links = ReferredLinks(archive.directory)
        // Closes `links` explicitly, because the reload actions keep a reference to the listener, and the listener
        // keeps `links` alive.
        defer { links.close() }
        let loops = OwnDeliveries(archive.directory)
        defer { loops.close() }
        // Bodies have their own pool. Work that waits for the writer would otherwise delay the check of a large body.
        let bodies = NIOThreadPool(numberOfThreads: max(2, System.coreCount))
        bodies.start()
        let admit =
            if let upstream = archive.upstream {
                intake(
                    archive, floor, metrics, log, links, loops, bodies, encode: archive.encode,
                    commit: { upstream.lanes.commit($0, finish: $1) }
                ).admit
            } else {
                intake(
                    archive, floor, metrics, log, links, loops, bodies,
                    encode: DeliveryEncoder { archive.writer.compressorForArrival(source: $0, body: $1) },
                    commit: { commit($0, to: archive, archive.replication, finish: $1) }
                ).admit
            }
        let isSuperseded: @Sendable () -> Bool = { [writer = archive.writer] in writer.isSuperseded }
        let application = ListenerApplication(
            now: now, admit: { HealthPath.admission(of: $0, isSuperseded: isSuperseded) ?? admit($0) },
            observe: { log.note($0) })
        let setting = configuration.listen
        let listener: OpenListener
        do throws(ListenError) {
            listener = try await HTTPListener(
                limits: configuration.limits, proxies: configuration.trustedProxies, tls: configuration.tls,
                application: application, counters: counters
            )
            .listen(
                on: sockets.isEmpty ? .tcp(host: setting.host, port: setting.port) : .inherited(sockets),
                group: MultiThreadedEventLoopGroup.singleton)
            live.afterReload { listener.reloadCertificates() }
            opened.listener = listener
        } catch {
            try? await bodies.shutdownGracefully()
            throw ServerError.cannotListen(setting, error)
        }
        announce(ListenSetting(host: setting.host, port: listener.port ?? setting.port))
        logSettings(listener)
        manager.ready()
        try? await gracefulShutdown()
        await listener.finish(grace: configuration.shutdownGrace)
        try? await bodies.shutdownGracefully()
        log.summarise()
    }
}

/// Closes a resource when the service group stops it.
private struct ClosingService: Service {
    let pool: NIOThreadPool
    let close: @Sendable () -> Void

    init(_ pool: NIOThreadPool, _ close: @escaping @Sendable () -> Void) {
        self.pool = pool
        self.close = close
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await pool.blocking(close)
    }
}
