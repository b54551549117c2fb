import BodyCompression
import Deliveries
import Foundation

/// Measures the size of reports on disk. Compares this size with the size of the raw bodies, and with their size after
/// compression with zlib alone.
struct SizePart {
    let bench: Workbench

    private struct Row {
        let name: String
        let traffic: SyntheticTraffic
        /// The maximum size of the stored bodies, relative to the bodies compressed with zlib alone. `fileBound` is the
        /// maximum size of the file, relative to the raw bodies.
        let storedBound: Double?
        let fileBound: Double?
    }

    private struct Size {
        let statistics: CallboxProgram.Statistics
        let fileByteCount: Int
        let zlibByteCount: Int
        let rawByteCount: Int
    }

    func run() async throws -> PartReport {
        var table = PartReport.Table(
            columns: ["reports", "deliveries", "bodies", "stored / zlib 6", "stored / raw", "files / raw"],
            rows: [])
        var verdicts: [Verdict] = []
        for row in rows {
            bench.note("size of \(row.name)")
            let size = try await measure(row)
            let ofZlib = Double(size.statistics.storedBytes) / Double(size.zlibByteCount)
            let ofRaw = Double(size.fileByteCount) / Double(size.rawByteCount)
            table.rows.append([
                row.name, "\(size.statistics.deliveries)", "\(size.rawByteCount / 1_000_000) MB",
                Figure.text(ofZlib, 2),
                Figure.text(Double(size.statistics.storedBytes) / Double(size.rawByteCount), 2), Figure.text(ofRaw, 2),
            ])
            if let bound = row.storedBound {
                verdicts.append(
                    Verdict(
                        "stored bodies of \(row.name), ratio to zlib level 6 alone: ≤ \(bound)",
                        measured: Figure.text(ofZlib, 2),
                        isReached: ofZlib <= bound))
            }
            if let bound = row.fileBound {
                verdicts.append(
                    Verdict(
                        "journal and index with \(row.name), ratio to the raw bodies: ≤ \(bound)",
                        measured: Figure.text(ofRaw, 2),
                        isReached: ofRaw <= bound))
            }
        }
        return PartReport(
            title: "Size",
            explanation: """
                Synthetic archives, as described in README.md. *Files* is the size of the journal and the index \
                together, including request heads, while no server runs. *Raw* is the size of the bodies as they \
                arrived.
                """,
            table: table, verdicts: verdicts,
            remarks: [
                "Measured after `callbox archive compact`."
            ])
    }

    private var rows: [Row] {
        func products(_ byteCount: Int) -> SyntheticTraffic {
            SyntheticTraffic(
                reportCount: max(200, bench.plan.sizeByteCount / byteCount), seed: 7, mix: .products,
                bodyByteCount: byteCount, end: SyntheticTraffic.today)
        }
        let mixed = SyntheticTraffic(
            reportCount: bench.plan.sizeByteCount / 2048, seed: 7, bodyByteCount: 2048, end: SyntheticTraffic.today)
        return [
            Row(name: "Klavi reports of 1.5 KB", traffic: products(1536), storedBound: 0.6, fileBound: nil),
            Row(name: "Klavi reports of 2 KB", traffic: products(2048), storedBound: 0.6, fileBound: 0.6),
            Row(name: "Klavi reports of 16 KB", traffic: products(16 << 10), storedBound: nil, fileBound: 0.35),
            Row(name: "Klavi reports of 64 KB", traffic: products(64 << 10), storedBound: nil, fileBound: 0.35),
            Row(name: "all providers", traffic: mixed, storedBound: nil, fileBound: nil),
        ]
    }

    private func measure(_ row: Row) async throws -> Size {
        try await bench.withArchive { archive in
            try await bench.synthesize(row.traffic, at: archive)
            try bench.callbox.run(["archive", "compact"], on: archive)
            let statistics = try bench.callbox.statistics(archive)
            return Size(
                statistics: statistics, fileByteCount: statistics.fileBytes,
                zlibByteCount: Self.zlibByteCount(row.traffic), rawByteCount: statistics.bodyBytes)
        }
    }

    /// Returns the total size of the bodies after zlib compressed each body alone at level 6, the default level of
    /// zlib.
    private static func zlibByteCount(_ traffic: SyntheticTraffic) -> Int {
        let compressor = ZlibCompressor()
        return (0..<traffic.deliveryCount).reduce(0) { sum, index in
            let body = traffic.delivery(index).request.body
            return sum + (compressor.compress(body)?.count ?? body.count)
        }
    }
}
