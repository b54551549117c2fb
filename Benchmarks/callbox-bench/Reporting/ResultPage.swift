import Foundation

/// The page of a whole run: the machine, each target with its measured value, and the parts.
struct ResultPage {
    let bench: Workbench
    /// The sorted durations of fdatasync before the run, in milliseconds.
    let sync: [Double]
    private var reports: [PartReport] = []
    private var failures: [String] = []

    init(bench: Workbench, sync: [Double]) {
        self.bench = bench
        self.sync = sync
    }

    mutating func add(_ report: PartReport) {
        reports.append(report)
    }

    /// Runs a part and adds its results. If the part fails, the page contains the error, and the other parts still run.
    mutating func add(_ title: String, _ part: () async throws -> PartReport) async {
        do {
            add(try await part())
        } catch {
            noteFailure(title, error)
        }
    }

    mutating func noteFailure(_ title: String, _ error: any Error) {
        bench.note("\(title): \(error)")
        failures.append("- **\(title) could not be measured**: \(error)")
    }

    var text: String {
        var lines = [
            "# Results", "",
            "Written by `make bench`. The load generator runs on the same cores as the server it measures: compare rows with",
            "each other, not with other machines. [README.md](README.md) explains each measurement.", "",
        ]
        if bench.plan.isQuick {
            lines += ["**Smoke run (`--quick`): these figures only show that the suite works.**", ""]
        }
        lines += MachineFacts(folder: bench.folder).lines
        lines.append(
            "- disk: fdatasync of a 4 KB append \(Figure.text(LoadOutcome.percentile(0.5, of: sync), 3)) ms (median), "
                + "\(Figure.text(LoadOutcome.percentile(0.99, of: sync), 3)) ms (p99)")
        if !failures.isEmpty { lines += [""] + failures }
        lines += ["", "## Targets", "", PartReport.verdictTable(reports.flatMap(\.verdicts))]
        lines += reports.map(\.section)
        return lines.joined(separator: "\n").trimmingCharacters(in: .newlines) + "\n"
    }
}
