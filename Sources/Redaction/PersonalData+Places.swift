internal import Deliveries
internal import StrictJSON

extension PersonalData {
    /// A request target with credentials and personal data masked. Masked values are percent-decoded.
    package static func target(_ text: String, _ secrets: ProviderSecrets) -> String {
        let text = Masking.target(text, secrets)
        // Searches bytes, as `form` does, because `?` and a following combining character form a single `Character`.
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return shown(text) }
        return shown(String(text[..<mark])) + "?" + form(text[text.utf8.index(after: mark)...])
    }

    /// The text of a query or a form, with credentials and personal data masked.
    package static func form(_ text: Substring) -> String {
        text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { bytes in
            let item = Substring(bytes)
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return shown(String(item)) }
            let start = bytes.index(after: equals)
            let name = PercentText.decodeForm(bytes[..<equals])
            let value = PercentText.decodeForm(bytes[start...])
            guard value != Masking.mask else { return String(item) }
            let masked = shown(json: value, name: name)
            return masked == value ? String(item) : item[..<start] + masked.replacing("&", with: "%26")
        }.joined(separator: "&")
    }

    /// JSON text with personal data masked. If a value is masked, the result is on one line; otherwise the text is
    /// unchanged. Text that is not JSON is masked as plain text.
    ///
    /// - Parameter name: the name of the member whose value is the text.
    package static func shown(json text: String, name: String? = nil) -> String {
        guard let first = text.first, first == "{" || first == "[",
            let document = try? JSONDocument(parsing: Array(text.utf8))
        else { return shown(text, name: name) }
        var isChanged = false
        var line = ""
        let render = { (piece: JSONPiece) in
            let masked = json(piece)
            if masked != piece.plainText { isChanged = true }
            return masked
        }
        JSONPrettyPrinter.forEachLine(of: document.root, render: render) { line += $0.drop { $0 == " " } }
        return isChanged ? line : text
    }

    private static func json(_ piece: JSONPiece) -> String {
        switch piece.kind {
        case .string: JSONString.quote(shown(piece.value.string ?? "", name: piece.name, outer: piece.outerName))
        case .number:
            switch shown(piece.value.rawText, name: piece.name, outer: piece.outerName) {
            case piece.value.rawText: piece.value.rawText
            // A masked number is quoted, because it is no longer a valid JSON number.
            case let masked: JSONString.quote(masked)
            }
        case .name, .literal: piece.plainText
        }
    }
}
