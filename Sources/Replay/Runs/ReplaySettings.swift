internal import Deliveries

/// The options of a run, as the user entered them. They are stored with the run, so it can be resumed.
package struct ReplaySettings: Sendable, Equatable, Codable {
    package enum Order: String, Sendable, Codable, CaseIterable {
        case arrival
        /// Send the deliveries of the same link, case or person one after another, even if several requests run at a
        /// time.
        case `case`
    }

    package var url: String
    /// The second target of a comparison; nil if the run has a single target.
    package var comparedURL: String?
    package var signs = false
    package var secretVariable: String?
    package var keepsPath = false
    package var keepsCredentials = false
    package var isMarked = true
    /// The header changes, each as `Name: value`.
    package var headers: [String] = []
    package var droppedHeaders: [String] = []
    /// The body changes, each as `$.path=value`.
    package var assignments: [String] = []
    package var body: [UInt8]?
    package var editedPaths: [String]?
    package var order = Order.arrival
    package var concurrency = 1
    /// The minimum time between two requests.
    package var interval: Duration = .zero
    /// The speed relative to the original arrival times; nil to ignore the arrival times.
    package var speed: Double?
    package var repetitionCount = 1
    package var failureLimit = 10
    package var expected = "2xx"
    /// The time limit of one exchange.
    package var timeout: Duration = .seconds(30)
    package var faults = FaultPlan()

    package init(to url: String) {
        self.url = url
    }

    package var changes: ReplayChanges {
        var changes = ReplayChanges()
        changes.headers = headers.compactMap { HeaderField(line: $0) }
        changes.droppedHeaders = droppedHeaders
        changes.assignments = assignments.compactMap { JSONAssignment($0) }
        changes.body = body
        changes.editedPaths = editedPaths
        return changes
    }

    package var expectedStatuses: ExpectedStatuses { ExpectedStatuses(expected) ?? .success }

    /// True if requests get new signatures.
    package var needsSigner: Bool { signs || faults.faults.contains(where: \.isSigned) }

    /// The options of the run for its record, without values of headers and bodies.
    package var description: String {
        var words: [String] = []
        if signs { words.append("signed again") }
        words += changes.names.map { "changed \($0)" }
        if keepsPath { words.append("paths kept") }
        if keepsCredentials { words.append("with credentials") }
        if order == .case { words.append("ordered by case") }
        if concurrency > 1 { words.append("\(concurrency) at a time") }
        if let speed { words.append("at \(speed == 1 ? "original" : "\(speed) times the") speed") }
        if repetitionCount > 1 { words.append("\(repetitionCount) times") }
        if !faults.faults.isEmpty {
            let names = faults.faults.map(\.name).joined(separator: ", ")
            words.append("faults \(names) in \(faults.percent) %, seed \(faults.seed)")
        }
        return words.joined(separator: "; ")
    }
}

/// Parses the speed of `--timing`: `original`, `2x`, `0.5x` or `none`.
package enum ReplayTiming {
    /// Parses a timing. The speed is nil for `none`; the result is nil for any other text.
    package static func speed(_ text: String) -> Double?? {
        switch text {
        case "none": return .some(nil)
        case "original": return 1
        default:
            guard text.hasSuffix("x"), let factor = Double(text.dropLast()), factor.isFinite,
                (0.01...10_000).contains(factor), text.utf8.allSatisfy({ $0 != UInt8(ascii: "e") })
            else { return nil }
            return factor
        }
    }
}

/// The maximum number of deliveries to send per period.
package struct SendingRate: Equatable {
    package let interval: Duration

    /// Parses `5/s`, `100/m` or `10/h`, up to 1000 per second.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
        guard parts.count == 2, let unit = units[parts[1]], parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(parts[0]), (1...1_000_000).contains(count)
        else { return nil }
        interval = unit / count
        guard interval >= .milliseconds(1) else { return nil }
    }
}
