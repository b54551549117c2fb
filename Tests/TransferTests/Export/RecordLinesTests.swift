import Foundation
import TestKit
import Testing

@testable import Transfer

@Suite("The end of an interrupted NDJSON export")
struct RecordLinesTests {
    private static func lines(_ text: String) throws -> RecordLines? {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x")
            try Data(text.utf8).write(to: URL(filePath: path))
            let handle = try #require(FileHandle(forReadingAtPath: path))
            return RecordLines(descriptor: handle.fileDescriptor)
        }
    }

    private static let line = #"{"callbox":1,"id":7,"x":"é"}"# + "\n"
    private static let long = #"{"callbox":1,"id":12345678,"x":""# + String(repeating: "y", count: 200_000) + "\"}\n"

    private static let torn: [(text: String, id: Int64, kept: String)] = [
        (line, 7, line), (line + long, 12_345_678, line + long), (line + String(long.dropLast()), 7, line),
        (long + line + #"{"ca"#, 7, long + line), (long + "x", 12_345_678, long),
    ]

    @Test("an export continues after the last complete line", arguments: torn)
    func whole(text: String, id: Int64, kept: String) throws {
        let lines = try #require(try Self.lines(text))
        #expect(lines.lastID == id)
        #expect(lines.byteCount == kept.utf8.count)
    }

    @Test("an export without a complete line starts again", arguments: ["", #"{"callb"#, #"{"callbox":1,"id":7"#])
    func start(text: String) throws {
        let lines = try #require(try Self.lines(text))
        #expect(lines.lastID == nil)
        #expect(lines.byteCount == 0)
    }

    @Test(
        "an export does not continue in a file that is not an export of records",
        arguments: [
            "x", "notes\n", "{}\n", line + "{}\n", #"{"callbox":1,"id":"# + "\n", #"{"callbox":2,"id":7}"# + "\n",
        ])
    func other(text: String) throws {
        #expect(try Self.lines(text) == nil)
    }
}
