import Deliveries
import StrictJSON
import Testing

@testable import Transfer

@Suite("HARs of other tools")
struct HARReaderTests {
    private static func read(_ text: String, source: String? = nil) throws -> ImportedDelivery? {
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        let reading = try HARReader.read(root, source: source) { $0.hasPrefix("/klavi") ? "klavi" : nil }
        guard case .record(let record)? = reading else { return nil }
        return record
    }

    private static func entry(
        url: String = "https://cb.example.com/klavi/x?a=1#f", method: String = "POST",
        headers: String = #"[{"name":":authority","value":"x"},{"name":"Host","value":"h"}]"#,
        post: String = #"{"mimeType":"application/json","text":"{}"}"#, time: String = "2026-11-21T10:00:00.000+01:00"
    ) -> String {
        #"{"startedDateTime":"\#(time)","request":{"method":"\#(method)","url":"\#(url)","headers":\#(headers),"postData":\#(post)}}"#
    }

    @Test("an entry is a delivery to the source of its path")
    func accepted() throws {
        let record = try #require(try Self.read(Self.entry()))
        #expect(record.source == "klavi" && record.target == "/klavi/x?a=1" && record.method == "POST")
        #expect(record.headers == [HeaderField("Host", "h")])
        #expect(record.body == Array("{}".utf8))
        #expect(record.receivedAt.rfc3339 == "2026-11-21T09:00:00.000Z")
        #expect(record.claimed == .unverified && record.peer == HARReader.unknownPeer)
        #expect(try Self.read(Self.entry(url: "https://h")) == nil)
        #expect(try Self.read(Self.entry(url: "https://h"), source: "certn")?.target == "/")
    }

    @Test("the identifier of an entry depends on all of it and on nothing else")
    func identifier() throws {
        let first = try #require(try Self.read(Self.entry()))
        #expect(try Self.read(Self.entry())?.uuid == first.uuid)
        for other in [
            Self.entry(method: "PUT"), Self.entry(url: "https://h/klavi/y"), Self.entry(post: #"{"text":"{ }"}"#),
            Self.entry(time: "2026-11-21T10:00:00.001+01:00"), Self.entry(headers: "[]"),
        ] {
            #expect(try Self.read(other)?.uuid != first.uuid)
        }
    }

    @Test(
        "an entry without a valid request is rejected",
        arguments: [
            "{}", "7", #"{"request":{}}"#, entry(method: ""), entry(method: "A B"), entry(url: "https://h/klavi/a b"),
            entry(headers: "7"), entry(headers: #"[{"name":"a"}]"#), entry(headers: #"[{"name":"a\n","value":"b"}]"#),
            entry(time: "x"), entry(post: #"{"text":"*","encoding":"base64"}"#),
            entry(post: #"{"params":[{"name":"a"}]}"#),
        ])
    func rejected(text: String) {
        #expect(throws: ImportProblem.self) { try Self.read(text, source: "klavi") }
    }
}
