internal import Deliveries

extension FilterOptions {
    /// The flags as a shell takes them, for the access log.
    var words: String {
        let flags = [
            ("--provider", provider), ("--source", source), ("--kind", kind), ("--box", box),
            ("--since", since.map { [$0] } ?? []), ("--until", until.map { [$0] } ?? []),
            ("--verification", verification.map(\.rawValue)), ("--external", external), ("--field", field),
            ("--json-path", jsonPath), ("--text", text),
        ]
        let words =
            (unrouted ? ["--unrouted"] : [])
            + flags.flatMap { name, values in values.map { "\(name) \(ShellText.quote($0))" } }
        return words.isEmpty ? "every report" : words.joined(separator: " ")
    }
}
