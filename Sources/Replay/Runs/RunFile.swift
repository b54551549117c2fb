package import Deliveries
internal import Foundation
package import Journal
package import ReportIndex
internal import StrictJSON

/// The files of runs, beside the journal: `replays/RUN/`.
///
/// | file | contents | exists |
/// |---|---|---|
/// | `plan.json` | the plan, with the target and changed headers | until the run has ended |
/// | `responses.ndjson` | items as they start and end, with the responses | for the last 50 ended runs |
///
/// The journal contains the results. The files are private like the archive, are not part of backups, and can be
/// deleted.
package struct RunFolder: Sendable, Equatable {
    /// The maximum number of folders of ended runs to keep.
    package static let runCountLimit = 50

    package let path: String
    package let run: Int64

    package init(_ directory: ArchiveDirectory, run: Int64) {
        self.path = "\(directory.replaysPath)/\(run)"
        self.run = run
    }

    package var planPath: String { "\(path)/plan.json" }
    package var responsesPath: String { "\(path)/responses.ndjson" }

    /// Creates the folder with its plan, and removes the oldest folders of ended runs. The plan is nil for a run that
    /// cannot be resumed.
    package func create(_ plan: RunPlan?, in directory: ArchiveDirectory) throws(ReplayError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotKeep(path: path)
        }
        if let plan { try write(plan) }
        let others = Self.all(in: directory).filter { $0.run != run && !$0.canContinue }
        for folder in others.dropLast(Self.runCountLimit - 1) {
            try? FileManager.default.removeItem(atPath: folder.path)
        }
    }

    package func write(_ plan: RunPlan) throws(ReplayError) {
        do {
            let data = try JSONEncoder().encode(plan)
            try data.write(to: URL(filePath: planPath), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: planPath)
        } catch {
            throw .cannotKeep(path: planPath)
        }
    }

    /// The plan of a run that can be resumed; nil for any other run.
    package func plan() throws(ReplayError) -> RunPlan? {
        guard let data = FileManager.default.contents(atPath: planPath) else { return nil }
        guard let plan = try? JSONDecoder().decode(RunPlan.self, from: data), !plan.deliveries.isEmpty,
            plan.arrivals.isEmpty || plan.arrivals.count == plan.deliveries.count,
            plan.cases.isEmpty || plan.cases.count == plan.deliveries.count
        else { throw .cannotKeep(path: planPath) }
        return plan
    }

    package func removePlan() {
        try? FileManager.default.removeItem(atPath: planPath)
    }

    package var hasResponses: Bool { FileManager.default.fileExists(atPath: responsesPath) }

    /// True if the run was started on this machine, and its process was killed or the machine stopped before the run
    /// ended.
    package func isInterrupted(_ state: ReplayRunState) -> Bool {
        guard [.started, .resumed].contains(state), FileManager.default.fileExists(atPath: path) else { return false }
        let descriptor = open(responsesPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    package var canContinue: Bool { FileManager.default.fileExists(atPath: planPath) }

    /// All folders, oldest run first.
    static func all(in directory: ArchiveDirectory) -> [RunFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.replaysPath)) ?? []
        return names.compactMap { Int64($0) }.filter { $0 > 0 }.sorted().map { RunFolder(directory, run: $0) }
    }
}

/// Appends to `responses.ndjson`. When `flush` returns, the lines are in the page cache and survive a kill of the
/// process.
final class RunFileWriter {
    /// The length of the file in bytes from which responses are stored without their content.
    static let contentByteCountLimit: Int64 = 256 * 1024 * 1024

    private let descriptor: Int32
    private let path: String
    private var byteCount: Int64
    private var lines: [UInt8] = []

