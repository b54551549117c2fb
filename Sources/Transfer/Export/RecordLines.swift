internal import Deliveries
internal import Foundation

/// The length of the complete lines of an NDJSON export, and the delivery in the last complete line.
struct RecordLines {
    /// The ID in the last complete line; nil if there is no complete line.
    let lastID: Int64?
    /// The length of the complete lines in bytes. An interrupted export may have left an incomplete line after the
    /// complete lines.
    let byteCount: Int64

    private static let pieceByteCount: Int64 = 64 * 1024
    private static let lineStart = #"{"callbox":1,"id":"#

    /// Reads only the end of the file. Nil if the file is not an NDJSON export, or not a regular file.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int64(status.st_size)
        guard let end = Self.afterLastBreak(descriptor, before: size) else { return nil }
        byteCount = end
        guard end > 0 else {
            // A file without a complete line must be empty, or start with an incomplete line of an export.
            guard size == 0 || Self.isRecord(descriptor, at: 0, torn: true) else { return nil }
            lastID = nil
            return
        }
        guard let start = Self.afterLastBreak(descriptor, before: end - 1), Self.isRecord(descriptor, at: start),
            let bytes = Self.read(descriptor, from: start, count: Int64(Self.lineStart.utf8.count) + 20)
        else { return nil }
        let digits = bytes.dropFirst(Self.lineStart.utf8.count).prefix { (0x30...0x39).contains($0) }
        guard let id = DecimalText.nonNegative(digits) else { return nil }
        lastID = id
    }

    /// True if a line at an offset is a record.
    ///
    /// - Parameter torn: whether the line may be incomplete.
    private static func isRecord(_ descriptor: Int32, at start: Int64, torn: Bool = false) -> Bool {
        guard let bytes = read(descriptor, from: start, count: Int64(lineStart.utf8.count)) else { return false }
        return torn ? lineStart.utf8.starts(with: bytes) : bytes.elementsEqual(lineStart.utf8)
    }

    /// The offset after the last line break before `end`; 0 if there is no line break; nil if reading fails.
    private static func afterLastBreak(_ descriptor: Int32, before end: Int64) -> Int64? {
        var end = end
        while end > 0 {
            let start = max(0, end - pieceByteCount)
            guard let bytes = read(descriptor, from: start, count: end - start), bytes.count == end - start else {
                return nil
            }
            if let position = bytes.lastIndex(of: 0x0a) { return start + Int64(position) + 1 }
            end = start
        }
        return 0
    }

    private static func read(_ descriptor: Int32, from offset: Int64, count: Int64) -> [UInt8]? {
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard (try? handle.seek(toOffset: UInt64(clamping: offset))) != nil,
            let data = try? handle.read(upToCount: Int(clamping: count))
        else { return nil }
        return Array(data)
    }
}
