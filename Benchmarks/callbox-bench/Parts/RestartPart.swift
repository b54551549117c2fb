import Foundation

/// Kills a server with SIGKILL during a load on an archive with many reports. Measures the time until the server
/// accepts deliveries again, and checks that no delivery was lost.
struct RestartPart {
    let bench: Workbench
    /// The archive with many reports. The part adds more reports to it.
    let large: URL

    func run() async throws -> PartReport {
        let factory = DeliveryFactory(byteCount: 2048)
        let before = try bench.callbox.statistics(large)
        var seconds: [Double] = []
        var acknowledged = 0
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): SIGKILL under load")
            let killed = try await loadAndKill(factory)
            acknowledged += killed.acknowledgedCount
            let start = Clock.now
            let server = try bench.callbox.serve(large)
            let first = try await LoadGenerator(
                port: server.port, connectionCount: 1, extent: .deliveries(1), factory: factory
            ).run()
            seconds.append(first.acknowledgedCount == 1 ? Clock.seconds(since: start) : .nan)
            acknowledged += first.acknowledgedCount
            server.stop()
        }
        let after = try bench.callbox.statistics(large)
        let lost = max(0, acknowledged - (after.deliveries - before.deliveries))
        return PartReport(
            title: "After a kill",
            explanation: """
                A server with \(before.reports) reports is killed with SIGKILL under full load and started again. The \
                time is from the start of the process to the first 200 response to a delivery. A delivery that was \
                committed before the kill may be archived without an acknowledgement, but an acknowledged delivery \
                must be archived.
                """,
            table: PartReport.Table(
                columns: ["reports", "first 200 after s", "acknowledged", "archived", "lost"],
                rows: [
                    [
                        "\(before.reports)", Spread(seconds).text(3), "\(acknowledged)",
                        "\(after.deliveries - before.deliveries)", "\(lost)",
                    ]
                ]),
            verdicts: [
                Verdict(
                    "serving again after SIGKILL at \(before.reports) reports: ≤ 0.2 s", Spread(seconds), atMost: 0.2,
                    decimals: 3,
                    unit: " s"),
                Verdict("acknowledged deliveries lost by SIGKILL: 0", measured: "\(lost)", isReached: lost == 0),
            ])
    }

    private func loadAndKill(_ factory: DeliveryFactory) async throws -> LoadOutcome {
        let server = try bench.callbox.serve(large)
        let load = LoadGenerator(
            port: server.port, connectionCount: bench.plan.connectionCount, extent: .seconds(10), factory: factory)
        async let outcome = load.run()
        try await Task.sleep(for: .seconds(bench.plan.isQuick ? 0.7 : 2))
        server.stop(signal: SIGKILL)
        return try await outcome
    }
}
