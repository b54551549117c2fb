internal import ArgumentParser

/// `callbox-sandbox ledger`.
struct LedgerCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Show what a sandbox has sent, and what answers it got.",
        discussion: """
            EXAMPLES
              callbox-sandbox ledger
              callbox-sandbox ledger --idle --json     wait for what is under way, then a line of JSON an attempt
            """)

    @OptionGroup var address: SandboxAddressOptions

    @Option(help: ArgumentHelp("Only attempts after this number.", valueName: "n"))
    var after = 0

    @Flag(help: "Wait until every delivery is through.")
    var idle = false

    @Flag(help: "One line of JSON an attempt.")
    var json = false

    func run(on console: Console) async throws -> SandboxStatus {
        let client = try address.client
        if idle { _ = try await client.post("idle") }
        let entries = try await client.get("ledger?after=\(after)").elements ?? []
        if json {
            for entry in entries { try console.print(String(decoding: entry.bytes, as: UTF8.self)) }
        } else {
            for line in LedgerTable.lines(entries) { try console.print(line) }
        }
        return .success
    }
}

/// The attempts of a ledger as lines.
enum LedgerTable {
    static func lines(_ entries: [JSON]) -> [String] {
        guard !entries.isEmpty else { return ["nothing was sent"] }
        var rows = [["NO", "WHAT", "TRY", "SIZE", "ANSWER", "MS", "FAULT", "URL"]]
        rows += entries.map { entry in
            let number = entry["number"]?.integer ?? 0
            let what = "\(entry["provider"]?.string ?? "").\(entry["kind"]?.string ?? "")"
            let answer = entry["status"]?.integer.map { String($0) } ?? entry["problem"]?.string ?? "-"
            return [
                String(number), what, String(entry["attempt"]?.integer ?? 0), size(entry["byteCount"]?.integer ?? 0),
                answer, String(entry["milliseconds"]?.integer ?? 0), entry["fault"]?.string ?? "-",
                TerminalText.cut(withoutQuery(entry["url"]?.string ?? ""), to: 60),
            ].map { TerminalText.escaped($0.utf8) }
        }
        return TextTable.lines(rows).map(trimmed)
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// A query may hold a credential.
    private static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" })
    }

    private static func size(_ byteCount: Int) -> String {
        byteCount < 10_000
            ? "\(byteCount) B" : byteCount < 10_000_000 ? "\(byteCount / 1000) kB" : "\(byteCount / 1_000_000) MB"
    }
}

/// Rows as lines, with two spaces between their columns.
enum TextTable {
    static func lines(_ rows: [[String]]) -> [String] {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return cells.joined(separator: "  ")
        }
    }
}
