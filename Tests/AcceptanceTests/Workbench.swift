import Foundation
import TestKit

/// A temporary folder with an archive path and a configuration. The folder is deleted when this object is released.
final class Workbench: Sendable {
    let folder: URL
    /// The configuration for commands that do not name another configuration.
    let configuration: String

    /// - Parameter yaml: the configuration; nil for the configuration of the samples.
    init(_ yaml: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "callbox-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let yaml else {
            configuration = Self.sampleConfiguration
            return
        }
        configuration = folder.appending(path: "callbox.yaml").path()
        try Data(yaml.utf8).write(to: URL(filePath: configuration))
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

    /// The names, sizes and modification times of the archive's files. Omits files that SQLite uses only for
    /// coordination: an empty log, and the shared memory next to it (sqlite.org/wal.html §2.3).
    func archiveFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: archive).sorted().compactMap { name in
            var status = stat()
            guard lstat("\(archive)/\(name)", &status) == 0 else { throw CocoaError(.fileReadUnknown) }
            guard !name.hasSuffix("-shm"), !name.hasSuffix("-wal") || status.st_size > 0 else { return nil }
            return "\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }

    static let sampleConfiguration = ProjectFolder.samples.appending(path: "callbox.yaml").path()

    /// Starts a server on a free port with this archive.
    func serve(_ flags: String..., configuration: String? = nil) throws -> RunningServer {
        try RunningServer(
            "callbox",
            [
                "serve", "--listen", "127.0.0.1:0", "--config", configuration ?? self.configuration, "--archive",
                archive,
            ] + flags)
    }

    /// Runs `callbox` with this archive.
    func callbox(_ arguments: String..., configuration: String? = nil) throws -> BuiltBinary.Result {
        try callbox(arguments, configuration: configuration)
    }

    func callbox(_ arguments: [String], configuration: String? = nil) throws -> BuiltBinary.Result {
        try BuiltBinary.run(
            "callbox", arguments + ["--config", configuration ?? self.configuration, "--archive", archive],
            environment: ["XDG_STATE_HOME": folder.path()])
    }

    /// The output of `tail` for the last hour, limited to this number of events.
    func events(_ count: Int, _ arguments: String...) throws -> [String] {
        let result = try callbox(["tail", "--since", "1h", "--limit", "\(count)", "--idle", "60s"] + arguments)
        guard result.status == 0, result.lines.count == count else {
            throw Unsuccessful(text: "\(count) events: \(result.text)\(result.error)")
        }
        return result.lines
    }

    /// Writes a file to the folder and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path()
    }
}

/// Sends samples with the sandbox, over HTTP and with current signatures.
func deliver(_ samples: [String] = [], to server: RunningServer, _ flags: String...) throws -> BuiltBinary.Result {
    try BuiltBinary.run("callbox-sandbox", ["send"] + samples + ["--to", server.url] + flags)
}
