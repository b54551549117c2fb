import Analysis
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import Replay

@Suite("Files of replay runs")
struct RunFileTests {
    private static func response(_ item: Int, _ delivery: Int64, status: Int = 200, text: String? = "ok") -> RunResponse
    {
        var response = RunResponse(
            item: item, delivery: DeliveryID(rawValue: delivery), startedAt: .fixture, method: "POST",
            url: "http://h/", durationMilliseconds: 3,
            outcome: .responded(
                status: status, responseByteCount: text?.utf8.count ?? 0,
                responseSHA256: Array((text ?? "").utf8.prefix(32))))
        response.changes = ["$.a"]
        response.content = RunResponse.Content(
            headers: [HeaderField("X-Line", "a\u{1b}[2J\nb")], text: text, isCut: false, difference: ["~ $.a 1 → 2"])
        return response
    }

    private static func with<Value>(_ body: (ArchiveDirectory, RunFolder) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { temporary in
            let directory = ArchiveDirectory(path: temporary.path(of: "archive"))
            let folder = RunFolder(directory, run: 9)
            try folder.create(nil, in: directory)
            return try await body(directory, folder)
        }
    }

    private static func append(_ response: RunResponse, to folder: RunFolder) throws {
        let file = try RunFileWriter(folder)
        file.end(response)
        try file.flush()
    }

    @Test("responses with hostile bytes are unchanged after writing and reading")
    func roundTrip() async throws {
        try await Self.with { _, folder in
            let file = try RunFileWriter(folder)
            let responses = [Self.response(0, 4), Self.response(1, 5, status: 500, text: nil)]
            for response in responses {
                file.begin(response.item)
                file.end(response)
            }
            try file.flush()
            var read: [RunResponse] = []
            RunFileReader.forEachResponse(folder) { read.append($0) }
            #expect(read == responses)
            let mode = try FileManager.default.attributesOfItem(atPath: folder.responsesPath)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("an incomplete line of a killed process is omitted, and the next line is complete")
    func torn() async throws {
        try await Self.with { _, folder in
            try Self.append(Self.response(0, 4), to: folder)
            let handle = try #require(FileHandle(forWritingAtPath: folder.responsesPath))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"ended":1,"deliv"#.utf8))
            try handle.close()
            try Self.append(Self.response(2, 6), to: folder)
            var items: [Int] = []
            RunFileReader.forEachResponse(folder) { items.append($0.item) }
            #expect(items == [0, 2])
        }
    }

    @Test("only one process at a time can send a run")
    func lock() async throws {
        try await Self.with { _, folder in
            let first = try RunFileWriter(folder)
            #expect(throws: ReplayError.isRunning(run: 9)) { try RunFileWriter(folder) }
            first.begin(0)
        }
    }

    @Test("erasing a delivery removes only the responses to it")
    func erasure() async throws {
        try await Self.with { directory, folder in
            let file = try RunFileWriter(folder)
            for item in 0..<3 { file.end(Self.response(item, Int64(item % 2), text: "secret-\(item % 2)")) }
            try file.flush()
            RunFolder.eraseResponses(to: [DeliveryID(rawValue: 1)], in: directory)
            file.end(Self.response(3, 0, text: "secret-0"))
            try file.flush()
            var read: [RunResponse] = []
            RunFileReader.forEachResponse(folder) { read.append($0) }
            #expect(
                read.map(\.item) == [0, 1, 2, 3]
                    && read.map { $0.content?.text } == ["secret-0", nil, "secret-0", "secret-0"])
            #expect(!(try String(contentsOfFile: folder.responsesPath, encoding: .utf8)).contains("secret-1"))
        }
    }

    @Test("the folders of the oldest ended runs are removed, and the folders of runs that can be resumed are kept")
    func limit() throws {
        try TemporaryFolder.with { temporary in
            let directory = ArchiveDirectory(path: temporary.path(of: "archive"))
            let plan = RunPlan(ReplaySettings(to: "http://h/"), deliveries: [DeliveryID(rawValue: 1)])
            for run in Int64(1)...60 { try RunFolder(directory, run: run).create(run == 2 ? plan : nil, in: directory) }
            let runs = RunFolder.all(in: directory).map(\.run)
            #expect(runs == [2] + Array(11...60))
        }
    }

    @Test("a comparison finds different results and JSON values, except at ignored paths")
    func comparison() throws {
        try TemporaryFolder.with { temporary in
            let directory = ArchiveDirectory(path: temporary.path(of: "archive"))
            let folders = [RunFolder(directory, run: 1), RunFolder(directory, run: 2)]
            let texts = [
                [#"{"a":1,"time":1}"#, #"{"a":1}"#, "x", "same"], [#"{"time":2,"a":2}"#, #"{"a":1.0}"#, "y", "same"],
            ]
            for (folder, texts) in zip(folders, texts) {
                try folder.create(nil, in: directory)
                let file = try RunFileWriter(folder)
                for (item, text) in texts.enumerated() {
                    file.end(
                        Self.response(item, Int64(item), status: folder.run == 2 && item == 3 ? 500 : 200, text: text))
                }
                try file.flush()
            }
            var found: [String] = []
            func totals(_ ignored: [String]) throws -> RunComparison.Totals {
                found = []
                return try RunComparison(ignoring: ignored.compactMap { IgnoredPath($0) }).forEachDifference(
                    folders[0], folders[1]
                ) { id, difference in
                    switch difference {
                    case .json(let difference): found.append("\(id) \(difference.path.text)")
                    case .result(let before, let after): found.append("\(id) \(before) \(after)")
                    case .body: found.append("\(id) body")
                    case .missing: found.append("\(id) missing")
                    }
                }
            }
            let all = try totals([])
            #expect(found == ["0 $.a", "0 $.time", "2 body", "3 200 500"])
            #expect(all.comparedCount == 4 && all.differentCount == 3)
            #expect(try totals(["$.time", "$.a"]).ignoredCount == 2)
            #expect(found == ["2 body", "3 200 500"])
        }
    }
}
