import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("request.http")
struct RequestFileTests {
    @Test("head lines keep their order and spelling, the body its bytes")
    func exact() throws {
        let text =
            "POST /a/b?c=%C3%A9 HTTP/1.1\nhost: x\nX-Twice: 1\nAccept:  */* \t\nX-twice:2\nX-Empty:\nX-É: ü:v\n\n\n{\r\n}\n"
        #expect(throws: RequestFile.Problem.headerLine) { try RequestFile.parse(Array(text.utf8)) }
        let request = try RequestFile.parse(Array(text.replacing("X-É", with: "X-E").utf8))
        #expect(request.method == "POST")
        #expect(request.target == "/a/b?c=%C3%A9")
        #expect(request.path == "/a/b")
        #expect(
            request.headers == [
                HeaderLine("host", "x"), HeaderLine("X-Twice", "1"), HeaderLine("Accept", "*/*"),
                HeaderLine("X-twice", "2"), HeaderLine("X-Empty", ""), HeaderLine("X-E", "ü:v"),
            ])
        #expect(request.body == Array("\n{\r\n}\n".utf8))
    }

    @Test("a body may be any bytes, or none")
    func bodies() throws {
        let head = Array("POST / HTTP/1.1\n\n".utf8)
        #expect(try RequestFile.parse(head).body.isEmpty)
        #expect(try RequestFile.parse(head + [0x00, 0xff, 0x0a, 0x0a]).body == [0x00, 0xff, 0x0a, 0x0a])
    }

    @Test(
        "what is no request is refused",
        arguments: [
            ("", .noEmptyLine), ("GET / HTTP/1.1\nHost: x\n", .noEmptyLine),
            ("GET / HTTP/1.1\r\n\r\n", .carriageReturn),
            ("GET / HTTP/1.1\nA: \u{1b}[2J\n\n", .notText), ("GET / HTTP/1.1\nA: b\rc\n\n", .notText),
            ("\n", .requestLine), ("GET /\n\n", .requestLine), ("GET / HTTP/1.0\n\n", .requestLine),
            ("GET  / HTTP/1.1\n\n", .requestLine), ("GET x HTTP/1.1\n\n", .requestLine),
            ("G(T / HTTP/1.1\n\n", .requestLine),
            ("GET / HTTP/1.1\nHost\n\n", .headerLine), ("GET / HTTP/1.1\n: x\n\n", .headerLine),
            ("GET / HTTP/1.1\nA : x\n\n", .headerLine), ("GET / HTTP/1.1\n folded: x\n\n", .headerLine),
        ] as [(String, RequestFile.Problem)])
    func refused(text: String, problem: RequestFile.Problem) {
        #expect(throws: problem) { try RequestFile.parse(Array(text.utf8)) }
    }

    @Test("a head that is not UTF-8 is refused")
    func notUTF8() {
        let bytes = Array("GET / HTTP/1.1\nA: ".utf8) + [0xff, 0x0a, 0x0a]
        #expect(throws: RequestFile.Problem.notText) { try RequestFile.parse(bytes) }
    }

    @Test("every sample has the body that its expected.json describes", arguments: Sample.all.map(\.name))
    func sampleBodies(name: String) throws {
        let request = try #require(Checkout.samples.cases(named: [name]).first).request
        let json = try Data(contentsOf: ProjectFolder.samples.appending(path: "\(name)/expected.json"))
        let described = try JSONDecoder().decode(DescribedBody.self, from: json)
        let shown = RequestTranscript.text(ReceivedRequest(headLines: [], body: request.body), number: 1)
        #expect(shown.contains("\nbody: \(described.bodyByteCount) bytes, sha256 \(described.bodySHA256)"))
        #expect(request.headers.first { $0.isNamed("Host") }?.value == "callbox.example")
    }

    private struct DescribedBody: Decodable {
        let bodyByteCount: Int
        let bodySHA256: String
    }
}