    /// - Throws: `ReplayError.isRunning` if another process is sending the run.
    init(_ folder: RunFolder) throws(ReplayError) {
        let path = folder.responsesPath
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotKeep(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .isRunning(run: folder.run)
        }
        (self.descriptor, self.path) = (descriptor, path)
        byteCount = Int64(lseek(descriptor, 0, SEEK_END))
        // Ends an incomplete line that a killed process may have left.
        var last: UInt8 = 0
        if byteCount > 0, pread(descriptor, &last, 1, off_t(byteCount - 1)) == 1, last != UInt8(ascii: "\n") {
            append("")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Buffers the start of an item. The item may be sent after `flush`.
    func begin(_ item: Int) {
        append("{\"started\":\(item)}")
    }

    /// Buffers the end of an item with its response.
    func end(_ response: RunResponse) {
        let (fixed, content) = response.line
        guard !content.isEmpty, byteCount < Self.contentByteCountLimit else { return append(fixed) }
        append("\(fixed.dropLast()),\"content\":\(content)}")
    }

    private func append(_ line: String) {
        lines.append(contentsOf: line.utf8)
        lines.append(UInt8(ascii: "\n"))
        byteCount += Int64(line.utf8.count + 1)
    }

    /// Writes the buffered lines to the file.
    func flush() throws(ReplayError) {
        guard !lines.isEmpty else { return }
        let failed = lines.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR {
                    return true
                }
            }
            return false
        }
        lines.removeAll(keepingCapacity: true)
        guard !failed else { throw .cannotKeep(path: path) }
    }
}

/// Reads `responses.ndjson` line by line.
package struct RunFileReader {
    package enum Line {
        case started(Int)
        case ended(RunResponse)
    }

    /// The maximum length of a line in bytes. This module never writes a longer line.
    private static let lineByteCountLimit = 4 * 1024 * 1024

    /// Calls `body` for each line with its range in the file. Skips damaged and incomplete lines. A missing file counts
    /// as empty.
    static func forEach(_ path: String, _ body: (Line, Range<Int64>) throws -> Void) rethrows {
        guard let file = fopen(path, "re") else { return }
        defer { fclose(file) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var offset: Int64 = 0
        while true {
            let count = getline(&buffer, &capacity, file)
            guard count > 0, let buffer else { return }
            let range = offset..<offset + Int64(count)
            offset = range.upperBound
            guard count <= lineByteCountLimit else { continue }
            let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
            guard bytes.last == UInt8(ascii: "\n"), let line = line(Array(bytes.dropLast())) else { continue }
            try body(line, range)
        }
    }

    private static func line(_ bytes: [UInt8]) -> Line? {
        guard let root = try? JSONDocument(parsing: bytes).root else { return nil }
        if let item = root["started"].flatMap({ Int($0.rawText) }) { return .started(item) }
        return RunResponse(line: root).map { .ended($0) }
    }

    /// Passes the responses of a run in the order in which their items ended.
    package static func forEachResponse(_ folder: RunFolder, _ body: (RunResponse) throws -> Void) rethrows {
        try forEach(folder.responsesPath) { line, _ in
            if case .ended(let response) = line { try body(response) }
        }
    }
}

extension RunFolder {
    /// Overwrites the content of responses to these deliveries, because a response may repeat content of the delivery.
    /// This is safe while a run appends to the file.
    package static func eraseResponses(to deliveries: Set<DeliveryID>, in directory: ArchiveDirectory) {
        guard !deliveries.isEmpty else { return }
        for folder in all(in: directory) {
            let descriptor = open(folder.responsesPath, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            RunFileReader.forEach(folder.responsesPath) { line, range in
                guard case .ended(var response) = line, response.content != nil, deliveries.contains(response.delivery)
                else {
                    return
                }
                response.content = nil
                // Overwrites the content with spaces, which JSON ignores.
                let fixed = Array(response.line.fixed.utf8)
                let blank = [UInt8](repeating: UInt8(ascii: " "), count: max(0, Int(range.count) - 1 - fixed.count))
                _ = (fixed + blank).withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress, $0.count, off_t(range.lowerBound))
                }
            }
            fsync(descriptor)
        }
    }
}
