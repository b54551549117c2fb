/// Records as lines (NDJSON), or as one JSON array.
struct RecordExport: DeliveryExport {
    private let file: ExportFile
    private let isArray: Bool
    private var isFirst = true

    init(_ file: ExportFile, isArray: Bool) {
        self.file = file
        self.isArray = isArray
    }

    var byteCount: Int64 {
        file.sink.byteCount
    }

    mutating func add(_ record: DeliveryRecord) throws {
        if isArray { try file.sink.write(isFirst ? "[" : ",\n") }
        isFirst = false
        try record.write(file.sink.write)
        if !isArray { try file.sink.write("\n") }
    }

    mutating func finish() throws {
        if isArray { try file.sink.write(isFirst ? "[]\n" : "]\n") }
        try file.finish()
    }

    var canResume: Bool {
        !isArray && file.hasName
    }

    mutating func stop() throws {
        if !isArray { try file.finish() }
    }
}
