/// Takes the deliveries of an export, one after another.
protocol DeliveryExport {
    /// Bytes written so far.
    var byteCount: Int64 { get }

    mutating func add(_ record: DeliveryRecord) throws

    /// Ends what was begun and brings it to the disk.
    mutating func finish() throws

    /// Whether a run that is stopped leaves something to go on with.
    var canResume: Bool { get }

    /// Ends before its end. What cannot be gone on with is not left behind.
    mutating func stop() throws
}

extension DeliveryExport {
    var canResume: Bool {
        false
    }

    mutating func stop() throws {}
}

/// How an export is written.
enum ExportFormat: String, CaseIterable {
    case ndjson, csv, json, har, files
}
