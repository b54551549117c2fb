internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput
internal import TextForms

/// A request for a terminal: overview, headers, body.
struct RequestView {
    let request: InboundRequest
    let bodySHA256: [UInt8]
    let secrets: ProviderSecrets
    /// The original length of a pruned body; nil if the body is kept.
    var bodyByteCount: Int?
    var isRevealed = false

    /// The width of a label in the overview, including the spaces after the label.
    private static let labelWidth = 14

    /// The target for JSON. Credentials are masked, personal data is not.
    var target: String {
        isRevealed ? request.target.text : Masking.target(request.target.text, secrets)
    }

    func value(of field: HeaderField) -> String {
        isRevealed ? field.value : Masking.value(of: field, secrets)
    }

    /// - Parameter verification: the label and text of the line about verification.
    func overviewLines(
        source: String, verification: (label: String, text: String), on console: Console
    ) -> [String] {
        let target = isRevealed ? request.target.text : PersonalData.target(request.target.text, secrets)
        let forms = readableBody.forms
        let size =
            HumanText.byteCount(Int64(bodyByteCount ?? request.body.count))
            + (forms.isEmpty ? "" : " (\(forms.joined(separator: ", ")))")
        let peer = TerminalText.escape(request.peer)
        var entries = [
            (
                label: "received",
                text: "\(console.time(request.receivedAt)) from \(peer) at source \(TerminalText.escape(source))"
            ), ("request", "\(TerminalText.escape(request.method)) \(TerminalText.escape(target))"), verification,
            ("body", size),
        ]
        // The hash has its own line, so it fits into 80 columns.
        if !bodySHA256.isEmpty { entries.append(("SHA-256", Hex.encode(bodySHA256))) }
        return entries.map { label, text in
            "  \(label)" + String(repeating: " ", count: max(1, Self.labelWidth - label.count)) + text
        }
    }

    var headerLines: [String] {
        maskedHeaders.map { "\(TerminalText.escape($0.name)): \(TerminalText.escape($0.value))" }
    }

    /// The headers. Masks credentials and personal data unless `isRevealed` is true.
    var maskedHeaders: [HeaderField] {
        request.headers.fields.map { field in
            HeaderField(
                field.name, isRevealed ? field.value : PersonalData.shown(value(of: field), name: field.name))
        }
    }

    private var readableBody: ReadableBody { ReadableBody(request.body, headers: request.headers) }

    /// The body with credentials and personal data masked; nil if the body is not text.
    var maskedBody: String? {
        guard let text = String(validating: request.body, as: UTF8.self) else { return nil }
        let type = request.headers.values(named: "Content-Type").first?.lowercased() ?? ""
        let isForm = type.hasPrefix("application/x-www-form-urlencoded")
        return isForm ? PersonalData.form(text[...]) : PersonalData.shown(json: text)
    }

    func headerSection(_ console: Console) -> [String] {
        ["", console.styled("Headers", .bold)] + headerLines.map { "  " + $0 }
    }

    /// - Parameters:
    ///   - part: the element to write; nil for the whole body.
    ///   - limit: the maximum number of lines; nil for all.
    ///   - command: the command that writes the whole body.
    func writeBody(
        part: BodyPart? = nil, on console: Console, limit: Int?, rest command: String,
        _ line: (String) throws -> Void
    ) rethrows {
        let readable = part == nil ? readableBody : nil
        if let problem = readable?.problem { try line("  \(problem)") }
        // If a body cannot be decoded, shows the stored bytes.
        let bytes = part?.bytes ?? readable.flatMap { $0.bytes.isEmpty ? nil : $0.bytes } ?? request.body
        guard !bytes.isEmpty else { return }
        let view = BodyView(
            bytes: bytes, contentType: part == nil ? request.headers.values(named: "Content-Type").first : nil,
            isRevealed: isRevealed, command: command)
        var count = 0
        try view.forEachLine(on: console) { text in
            count += 1
            if limit.map({ count <= $0 }) ?? true { try line(text) }
        }
        if let limit, count > limit {
            try line("")
            try line("… \(HumanText.count(count - limit, "line")) more: \(command)")
        }
    }
}
