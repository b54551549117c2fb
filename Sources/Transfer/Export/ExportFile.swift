internal import Foundation
internal import TerminalOutput

/// The destination of an export: standard output, a file that is renamed to its final name when it is complete, or a
/// file to which lines are appended.
package final class ExportFile {
    package let sink: ByteSink
    /// The ID of the last delivery in a file that is being continued; nil if there is none.
    package private(set) var lastID: Int64?
    private let descriptor: Int32
    /// The temporary path and the final path; nil if the file has its final name from the start.
    private let part: (path: String, name: String)?
    private var isFinished = false

    private init(descriptor: Int32, part: (path: String, name: String)? = nil, lastID: Int64? = nil) {
        self.descriptor = descriptor
        self.part = part
        self.lastID = lastID
        sink = ByteSink(descriptor: descriptor)
    }

    /// True if the destination is a file, not standard output.
    var hasName: Bool {
        descriptor != STDOUT_FILENO
    }

    package static func standardOutput() -> ExportFile {
        ExportFile(descriptor: STDOUT_FILENO)
    }

    /// A file that is renamed to its final name when it is complete. Replaces an incomplete file of an earlier run.
    package static func whole(_ path: String) throws(TransferError) -> ExportFile {
        guard !exists(path) else { throw .fileExists(path: path, canResume: false) }
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard slash < path.endIndex else { throw .cannotWrite(path, EISDIR) }
        let part = "\(path[..<slash]).\(path[slash...]).part"
        unlink(part)
        return ExportFile(descriptor: try create(part), part: (part, path))
    }

    /// A file to which lines are appended. The file is usable after each line.
    ///
    /// - Parameter resumes: whether to continue an existing file after its last complete line.
    package static func lines(_ path: String, resumes: Bool) throws(TransferError) -> ExportFile {
        guard exists(path) else { return ExportFile(descriptor: try create(path)) }
        guard resumes else { throw .fileExists(path: path, canResume: true) }
        let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        guard let lines = RecordLines(descriptor: descriptor) else {
            close(descriptor)
            throw .notResumable(path: path)
        }
        guard ftruncate(descriptor, off_t(lines.byteCount)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            let code = errno
            close(descriptor)
            throw .cannotWrite(path, code)
        }
        return ExportFile(descriptor: descriptor, lastID: lines.lastID)
    }

    package func finish() throws {
        try sink.flush()
        guard descriptor != STDOUT_FILENO else { return }
        guard fsync(descriptor) == 0 else { throw TransferError.cannotWrite(part?.name ?? "the file", errno) }
        guard let part else { return }
        // Unlike a rename, a link never replaces a file that another process created in the meantime.
        guard link(part.path, part.name) == 0 else { throw TransferError.cannotWrite(part.name, errno) }
        unlink(part.path)
        isFinished = true
    }

    deinit {
        // Deletes the temporary file, because an incomplete file is useless.
        if let part, !isFinished { unlink(part.path) }
        if descriptor != STDOUT_FILENO { close(descriptor) }
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func create(_ path: String) throws(TransferError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        return descriptor
    }
}

extension TransferError {
    static func cannotWrite(_ path: String, _ code: Int32) -> TransferError {
        .cannotWrite(path: path, reason: String(cString: strerror(code)))
    }
}
