import Foundation

/// Measures deliveries while servers replace each other.
struct HandOverPart {
    let bench: Workbench

    private static let rate = 1000.0
    private static let connectionCount = 64
    private static let restartCount = 3

    private struct Outcome {
        let load: LoadOutcome
        let archivedCount: Int

        var failedCount: Int { load.otherCount + load.brokenCount }
        var lostCount: Int { max(0, load.acknowledgedCount - archivedCount) }
    }

    func run() async throws -> PartReport {
        let factory = DeliveryFactory(byteCount: 2048)
        var replaced: [Outcome] = []
        var activated: [Outcome] = []
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): serve --replace, then a socket of the service manager")
            replaced.append(try await replace(factory))
            activated.append(try await activate(factory))
        }
        func row(_ name: String, _ outcomes: [Outcome]) -> [String] {
            [
                name, Spread(outcomes.map(\.load.perSecond)).text(),
                Spread(outcomes.map { $0.load.percentile(0.99) }).text(0),
                Spread(outcomes.map { $0.load.latencies.last ?? .nan }).text(0),
                "\(outcomes.reduce(0) { $0 + $1.failedCount })", "\(outcomes.reduce(0) { $0 + $1.lostCount })",
            ]
        }
        let all = replaced + activated
        let failed = all.reduce(0) { $0 + $1.failedCount + $1.lostCount }
        return PartReport(
            title: "Restarts under load",
            explanation: """
                An open loop sends \(Int(Self.rate)) deliveries/s over \(Self.connectionCount) connections while the \
                server is restarted \(Self.restartCount) times: by `serve --replace`, or by a stop and a start on a \
                socket that another process holds, as systemd does (LISTEN_FDS). *Failed* are refused connections, \
                connections that ended without a response, and responses other than 200.
                """,
            table: PartReport.Table(
                columns: ["restart", "deliveries/s", "p99 ms", "longest ms", "failed", "lost"],
                rows: [row("`--replace`", replaced), row("held socket", activated)]),
            verdicts: [
                Verdict("failed or lost deliveries: 0", measured: "\(failed)", isReached: failed == 0),
                Verdict(
                    "longest: ≤ 4 s", Spread(all.map { ($0.load.latencies.last ?? .nan) / 1000 }), atMost: 4,
                    decimals: 2,
                    unit: " s"),
            ])
    }

    private func replace(_ factory: DeliveryFactory) async throws -> Outcome {
        try await bench.withArchive { archive in
            var server = try bench.callbox.serve(archive)
            defer { server.stop() }
            return try await measure(archive, server.port, factory) {
                let next = try bench.callbox.serve(archive, arguments: ["--replace"])
                server.waitForEnd()
                server = next
            }
        }
    }

    private func activate(_ factory: DeliveryFactory) async throws -> Outcome {
        try await bench.withArchive { archive in
            let socket = try ListeningSocket()
            defer { socket.close() }
            var server = try bench.callbox.serve(archive, on: socket)
            defer { server.stop() }
            return try await measure(archive, socket.port, factory) {
                server.stop()
                server = try bench.callbox.serve(archive, on: socket)
            }
        }
    }

    /// Restarts the server at equal intervals during a load.
    private func measure(
        _ archive: URL, _ port: Int, _ factory: DeliveryFactory, restart: () throws -> Void
    ) async throws -> Outcome {
        let seconds = bench.plan.pacedSeconds
        async let outcome = LoadGenerator(
            port: port, connectionCount: Self.connectionCount, pace: .perSecond(Self.rate), extent: .seconds(seconds),
            factory: factory
        ).run()
        for _ in 0..<Self.restartCount {
            try await Task.sleep(for: .seconds(seconds / Double(Self.restartCount + 1)))
            try restart()
        }
        let load = try await outcome
        return Outcome(load: load, archivedCount: try bench.callbox.statistics(archive).deliveries)
    }
}
