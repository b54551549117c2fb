import BodyCompression
import Deliveries
import Providers
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("What callbox archive asks of whoever writes")
struct UpkeepRequestTests {
    private static let dictionary = PresetDictionary(Array("\u{0}common\u{ff}".utf8))

    private static let requests: [UpkeepRequest] =
        [
            .repack(after: nil), .repack(after: DeliveryID(rawValue: 0)),
            .repack(after: DeliveryID(rawValue: 999_999_999_999_999_999)),
            .prune(after: nil, now: .fixture), .prune(after: DeliveryID(rawValue: 7), now: .fixture), .forgetPruned,
            .pruneBodies([], reason: "x", now: .fixture),
            .pruneBodies([DeliveryID(rawValue: 1), DeliveryID(rawValue: 9)], reason: "claim \"7\"", now: .fixture),
            .vacuum(pageCount: 0), .vacuum(pageCount: 512),
            .placeHold(.delivery(DeliveryID(rawValue: 42)), reason: "claim \"7\"\n"),
            .placeHold(.field(ReportField("externalInfo.customer", "c-9=é\u{202e}")), reason: "audit"),
            .placeHold(.field(ReportField("", "")), reason: "x"), .releaseHold(0), .releaseHold(12),
        ]
        + (dictionary.map { dictionary in
            [
                .addDictionary(DictionaryScope(source: "klavi", kind: nil), dictionary, bodyCount: 77),
                .addDictionary(DictionaryScope(source: "klavi", kind: "ínc\"ome"), dictionary, bodyCount: 0),
            ]
        } ?? [])

    @Test("a request is read back as it was written", arguments: requests)
    func roundTrip(request: UpkeepRequest) {
        let control = ControlRequest.upkeep(request)
        #expect(ControlRequest(path: control.path, body: Array(control.body.utf8)) == control)
    }

    @Test("the largest dictionary fits into a request, whatever its bytes are", arguments: [0x00, 0x3f, 0xfb, 0xff])
    func largestDictionary(byte: UInt8) throws {
        let bytes = [UInt8](repeating: byte, count: PresetDictionary.byteCountLimit)
        let dictionary = try #require(PresetDictionary(bytes))
        let scope = DictionaryScope(
            source: String(repeating: "s", count: 40), kind: String(repeating: "\"", count: 200))
        let request = ControlRequest.upkeep(.addDictionary(scope, dictionary, bodyCount: .max))
        // What the control socket takes.
        #expect(request.body.utf8.count < 64 * 1024)
    }

