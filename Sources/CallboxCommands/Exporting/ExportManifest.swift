internal import Crypto
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON

/// What lies beside exported bodies: a record of each delivery, and the SHA-256 of each file as `sha256sum -c` reads it.
struct ExportManifest {
    static let recordsName = "manifest.ndjson"
    static let sumsName = "SHA256SUMS"

    let records: ByteSink
    let sums: ByteSink
    private var digest = SHA256()

    init(records: ByteSink, sums: ByteSink) {
        self.records = records
        self.sums = sums
    }

    /// - Parameter name: of the file with the body; nil where the body is gone.
    mutating func add(_ record: DeliveryRecord, as name: String?) throws {
        let members = record.head + [.init("file", .optional(name)), .init("reports", record.reportList)]
        let line = Array((JSONText.object(members).line + "\n").utf8)
        digest.update(data: line)
        try records.write(line)
        if let name { try sums.write("\(Hex.encode(record.kept.delivery.bodySHA256))  \(name)\n") }
    }

    mutating func finish() throws {
        try sums.write("\(Hex.encode(digest.finalize()))  \(Self.recordsName)\n")
        try records.flush()
        try sums.flush()
    }
}
