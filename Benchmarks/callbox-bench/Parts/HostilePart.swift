import Foundation

/// Measures deliveries while hostile connections are open, and while the load exceeds the server's capacity.
struct HostilePart {
    let bench: Workbench

    private static let hostileCount = 1000
    /// The number of connections in the overload measurement. The server's limit is a quarter of this number, so the
    /// server rejects connections.
    private static let connectionCount = 800

    private struct Round {
        let alone: LoadOutcome
        let beside: LoadOutcome
        let peakMebibytes: Int
        /// The increase in the server's open descriptors since the start of the hostile connections.
        let leftDescriptorCount: Int
        let capacity: LoadOutcome
        let overload: LoadOutcome
        let rejecting: LoadOutcome
    }

    func run() async throws -> PartReport {
        let factory = DeliveryFactory(byteCount: 2048)
        var rounds: [Round] = []
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): hostile connections, then overload")
            let (alone, beside, peak, left) = try await hostile(factory)
            let capacity = try await overload(factory, connections: 1024, load: bench.plan.connectionCount)
            let overload = try await overload(factory, connections: 1024, load: Self.connectionCount)
            let rejecting = try await self.overload(
                factory, connections: Self.connectionCount / 4, load: Self.connectionCount)
            rounds.append(
                Round(
                    alone: alone, beside: beside, peakMebibytes: peak, leftDescriptorCount: left, capacity: capacity,
                    overload: overload, rejecting: rejecting))
        }
        return report(rounds)
    }

    private func hostile(_ factory: DeliveryFactory) async throws -> (LoadOutcome, LoadOutcome, Int, Int) {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            defer { server.stop() }
            let load = LoadGenerator(
                port: server.port, connectionCount: 16, pace: .perSecond(100),
                extent: .seconds(bench.plan.pacedSeconds),
                factory: factory)
            let alone = try await load.run()
            let before = server.descriptorCount
            let clients = HostileClients(port: server.port, count: Self.hostileCount)
            let beside = try await load.run()
            clients.stop()
            // Waits until the server has closed all lingering connections, which takes at most two seconds.
            try await Task.sleep(for: .seconds(4))
            return (alone, beside, server.peakMebibytes ?? 0, server.descriptorCount - before)
        }
    }

    /// Runs a closed loop of `load` connections on a server that accepts at most `connections` connections.
    private func overload(
        _ factory: DeliveryFactory, connections: Int, load: Int
    ) async throws -> LoadOutcome {
        try await bench.withArchive { archive in
            let file = archive.deletingLastPathComponent().appending(path: "callbox.yaml")
            try Data("limits: {connections: \(connections)}\n".utf8).write(to: file)
            let server = try bench.callbox.serve(archive, arguments: ["--config", file.path()])
            defer { server.stop() }
            return try await LoadGenerator(
                port: server.port, connectionCount: load, extent: .seconds(bench.plan.seconds), factory: factory
            ).run()
        }
    }

    private func report(_ rounds: [Round]) -> PartReport {
        func row(_ name: String, _ outcome: (Round) -> LoadOutcome) -> [String] {
            [
                name, Spread(rounds.map { outcome($0).perSecond }).text(),
                Spread(rounds.map { outcome($0).percentile(0.5) }).text(2),
                Spread(rounds.map { outcome($0).percentile(0.99) }).text(2),
                "\(rounds.reduce(0) { $0 + outcome($1).otherCount })",
                "\(rounds.reduce(0) { $0 + outcome($1).brokenCount })",
            ]
        }
        let goodput = Spread(rounds.map { $0.overload.perSecond / $0.capacity.perSecond })
        let rejecting = Spread(rounds.map { $0.rejecting.perSecond / $0.capacity.perSecond })
        let slowest = rounds.flatMap { [$0.overload, $0.rejecting] }.compactMap(\.otherLatencies.last).max() ?? 0
        return PartReport(
            title: "Hostile clients and overload",
            explanation: """
                *Beside* is a load of 100 deliveries/s of 2 KB beside \(Self.hostileCount) connections from eight \
                addresses. These connections send nothing, send slowly, use another protocol, or pipeline requests and \
                do not read the responses. *Overload* is a closed loop of \(Self.connectionCount) connections. \
                *Rejecting* is the same loop on a server that accepts at most a quarter of the connections.
                """,
            table: PartReport.Table(
                columns: ["load", "deliveries/s", "p50 ms", "p99 ms", "503", "ended"],
                rows: [
                    row("alone", \.alone), row("beside", \.beside), row("capacity", \.capacity),
                    row("overload", \.overload), row("rejecting", \.rejecting),
                ]),
            verdicts: [
                Verdict(
                    "p99 beside hostile clients: ≤ 50 ms", Spread(rounds.map { $0.beside.percentile(0.99) }),
                    atMost: 50,
                    decimals: 1, unit: " ms"),
                Verdict(
                    "peak memory: ≤ 256 MiB", Spread(rounds.map { Double($0.peakMebibytes) }), atMost: 256, decimals: 0,
                    unit: " MiB"),
                Verdict(
                    "descriptors left behind: 0", Spread(rounds.map { Double($0.leftDescriptorCount) }), atMost: 0,
                    decimals: 0),
                Verdict("overload, ratio to capacity: ≥ 0.8", goodput, atLeast: 0.8, decimals: 2),
                Verdict("rejecting, ratio to capacity: ≥ 0.8", rejecting, atLeast: 0.8, decimals: 2),
                Verdict(
                    "rejections within a second", measured: "\(Figure.text(slowest, 0)) ms at most",
                    isReached: slowest <= 1000
                ),
            ])
    }
}
