internal import Deliveries
internal import StrictJSON

/// A request for people: where it came from, its headers, its body. Credentials are masked unless they are asked for.
struct RequestView {
    let request: InboundRequest
    let bodySHA256: [UInt8]
    var revealsCredentials = false

    /// Lines of a body that a terminal gets; the rest is there for --body.
    private static let bodyLineLimit = 400

    var target: String {
        revealsCredentials ? request.target.text : Masking.target(request.target.text)
    }

    func value(of field: HeaderField) -> String {
        revealsCredentials ? field.value : Masking.value(of: field)
    }

    /// - Parameter origin: what is known of the sender, as a line of its own.
    func overviewLines(source: String, origin: String) -> [String] {
        [
            "  received  \(request.receivedAt.rfc3339) from \(TerminalText.escape(request.peer)) at source \(TerminalText.escape(source))",
            "  request   \(TerminalText.escape(request.method)) \(TerminalText.escape(target))",
            origin,
            "  body      \(HumanText.byteCount(Int64(request.body.count))), SHA-256 \(Hex.encode(bodySHA256))",
        ]
    }

    func headerLines(_ console: Console) -> [String] {
        ["", console.styled("Headers", .bold)]
            + request.headers.fields.map { field in
                "  \(TerminalText.escape(field.name)): \(TerminalText.escape(value(of: field)))"
            }
    }

    /// - Parameter rest: the command that gives the whole body.
    func bodyLines(_ console: Console, rest command: String) -> [String] {
        let body = request.body
        guard !body.isEmpty else { return [] }
        let title = ["", console.styled("Body", .bold)]
        guard let text = String(validating: body, as: UTF8.self) else {
            return title + ["  \(HumanText.count(body.count, "byte")) that are not text; --body gives them"]
        }
        let pretty = (try? JSONDocument(parsing: body)).map { JSONPrettyPrinter.print($0) } ?? text
        let all = TerminalText.escapeLines(pretty).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        guard all.count > Self.bodyLineLimit else { return title + all }
        let rest = all.count - Self.bodyLineLimit
        return title + all.prefix(Self.bodyLineLimit) + ["", "… \(HumanText.count(rest, "line")) more: \(command)"]
    }
}
