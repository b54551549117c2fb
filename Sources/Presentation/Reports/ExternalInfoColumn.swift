internal import Redaction
internal import ReportIndex
internal import StrictJSON

/// A member of externalInfo as a column, such as `externalInfo.application.number`.
struct ExternalInfoColumn {
    private static let prefix = "externalInfo."

    private let path: Substring

    /// Nil unless the name starts with `externalInfo.`.
    init?(_ name: String) {
        guard name.hasPrefix(Self.prefix), name.utf8.count > Self.prefix.utf8.count else { return nil }
        path = name.dropFirst(Self.prefix.count)
    }

    /// - Parameters:
    ///   - masks: whether JSON and CSV mask personal data.
    ///   - isRevealed: whether tables show personal data.
    func member(masks: Bool, isRevealed: Bool) -> RowMember<ReportSummary> {
        RowMember(Self.prefix + path, .text(String(path))) { report in
            value(report, masks: masks)
        } cell: { report in
            RowMember<ReportSummary>.cell(value(report, masks: !isRevealed))
        }
    }

    private func value(_ report: ReportSummary, masks: Bool) -> JSONText {
        guard let json = report.externalInfo.map({ masks ? PersonalData.shown(json: $0) : $0 }),
            let document = try? JSONDocument(parsing: Array(json.utf8)),
            let value = Self.value(at: path, in: document.root)
        else { return .null }
        switch value.kind {
        case .null: return .null
        case .string: return .string(value.string ?? "")
        default: return .raw(value.rawText)
        }
    }

    /// The value at a path. Tries the longest member name first, because a member name may contain dots.
    private static func value(at path: Substring, in value: JSONValue) -> JSONValue? {
        if let found = value[String(path)] { return found }
        var rest = path
        while let dot = rest.lastIndex(of: ".") {
            rest = path[..<dot]
            if let inner = value[String(rest)], let found = Self.value(at: path[path.index(after: dot)...], in: inner) {
                return found
            }
        }
        return nil
    }
}
