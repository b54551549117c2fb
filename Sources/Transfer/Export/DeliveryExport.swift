/// Takes the deliveries of an export, one after another.
package protocol DeliveryExport {
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
    package var canResume: Bool {
        false
    }

    package mutating func stop() throws {}
}

/// How an export is written.
package enum ExportFormat: String, CaseIterable {
    case ndjson, csv, json, har, files
}
