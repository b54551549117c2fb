import Foundation
import TestKit

/// A temporary folder with an archive path and the sample configuration; removed with the value's owner.
final class Workbench: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "callbox-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The archive's directory.
    var archive: String {
        folder.appending(path: "archive").path()
    }

    var journal: String {
        archive + "/journal.sqlite"
    }

    /// Names, sizes and times of change of the archive's files, but for those by which SQLite's readers and writers coordinate: a
    /// log without a byte, and the shared memory beside it (sqlite.org/wal.html §2.3).
    func archiveFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: archive).sorted().compactMap { name in
            var status = stat()
            guard lstat("\(archive)/\(name)", &status) == 0 else { throw CocoaError(.fileReadUnknown) }
            guard !name.hasSuffix("-shm"), !name.hasSuffix("-wal") || status.st_size > 0 else { return nil }
            return "\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }

    static let sampleConfiguration = ProjectFolder.samples.appending(path: "callbox.yaml").path()

    /// A server on a free port with the sample configuration and this archive.
    func serve(_ arguments: [String] = [], configuration: String = sampleConfiguration) throws -> RunningServer {
        try RunningServer(
            "callbox",
            ["serve", "--listen", "127.0.0.1:0", "--config", configuration, "--archive", archive] + arguments)
    }

    /// `callbox` with this archive and the sample configuration.
    func callbox(
        _ arguments: String..., configuration: String = sampleConfiguration
    ) throws -> BuiltBinary.Result {
        try BuiltBinary.run(
            "callbox", arguments + ["--config", configuration, "--archive", archive])
    }

    /// Writes a file into the folder and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path()
    }
}

/// Delivers samples as the sandbox does: over HTTP, signed now.
func deliver(_ samples: [String] = [], to server: RunningServer, _ flags: String...) throws -> BuiltBinary.Result {
    try BuiltBinary.run("callbox-sandbox", ["send"] + samples + ["--to", server.url] + flags)
}
