import ArgumentParser
import Foundation

/// Callbox beside the bare listener: bodies of 2, 16 and 64 KB, one after the other in one run.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Measure durable deliveries a second, latency and memory; write the table to a file.",
        discussion: """
            The load generator shares the machine's cores with the server it measures, so the figures are ratios between rows
            of one run. A round measures every row once; rows show the median round.
            """)

    @Option(help: "Seconds of load a measurement.")
    var seconds = 5

    @Option(help: "Rounds; rows show the median.")
    var rounds = 3

    @Option(help: "Keep-alive connections.")
    var connections = 64

    @Option(help: "Where to write the table.")
    var output = "Benchmarks/RESULTS.md"

    func validate() throws {
        guard (1...60).contains(seconds), (1...9).contains(rounds), (1...512).contains(connections) else {
            throw ValidationError("1 to 60 seconds, 1 to 9 rounds, 1 to 512 connections")
        }
    }

    private struct Row {
        let byteCount: Int
        let isDurable: Bool
        var outcomes: [LoadGenerator.Outcome] = []
        var peaks: [Int] = []
    }

    func run() async throws {
        let binaries = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let sizes = [2048, 16 * 1024, 64 * 1024]
        var rows = sizes.flatMap { [Row(byteCount: $0, isDurable: false), Row(byteCount: $0, isDurable: true)] }
        for round in 1...rounds {
            for index in rows.indices {
                FileHandle.standardError.write(Data("round \(round), row \(index + 1) of \(rows.count)\n".utf8))
                let (outcome, peak) = try await measure(rows[index], binaries)
                rows[index].outcomes.append(outcome)
                if let peak { rows[index].peaks.append(peak) }
            }
        }
        let text = report(rows)
        print(text)
        try text.write(toFile: output, atomically: true, encoding: .utf8)
    }

    private func measure(_ row: Row, _ binaries: URL) async throws -> (LoadGenerator.Outcome, Int?) {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "callbox-bench-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let server: ServerProcess
        if row.isDurable {
            server = try ServerProcess(
                binaries.appending(path: "callbox"),
                ["serve", "--listen", "127.0.0.1:0", "--archive", folder.appending(path: "archive.sqlite").path()],
                environment: ["CALLBOX_KLAVI_SECRET": DeliveryFactory.secret])
        } else {
            server = try ServerProcess(binaries.appending(path: "callbox-bench"), ["bare"])
        }
        defer { server.stop() }
        let factory = DeliveryFactory(byteCount: row.byteCount)
        func load(_ seconds: Int, from number: Int) async throws -> LoadGenerator.Outcome {
            try await LoadGenerator(
                port: server.port, connectionCount: connections, seconds: seconds, factory: factory, firstNumber: number
            ).run()
        }
        // A second to warm up, not counted.
        _ = try await load(1, from: 10_000_000)
        let outcome = try await load(seconds, from: 0)
        return (outcome, server.peakMebibytes)
    }

    private func report(_ rows: [Row]) -> String {
        var lines = [
            "# Results",
            "",
            "Written by `make bench`. The load generator runs on the same cores as the server it measures: compare rows with each",
            "other, not with other machines.",
            "",
            "- machine: \(machine), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            "- date: \(Date.now.formatted(.iso8601.year().month().day()))",
            "- load: \(connections) keep-alive connections, signed Klavi reports with ids of their own, \(seconds) s a measurement, "
                + "\(rounds) rounds, medians (least to most)",
            "- *bare*: the same listener, which reads a body and drops it. *durable*: verified, compressed, committed with an fsync,",
            "  acknowledged; the projection runs beside it.",
            "",
            "| body | server | deliveries/s | of bare | p50 ms | p99 ms | not 200 | peak MiB |",
            "|---:|---|---:|---:|---:|---:|---:|---:|",
        ]
        for row in rows {
            let bare = rows.first { $0.byteCount == row.byteCount && !$0.isDurable }
            let rates = row.outcomes.map(\.perSecond).sorted()
            let bareRate = median(bare?.outcomes.map(\.perSecond) ?? [])
            let cells = [
                "\(row.byteCount / 1024) KB", row.isDurable ? "durable" : "bare",
                "\(number(median(rates))) (\(number(rates.first ?? .nan)) to \(number(rates.last ?? .nan)))",
                row.isDurable ? fraction(median(rates) / bareRate) : "",
                fraction(median(row.outcomes.map { $0.percentile(0.5) })),
                fraction(median(row.outcomes.map { $0.percentile(0.99) })),
                "\(row.outcomes.reduce(0) { $0 + $1.otherCount })",
                row.peaks.max().map { "\($0)" } ?? "-",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var machine: String {
        let info = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let model = info?.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    private func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }

    private func number(_ value: Double) -> String {
        value.isFinite ? "\(Int(value.rounded()))" : "-"
    }

    private func fraction(_ value: Double) -> String {
        value.isFinite ? String(format: "%.2f", value) : "-"
    }
}
