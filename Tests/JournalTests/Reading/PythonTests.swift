import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

private enum Script {
    static let exists = (try? run([])) != nil

    private static let script = ProjectFolder.root.appending(path: "storage/read_delivery.py").path

    static func run(_ arguments: [String]) throws -> (status: Int32, output: Data, error: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script] + arguments
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus != 127 else { throw CocoaError(.fileNoSuchFile) }
        return (process.terminationStatus, data, text)
    }
}

/// Tests of `storage/read_delivery.py`, which shares no code with Callbox.
@Suite(.offPool, .enabled(if: Script.exists)) struct PythonTests {
    /// A journal with records, a compressed body, pruned bodies and gaps.
    private static func with(_ body: (JournalWriter, JournalReader) async throws -> Void) async throws {
        let headers: HeaderFields = [HeaderField("Host", "a"), HeaderField("X-\u{e9}", "\u{301}\t\"")]
        let odd = EncodedDelivery.fixture(
            source: "co\u{301}digo", receivedAt: Timestamp(millisecondsSinceEpoch: -1), target: "/x?a=%00",
            headers: headers,
            verification: .unverified, secretName: nil, body: .raw([0, 1, 0xff]))
        let deliveries =
            [odd, .fixture(body: .compressed)] + (0..<6).map { EncodedDelivery.fixture(body: .raw("body \($0)")) }
        try await TestArchive.with(deliveries) { writer, reader in
            try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture)
            try writer.prune([3], summary: [.fixture(key: "one"), .fixture(key: "two")])
            try writer.remove([4, 5, 7])
            try writer.prune([6])
            try writer.remove([6])
            try await body(writer, reader)
        }
    }

    @Test("the script verifies the chain and prints the same chain end as Callbox")
    func chain() async throws {
        try await Self.with { writer, reader in
            let (status, output, error) = try Script.run([writer.directory.journal.path])
            #expect(error == "")
            #expect(status == 0)
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
            let verification = try reader.verify()
            #expect(verification.findings == [])
            #expect(lines.count == verification.deliveryCount + verification.recordCount + 1)
            #expect(lines.first == "1 delivery raw 3")
            #expect(lines.last == "\(verification.end.position) \(Hex.encode(verification.end.chain))")
        }
    }

    @Test("the script prints a delivery byte for byte")
    func delivery() async throws {
        try await Self.with { writer, _ in
            let (status, output, _) = try Script.run([writer.directory.journal.path, "1"])
            #expect(status == 0)
            let head = "POST /x?a=%00\nHost: a\nX-\u{e9}: \u{301}\t\"\n\n"
            #expect(Array(output) == Array(head.utf8) + [0, 1, 0xff])
            let compressed = try Script.run([writer.directory.journal.path, "2"])
            #expect(String(decoding: compressed.output, as: UTF8.self).hasSuffix("\n\n" + EncodedBody.compressibleText))
            let pruned = try Script.run([writer.directory.journal.path, "3"])
            #expect(pruned.status == 1)
            #expect(pruned.error == "the body of delivery 3 was pruned; see record 10\n")
        }
    }

    @Test(
        "the script names the entry that was changed",
        arguments: [
            ("UPDATE entry SET uuid = zeroblob(16) WHERE position = 2", "entry 2: the chain breaks here"),
            ("UPDATE entry SET head = CAST(head || ' ' AS BLOB) WHERE position = 1", "entry 1: the chain breaks here"),
            ("UPDATE origin SET source = 'other' WHERE source = 'klavi'", "entry 2: the chain breaks here"),
            ("UPDATE entry SET body = CAST('body 9' AS BLOB) WHERE position = 8", "entry 8: wrong SHA-256"),
            ("UPDATE entry SET body = CAST('[]' AS BLOB) WHERE position = 3", "entry 3: wrong summary"),
            ("DELETE FROM entry WHERE position = 8", "entry 8 is missing"),
            ("UPDATE gap SET recordedBy = 11 WHERE firstPosition = 6", "no record of the gap at 6"),
        ])
    func damage(sql: String, problem: String) async throws {
        try await Self.with { writer, _ in
            try PlainConnection.damage(writer.directory.journal.path, sql)
            let (status, _, error) = try Script.run([writer.directory.journal.path])
            #expect(status == 1)
            #expect(error == problem + "\n")
        }
    }
}
