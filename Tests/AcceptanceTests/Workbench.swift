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

    var archive: String {
        folder.appending(path: "archive.sqlite").path()
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
