internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Exports an HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR/Overview.html), which the developer tools of
/// browsers can open. Members that HAR does not define are in `_callbox` of each entry.
package struct HARExport: DeliveryExport {
    private let file: ExportFile
    private var isFirst = true

    /// - Parameter version: the version of this program.
    package init(_ file: ExportFile, version: String) throws {
        self.file = file
        let creator = JSONText.object([
            .init("name", .string("callbox")), .init("version", .string(version)),
        ])
        try file.sink.write(#"{"log":{"version":"1.2","creator":"# + creator.line + #","pages":[],"entries":["#)
    }

    package var byteCount: Int64 {
        file.sink.byteCount
    }

    package mutating func add(_ record: DeliveryRecord) throws {
        try file.sink.write(isFirst ? "\n" : ",\n")
        isFirst = false
        try HAREntry(record).write(file.sink.write)
    }

    package mutating func finish() throws {
        try file.sink.write("\n]}}\n")
        try file.finish()
    }
}

struct HAREntry {
    private let record: DeliveryRecord

    init(_ record: DeliveryRecord) {
        self.record = record
    }

    func write(_ piece: (String) throws -> Void) throws {
        let request = record.kept.delivery.request
        let bytes = record.kept.pruningReason == nil ? record.body : nil
        try piece(
            #"{"startedDateTime":"# + JSONText.string(request.receivedAt.rfc3339).line + #","time":0,"request":"#)
        try piece(String(head.line.dropLast()))
        if let bytes, !bytes.isEmpty {
            let body = BodyText(bytes)
            try piece(#","postData":{"mimeType":"# + JSONText.string(mimeType).line + #","text":"#)
            try body.write(piece)
            try piece(body.isText ? "}" : #","encoding":"base64"}"#)
        }
        try piece(#"},"response":"# + Self.response.line)
        try piece(#","cache":{},"timings":{"send":0,"wait":0,"receive":0},"_callbox":"#)
        // HAR has its own members for method, headers and body.
        let members = record.head.filter { !["method", "headers"].contains($0.name) }
        try piece(JSONText.object(members + [.init("reports", record.reportList)]).line + "}")
    }

    private var head: JSONText {
        .object([
            .init("method", .string(record.kept.delivery.request.method)), .init("url", .string(url)),
            .init("httpVersion", .string("HTTP/1.1")), .init("cookies", .array([])),
            .init("headers", .array(record.headers.map { Self.pair($0.name, $0.value) })),
            .init(
                "queryString", .array(RequestTarget(record.target).queryItems.map { Self.pair($0.name, $0.value) })),
            .init("headersSize", .integer(-1)), .init("bodySize", .integer(Int64(record.kept.bodyByteCount))),
        ])
    }

    /// The absolute URL that HAR requires, with the host name that the sender used. Characters that RFC 3986 does not
    /// allow are escaped; `_callbox.target` contains the exact text.
    private var url: String {
        let target = record.target
        let isAbsolute = ["http://", "https://"].contains { target.lowercased().hasPrefix($0) }
        let host = record.kept.delivery.request.headers.onlyValue(named: "Host") ?? ""
        let isHost = !host.isEmpty && host.utf8.allSatisfy { Self.urlBytes.contains($0) && !"/?@".utf8.contains($0) }
        let origin = isAbsolute ? "" : "http://\(isHost ? host : "callbox.invalid")\(target.hasPrefix("/") ? "" : "/")"
        return origin
            + target.utf8.map { byte in
                Self.urlBytes.contains(byte)
                    ? String(UnicodeScalar(byte))
                    : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
    }

    private static let urlBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?@[]!$&'()*+,;=%".utf8)

    /// The MIME type. Never empty, because strict readers reject an empty type.
    private var mimeType: String {
        let type = record.kept.delivery.request.headers.values(named: "Content-Type").first ?? ""
        return type.isEmpty ? "application/octet-stream" : type
    }

    /// The response is always 200: responses are not stored, but all deliveries in the journal were acknowledged.
    private static let response = JSONText.object([
        .init("status", .integer(200)), .init("statusText", .string("acknowledged")),
        .init("httpVersion", .string("HTTP/1.1")), .init("cookies", .array([])), .init("headers", .array([])),
        .init("content", .object([.init("size", .integer(0)), .init("mimeType", .string("application/json"))])),
        .init("redirectURL", .string("")), .init("headersSize", .integer(-1)), .init("bodySize", .integer(-1)),
        .init("comment", .string("Responses are not stored. All deliveries in the archive were acknowledged.")),
    ])

    private static func pair(_ name: String, _ value: String) -> JSONText {
        .object([.init("name", .string(name)), .init("value", .string(value))])
    }
}
