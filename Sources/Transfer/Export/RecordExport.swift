/// Records as lines (NDJSON), or as one JSON array.
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
