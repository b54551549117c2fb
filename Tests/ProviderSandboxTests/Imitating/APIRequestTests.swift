import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("A call to an imitated API")
struct APIRequestTests {
    private static func request(
        _ target: String, headers: [HeaderLine] = [], body: String = ""
    ) -> APIRequest {
        APIRequest(method: "POST", target: target, headers: headers, body: Array(body.utf8))
    }

    @Test(
        "the path comes in decoded components",
        arguments: [
            ("/a/b", ["a", "b"]), ("/a//b/", ["a", "b"]), ("/", []), ("", []), ("/a%20b/c%2Fd", ["a b", "c/d"]),
            ("/%FF/%zz", ["%FF", "%zz"]), ("/a?b/c", ["a"]),
        ])
    func path(target: String, components: [String]) {
        #expect(Self.request(target).path == components)
    }

    @Test("the query comes decoded, in order; the first of two values counts")
    func query() {
        let request = Self.request("/p?a=1&b=x%26y+z&c&=d&a=2&&e=f=g?h")
        #expect(request.query.map(\.name) == ["a", "b", "c", "", "a", "e"])
        #expect(request.query.map(\.value) == ["1", "x&y z", "", "d", "2", "f=g?h"])
        #expect(request.queryValue("a") == "1")
        #expect(request.queryValue("c") == "")
        #expect(request.queryValue("x") == nil)
        #expect(Self.request("/p").query.isEmpty)
        #expect(Self.request("/p?").query.isEmpty)
    }

    @Test("a form is read from the body")
    func form() {
        let request = Self.request("/p?grant_type=other", body: "grant_type=client_credentials&x=%C3%A9&y=")
        #expect(request.formValue("grant_type") == "client_credentials")
        #expect(request.formValue("x") == "é")
        #expect(request.formValue("y") == "")
        #expect(request.formValue("z") == nil)
    }

    @Test("only an object is an object")
    func object() {
        #expect(Self.request("/", body: #"{"a":1}"#).object == ["a": 1])
        for body in ["", "[]", "1", "{", "null"] { #expect(Self.request("/", body: body).object == nil, "\(body)") }
    }

    @Test("credentials are read by their scheme")
    func authorization() {
        let bearer = Self.request("/", headers: [HeaderLine("authorization", "Bearer  a b ")])
        #expect(bearer.authorization("Bearer") == "a b")
        #expect(bearer.authorization("Api-Key") == nil)
        #expect(bearer.basicCredentials == nil)
        #expect(Self.request("/").authorization("Bearer") == nil)
    }

    @Test(
        "Basic credentials are a user and a password that may have colons",
        arguments: [("u:p", "u p"), ("u:p:q", "u p:q"), (":", " "), ("é:", "é "), ("u", nil)] as [(String, String?)])
    func basic(text: String, expected: String?) {
        let encoded = Data(text.utf8).base64EncodedString()
        let request = Self.request("/", headers: [HeaderLine("Authorization", "Basic \(encoded)")])
        #expect(request.basicCredentials.map { "\($0.user) \($0.password)" } == expected)
    }

    @Test("what is no base64 is no credentials")
    func brokenBasic() {
        #expect(Self.request("/", headers: [HeaderLine("Authorization", "Basic ***")]).basicCredentials == nil)
    }

    @Test("a call matches by its method and each component of its path")
    func matches() {
        let request = Self.request("/api/cases/7/report.pdf?x=1")
        for pattern in ["/api/cases/7/report.pdf", "api/cases/*/report.pdf", "/*/*/*/*"] {
            #expect(request.matches("POST", pattern), "\(pattern)")
        }
        for pattern in [
            "/api/cases/7", "/api/cases/8/report.pdf", "/api/cases/*/report.pdf/*", "/", "/API/cases/7/report.pdf",
        ] {
            #expect(!request.matches("POST", pattern), "\(pattern)")
        }
        #expect(!request.matches("GET", "/api/cases/7/report.pdf"))
        #expect(Self.request("/").matches("POST", "/"))
    }

    @Test("a request off the wire is the same call")
    func received() async throws {
        let (_, requests) = try await whileReceiving { _, base in
            try await blocking {
                try LoopbackHTTP(port: base.port).post(
                    "/a%20b?x=1", headers: ["Authorization: Bearer token"], body: Array(#"{"a":[1]}"#.utf8))
            }
        }
        let received = try #require(requests.first)
        let call = try #require(APIRequest(received))
        #expect(call.method == "POST")
        #expect(call.path == ["a b"])
        #expect(call.queryValue("x") == "1")
        #expect(call.object == ["a": [1]])
        #expect(call.authorization("Bearer") == "token")
    }
}
