internal import StrictJSON
internal import Synchronization
internal import TerminalOutput

/// The newest attempts, each as a JSON object: number, time, provider, type, reference, URL, attempt, fault, size and
/// SHA-256 of the body, status or problem, milliseconds. Contains no bodies.
final class DeliveryLedger: Sendable {
    static let entryLimit = 100_000

    /// The attempts as text, because text takes a third of the memory of JSON values.
    private let state = Mutex<(lines: [String], firstNumber: Int)>(([], 1))

    init() {}

    func record(_ attempt: JSON) {
        state.withLock { state in
            let number: JSON = ["number": .integer(state.firstNumber + state.lines.count)]
            state.lines.append(number.merging(attempt).compact)
            if state.lines.count > Self.entryLimit {
                state.lines.removeFirst(Self.entryLimit / 10)
                state.firstNumber += Self.entryLimit / 10
            }
        }
    }

    /// The attempts after this number, oldest first.
    func lines(after number: Int) -> [String] {
        state.withLock { Array($0.lines.dropFirst(max(0, number + 1 - $0.firstNumber))) }
    }

    func entries(after number: Int = 0) -> [JSON] {
        lines(after: number).compactMap { JSON(parsing: Array($0.utf8)) }
    }

    static func isDelivered(_ entry: JSON) -> Bool {
        (200...299).contains(entry["status"]?.integer ?? 0)
    }

    static func table(_ entries: [JSON], _ console: Console) -> [String] {
        guard !entries.isEmpty else { return ["nothing was sent"] }
        let titles = ["NO", "WHAT", "TRY", "SIZE", "ANSWER", "MS", "FAULT", "URL"]
        let rows = entries.map { entry in
            func text(_ name: String) -> String { entry[name]?.scalar ?? "-" }
            // Omits the query, because it may contain a credential.
            let url = String(text("url").prefix { $0 != "?" })
            return [
                text("number"), "\(text("provider")).\(text("type"))", text("attempt"),
                HumanText.byteCount(Int64(entry["byteCount"]?.integer ?? 0)),
                entry["status"]?.scalar ?? text("problem"),
                text("milliseconds"), text("fault"), url,
            ].map { Table.Cell($0) }
        }
        return Table(columns: titles.map { Table.Column(title: $0) }, rows: rows).lines(on: console)
    }
}
