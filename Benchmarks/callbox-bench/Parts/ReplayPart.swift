import Foundation
import Journal

/// Measures `replay` and `tail --forward-to` with a target that checks each request.
struct ReplayPart {
    struct CannotRun: Error, CustomStringConvertible {
        let description: String
    }

    private struct Round {
        let perSecond: Double
        let peakMebibytes: Double
        /// The number of deliveries that arrived with the expected SHA-256 and a correct signature.
        let correctCount: Int
        let timingMilliseconds: Double
        let forwardMilliseconds: Double
        let kill: Kill
    }

    private struct Kill {
        /// The number of deliveries that had arrived when the process was killed.
        let beforeCount: Int
        let twiceCount: Int
        let missingCount: Int
    }

    let bench: Workbench
    var count: Int
    var concurrency = 16
    /// True if `replay` signs the deliveries again.
    var signs = false

    init(bench: Workbench) {
        self.bench = bench
        count = bench.plan.replayCount
    }

    func run() async throws -> PartReport {
        let configuration = bench.folder.appending(path: "replay.yaml")
        try Data(SignatureRecipe.configuration.utf8).write(to: configuration)
        var rounds: [Round] = []
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): \(count) deliveries, then a kill")
            let traffic = ReplayTraffic(deliveryCount: count, intervals: 1...3)
            let (full, kill) = try await withArchive(traffic, configuration) { archive in
                let full = try replayAll(archive, traffic, configuration)
                return (full, try killInTheMiddle(archive, traffic, configuration))
            }
            bench.note("round \(round): original timing, then forwarding")
            let timing = try await originalTiming(configuration)
            let forward = try await ForwardProbe(bench: bench, count: bench.plan.timedCount).percentile99()
            rounds.append(
                Round(
                    perSecond: full.perSecond, peakMebibytes: full.peak, correctCount: full.correct,
                    timingMilliseconds: timing, forwardMilliseconds: forward, kill: kill))
        }
        return report(rounds)
    }

    private func withArchive<Value>(
        _ traffic: ReplayTraffic, _ configuration: URL, _ work: (URL) async throws -> Value
    ) async throws -> Value {
        try await bench.withArchive { archive in
            try await ArchiveFilling(traffic: traffic, path: archive.path(), progress: { _ in }).run()
            try Tool.check(
                bench.callbox.executable,
                ["archive", "reindex", "--config", configuration.path(), "--archive", archive.path()],
                environment: SignatureRecipe.environment, folder: bench.folder)
            return try await work(archive)
        }
    }

    private func arguments(_ target: VerifyingTarget, _ configuration: URL) -> [String] {
        ["replay", "--everything", "--to", target.url, "--concurrency", "\(concurrency)", "--yes", "--config"]
            + [configuration.path()] + (signs ? ["--sign"] : [])
    }

    private func replayAll(
        _ archive: URL, _ traffic: ReplayTraffic, _ configuration: URL
    ) throws -> (perSecond: Double, peak: Double, correct: Int) {
        let target = try VerifyingTarget(digests: traffic.digests, requiresCurrentTime: signs)
        defer { target.stop() }
        let run = try bench.callbox.watched(
            arguments(target, configuration), on: archive, environment: SignatureRecipe.environment)
        let arrivals = target.arrivals
        guard let first = arrivals.first?.at, let last = arrivals.last?.at, last > first else {
            throw CannotRun(description: "no deliveries arrived")
        }
        let correct = Set(arrivals.filter { $0.isEqual && $0.isSigned }.map(\.id))
        return (Double(arrivals.count - 1) / (Double(last - first) / 1e9), run.peakMebibytes, correct.count)
    }

    /// Kills a replay after a third of its deliveries, and resumes it.
    private func killInTheMiddle(_ archive: URL, _ traffic: ReplayTraffic, _ configuration: URL) throws -> Kill {
        let target = try VerifyingTarget(digests: traffic.digests)
        defer { target.stop() }
        let process = try bench.callbox.start(
            arguments(target, configuration), on: archive, environment: SignatureRecipe.environment)
        let isRunning = target.waitForCount(count / 3, limit: 60)
        ChildProcesses.end(process, signal: SIGKILL)
        let folder = ArchiveDirectory(path: archive.path()).replaysPath
        let runs = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0) }
        guard isRunning, let run = runs.max() else { throw CannotRun(description: "the run to kill did not start") }
        let before = target.count
        _ = try bench.callbox.watched(
            ["replay", "--resume", "\(run)", "--yes", "--config", configuration.path()], on: archive,
            environment: SignatureRecipe.environment)
        let ids = Dictionary(grouping: target.arrivals, by: \.id)
        return Kill(
            beforeCount: before, twiceCount: ids.values.reduce(0) { $0 + $1.count - 1 },
            missingCount: count - ids.count)
    }

    /// Measures how well a replay repeats the original times. Returns the 99th percentile of the differences, in
    /// milliseconds. Both times of a delivery are relative to the first delivery.
    private func originalTiming(_ configuration: URL) async throws -> Double {
        let traffic = ReplayTraffic(deliveryCount: bench.plan.timedCount, intervals: 5...35)
        return try await withArchive(traffic, configuration) { archive in
            let target = try VerifyingTarget(digests: traffic.digests)
            defer { target.stop() }
            _ = try bench.callbox.watched(
                arguments(target, configuration) + ["--timing", "original"], on: archive,
                environment: SignatureRecipe.environment)
            let arrivals = target.arrivals.filter { traffic.offsets.indices.contains($0.id - 1) }
            guard arrivals.count == traffic.deliveryCount, let first = arrivals.first else {
                throw CannotRun(description: "\(arrivals.count) of \(traffic.deliveryCount) deliveries arrived")
            }
            let start = first.at - traffic.offsets[first.id - 1] * 1_000_000
            return Self.percentile99(
                arrivals.map { abs(Double($0.at - start) / 1e6 - Double(traffic.offsets[$0.id - 1])) })
        }
    }

    /// Returns the value that 99 of 100 values do not exceed.
    static func percentile99(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        return values.sorted()[min(values.count - 1, values.count * 99 / 100)]
    }

    private func report(_ rounds: [Round]) -> PartReport {
        let least = rounds.map(\.correctCount).min() ?? 0
        let twice = rounds.map(\.kill.twiceCount).max() ?? 0
        let missing = rounds.reduce(0) { $0 + $1.kill.missingCount }
        let timing = Spread(rounds.map(\.timingMilliseconds))
        let forward = Spread(rounds.map(\.forwardMilliseconds))
        return PartReport(
            title: "Replay and forwarding",
            explanation: """
                `replay --everything --concurrency \(concurrency)\(signs ? " --sign" : "")` sends \(count) deliveries \
                of 2 KB to a target on the same machine. The target compares each body's SHA-256 with the archived \
                one, and checks the \(signs ? "new" : "original") signature of Klavi, Certn or Standard Webhooks with \
                code of its own. The rate is measured from the first to the last request. *timing* is the p99 \
                deviation of `--timing original` from the arrivals of \(bench.plan.timedCount) deliveries, 5 to 35 ms \
                apart. *forward* is the p99 of the time from a 200 of the server to the request of `tail \
                --forward-to`. *twice* counts the repeated requests after a SIGKILL at a third of the deliveries and \
                `--resume`.
                """,
            table: PartReport.Table(
                columns: [
                    "deliveries/s", "peak MiB", "correct", "timing ms", "forward ms", "sent at the kill", "twice",
                    "missing",
                ],
                rows: [
                    [
                        Spread(rounds.map(\.perSecond)).text(), Spread(rounds.map(\.peakMebibytes)).text(), "\(least)",
                        timing.text(2), forward.text(2), Spread(rounds.map { Double($0.kill.beforeCount) }).text(),
                        "\(twice)", "\(missing)",
                    ]
                ]),
            verdicts: [
                Verdict(
                    "replay: ≥ 8,000 deliveries/s", Spread(rounds.map(\.perSecond)), atLeast: 8000, decimals: 0,
                    unit: " deliveries/s"),
                Verdict(
                    "equal SHA-256 and correct signature: all", measured: "\(least) of \(count)",
                    isReached: least == count),
                Verdict("p99 of original timing: ≤ 5 ms", timing, atMost: 5, decimals: 2, unit: " ms"),
                Verdict("p99 of forwarding: ≤ 5 ms", forward, atMost: 5, decimals: 2, unit: " ms"),
                Verdict(
                    "sent twice after a kill: ≤ \(concurrency), none missing",
                    measured: "\(twice) twice, \(missing) missing",
                    isReached: twice <= concurrency && missing == 0),
            ])
    }
}
