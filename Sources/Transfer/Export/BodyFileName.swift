internal import Deliveries
internal import Journal
internal import ReportIndex

/// The file name of a body in a folder, such as `42-pf_checking_account.json`. It starts with the ID and contains only
/// letters, digits, `.`, `_` and `-`, because stored data must not determine a path.
enum BodyFileName {
    /// The maximum number of bytes of the type. Keeps the name shorter than the 255 bytes of NAME_MAX.
    private static let typeByteCountLimit = 48

    static func name(_ record: DeliveryRecord) -> String {
        let body = record.kept.delivery.request.body
        return "\(record.kept.delivery.id)-\(type(record.reports.first?.report.type ?? "")).\(suffix(body))"
    }

    static func type(_ text: String) -> String {
        let bytes = text.utf8.prefix(typeByteCountLimit).map { isPlain($0) ? $0 : UInt8(ascii: "_") }
        return bytes.isEmpty ? "report" : String(decoding: bytes, as: UTF8.self)
    }

    /// The file name extension. The extension is only a guess from the body.
    static func suffix(_ body: [UInt8]) -> String {
        let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
        let start = body.drop { blanks.contains($0) }
        if start.starts(with: "%PDF-".utf8) { return "pdf" }
        guard BodyText.isUTF8(body) else { return "bin" }
        let ends = (start.first, body.last { !blanks.contains($0) })
        if ends == (UInt8(ascii: "{"), UInt8(ascii: "}")) || ends == (UInt8(ascii: "["), UInt8(ascii: "]")) {
            return "json"
        }
        let words = String(decoding: start.prefix(14), as: UTF8.self).lowercased()
        return words.hasPrefix("<!doctype html") || words.hasPrefix("<html") ? "html" : "txt"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
