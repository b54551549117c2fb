package import ReportIndex
internal import Synchronization
package import TerminalOutput

/// The counts of a scan, printed as a note after the results.
package struct ScanConclusion {
    /// The counts; nil if no bodies were scanned.
    package let counts: ScanCounts?
    /// True if Ctrl-C stopped the scan.
    package let isInterrupted: Bool

    package init(counts: ScanCounts?, isInterrupted: Bool) {
        self.counts = counts
        self.isInterrupted = isInterrupted
    }

    /// Prints the counts as a note.
    ///
    /// - Parameter shown: the number of results that were shown; nil for all.
    package func note(on console: Console, shown: Int? = nil) {
        guard let counts else { return }
        var parts = [
            "scanned \(HumanText.grouped(counts.scanned))",
            "matched \(HumanText.grouped(min(counts.matched, shown ?? .max)))",
        ]
        if counts.skipped > 0 { parts.append("skipped \(HumanText.grouped(counts.skipped)) with pruned bodies") }
        if isInterrupted {
            parts.append(
                "interrupted at \(HumanText.grouped(counts.done)) of \(HumanText.grouped(counts.total)) deliveries")
        } else if !counts.isComplete {
            parts.append("limit reached")
        }
        console.note(parts.joined(separator: ", "))
        guard counts.damaged > 0 else { return }
        console.note(
            "\(HumanText.count(counts.damaged, "body", "bodies")) cannot be read; run 'callbox archive verify'")
    }
}

/// Shows the progress of a scan, at most ten times a second.
package final class ScanProgress: Sendable {
    private let console: Console
    private let last = Mutex<(at: ContinuousClock.Instant, isShown: Bool)>((.now, false))

    package init(_ console: Console) {
        self.console = console
    }

    /// Shows the counts if at least a tenth of a second passed since the last update.
    package func update(_ counts: ScanCounts) {
        let isDue = last.withLock { last in
            guard last.at.duration(to: .now) >= .milliseconds(100) else { return false }
            last = (.now, true)
            return true
        }
        guard isDue else { return }
        let percent = counts.total > 0 ? counts.done * 100 / counts.total : 100
        console.progress(
            "scanned \(HumanText.grouped(counts.scanned)), matched \(HumanText.grouped(counts.matched)), \(percent) %")
    }

    /// Clears the progress line, so a result line can be printed.
    package func clear() {
        let wasShown = last.withLock { last in
            defer { last.isShown = false }
            return last.isShown
        }
        if wasShown { console.progress("") }
    }
}
