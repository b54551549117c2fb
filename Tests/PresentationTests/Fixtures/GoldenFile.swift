import Foundation
import Testing

/// Compares texts byte for byte with the files under Golden/. With `CALLBOX_WRITE_GOLDEN=1`, writes the files instead.
enum GoldenFile {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

    /// The names of the existing files.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path())
    }

    static func expect(_ text: String, in name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["CALLBOX_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        // Decoding the bytes keeps a byte order mark.
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == expected, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}