    @Test(
        "what lacks something, or says something impossible, is none",
        arguments: [
            ("/archive/prune", "{}"), ("/archive/prune", #"{"after":1}"#), ("/archive/prune", #"{"now":-1}"#),
            ("/archive/prune", #"{"now":"1"}"#), ("/archive/prune", #"{"now":1e3}"#),
            ("/archive/prune", #"{"now":9999999999999999999}"#), ("/archive/prune", "[]"), ("/archive/prune", "7"),
            ("/archive/prune-bodies", #"{"ids":[1],"now":1}"#), ("/archive/prune-bodies", #"{"ids":[1],"reason":"x"}"#),
            ("/archive/prune-bodies", #"{"ids":[1,"2"],"reason":"x","now":1}"#),
            ("/archive/prune-bodies", #"{"ids":7,"reason":"x","now":1}"#),
            ("/archive/prune-bodies", #"{"ids":[1],"reason":"","now":1}"#),
            ("/archive/vacuum", "{}"), ("/archive/vacuum", #"{"pageCount":-5}"#), ("/archive/release", "{}"),
            ("/archive/release", #"{"id":-1}"#), ("/archive/release", #"{"id":[1]}"#),
            ("/archive/hold", #"{"delivery":1}"#), ("/archive/hold", #"{"delivery":1,"reason":""}"#),
            ("/archive/hold", #"{"delivery":1,"reason":7}"#), ("/archive/hold", #"{"delivery":-1,"reason":"x"}"#),
            ("/archive/hold", #"{"delivery":"1","reason":"x"}"#), ("/archive/hold", #"{"name":"a","reason":"x"}"#),
            ("/archive/hold", #"{"name":1,"value":"a","reason":"x"}"#), ("/archive/dictionary", "{}"),
            ("/archive/dictionary", #"{"source":"a","bodyCount":1,"bytes":""}"#),
            ("/archive/dictionary", #"{"source":"a","bodyCount":1,"bytes":"***"}"#),
            ("/archive/dictionary", #"{"source":"a","bodyCount":-1,"bytes":"YWFh"}"#),
            ("/archive/dictionary", #"{"source":1,"bodyCount":1,"bytes":"YWFh"}"#), ("/archive", "{}"),
            ("/archive/", "{}"), ("/archive/repack/", "{}"), ("/archive/Repack", "{}"), ("/archive/repack", ""),
            ("/archive/repack", "{"),
        ])
    func damaged(path: String, body: String) {
        #expect(ControlRequest(path: path, body: Array(body.utf8)) == nil)
    }

    /// JSON that a seed makes, around what requests look like.
    private struct Junk {
        var random: SplitMix64

        mutating func body() -> String {
            let names = [
                "after", "now", "pageCount", "delivery", "reason", "name", "value", "id", "source", "kind", "bodyCount",
                "bytes", "", "x",
            ]
            let members = (0..<random.next() % 6).map { _ in
                "\"\(names.randomElement(using: &random) ?? "")\":\(value())"
            }
            return "{\(members.joined(separator: ","))}"
        }

        private mutating func value() -> String {
            let values = [
                "null", "true", "0", "1", "2", "-1", "-0", "1.5", "1e400", "\"\"", "\"x\"", "\"klavi\"", "\"income\"",
                "[]", "{}", "[1]", "999999999999999999", "8796093022207", "8796093022208", "9223372036854775807",
                "-9223372036854775808", "18446744073709551616", "\"YWFhYWFhYWE=\"", "\"\\u0000\"", "\"\\ud800\"",
            ]
            return values.randomElement(using: &random) ?? ""
        }
    }

    @Test("any JSON at any path is no request, or is carried out or refused in words", arguments: 1...3)
    func junk(seed: UInt64) async throws {
        var retention = Retention.SourceTerms()
        retention.terms.keep = .seconds(1)
        let terms = Retention(sources: ["klavi": retention])
        let paths = Self.requests.map(\.path)
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            try Projector(writer, interpret: ReportInterpreter.function(for: archive.configuration().sources)).catchUp()
            let work = ControlWork(
                writer: writer, sources: { () throws(CommandFailure) in SampleSources.table }, retention: { terms },
                now: { .fixture })
            let findings = try ArchiveReader(archive.location).check().findings
            var junk = Junk(random: SplitMix64(seed: seed))
            var carriedOutCount = 0
            for _ in 0..<500 {
                let path = paths.randomElement(using: &junk.random) ?? ""
                let body = junk.body()
                guard let request = ControlRequest(path: path, body: Array(body.utf8)) else { continue }
                do throws(CommandFailure) {
                    _ = try work(request)
                    carriedOutCount += 1
                } catch {
                    #expect(!error.message.isEmpty)
                    #expect(error.status != .internalFailure, "\(path) \(body)")
                }
            }
            #expect(carriedOutCount > 100)
            #expect(try ArchiveReader(archive.location).check().findings == findings)
        }
    }
}

@Suite("What callbox archive asks for, carried out")
struct UpkeepWorkTests {
    private static func with(
        _ retention: Retention, _ body: (ControlWork, ArchiveReader) async throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            try Projector(writer, interpret: ReportInterpreter.function(for: archive.configuration().sources)).catchUp()
            let work = ControlWork(
                writer: writer, sources: { () throws(CommandFailure) in SampleSources.table }, retention: { retention },
                now: { .fixture })
            try await body(work, ArchiveReader(archive.location))
        }
    }

    private static func keep(_ duration: Duration) -> Retention {
        var terms = Retention.SourceTerms()
        terms.terms.keep = duration
        return Retention(sources: ["klavi": terms])
    }

    @Test("a prune tells what went and where to go on; at the end there is nowhere")
    func prune() async throws {
        try await Self.with(Self.keep(.seconds(1))) { work, _ in
            let now = Timestamp.fixture.advanced(byMilliseconds: 10_000_000_000_000)
            let told = try work(.upkeep(.prune(after: nil, now: now)))
            #expect(told.compact.hasPrefix(#"{"last":1,"bodies":1,"deliveries":0,"bytes":"#))
            let report = PruneReport(try JSONDocument(trusted: told))
            #expect(report.last == TestArchive.deliveryID)
            #expect(report.byteCount > 0)
            #expect(
                try work(.upkeep(.prune(after: report.last, now: now))).compact
                    == #"{"last":null,"bodies":0,"deliveries":0,"bytes":0}"#)
        }
    }

    @Test("a hold is placed and let go, once")
    func hold() async throws {
        try await Self.with(Self.keep(.seconds(1))) { work, reader in
            let held = try work(.upkeep(.placeHold(.delivery(TestArchive.deliveryID), reason: "claim 7")))
            #expect(held.compact == #"{"id":1}"#)
            #expect(try reader.holds().map(\.placedAt) == [.fixture])
            let told = try [1, 1, 9].map { try work(.upkeep(.releaseHold($0))).compact }
            #expect(told == [#"{"released":true}"#, #"{"released":false}"#, #"{"released":false}"#])
        }
    }

    @Test("repacking tells what it looked at, and where it stopped")
    func repack() async throws {
        try await Self.with(Retention()) { work, _ in
            let told = try work(.upkeep(.repack(after: nil)))
            let slice = RepackSlice(try JSONDocument(trusted: told))
            #expect(slice.last == TestArchive.deliveryID)
            #expect(slice.bodyCount == 1)
            #expect(slice.byteCountAfter <= slice.byteCountBefore)
            // Where the run is at its end, nothing is asked for and the end is told.
            let rest = RepackSlice(try JSONDocument(trusted: try work(.upkeep(.repack(after: nil)))))
            #expect(rest.last == nil)
        }
    }

    @Test("a dictionary is added once")
    func dictionary() async throws {
        try await Self.with(Retention()) { work, _ in
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            let request = ControlRequest.upkeep(
                .addDictionary(DictionaryScope(source: "klavi", kind: nil), dictionary, bodyCount: 1))
            #expect(try [work(request), work(request)].map(\.compact) == [#"{"added":true}"#, #"{"added":false}"#])
        }
    }

    @Test("after the archive was closed each request is refused, to be tried again")
    func closed() async throws {
        try await Self.with(Self.keep(.seconds(1))) { work, _ in
            work.writer.close()
            for request in [
                UpkeepRequest.repack(after: nil), .prune(after: nil, now: .fixture), .forgetPruned, .releaseHold(1),
                .vacuum(pageCount: 1), .placeHold(.delivery(TestArchive.deliveryID), reason: "x"),
            ] {
                let failure = #expect(throws: CommandFailure.self) { try work(.upkeep(request)) }
                #expect(failure?.status == .tryAgain)
            }
        }
    }
}
