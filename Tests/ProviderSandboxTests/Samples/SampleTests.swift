import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Samples and signatures")
struct SampleTests {
    private static let folder = SampleFolder(path: ProjectFolder.samples.path())
    private static let signer = SampleSigner(secretFolder: ProjectFolder.samples.path() + "/secrets")
    private static let wrongSigner = SampleSigner(secretFolder: "/nowhere", isWrong: true)

    private static func parse(_ text: String) -> SampleRequest? {
        SampleRequest(name: "p/c", request: Array(text.utf8), expectedStatus: 200)
    }

    @Test("all samples are sorted by name, named samples are in the given order, and unknown names are rejected")
    func cases() throws {
        let names = try Self.folder.cases(named: []).map(\.name)
        #expect(names == names.sorted() && names == Sample.all.map(\.name))
        let named = ["klavi/consent-events", "certn/centric-challenge", "klavi/consent-events"]
        #expect(try Self.folder.cases(named: named).map(\.name) == named)
        for name in ["klavi", "klavi/none", "../samples/klavi/consent-events", ""] {
            #expect(throws: SandboxFailure.self) { try Self.folder.cases(named: [name]) }
        }
    }

    @Test("parsing a request keeps the order and spelling of the head, and the bytes of the body")
    func exact() throws {
        let text =
            "POST /a/b?c=%C3%A9 HTTP/1.1\nhost: x\nX-Twice: 1\nAccept:  */* \t\nX-twice:2\nX-Empty:\nX-E: ü:v\n\n\n{\r\n}\n"
        let request = try #require(Self.parse(text))
        #expect(request.method == "POST" && request.target == "/a/b?c=%C3%A9" && request.path == "/a/b")
        #expect(
            request.headers == [
                HeaderField("host", "x"), HeaderField("X-Twice", "1"), HeaderField("Accept", "*/*"),
                HeaderField("X-twice", "2"), HeaderField("X-Empty", ""), HeaderField("X-E", "ü:v"),
            ])
        #expect(request.body == Array("\n{\r\n}\n".utf8))
        #expect(Self.parse("POST / HTTP/1.1\n\n")?.body == [])
    }

    @Test(
        "malformed requests are rejected",
        arguments: [
            "", "GET / HTTP/1.1\nHost: x\n", "GET / HTTP/1.1\r\n\r\n", "\n\n", "GET /\n\n", "GET / HTTP/1.0\n\n",
            "GET  / HTTP/1.1\n\n", "GET x HTTP/1.1\n\n", "GET / HTTP/1.1\nHost\n\n", "GET / HTTP/1.1\n: x\n\n",
            "GET / HTTP/1.1\nA : x\n\n", "GET / HTTP/1.1\n folded: x\n\n",
        ])
    func rejected(text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test("signing a sample changes only the values of authentication headers", arguments: Sample.all.map(\.name))
    func signs(name: String) throws {
        let sample = try #require(Self.folder.cases(named: [name]).first)
        let signed = try Self.signer.sign(sample, now: 1_800_000_000)
        #expect(signed.request.headers.map(\.name) == sample.headers.map(\.name))
        #expect(signed.request.body == sample.body)
        let wrong = try Self.wrongSigner.sign(sample, now: 1_800_000_000)
        #expect(wrong.isSigned == signed.isSigned)
        #expect((wrong.request == signed.request) != signed.isSigned)
        let headers = signed.request.headers(for: "http://127.0.0.1:9000/x")
        #expect(headers.value(of: "Host") == "127.0.0.1:9000")
        #expect(headers.value(of: "Content-Length") == nil)
        #expect(sample.name.hasPrefix("ezid/") ? !signed.isSigned : true)
    }

    @Test("secrets are read without a final line break, and empty or missing secrets are rejected")
    func secrets() throws {
        let sample = try #require(Self.folder.cases(named: ["klavi/consent-events"]).first)
        let folder = try TemporaryFolder()
        let signer = SampleSigner(secretFolder: folder.path)
        #expect(throws: SandboxFailure.self) { try signer.sign(sample, now: 1) }
        for (text, secret) in [("one\n\n", "one\n"), (" two", " two"), ("\n", nil)] as [(String, String?)] {
            try Data(text.utf8).write(to: URL(filePath: folder.path(of: "klavi")))
            let signature = try? signer.sign(sample, now: 1).request.headers.value(of: "X-Klavi-Signature")
            #expect(signature == secret.map { Signature.hex(sample.body, $0) })
        }
    }

    @Test("signatures match the test vectors of docs/providers")
    func vectors() {
        let centric =
            #"{"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED","#
            + #""object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}"#
        #expect(
            Signature.hex(Array(centric.utf8), "centric-test-secret")
                == "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b")
        let certificate = Array(#"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#.utf8)
        #expect(
            Signature.base64(certificate, "certificall-api-secret") == "cbBQuTST3IBugCNny8UMxBIyPYAt9tozrQR1kUR6FsU=")
        let applicant = #"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#
        #expect(
            Signature.certn(Array(applicant.utf8), "certn-test-secret", secondsSinceEpoch: 1_700_000_000)
                == "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6")
        #expect(Signature.basic("hook", "pw") == "Basic aG9vazpwdw==")
        let claims: JSON = [
            "uuid": "3fac9774-28ee-4e9d-bec8-ab44186cc9d3", "iat": 1_700_000_000, "exp": 1_700_003_600,
        ]
        #expect(
            Signature.token(claims: claims, key: "ezid-test-secret")
                == "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1dWlkIjoiM2ZhYzk3NzQtMjhlZS00ZTlkLWJlYzgtYWI0NDE4NmNjOWQz"
                + "IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ihfMXmFM9RAHtjmzYOCpMqbzZBBeL2whXRtId5pWdOM")
    }
}

