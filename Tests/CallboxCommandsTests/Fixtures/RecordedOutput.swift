import Foundation
import Synchronization
import Testing

@testable import CallboxCommands

/// What a command writes, kept in memory.
final class RecordedOutput: Sendable {
    private let written = Mutex("")
    private let noted = Mutex("")

    /// Standard output.
    var text: String {
        written.withLock { $0 }
    }

    /// Standard error.
    var errorText: String {
        noted.withLock { $0 }
    }

    func console(isTerminal: Bool = false, width: Int = 100, height: Int = 40, usesColor: Bool = false) -> Console {
        Console(
            isTerminal: isTerminal, width: width, height: height, usesColor: usesColor,
            out: { [self] text in written.withLock { $0 += text } },
            error: { [self] text in noted.withLock { $0 += text } })
    }
}

/// Texts under Golden/ that are compared byte for byte. `CALLBOX_WRITE_GOLDEN=1` writes them anew.
enum GoldenFile {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    static func expect(_ text: String, in name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["CALLBOX_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        let expected = try self.text(name)
        #expect(text == expected, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}
