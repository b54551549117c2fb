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

    @Test("an entry becomes a delivery to the source that has the entry's path")
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

    @Test("the identifier of an entry depends only on its source, its time and its request")
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
            "{}", "7", entry(method: ""), entry(method: "A B"), entry(url: "https://h/klavi/a b"),
            entry(headers: "7"), entry(headers: #"[{"name":"a"}]"#), entry(headers: #"[{"name":"a\n","value":"b"}]"#),
            entry(headers: #"[{"name":"a","value":"b\rc"}]"#), entry(time: "x"), entry(time: "99999999999999999"),
            entry(post: #"{"text":"*","encoding":"base64"}"#), entry(post: #"{"text":"7b7d","encoding":"hex"}"#),
        ])
    func rejected(text: String) {
        #expect(throws: ImportProblem.self) { try Self.read(text, source: "klavi") }
    }

    @Test(
        "an entry that cannot be a delivery belongs to no source, even if a source is named",
        arguments: [
            entry(url: "data:image/png;base64,AA=="), entry(url: "blob:https://h/klavi"),
            entry(url: "chrome-extension://x/klavi"),
            entry(url: "wss://h/klavi"), entry(url: "about:blank"), entry(url: "/klavi"), entry(method: "CONNECT"),
            entry().replacing("{\"started", with: #"{"_resourceType":"websocket","started"#),
        ])
    func foreign(text: String) throws {
        #expect(try Self.read(text) == nil)
        #expect(try Self.read(text, source: "klavi") == nil)
    }

    @Test("an entry that belongs to no source is omitted without further checks")
    func otherPath() throws {
        for text in ["{}", Self.entry(url: "https://h/a b", headers: "7", post: "8", time: "x")] {
            #expect(try Self.read(text) == nil)
        }
    }

    @Test(
        "Unix times, RFC 3339 times and HTTP dates are accepted",
        arguments: [
            ("1793612472.691", "2026-11-02T09:41:12.691Z"), ("1793612472.5", "2026-11-02T09:41:12.500Z"),
            ("1793612472", "2026-11-02T09:41:12.000Z"), ("1793612472691", "2026-11-02T09:41:12.691Z"),
            ("2026-11-02T06:41:12.6910000-03:00", "2026-11-02T09:41:12.691Z"),
            ("2026-11-02T06:41:12.691[America/Sao_Paulo]", "2026-11-02T09:41:12.691Z"),
            ("Mon, 02 Nov 2026 09:41:12 GMT", "2026-11-02T09:41:12.000Z"),
        ])
    func times(text: String, time: String) throws {
        #expect(try Self.read(Self.entry(time: text))?.receivedAt.rfc3339 == time)
        let number = Self.entry(time: text).replacing("\"\(text)\"", with: text)
        if Double(text) != nil { #expect(try Self.read(number)?.receivedAt.rfc3339 == time) }
    }

    @Test("header values that a browser joined with line breaks are split, and a number is read as text")
    func headers() throws {
        let headers = #"[{"name":"X-A","value":"1\n2"},{"name":"X-B","value":3}]"#
        #expect(
            try Self.read(Self.entry(headers: headers))?.headers
                == [HeaderField("X-A", "1"), HeaderField("X-A", "2"), HeaderField("X-B", "3")])
    }

    private static func bodyEntry(_ members: String, headers: [(String, String)] = []) -> String {
        let list = headers.map { #"{"name":"\#($0.0)","value":"\#($0.1)"}"# }.joined(separator: ",")
        return
            #"{"startedDateTime":"2026-11-21T10:00:00Z","request":{"method":"POST","url":"https://h/klavi","headers":[\#(list)],\#(members)}}"#
    }

    @Test(
        "a body that agrees with the stated sizes and encodings is read",
        arguments: [
            (#""bodySize":-1"#, [], ""), (#""postData":{"text":""},"bodySize":0"#, [], ""),
            (#""postData":{"text":"São"},"bodySize":4"#, [], "São"),
            (#""postData":{"text":"São"},"bodySize":3"#, [], "São"),
            (#""postData":{"text":"São"},"bodySize":0"#, [], "São"),
            (#""postData":{"text":"a"},"bodySize":null"#, [], "a"),
            (#""postData":{"text":"São"},"bodySize":9"#, [("content-length", "4")], "São"),
            (#""postData":{"text":"YQ\/\/","encoding":"base64"},"bodySize":3"#, [], nil),
            (#""postData":{"text":"Y\r\nWI=","encoding":"base64"},"bodySize":2"#, [], "ab"),
            (#""postData":{"text":"a","params":[{"name":"b"}]}"#, [], "a"),
            (#""_content":{"text":"YWI=","encoding":"base64"},"bodySize":2"#, [], "ab"),
            (#""_requestBody":{"text":"ab"}"#, [], "ab"),
            (#""postData":{"text":"a"}"#, [("Content-Encoding", "identity")], "a"),
            (#""postData":{"text":"YWI="}"#, [("Content-Length", "2")], "ab"),
            (#""postData":{"text":"YWI="}"#, [("Content-Length", "4")], "YWI="),
            (#""postData":{"text":"YWI="}"#, [], "YWI="),
            (#""postData":{"mimeType":"a/b","text":null},"bodySize":0"#, [], ""),
            (#""postData":{"mimeType":"","text":"","params":[]},"bodySize":-1"#, [], ""),
            (
                #""postData":{"text":"YWI=","encoding":"base64"}"#,
                [("Content-Encoding", "br"), ("Content-Length", "2")], "ab"
            ),
        ] as [(String, [(String, String)], String?)])
    func body(members: String, headers: [(String, String)], body: String?) throws {
        let read = try #require(try Self.read(Self.bodyEntry(members, headers: headers)))
        #expect(read.body == body.map { Array($0.utf8) } ?? [0x61, 0x0f, 0xff])
    }

    @Test(
        "a body that cannot be the original body is rejected, and the error contains the reason",
        arguments: [
            (#""bodySize":12"#, [], "12 bytes"), (#""bodySize":-1"#, [("Content-Length", "12")], "12 bytes"),
            (#""postData":{"text":"","mimeType":"x"},"bodySize":3"#, [], "3 bytes"),
            (#""postData":{"text":"ab"},"bodySize":3"#, [], "3 arrived"),
            (#""postData":{"text":"ab"},"bodySize":2"#, [("Content-Length", "3")], "3 arrived"),
            (#""postData":{"text":"ab"}"#, [("Content-Length", "2"), ("content-length", "3")], "not one number"),
            (#""postData":{"text":{"a":1}}"#, [], "JSON instead of the received text"),
            (#""postData":{"mimeType":"a/b"},"bodySize":-1"#, [], "has no body, because"),
            (#""bodySize":-1"#, [("transfer-encoding", "chunked")], "has no body, because"),
            (#""queryString":[{"name":"a","value":"1"}]"#, [], "query that is missing from its URL"),
            (#""postData":{"text":"ab"}"#, [("X-A", "\\ufffd")], "replacement characters in its URL or headers"),
            (#""postData":{"params":[{"name":"a"}]}"#, [], "fields of a form"),
            (#""postData":{"text":"","_file":"x.json"}"#, [], "another file"),
            (#""postData":{"text":"","_sha1":"x"}"#, [], "another file"),
            (#""postData":{"text":"a\ufffd"}"#, [], "replacement"),
            (#""postData":{"text":"a\udce9"}"#, [], "replacement"),
            (#""postData":{"text":"a�"}"#, [], "replacement"),
            (#""postData":{"text":"ab"}"#, [("Content-Encoding", "gzip"), ("Content-Length", "2")], "decoded"),
            (#""postData":{"text":"YWI=","encoding":"base64"}"#, [("content-encoding", "GZIP")], "decoded"),
        ])
    func notArrived(members: String, headers: [(String, String)], reason: String) throws {
        let text = Self.bodyEntry(members, headers: headers)
        let problem = #expect(throws: ImportProblem.self) { try Self.read(text) }
        #expect(problem?.text.contains(reason) == true)
    }
}
