import Deliveries
import Foundation
import ReportIndex
import Synchronization
import TerminalOutput
import TestKit
import Testing

@testable import Transfer

@Suite("Importing")
struct ImportRunTests {
    private static func settings(
        skipsBad: Bool = false, sources: Set<String> = ["klavi"], now: Timestamp = .fixture
    ) -> ImportSettings {
        ImportSettings(
            source: nil, sourceNames: sources, sourceAtPath: { $0 == "/klavi" ? "klavi" : nil }, skipsBad: skipsBad,
            now: now)
    }

    /// Imports a text. Returns the run, its deliveries and its result.
    private static func run(
        _ text: String, _ settings: ImportSettings = settings()
    ) async throws -> (run: ImportRun, delivered: [ImportedDelivery], failure: TransferError?) {
        try await run(Data(text.utf8), settings)
    }

    private static func run(
        _ text: Data, _ settings: ImportSettings = settings(), limit: Int = ImportInput.textByteCountLimit,
        report: @escaping (ImportRun.Event) -> Void = { _ in }
    ) async throws -> (run: ImportRun, delivered: [ImportedDelivery], failure: TransferError?) {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "x")
            try text.write(to: URL(filePath: path))
            let input = try ImportInput(path, byteCountLimit: limit)
            var run = ImportRun(settings, known: KnownDeliveries(), report: report)
            var delivered: [ImportedDelivery] = []
            do {
                try await run.importAll(input) { records in
                    delivered += records
                    return ImportedCount(imported: Int64(records.count))
                }
                return (run, delivered, nil)
            } catch {
                return (run, delivered, error as? TransferError)
            }
        }
    }

    private static func problem(_ failure: TransferError?) -> String? {
        if case .badDelivery(let problem)? = failure { problem } else { nil }
    }

    private static func line(_ id: Int64) throws -> String {
        try DeliveryRecord.body(Array("body \(id)".utf8), id: id).text()
    }

    @Test("each delivery is imported once and in order, from every format")
    func once() async throws {
        let lines = try (1...3).map(Self.line)
        for text in [
            lines.joined(separator: "\n"), "\n\r\n" + lines.joined(separator: "\n\n") + "\n",
            "[\(lines.joined(separator: ",\n"))]",
        ] {
            let (run, delivered, failure) = try await Self.run(text)
            #expect(failure == nil)
            #expect(delivered.map { String(decoding: $0.body, as: UTF8.self) } == ["body 1", "body 2", "body 3"])
            #expect(run.total.imported == 3 && run.knownCount == 0)
        }
        let (run, delivered, _) = try await Self.run(lines.joined(separator: "\n") + "\n" + lines[1])
        #expect(delivered.count == 3 && run.knownCount == 1)
    }

    @Test("an import stops at an invalid line, names the line and keeps the deliveries before it")
    func stops() async throws {
        let text = try "\(Self.line(1))\n\nnonsense\n\(Self.line(2))\n"
        let (_, delivered, failure) = try await Self.run(text)
        #expect(delivered.count == 1)
        #expect(Self.problem(failure)?.hasPrefix("line 3 of ") == true)
        let (run, rest, none) = try await Self.run(text, Self.settings(skipsBad: true))
        #expect(none == nil)
        #expect(rest.count == 2 && run.badCount == 1)
    }

    @Test("an unknown source and a time in the future are rejected")
    func rejects() async throws {
        let (_, delivered, failure) = try await Self.run(try Self.line(1), Self.settings(sources: ["other"]))
        #expect(delivered.isEmpty)
        #expect(Self.problem(failure)?.contains("not configured") == true)
        let future = Timestamp.fixture.advanced(byMilliseconds: 2 * 86_400_000).rfc3339
        let (_, none, late) = try await Self.run(try Self.line(1).replacing(Timestamp.fixture.rfc3339, with: future))
        #expect(none.isEmpty)
        #expect(Self.problem(late)?.contains("in the future") == true)
    }

    @Test("the error for a truncated HAR names the truncation, and other JSON is not read as a HAR")
    func cut() async throws {
        let (_, _, failure) = try await Self.run(#"{"log":{"entries":[{"request""#)
        #expect(Self.problem(failure)?.contains("cut off") == true)
        let (_, _, other) = try await Self.run(#"{"log":7}"#)
        #expect(Self.problem(other)?.contains("neither a record") == true)
    }

    @Test("UTF-16 text is read, and the error for a zip archive names the format")
    func encodings() async throws {
        let text = try (1...2).map(Self.line).joined(separator: "\r\n")
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
            let data = try #require("\u{feff}\(text)".data(using: encoding))
            let (_, delivered, failure) = try await Self.run(data)
            #expect(delivered.count == 2 && failure == nil)
        }
        let (_, none, failure) = try await Self.run(Data([0x50, 0x4b, 3, 4] + Array(text.utf8)))
        #expect(none.isEmpty)
        guard case .notText(_, "a zip archive", _)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("text that is not UTF-8 is rejected")
    func notUTF8() async throws {
        let line = try DeliveryRecord.body(Array("body \u{e9}".utf8), id: 1).text()
        let latin = Data(line.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        let (_, none, failure) = try await Self.run(latin)
        #expect(none.isEmpty)
        #expect(Self.problem(failure)?.contains("is not UTF-8") == true)
        #expect(try await Self.run(line).delivered.count == 1)
    }

    @Test("a record or entry that exceeds the size limit is rejected, or omitted if it belongs to no source")
    func long() async throws {
        let long = String(repeating: "x", count: 5000)
        func entry(_ path: String) -> String {
            #"{"log":{"entries":[{"startedDateTime":"\#(Timestamp.fixture.rfc3339)","request":{"method":"POST","headers":[],"#
                + #""postData":{"text":"\#(long)"},"url":"https://h\#(path)"}}]}}"#
        }
        let (foreign, _, none) = try await Self.run(Data(entry("/other").utf8), limit: 1000)
        #expect(foreign.foreignCount == 1 && none == nil)
        let (_, delivered, failure) = try await Self.run(Data(entry("/klavi").utf8), limit: 1000)
        #expect(delivered.isEmpty)
        #expect(Self.problem(failure)?.contains("is longer than") == true)
        #expect(try await Self.run(entry("/klavi")).delivered.count == 1)
        let record = Data(try DeliveryRecord.body(Array(long.utf8), id: 1).text().utf8)
        #expect(try await Self.problem(Self.run(record, limit: 1000).failure)?.contains("is longer than") == true)
    }

    @Test("every line that is omitted is reported")
    func leftOut() async throws {
        let reported = Mutex<[String]>([])
        let text = (1...50).map { "line \($0)\n" }.joined()
        let (run, _, _) = try await Self.run(Data(text.utf8), Self.settings(skipsBad: true)) { event in
            if case .leftOut(let problem) = event { reported.withLock { $0.append(problem) } }
        }
        let problems = reported.withLock { $0 }
        #expect(run.badCount == 50 && problems.count == 50)
        #expect(problems[49].hasPrefix("line 50 of ") && problems[49].contains("is not JSON"))
    }

    /// The delivery that every HAR in samples/hars contains, as the tool that wrote the HAR represents it.
    private static let sample = Sample.named("klavi/link-created-event")

    @Test(
        "HARs of ten tools contain the original delivery; other entries are omitted, and lost bodies are reported",
        arguments: [
            ("chrome", 5, []), ("firefox", 1, []), ("safari", 1, []), ("charles", 1, []), ("fiddler", 1, []),
            ("insomnia", 0, ["fields of a form"]), ("mitmproxy", 0, ["decoded text", "replacement characters"]),
            ("proxyman", 0, ["left out its 2048 bytes"]), ("http-toolkit", 0, ["left out its 70000 bytes"]),
            ("playwright", 0, ["in another file"]),
        ])
    func tools(name: String, foreignCount: Int, problems: [String]) async throws {
        let reported = Mutex<[String]>([])
        let har = try Data(contentsOf: ProjectFolder.samples.appending(path: "hars/\(name).har"))
        let (run, delivered, failure) = try await Self.run(
            har, Self.settings(skipsBad: true, now: Self.sample.request.receivedAt)
        ) { event in
            if case .leftOut(let problem) = event { reported.withLock { $0.append(problem) } }
        }
        #expect(failure == nil && run.foreignCount == foreignCount)
        let named = reported.withLock { $0 }
        #expect(named.count == problems.count)
        for (problem, reason) in zip(named, problems) { #expect(problem.contains(reason)) }
        let first = try #require(delivered.first)
        #expect(first.body == Self.sample.body && first.source == "klavi" && first.target == "/klavi")
        #expect(first.receivedAt == Self.sample.request.receivedAt && first.claimed == .unverified)
        for name in ["X-Klavi-Timestamp", "X-Klavi-Signature", "Content-Type"] {
            #expect(first.headers.onlyValue(named: name) == Self.sample.request.headers.onlyValue(named: name))
        }
        #expect(delivered.dropFirst().map(\.body) == (name == "http-toolkit" ? [[0xff, 0x00, 0xff]] : []))
    }
}
