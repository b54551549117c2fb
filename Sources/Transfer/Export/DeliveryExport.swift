/// An export in one format, to which deliveries are added one by one.
package protocol DeliveryExport {
    /// The number of bytes written so far.
    var byteCount: Int64 { get }

    mutating func add(_ record: DeliveryRecord) throws

    /// Completes the export on disk.
    mutating func finish() throws

    /// True if `--resume` can continue the export after it was stopped.
    var canResume: Bool { get }

    /// Stops early. Keeps the written files only if `--resume` can continue the export.
    mutating func stop() throws
}

extension DeliveryExport {
    package var canResume: Bool {
        false
    }

    package mutating func stop() throws {}
}

package enum ExportFormat: String, CaseIterable {
    case ndjson, csv, json, har, files
}

/// Writes records as lines (NDJSON) or as a JSON array.
package struct RecordExport: DeliveryExport {
    private let file: ExportFile
    private let isArray: Bool
    private var isFirst = true

    package init(_ file: ExportFile, isArray: Bool) {
        self.file = file
        self.isArray = isArray
    }

    package var byteCount: Int64 {
        file.sink.byteCount
    }

    package mutating func add(_ record: DeliveryRecord) throws {
        if isArray { try file.sink.write(isFirst ? "[" : ",\n") }
        isFirst = false
        try record.write(file.sink.write)
        if !isArray { try file.sink.write("\n") }
    }

    package mutating func finish() throws {
        if isArray { try file.sink.write(isFirst ? "[]\n" : "]\n") }
        try file.finish()
    }

    package var canResume: Bool {
        !isArray && file.hasName
    }

    package mutating func stop() throws {
        if !isArray { try file.finish() }
    }
}
