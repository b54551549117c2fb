import Deliveries
import ServerTestKit
import StrictJSON
import TestKit
import Testing

@testable import Transfer

@Suite("Reading records")
struct RecordReaderTests {
    private static let members: [(name: String, text: String)] = [
        ("callbox", "1"), ("uuid", #""018c2e8f-0000-7000-8000-000000000001""#),
        ("receivedAt", #""2026-11-21T10:00:00.000Z""#), ("source", #""klavi""#), ("method", #""POST""#),
        ("target", #""/klavi""#), ("peer", #""192.0.2.1""#), ("verification", #""verified""#),
        ("headers", #"[["Host","h"],["X-A","1"],["X-A","2"]]"#), ("body", #""hi""#),
    ]

    private static func read(_ name: String = "", _ text: String? = nil) throws -> RecordReader.Reading {
        var members = Self.members.filter { $0.name != name }
        if let text { members.append((name, text)) }
        let json = "{" + members.map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}"
        return try RecordReader.read(JSONDocument(parsing: Array(json.utf8)).root)
    }

    @Test("every part of a request is read, including repeated headers in order")
    func accepted() throws {
        guard case .record(let record) = try Self.read() else {
            Issue.record("there is no body")
            return
        }
        #expect(record.headers == [HeaderField("Host", "h"), HeaderField("X-A", "1"), HeaderField("X-A", "2")])
        #expect(record.body == Array("hi".utf8))
        #expect(record.claimed == .verified)
        let hash = Hex.encode([UInt8].sha256(of: Array("hi".utf8)))
        #expect(try Self.read("bodySHA256", "\"\(hash)\"") == .record(record))
        #expect(try Self.read("bodyBytes", "2") == .record(record))
    }

    @Test("a record without a required member is rejected", arguments: members.map(\.name))
    func lacking(name: String) {
        #expect(throws: ImportProblem.self) { try Self.read(name) }
    }

    @Test(
        "a malformed member is rejected",
        arguments: [
            ("callbox", "2"), ("callbox", "\"1\""), ("uuid", #""x""#), ("uuid", #""018c2e8f000070008000000000000001""#),
            ("uuid", "7"), ("receivedAt", #""yesterday""#), ("receivedAt", "7"), ("source", #""""#),
            ("method", #""A B""#),
            ("method", #""POST\r\nX: y""#), ("target", #""/a b""#), ("target", #""/a\r\nX: y""#), ("peer", #""a\nb""#),
            ("verification", #""trusted""#), ("headers", "{}"), ("headers", #"[["a"]]"#), ("headers", #"[["a",1]]"#),
            ("headers", #"[["a b","c"]]"#), ("headers", #"[["","c"]]"#), ("headers", #"[["a","c\r\nX: y"]]"#),
            ("headers", #"[["a","\u0000"]]"#), ("headers", #"[["a\n","b"]]"#), ("body", "7"), ("body", "null"),
            ("bodyBase64", #""aGk=""#), ("bodyBytes", "3"), ("bodyBytes", "-1"), ("bodySHA256", #""00""#),
            ("bodySHA256", "7"), ("masked", "true"),
        ])
    func wrong(name: String, text: String) {
        #expect(throws: ImportProblem.self) { try Self.read(name, text) }
    }

    @Test(
        "only canonical base 64 is accepted",
        arguments: [#""aGk=""#, #""****""#, #""aG""#, #""\u0061""#, "7"])
    func base64(text: String) throws {
        let json =
            "{" + Self.members.filter { $0.name != "body" }.map { "\"\($0.name)\":\($0.text)," }.joined()
            + "\"bodyBase64\":\(text)}"
        let root = try JSONDocument(parsing: Array(json.utf8)).root
        if text == #""aGk=""# {
            #expect(try RecordReader.read(root) != .bodyless)
        } else {
            #expect(throws: ImportProblem.self) { try RecordReader.read(root) }
        }
    }
}
