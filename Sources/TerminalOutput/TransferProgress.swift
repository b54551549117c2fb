/// Shows the progress of a transfer, at most five times a second.
package struct TransferProgress {
    private static let interval: Duration = .milliseconds(200)

    private let verb: String
    /// The expected total; nil if unknown.
    private let total: Int?
    private let console: Console
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var toldAt: ContinuousClock.Instant?

    /// - Parameter isShown: false if the transferred data itself is written to the terminal.
    package init(_ verb: String, of total: Int?, on console: Console, isShown: Bool = true) {
        self.isShown = isShown
        self.verb = verb
        self.total = total
        self.console = console
    }

    package mutating func update(_ count: Int, byteCount: Int64) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let toldAt, toldAt.duration(to: now) < Self.interval { return }
        toldAt = now
        console.progress(text(count, byteCount: byteCount, after: start.duration(to: now)))
    }

    package func end() {
        if isShown { console.progress("") }
    }

    package func text(_ count: Int, byteCount: Int64, after duration: Duration) -> String {
        let seconds = max(duration / .seconds(1), 0.001)
        let rate = Int64(exactly: (Double(byteCount) / seconds).rounded(.down)) ?? 0
        return "\(verb) \(count)" + (total.map { " of \($0)" } ?? "")
            + ", \(HumanText.byteCount(byteCount)), \(HumanText.byteCount(rate))/s"
    }
}
