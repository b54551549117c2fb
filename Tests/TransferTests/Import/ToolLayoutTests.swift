import Deliveries
import Foundation
import TestKit
import Testing

@testable import Transfer

/// Tests one delivery in the HARs of ten tools, with the additions, omissions and special forms of each tool.
@Suite("Layouts of other tools") struct ToolLayoutTests {
    private static let body = #"{"name":"São","event":"x"}"#
    private static let escaped = #"{\"name\":\"São\",\"event\":\"x\"}"#
    private static let length = body.utf8.count
    private static let base64 = Data(body.utf8).base64EncodedString()

    private static let layouts: [(tool: String, text: String)] = [
        (
            "Chrome",
            #"""
            {"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
            {"_connectionId":"1","_initiator":{"type":"script","stack":{"callFrames":[]}},"_priority":"High","_resourceType":"fetch",
            "cache":{},"connection":"443","pageref":"page_1","request":{"method":"POST","url":"https://h/klavi","httpVersion":"http/2.0",
            "headers":[{"name":":authority","value":"h"},{"name":":method","value":"POST"},{"name":"content-length","value":"\#(length)"}],
            "queryString":[],"cookies":[],"headersSize":-1,"bodySize":\#(length),"postData":{"mimeType":"application/json","text":"\#(escaped)"}},
            "response":{"status":200,"content":{"size":2,"mimeType":"text/plain","text":"ok"},"_transferSize":9,"_error":null},
            "serverIPAddress":"192.0.2.1","startedDateTime":"2026-11-21T10:00:00.000Z","time":1.5,"timings":{"_blocked_queueing":1}}]}}
            """#
        ),
        (
            "Firefox",
            #"""
            {
              "log": {
                "version": "1.2",
                "browser": {"name": "Firefox", "version": "140.0"},
                "entries": [
                  {
                    "startedDateTime": "2026-11-21T07:00:00.000-03:00",
                    "request": {
                      "bodySize": \#(body.utf16.count),
                      "method": "POST", "url": "https://h/klavi", "headers": [],
                      "postData": {"mimeType": "application/json", "params": [], "text": "\#(escaped)"}
                    },
                    "response": {"content": {"comment": "Response bodies are not included."}}
                  }
                ]
              }
            }
            """#
        ),
        (
            "Safari",
            #"{"log":{"entries":[{"startedDateTime":1795255200,"request":{"method":"POST","url":"https://h/klavi","headers":[],"bodySize":0,"postData":{"mimeType":"application/json","text":"\#(escaped)"}},"_priority":"high"}],"comment":""}}"#
        ),
        (
            "Charles",
            #"{"log":{"entries":[{"startedDateTime":"2026-11-21T10:00:00.000+00:00","_charlesStatus":"COMPLETE","comment":"","request":{"method":"POST","url":"https://h/klavi","headers":[],"headersSize":400,"bodySize":\#(length),"postData":{"mimeType":"application/json","params":null,"text":"\#(base64)","encoding":"base64"}}}]}}"#
        ),
        (
            "Fiddler",
            "\u{feff}"
                + #"{"log": {"pages": [], "comment": "exported @ 11/21/2026", "entries": [{"comment": "[#1]", "startedDateTime": "2026-11-21T07:00:00.0000000-03:00", "request": {"method": "POST", "url": "https://h/klavi", "headers": [{"name": "Content-Length", "value": \#(length)}], "bodySize": \#(length), "postData": {"text": "\#(escaped)", "mimeType": "application/json"}}}]}}"#
                .replacing("\n", with: "\r\n")
        ),
        (
            "Insomnia",
            #"{"log":{"entries":[{"startedDateTime":"2026-11-21T10:00:00.000Z","request":{"method":"POST","url":"https://h/klavi","headers":[],"queryString":[],"postData":{"mimeType":"application/json","text":"\#(escaped)","params":[]},"headersSize":-1,"bodySize":-1,"settingEncodeUrl":true},"pageref":"a"}]}}"#
        ),
        (
            "mitmproxy",
            #"{"log":{"entries":[{"startedDateTime":"2026-11-21T10:00:00.000000+00:00","time":1,"request":{"method":"POST","url":"https://h/klavi","headers":[],"bodySize":\#(length),"postData":{"mimeType":"application/json","text":"\#(escaped)","params":[]}},"serverIPAddress":"::1"}]}}"#
        ),
        (
            "Proxyman",
            #"{"log":{"entries":[{"_id":"1","_clientName":"x","startedDateTime":"2026-11-21T10:00:00Z","request":{"method":"POST","url":"https://h/klavi","headers":[{"name":"Content-Length","value":"\#(length)"}],"bodySize":-1,"postData":{"mimeType":"application/json","text":"\#(base64)"}}}]}}"#
        ),
        (
            "HTTP Toolkit",
            #"{"log":{"entries":[{"startedDateTime":"2026-11-21T10:00:00.000Z","request":{"method":"POST","url":"https://h/klavi","headers":[],"bodySize":\#(length),"_requestBodyStatus":"captured:base64","_content":{"text":"\#(base64)","size":\#(length),"encoding":"base64"}}}]}}"#
        ),
        (
            "Playwright",
            #"{"log":{"entries":[{"_frameref":"f","_monotonicTime":9,"startedDateTime":"2026-11-21T10:00:00.000Z","request":{"method":"POST","url":"https://h/klavi","headers":[],"bodySize":-1,"postData":{"mimeType":"application/json","text":"\#(escaped)","params":[]}},"_securityDetails":{}}]}}"#
        ),
    ]

    @Test("the same delivery is read from every layout", arguments: layouts)
    func read(tool: String, text: String) async throws {
        let settings = ImportSettings(
            source: nil, sourceNames: ["klavi"], sourceAtPath: { $0 == "/klavi" ? "klavi" : nil }, skipsBad: false,
            now: try #require(Timestamp(rfc3339: "2026-11-22T00:00:00Z".utf8)))
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "x.har")
            try Data(text.utf8).write(to: URL(filePath: path))
            var run = ImportRun(settings, known: KnownDeliveries()) { _ in }
            var delivered: [ImportedDelivery] = []
            try await run.importAll(ImportInput(path)) { records in
                delivered += records
                return ImportedCount(imported: Int64(records.count))
            }
            #expect(delivered.map { String(decoding: $0.body, as: UTF8.self) } == [Self.body])
            #expect(delivered.map(\.receivedAt.rfc3339) == ["2026-11-21T10:00:00.000Z"])
            #expect(delivered.map(\.target) == ["/klavi"] && delivered.map(\.method) == ["POST"])
        }
    }
}
