import Foundation

/// Measures the rate with syncs that take 2 ms and 10 ms longer. The rate shows how many commits share a sync.
struct SlowDiskPart {
    let bench: Workbench

    private static let delaysInMilliseconds = [2, 10]
    /// The number of connections. A delivery waits for the sync in progress and for its own sync. With 512 connections
    /// and 10 ms per sync, no server could therefore acknowledge more than 25,600 deliveries per second. select(2)
    /// supports 1,024 descriptors in total.
    private static let connectionCount = 800

    func run() async throws -> PartReport {
        let library = try buildLibrary()
        let factory = DeliveryFactory(byteCount: 2048)
        var rates: [Int: [LoadOutcome]] = [:]
        for round in 1...bench.plan.rounds {
            for delay in [0] + Self.delaysInMilliseconds {
                bench.note("round \(round) of \(bench.plan.rounds): syncs that take \(delay) ms longer")
                rates[delay, default: []].append(try await measure(delay, library, factory))
            }
        }
        func ratio(_ delay: Int) -> Spread {
            Spread(zip(rates[delay] ?? [], rates[0] ?? []).map { $0.perSecond / $1.perSecond })
        }
        let rows = ([0] + Self.delaysInMilliseconds).map { delay in
            let outcomes = rates[delay] ?? []
            return [
                "\(delay) ms", Spread(outcomes.map(\.perSecond)).text(), delay == 0 ? "" : ratio(delay).text(2),
                Spread(outcomes.map { $0.percentile(0.5) }).text(1),
                Spread(outcomes.map { $0.percentile(0.99) }).text(1),
                "\(outcomes.reduce(0) { $0 + $1.otherCount + $1.brokenCount })",
            ]
        }
        return PartReport(
            title: "On a slower disk",
            explanation: """
                \(Self.connectionCount) keep-alive connections send deliveries of 2 KB. A preloaded library delays \
                each fdatasync and fsync of the server; in the first row, the delay is 0. Alternating rounds: \
                \(bench.plan.rounds). Ratios are calculated within a round.
                """,
            table: PartReport.Table(
                columns: ["sync longer by", "deliveries/s", "ratio to the first row", "p50 ms", "p99 ms", "failed"],
                rows: rows),
            verdicts: Self.delaysInMilliseconds.map {
                Verdict(
                    "2 KB with syncs \($0) ms longer, ratio to no delay: ≥ 0.8", ratio($0), atLeast: 0.8, decimals: 2)
            })
    }

    private func measure(_ delay: Int, _ library: URL, _ factory: DeliveryFactory) async throws -> LoadOutcome {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(
                archive,
                environment: ["LD_PRELOAD": library.path(), "BENCH_SYNC_MICROSECONDS": "\(delay * 1000)"])
            defer { server.stop() }
            func load(_ seconds: Double) async throws -> LoadOutcome {
                try await LoadGenerator(
                    port: server.port, connectionCount: Self.connectionCount, extent: .seconds(seconds),
                    factory: factory
                ).run()
            }
            _ = try await load(bench.plan.warmUpSeconds)
            return try await load(bench.plan.seconds)
        }
    }

    private func buildLibrary() throws -> URL {
        guard let compiler = Tool.find("cc") ?? Tool.find("clang") else {
            throw Missing(description: "there is no C compiler")
        }
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../peers/slow_sync.c")
        let library = bench.folder.appending(path: "slow_sync.so")
        try Tool.check(
            compiler, ["-shared", "-fPIC", "-O2", "-o", library.path(), source.standardizedFileURL.path(), "-ldl"])
        return library
    }
}
