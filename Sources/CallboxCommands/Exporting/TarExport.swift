internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex

/// Bodies in a tar, with the manifest last.
struct TarExport: DeliveryExport {
    static let folder = "callbox-export/"

    private let file: ExportFile
    private let records: SpoolFile
    private let sums: SpoolFile
    private var manifest: ExportManifest
    private var newest: Int64 = 0

    init(_ file: ExportFile) throws {
        self.file = file
        records = try SpoolFile()
        sums = try SpoolFile()
        manifest = ExportManifest(records: records.sink, sums: sums.sink)
    }

    var byteCount: Int64 {
        file.sink.byteCount
    }

    mutating func add(_ record: DeliveryRecord) throws {
        guard record.kept.pruningReason == nil else { return try manifest.add(record, as: nil) }
        let request = record.kept.delivery.request
        let name = BodyFileName.name(record)
        let time = request.receivedAt.millisecondsSinceEpoch / 1000
        newest = max(newest, time)
        let header = TarHeader(
            name: Self.folder + name, byteCount: Int64(request.body.count), modifiedAtSeconds: time)
        try file.sink.write(header.bytes)
        try file.sink.write(request.body)
        try file.sink.write(header.padding)
        try manifest.add(record, as: name)
    }

    mutating func finish() throws {
        try manifest.finish()
        for (spool, name) in [(records, ExportManifest.recordsName), (sums, ExportManifest.sumsName)] {
            let header = TarHeader(
                name: Self.folder + name, byteCount: spool.sink.byteCount, modifiedAtSeconds: newest)
            try file.sink.write(header.bytes)
            try spool.read(file.sink.write)
            try file.sink.write(header.padding)
        }
        try file.sink.write(TarHeader.end)
        try file.finish()
    }
}

/// A file without a name, for what has to be written after it is complete and is too large for memory.
final class SpoolFile {
    let sink: ByteSink
    private let descriptor: Int32

    init() throws(CommandFailure) {
        let folder = FileManager.default.temporaryDirectory.path()
        var template = Array("\(folder)/callbox-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .cannotWrite(folder, errno) }
        unlink(template)
        sink = ByteSink(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Hands over what was written and flushed, in pieces.
    func read(_ body: ([UInt8]) throws -> Void) throws {
        var offset: off_t = 0
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure(.inputOutput, "a temporary file does not read back") }
            if count == 0 { return }
            offset += off_t(count)
            try body(Array(piece[..<count]))
        }
    }
}