@Suite("Shared parts of the fakes")
struct PieceTests {
    @Test(
        "JSON keeps the order of members, and numbers and strings as written",
        arguments: [
            #"{"z":1.0,"a":[1e5,-0,{"é":"ü","b":null}],"m":{}}"#, #"{"a":"\"x\\"}"#, "5", #"[true,false,null,[[]]]"#,
            "12345678901234567890.123456789",
        ])
    func json(text: String) throws {
        #expect(try #require(JSON(parsing: Array(text.utf8))).compact == text)
    }

    @Test("members are read and set by name, and the last of two members with the same name is used")
    func members() throws {
        let json = try #require(JSON(parsing: Array(#"{"a":1,"b":"x","a":2.5}"#.utf8)))
        #expect(json["a"] == .raw("2.5") && json["a"]?.scalar == "2.5" && json["a"]?.integer == nil)
        #expect(json["b"]?.string == "x" && json["c"] == nil && json["b"]?["c"] == nil)
        #expect((["a": 1, "b": 2] as JSON).setting("a", 3).merging(["c": nil]).compact == #"{"a":3,"b":2,"c":null}"#)
        for text in ["", "{", "{\"a\":1}x", "\"\u{1}\""] { #expect(JSON(parsing: Array(text.utf8)) == nil) }
        #expect(JSON(parsing: [0x22, 0xff, 0x22]) == nil)
    }

    @Test("a request's path and query are decoded")
    func request() {
        let request = APIRequest(
            method: "GET", target: "/a%20b//c/?x=1&y=%26+z", headers: [HeaderField("authorization", "Bearer t")])
        #expect(request.path == ["a b", "c"])
        #expect(request.queryValue("y") == "& z" && request.queryValue("z") == nil)
        #expect(request.authorization("Bearer") == "t" && request.authorization("Basic") == nil)
    }

    @Test("parameters are added after the parameters of the URL and before its fragment")
    func addsParameters() {
        for (url, expected) in [
            ("https://x.example", "https://x.example?a=1%20%26%C3%A9&b="),
            ("https://x/p?", "https://x/p?a=1%20%26%C3%A9&b="),
            ("https://x/p?c=d", "https://x/p?c=d&a=1%20%26%C3%A9&b="),
            ("https://x/p#f?", "https://x/p?a=1%20%26%C3%A9&b=#f?"),
        ] {
            #expect(WebAddress.adding([("a", "1 &é"), ("b", "")], to: url) == expected)
        }
    }

    @Test(
        "requests are sent only to this machine",
        arguments: [
            ("http://127.0.0.1:9/a?b=c", true), ("https://localhost/", true), ("http://[::1]:9/", true),
            ("http://example.com/", false), ("http://127.0.0.1.example.com/", false),
            ("http://127.0.0.1@example.com/", false), ("http://0.0.0.0/", false), ("ftp://127.0.0.1/", false),
            ("file:///etc/passwd", false), ("127.0.0.1:80", false), ("", false), ("http://2130706433/", false),
        ])
    func loopback(url: String, isLoopback: Bool) {
        #expect(WebAddress.isLoopback(url) == isLoopback)
    }

    @Test("the newest records are kept in order, and a replaced record keeps its place in the order")
    func recentRecords() {
        var records = RecentRecords<Int, String>(limit: 3)
        for number in 1...50 {
            records.set(number, "\(number)")
            if number > 2 { records.set(number - 1, "again") }
            #expect(records.keys.count == min(number, 3))
        }
        #expect(Array(records.keys) == [48, 49, 50])
        #expect(records.values == ["again", "again", "50"])
        #expect(records[47] == nil)
    }

    @Test("malformed days and email addresses are rejected")
    func forms() {
        for (day, isDay) in [("2028-02-29", true), ("2026-02-29", false), ("2026-13-01", false), ("2026-1-1", false)] {
            #expect(TextForm.isDay(day) == isDay, "\(day)")
        }
        for text in ["ana@example.com", "a+b@x.y.example"] { #expect(TextForm.isEmail(text), "\(text)") }
        for text in ["ana", "ana@", "ana@x", "a b@x.example", "@x.example", "a@b@x.example", "a@.example"] {
            #expect(!TextForm.isEmail(text), "\(text)")
        }
    }
}
